/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/* Pictures for the tests, made when they run: good ones, and bytes that only claim to be one. */

/* Fixture of a test that works in a folder of its own. */
typedef struct
{
  char *dir;
} TestPictures;

void       test_pictures_set_up (TestPictures *self,
                                 gconstpointer data);
void       test_pictures_tear_down (TestPictures *self,
                                    gconstpointer data);

char      *test_pictures_make_dir (void);
void       test_pictures_remove_dir (char         *dir);
void       test_pictures_write (const char   *path,
                                gconstpointer data,
                                gsize         n_bytes);
void       test_pictures_truncate (const char   *path,
                                   double        share);
void       test_pictures_append (const char   *path,
                                 const char   *text);
void       test_pictures_make_fifo (const char   *path);
void       test_pictures_make_socket (const char   *path);
gboolean   test_pictures_have_format (const char   *name);

GdkPixbuf *test_pictures_new_corners (int width,
                                      int height);
GdkPixbuf *test_pictures_new_bands (int width,
                                    int height);
GdkPixbuf *test_pictures_new_noise (int width,
                                    int height);
void       test_pictures_save (GdkPixbuf    *pixbuf,
                               const char   *path,
                               const char   *type);
void       test_pictures_save_oriented (GdkPixbuf    *pixbuf,
                                        const char   *path,
                                        guint         orientation);
void       test_pictures_save_animation (const char   *path);
void       test_pictures_save_pnm (GdkPixbuf    *pixbuf,
                                   const char   *path);
void       test_pictures_save_tga (GdkPixbuf    *pixbuf,
                                   const char   *path);
void       test_pictures_save_claim (const char   *path,
                                     const char   *format,
                                     guint         width,
                                     guint         height);

G_END_DECLS
