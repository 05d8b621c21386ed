/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vnc-server: TigerVNC's X server, which encodes its own screen for VNC clients.
 *
 * Main thread.
 */
#ifndef VDIBENCH_VM_VNC_VNC_SERVER_H
#define VDIBENCH_VM_VNC_VNC_SERVER_H

#include "auto-destroy.h"
#include "harness/guest/x-server.h"

#include <gio/gio.h>

struct vnc_server {
    struct x_server *server;
    char *address; /* HOST:PORT, where its clients connect */
};

/* Starts it with a screen of that size. `listen` is HOST:PORT, port 0 for any. NULL and `error`,
 * one line: G_IO_ERROR_NOT_FOUND when it is not installed. */
struct vnc_server *vnc_server_start(const char *listen, unsigned width_px, unsigned height_px,
                                    GError **error);
void vnc_server_end(struct vnc_server *server); /* NULL is allowed */

DEFINE_AUTO_DESTROY(vnc_server, vnc_server_end)

#endif
