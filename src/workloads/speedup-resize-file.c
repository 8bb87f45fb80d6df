/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-resize-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"

/* Far more than a camera writes; a file made of nothing but empty chunks ends here. */
#define MAX_PNG_CHUNKS 1000000

#define PNG_CHUNK_OVERHEAD 12

static const char *const kind_names[] = { NULL, "jpeg", "png", "bmp", "pnm", "ico", "tga" };

/* Reads a file byte by byte, a page at a time. */
typedef struct
{
  int fd;
  goffset offset;
  guint8 buffer[4096];
  gsize n_bytes;
  gsize next;
} ByteReader;

static gssize
read_at (int      fd,
         gpointer buffer,
         gsize    n_bytes,
         goffset  offset)
{
  gssize n;

  do
    n = pread (fd, buffer, n_bytes, offset);
  while (n < 0 && errno == EINTR);

  return n;
}

/* Returns: a byte, or -1 at the end */
static int
next_byte (ByteReader *reader)
{
  if (reader->next == reader->n_bytes)
    {
      gssize n = read_at (reader->fd, reader->buffer, sizeof reader->buffer, reader->offset);

      if (n <= 0)
        return -1;
      reader->offset += n;
      reader->n_bytes = (gsize) n;
      reader->next = 0;
    }

  return reader->buffer[reader->next++];
}

static void
skip_bytes (ByteReader *reader,
            guint       n_bytes)
{
  gsize there = reader->n_bytes - reader->next;

  if (n_bytes <= there)
    {
      reader->next += n_bytes;
      return;
    }

  reader->offset += (goffset) (n_bytes - there);
  reader->next = reader->n_bytes;
}

static gboolean
is_standalone_jpeg_marker (int marker)
{
  return marker == 0x00 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/* The end marker outside of all segments: a thumbnail inside the metadata has one of its own. In
 * compressed data 0xff is always followed by nought or a restart marker (ITU-T T.81, B.1.1).
 */
static gboolean
jpeg_is_whole (int     fd,
               goffset size)
{
  ByteReader reader = { .fd = fd };
  guint8 tail[2];
  int byte;

  if (size >= 2 && read_at (fd, tail, 2, size - 2) == 2 && tail[0] == 0xff && tail[1] == 0xd9)
    return TRUE;

  while ((byte = next_byte (&reader)) >= 0)
    {
      int high, low;

      if (byte != 0xff)
        continue;
      do
        byte = next_byte (&reader);
      while (byte == 0xff);

      if (byte == 0xd9)
        return TRUE;
      if (byte < 0 || is_standalone_jpeg_marker (byte))
        continue;

      high = next_byte (&reader);
      low = next_byte (&reader);
      if (high < 0 || low < 0)
        return FALSE;
      skip_bytes (&reader, (guint) MAX (high * 256 + low - 2, 0));
    }

  return FALSE;
}

static gboolean
png_is_whole (int     fd,
              goffset size)
{
  guint8 chunk[8];
  goffset offset = 8;

  if (size >= PNG_CHUNK_OVERHEAD && read_at (fd, chunk, 8, size - PNG_CHUNK_OVERHEAD) == 8 &&
      memcmp (chunk + 4, "IEND", 4) == 0)
    return TRUE;

  for (guint i = 0; i < MAX_PNG_CHUNKS && read_at (fd, chunk, 8, offset) == 8; i++)
    {
      guint32 n_bytes;

      memcpy (&n_bytes, chunk, 4);
      offset += (goffset) GUINT32_FROM_BE (n_bytes) + PNG_CHUNK_OVERHEAD;
      if (memcmp (chunk + 4, "IEND", 4) == 0)
        return offset <= size;
    }

  return FALSE;
}

/* A run-length encoded bitmap may leave rows out. */
static gboolean
bmp_may_skip_rows (int fd)
{
  guint8 head[34];

  if (read_at (fd, head, sizeof head, 0) != sizeof head)
    return FALSE;

  return head[14] >= 40 && (head[30] == 1 || head[30] == 2);
}

static const char *
describe_type (mode_t mode)
{
  switch (mode & S_IFMT)
    {
    case S_IFDIR:
      return "a folder";
    case S_IFIFO:
      return "a pipe";
    case S_IFSOCK:
      return "a socket";
    default:
      return "a device";
    }
}

/**
 * speedup_image_kind_from_format:
 * @name: (nullable): name of a format, as gdk-pixbuf calls it
 *
 * Returns: which one it is
 */
SpeedupImageKind
speedup_image_kind_from_format (const char *name)
{
  for (guint i = 1; i < G_N_ELEMENTS (kind_names); i++)
    {
      if (g_strcmp0 (name, kind_names[i]) == 0)
        return (SpeedupImageKind) i;
    }

  return SPEEDUP_IMAGE_OTHER;
}

/**
 * speedup_resize_file_set_error:
 * @error: return location
 * @path: the file, in the file system's encoding
 * @format: what is wrong with it and what to do, the sentence after "“name” "
 * @...: what goes into @format
 *
 * Sets %SPEEDUP_ERROR_INPUT.
 */
void
speedup_resize_file_set_error (GError     **error,
                               const char  *path,
                               const char  *format,
                               ...)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_INPUT, "“%s” %s", name, reason);
}

