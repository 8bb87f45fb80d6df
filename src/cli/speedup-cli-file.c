/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "speedup-cli-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _SpeedupCliFile
{
  char *option;
  char *path;     /* as given, or where a link leads: what is renamed over */
  int fd;         /* of a device or a pipe, which nothing may be renamed over; else -1 */
  int mode;
};

static void
set_error (GError     **error,
           const char  *option,
           const char  *path,
           const char  *why)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("%s: '%s' cannot be written: %s."),
               option, name, why);
}

static gboolean
probe_folder (const char  *option,
              const char  *path,
              GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_build_filename (folder, ".speedup-XXXXXX", NULL);
  int fd = g_mkstemp_full (name, O_WRONLY | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      set_error (error, option, path, g_strerror (errno));
      return FALSE;
    }

  /* Only that it can be made was the question; what is killed from now on leaves nothing behind. */
  g_unlink (name);
  close (fd);

  return TRUE;
}

static gboolean
open_special (SpeedupCliFile  *self,
              GError         **error)
{
  int flags;

  /* Without O_NONBLOCK the opening of a FIFO waits until somebody reads from it. */
  self->fd = g_open (self->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0);
  if (self->fd < 0)
    {
      set_error (error, self->option, self->path,
                 errno == ENXIO ? _("nobody reads from it") : g_strerror (errno));
      return FALSE;
    }

  flags = fcntl (self->fd, F_GETFL);
  fcntl (self->fd, F_SETFL, flags & ~O_NONBLOCK);

  return TRUE;
}

static gboolean
open_regular (SpeedupCliFile  *self,
              GError         **error)
{
  char *target;

  if (g_access (self->path, W_OK) != 0)
    {
      set_error (error, self->option, self->path, g_strerror (errno));
      return FALSE;
    }

  target = realpath (self->path, NULL);
  if (target != NULL)
    {
      g_free (self->path);
      self->path = g_strdup (target);
      free (target);
    }

  return probe_folder (self->option, self->path, error);
}

/**
 * speedup_cli_file_open:
 * @option: the option that names it, for messages
 * @path: where to write
 * @error: return location
 *
 * Finds out whether @path can be written, before anything is measured. A device or a pipe is
 * opened; a regular file stays as it is until speedup_cli_file_write() replaces it as a whole.
 *
 * Returns: (transfer full): the file, or %NULL with an error
 */
SpeedupCliFile *
speedup_cli_file_open (const char  *option,
                       const char  *path,
                       GError     **error)
{
  g_autoptr (SpeedupCliFile) self = g_new0 (SpeedupCliFile, 1);
  GStatBuf info;
  gboolean ok;

  self->option = g_strdup (option);
  self->path = g_strdup (path);
  self->fd = -1;
  self->mode = 0666;

  if (*path == '\0')
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("%s: give the name of a file."), option);
      return NULL;
    }

  if (g_stat (path, &info) != 0)
    {
      if (errno != ENOENT)
        {
          set_error (error, option, path, g_strerror (errno));
          return NULL;
        }
      if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        {
          set_error (error, option, path, _("it is a link to a file that does not exist"));
          return NULL;
        }
      ok = probe_folder (option, path, error);
    }
  else if (S_ISDIR (info.st_mode))
    {
      set_error (error, option, path, _("it is a folder"));
      return NULL;
    }
  else if (S_ISREG (info.st_mode))
    {
      self->mode = (int) (info.st_mode & 07777);
      ok = open_regular (self, error);
    }
  else
    {
      ok = open_special (self, error);
    }

  return ok ? g_steal_pointer (&self) : NULL;
}

/**
 * speedup_cli_file_open_regular:
 * @option: the option that names it, for messages
 * @path: where to write
 * @error: return location
 *
 * The same for what is written by others, who replace the file as a whole.
 *
 * Returns: (transfer full): the file, or %NULL with an error
 */
SpeedupCliFile *
speedup_cli_file_open_regular (const char  *option,
                               const char  *path,
                               GError     **error)
{
  g_autoptr (SpeedupCliFile) self = speedup_cli_file_open (option, path, error);

  if (self == NULL || self->fd < 0)
    return g_steal_pointer (&self);

  set_error (error, option, path, _("it is a device or a pipe, not a file"));

  return NULL;
}

/**
 * speedup_cli_file_free:
 * @self: (transfer full): a file
 */
void
speedup_cli_file_free (SpeedupCliFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->option);
  g_free (self->path);
  g_free (self);
}

/**
 * speedup_cli_file_is_regular:
 * @self: a file
 *
 * Returns: whether it can be replaced as a whole, unlike a device or a pipe
 */
gboolean
speedup_cli_file_is_regular (const SpeedupCliFile *self)
{
  return self->fd < 0;
}

/**
 * speedup_cli_file_get_path:
 * @self: a file
 *
 * Returns: where it is written
 */
const char *
speedup_cli_file_get_path (const SpeedupCliFile *self)
{
  return self->path;
}

/**
 * speedup_cli_file_write:
 * @self: a file
 * @data: (array length=length): all of its content
 * @length: bytes
 * @error: return location
 *
 * A regular file is there as a whole or, after an error, as it was before.
 *
 * Returns: whether all was written
 */
gboolean
speedup_cli_file_write (SpeedupCliFile  *self,
                        const char      *data,
                        gsize            length,
                        GError         **error)
{
  g_autoptr (GError) local_error = NULL;

  if (self->fd < 0)
    {
      if (g_file_set_contents_full (self->path, data, (gssize) length,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    self->mode, &local_error))
        return TRUE;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", self->option,
                   local_error->message);
      return FALSE;
    }

  while (length > 0)
    {
      gssize written = write (self->fd, data, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          set_error (error, self->option, self->path, g_strerror (errno));
          return FALSE;
        }
      data += written;
      length -= (gsize) written;
    }

  return TRUE;
}

/**
 * speedup_cli_folder_open:
 * @option: the option that names it, for messages
 * @path: a folder
 * @error: return location
 *
 * Makes the folder where it is missing, and finds out whether files can be put into it.
 *
 * Returns: whether they can
 */
gboolean
speedup_cli_folder_open (const char  *option,
                         const char  *path,
                         GError     **error)
{
  g_autofree char *inside = g_build_filename (path, "x", NULL);

  if (g_mkdir_with_parents (path, 0777) != 0)
    {
      set_error (error, option, path, g_strerror (errno));
      return FALSE;
    }

  return probe_folder (option, inside, error);
}
