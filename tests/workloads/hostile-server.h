/* SPDX-FileCopyrightText: 2026 The Speedup developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define HOSTILE_DAY \
  "{\"metadata\":{\"stations\":[{\"id\":\"S1\"}]},\"items\":[{\"timestamp\":" \
  "\"2020-07-23T00:00:00+08:00\",\"readings\":[{\"station_id\":\"S1\",\"value\":26.9}]}]}"

/**
 * HostileServer:
 *
 * A web server on the loopback, in threads of its own, that misbehaves in the way that the path
 * of the address names: see the table in hostile-server.c.
 */
typedef struct _HostileServer HostileServer;

HostileServer *hostile_server_new (void);
void           hostile_server_free (HostileServer *self);
guint          hostile_server_get_port (HostileServer *self);
char          *hostile_server_dup_template (HostileServer *self,
                                            const char    *scheme,
                                            const char    *path);
guint          hostile_server_get_n_requests (HostileServer *self);
void           hostile_server_wait_request (HostileServer *self);
char          *hostile_server_dup_head (HostileServer *self);
guint          hostile_find_closed_port (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostileServer, hostile_server_free)

G_END_DECLS