/**
 * speedup_resize_file_open:
 * @path: a file, in the file system's encoding
 * @info: (out caller-allocated): what it is
 * @error: return location; %SPEEDUP_ERROR_INPUT
 *
 * Opens a file that is to be a picture. What is no regular file is never opened: a pipe would wait
 * for a writer, a device may do anything.
 *
 * Returns: a descriptor to close, or -1
 */
int
speedup_resize_file_open (const char   *path,
                          struct stat  *info,
                          GError      **error)
{
  int fd = -1;

  if (stat (path, info) == 0 && S_ISREG (info->st_mode))
    fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  else if (access (path, F_OK) == 0)
    {
      speedup_resize_file_set_error (error, path, "is %s, not a picture; leave it out.",
                                     describe_type (info->st_mode));
      return -1;
    }

  /* It may have been replaced between the two calls. */
  if (fd < 0 || fstat (fd, info) != 0)
    speedup_resize_file_set_error (error, path,
                                   "cannot be opened: %s; check the path and its permissions, "
                                   "or leave it out.", g_strerror (errno));
  else if (!S_ISREG (info->st_mode))
    speedup_resize_file_set_error (error, path, "is %s, not a picture; leave it out.",
                                   describe_type (info->st_mode));
  else if (info->st_size == 0)
    speedup_resize_file_set_error (error, path,
                                   "is empty (0 bytes); copy it again, or leave it out.");
  else
    return fd;

  if (fd >= 0)
    close (fd);

  return -1;
}

/**
 * speedup_resize_file_is_whole:
 * @fd: a picture that was decoded without an error
 * @size: its bytes
 * @kind: its format
 * @n_rows: rows that its decoder gave, for bitmaps, portable anymaps and icons
 * @height: rows that its header declares
 *
 * Some decoders of gdk-pixbuf take a file that ends early for a good one and leave the rest of the
 * picture grey. Such a picture is a failure, not a result.
 *
 * Returns: %FALSE where the file ends before its picture does
 */
gboolean
speedup_resize_file_is_whole (int              fd,
                              goffset          size,
                              SpeedupImageKind kind,
                              guint            n_rows,
                              guint            height)
{
  switch (kind)
    {
    case SPEEDUP_IMAGE_JPEG:
      return jpeg_is_whole (fd, size);
    case SPEEDUP_IMAGE_PNG:
      return png_is_whole (fd, size);
    case SPEEDUP_IMAGE_BMP:
      return n_rows >= height || bmp_may_skip_rows (fd);
    case SPEEDUP_IMAGE_PNM:
      return n_rows >= height;
    case SPEEDUP_IMAGE_ICO:
      /* The colours, then as many rows of the mask. */
      return n_rows / 2 >= height;
    case SPEEDUP_IMAGE_TGA:
    case SPEEDUP_IMAGE_OTHER:
    default:
      return TRUE;
    }
}
