/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "speedup-wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "speedup-error.h"
#include "speedup-execution.h"

#define HEADER_SIZE 8
#define BUFFER_SIZE (64 * 1024)
#define KIB ((gsize) 1024)
#define MIB (1024 * KIB)

/* Messages are cut, so that a frame that carries one stays within its bound. */
#define MAX_MESSAGE_BYTES (16 * KIB)

static const struct
{
  const char *type;
  gsize max_size;
} frame_kinds[] = {
  [SPEEDUP_FRAME_INIT] = { "(usvbx)", 256 * MIB },
  [SPEEDUP_FRAME_CHUNK] = { "(uu)", 8 },
  [SPEEDUP_FRAME_FINISH] = { "()", 1 },
  [SPEEDUP_FRAME_READY] = { "(x)", 8 },
  [SPEEDUP_FRAME_REFUSED] = { "(sis)", 64 * KIB },
  [SPEEDUP_FRAME_RESULT] = { "(ua" SPEEDUP_RECORD_TYPE "a(usis)amv)", 1024 * MIB },
  [SPEEDUP_FRAME_STUCK] = { "(u)", 4 },
  [SPEEDUP_FRAME_LAST] = { "(auatxddx)", 1024 * MIB },
};

typedef struct
{
  guint32 length;
  guint32 kind;
} Header;

G_STATIC_ASSERT (sizeof (Header) == HEADER_SIZE);

struct _SpeedupFrameReader
{
  int fd;

  /* Whole small frames wait here. */
  guint8 *buffer;
  gsize begin;
  gsize end;

  /* A frame that does not fit there is read into memory of its own, which grows as its bytes
   * arrive: a header alone, which may lie, makes nobody allocate a gigabyte. */
  Header large_header;
  guint8 *large;
  gsize large_filled;
  gsize large_allocated;
};

static gsize
padded (gsize length)
{
  return (length + 7) & ~(gsize) 7;
}

static gboolean
is_known (guint32 kind)
{
  return kind > 0 && kind < G_N_ELEMENTS (frame_kinds) && frame_kinds[kind].type != NULL;
}

/**
 * speedup_frame_kind_get_type:
 * @kind: a kind
 *
 * Returns: (transfer none): type of its body
 */
const GVariantType *
speedup_frame_kind_get_type (SpeedupFrameKind kind)
{
  g_assert (is_known (kind));

  return G_VARIANT_TYPE (frame_kinds[kind].type);
}

/**
 * speedup_frame_kind_max_size:
 * @kind: a kind
 *
 * Returns: bytes that its body may have
 */
gsize
speedup_frame_kind_max_size (SpeedupFrameKind kind)
{
  g_assert (is_known (kind));

  return frame_kinds[kind].max_size;
}

/**
 * speedup_frame_append:
 * @bytes: (inout): frames so far; of a length that is a multiple of 8
 * @kind: kind of the frame
 * @body: its body, of that kind's type; a floating one is consumed
 */
void
speedup_frame_append (GByteArray       *bytes,
                      SpeedupFrameKind  kind,
                      GVariant         *body)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (body);
  gsize length = g_variant_get_size (owned);
  Header header = { (guint32) length, kind };
  guint place = bytes->len;

  g_assert (g_variant_is_of_type (owned, speedup_frame_kind_get_type (kind)));
  g_assert (length <= frame_kinds[kind].max_size);
  g_assert (place % 8 == 0);

  g_byte_array_set_size (bytes, place + HEADER_SIZE + (guint) padded (length));
  memcpy (bytes->data + place, &header, HEADER_SIZE);
  memset (bytes->data + bytes->len - 8, 0, 8);
  g_variant_store (owned, bytes->data + place + HEADER_SIZE);
}

static char *
bounded_message (const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);

  if (strlen (valid) <= MAX_MESSAGE_BYTES)
    return g_steal_pointer (&valid);

  valid[MAX_MESSAGE_BYTES] = '\0';

  return g_utf8_make_valid (valid, -1);
}

/**
 * speedup_frame_new_error:
 * @error: an error
 *
 * Returns: (transfer floating): (sis) for it
 */
GVariant *
speedup_frame_new_error (const GError *error)
{
  g_autofree char *message = bounded_message (error->message);

  return g_variant_new ("(sis)", g_quark_to_string (error->domain), error->code, message);
}

/**
 * speedup_frame_to_error:
 * @domain: name of the domain; one that this process does not know becomes G_IO_ERROR_FAILED
 * @code: code
 * @message: message
 *
 * Returns: (transfer full): the error
 */
GError *
speedup_frame_to_error (const char *domain,
                        int         code,
                        const char *message)
{
  GQuark quark;

  /* Both must be known by name before the look-up, whatever this process did before. */
  (void) SPEEDUP_ERROR;
  (void) G_IO_ERROR;
  quark = g_quark_try_string (domain);
  if (quark == 0)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, message);

  return g_error_new_literal (quark, code, message);
}

/**
 * speedup_frame_reader_new:
 * @fd: descriptor to read from, not owned; blocking or not
 *
 * Returns: (transfer full): a reader
 */
SpeedupFrameReader *
speedup_frame_reader_new (int fd)
{
  SpeedupFrameReader *self = g_new0 (SpeedupFrameReader, 1);

  self->fd = fd;
  self->buffer = g_malloc (BUFFER_SIZE);

  return self;
}

