/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* mincore() is not in POSIX. */
#define _GNU_SOURCE

#include "speedup-page-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-resize-file.h"

#define WARM_READ_BYTES (256 * 1024)

/* No picture is as large. A sparse file can be of any size, and reading it never ends, nor does the
 * memory suffice for a byte for each of its pages. */
#define MAX_FILE_BYTES (G_GINT64_CONSTANT (64) << 30)

/* File systems whose files may be in another machine's or program's cache: statfs(2). */
static const guint32 remote_file_systems[] = {
  0x00006969, /* NFS */
  0x0000517b, /* SMB */
  0x0000564c, /* NCP */
  0x00c36400, /* Ceph */
  0x01021997, /* 9P */
  0x0bd00bd0, /* Lustre */
  0x47504653, /* GPFS */
  0x5346414f, /* AFS */
  0x65735546, /* FUSE */
  0x73757245, /* Coda */
  0x786f4256, /* VirtualBox shared folder */
  0xfe534d42, /* SMB 2 */
  0xff534d42, /* CIFS */
};

static gboolean
is_remote (int fd)
{
  struct statfs info;

  if (fstatfs (fd, &info) != 0)
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (remote_file_systems); i++)
    {
      if ((guint32) info.f_type == remote_file_systems[i])
        return TRUE;
    }

  return FALSE;
}

static gboolean
fail_unavailable (const char  *path,
                  const char  *reason,
                  GError     **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "A cold page cache is not available here: “%s” %s, so files are read before each "
               "run.",
               name, reason);

  return FALSE;
}

static gboolean
count_resident (int      fd,
                gsize    n_bytes,
                gsize   *n_resident,
                gsize   *n_pages)
{
  gsize page_bytes = (gsize) sysconf (_SC_PAGESIZE);
  gsize n = (n_bytes - 1) / page_bytes + 1;
  g_autofree guint8 *resident = g_malloc0 (n);
  gpointer map = mmap (NULL, n_bytes, PROT_READ, MAP_SHARED, fd, 0);
  gboolean counted;

  if (map == MAP_FAILED)
    return FALSE;

  counted = mincore (map, n_bytes, resident) == 0;
  munmap (map, n_bytes);

  *n_resident = 0;
  *n_pages = n;
  for (gsize i = 0; i < n; i++)
    *n_resident += resident[i] & 1;

  return counted;
}

static gboolean
drop (const char   *path,
      int           fd,
      gsize         n_bytes,
      GError      **error)
{
  gsize n_resident, n_pages;

  /* Pages that are not yet written stay. */
  if (fdatasync (fd) != 0 || posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
    return fail_unavailable (path, "cannot be dropped from the cache", error);
  if (!count_resident (fd, n_bytes, &n_resident, &n_pages))
    return fail_unavailable (path, "cannot be looked up in the cache", error);
  if (n_resident > 0)
    return fail_unavailable (path, "stays in the cache: its file system lives in memory, or "
                                   "another program holds it", error);

  return TRUE;
}

/**
 * speedup_page_cache_warm:
 * @path: a file
 * @cancellable: (nullable): looked at between reads
 *
 * Reads a file to its end, so that the next read finds it in memory. What cannot be read stays as
 * it is: its task will say so.
 */
void
speedup_page_cache_warm (const char   *path,
                         GCancellable *cancellable)
{
  g_autofree guint8 *buffer = NULL;
  struct stat info;
  gssize n_bytes;
  int fd;

  g_return_if_fail (path != NULL);

  fd = speedup_resize_file_open (path, &info, NULL);
  if (fd < 0)
    return;
  if (info.st_size > MAX_FILE_BYTES)
    {
      close (fd);
      return;
    }

  buffer = g_malloc (WARM_READ_BYTES);
  do
    n_bytes = read (fd, buffer, WARM_READ_BYTES);
  while ((n_bytes > 0 || (n_bytes < 0 && errno == EINTR)) &&
         !g_cancellable_is_cancelled (cancellable));

  close (fd);
}

/**
 * speedup_page_cache_drop:
 * @path: a file
 * @error: return location; %G_IO_ERROR_NOT_SUPPORTED where the file is another user's, is not
 *   on a local disk, or stays in memory all the same
 *
 * Takes a file out of the page cache, and looks whether it is gone. A file that cannot be opened
 * is no error here: its task will say so.
 *
 * Returns: whether the next read will come from the disk
 */
gboolean
speedup_page_cache_drop (const char  *path,
                         GError     **error)
{
  struct stat info;
  gboolean dropped = FALSE;
  int fd;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  fd = speedup_resize_file_open (path, &info, NULL);
  if (fd < 0)
    return TRUE;

  if (info.st_size > MAX_FILE_BYTES)
    fail_unavailable (path, "is larger than any picture", error);
  else if (info.st_uid != geteuid ())
    fail_unavailable (path, "belongs to another user", error);
  else if (is_remote (fd))
    fail_unavailable (path, "is not on a local disk", error);
  else
    dropped = drop (path, fd, (gsize) info.st_size, error);

  close (fd);

  return dropped;
}

/**
 * speedup_page_cache_count:
 * @path: a file of the user's own: the kernel tells no one else
 * @n_resident: (out): pages of it that are in memory
 * @n_pages: (out): pages it has
 * @error: return location; %SPEEDUP_ERROR_INPUT
 *
 * Returns: whether that could be found out
 */
gboolean
speedup_page_cache_count (const char  *path,
                          gsize       *n_resident,
                          gsize       *n_pages,
                          GError     **error)
{
  struct stat info;
  gboolean counted;
  int fd;

  g_return_val_if_fail (path != NULL, FALSE);

  fd = speedup_resize_file_open (path, &info, error);
  if (fd < 0)
    return FALSE;

  errno = EFBIG;
  counted = info.st_size <= MAX_FILE_BYTES &&
            count_resident (fd, (gsize) info.st_size, n_resident, n_pages);
  if (!counted)
    speedup_resize_file_set_error (error, path, "cannot be looked up in the page cache: %s.",
                                   g_strerror (errno));
  close (fd);

  return counted;
}