/**
 * speedup_frame_reader_free:
 * @self: (transfer full): a reader
 */
void
speedup_frame_reader_free (SpeedupFrameReader *self)
{
  g_free (self->buffer);
  g_free (self->large);
  g_free (self);
}

static gsize
large_size (SpeedupFrameReader *self)
{
  return padded (self->large_header.length);
}

/* Where the next bytes go, and how many may. */
static gsize
prepare_room (SpeedupFrameReader  *self,
              guint8             **place)
{
  if (self->large != NULL)
    {
      if (self->large_filled == self->large_allocated)
        {
          self->large_allocated = MIN (2 * self->large_allocated, large_size (self));
          self->large = g_realloc (self->large, self->large_allocated);
        }
      *place = self->large + self->large_filled;
      return self->large_allocated - self->large_filled;
    }

  if (self->begin > 0)
    {
      memmove (self->buffer, self->buffer + self->begin, self->end - self->begin);
      self->end -= self->begin;
      self->begin = 0;
    }
  *place = self->buffer + self->end;

  return BUFFER_SIZE - self->end;
}

/**
 * speedup_frame_reader_fill:
 * @self: a reader from which every whole frame was popped
 * @error: return location
 *
 * Reads once.
 *
 * Returns: what came of it
 */
SpeedupReadResult
speedup_frame_reader_fill (SpeedupFrameReader  *self,
                           GError             **error)
{
  guint8 *place;
  gsize room = prepare_room (self, &place);
  gssize n;

  g_assert (room > 0);

  do
    n = read (self->fd, place, room);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    {
      if (self->large != NULL)
        self->large_filled += (gsize) n;
      else
        self->end += (gsize) n;
      return SPEEDUP_READ_DATA;
    }

  if (n < 0 && errno == EAGAIN)
    return SPEEDUP_READ_WAIT;

  if (n == 0 && self->large == NULL && self->begin == self->end)
    return SPEEDUP_READ_END;

  g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL, "%s",
               n == 0 ? "The other end closed in the middle of a frame" : g_strerror (errno));

  return SPEEDUP_READ_FAILED;
}

static gboolean
check_header (const Header  *header,
              GError       **error)
{
  if (!is_known (header->kind))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                   "There is no frame of kind %u: this is not Speedup's protocol", header->kind);
      return FALSE;
    }

  if (header->length == 0 || header->length > frame_kinds[header->kind].max_size)
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                   "A frame of kind %u has %u bytes; 1 to %" G_GSIZE_FORMAT " are allowed",
                   header->kind, header->length, frame_kinds[header->kind].max_size);
      return FALSE;
    }

  return TRUE;
}

/* A body of bulk data is checked by whoever takes it apart, column by column: its accessors are
 * safe whatever the bytes, and a full check would look at every pixel.
 */
static GVariant *
make_body (const Header  *header,
           guint8        *data,
           GError       **error)
{
  g_autoptr (GVariant) body = NULL;

  body = g_variant_ref_sink (g_variant_new_from_data (
                               speedup_frame_kind_get_type (header->kind), data, header->length,
                               FALSE, g_free, data));
  if (header->kind != SPEEDUP_FRAME_RESULT && header->kind != SPEEDUP_FRAME_LAST &&
      !g_variant_is_normal_form (body))
    {
      g_set_error (error, SPEEDUP_ERROR, SPEEDUP_ERROR_PROTOCOL,
                   "The body of a frame of kind %u is damaged", header->kind);
      return NULL;
    }

  return g_steal_pointer (&body);
}

/**
 * speedup_frame_reader_pop:
 * @self: a reader
 * @kind: (out): kind of the frame
 * @body: (out) (transfer full): its body
 * @error: return location
 *
 * Returns: whether there was a whole frame; otherwise @error is set exactly where what was read is
 *   no frame (%SPEEDUP_ERROR_PROTOCOL), and the reader is of no more use
 */
gboolean
speedup_frame_reader_pop (SpeedupFrameReader  *self,
                          SpeedupFrameKind    *kind,
                          GVariant           **body,
                          GError             **error)
{
  gsize there = self->end - self->begin;
  Header header;
  guint8 *data;

  if (self->large != NULL)
    {
      if (self->large_filled < large_size (self))
        return FALSE;
      header = self->large_header;
      data = g_steal_pointer (&self->large);
    }
  else
    {
      if (there < HEADER_SIZE)
        return FALSE;
      memcpy (&header, self->buffer + self->begin, HEADER_SIZE);
      if (!check_header (&header, error))
        return FALSE;

      if (HEADER_SIZE + padded (header.length) > BUFFER_SIZE)
        {
          self->large_header = header;
          self->large_filled = there - HEADER_SIZE;
          self->large_allocated = MIN (MIB, padded (header.length));
          self->large = g_malloc (self->large_allocated);
          memcpy (self->large, self->buffer + self->begin + HEADER_SIZE, self->large_filled);
          self->begin = self->end = 0;
          return FALSE;
        }

      if (there < HEADER_SIZE + padded (header.length))
        return FALSE;
      data = g_memdup2 (self->buffer + self->begin + HEADER_SIZE, header.length);
      self->begin += HEADER_SIZE + padded (header.length);
    }

  *kind = (SpeedupFrameKind) header.kind;
  *body = make_body (&header, data, error);

  return *body != NULL;
}
