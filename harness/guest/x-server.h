/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x-server: an X server without a screen of glass (Xvfb), on a free display.
 */
#ifndef VDIBENCH_GUEST_X_SERVER_H
#define VDIBENCH_GUEST_X_SERVER_H

#include "auto-destroy.h"
#include "harness/guest/helper.h"

#include <gio/gio.h>

struct x_server {
    GSubprocess *process;
    char *display; /* ":7" */
};

/* Starts it with a screen of that size, and waits until it takes connections. NULL and
 * `error` on failure. */
struct x_server *x_server_start(unsigned width_px, unsigned height_px, GError **error);

/* Any X server, of that package: argv has "-displayfd" X_SERVER_DISPLAY_FD. As above. */
#define X_SERVER_DISPLAY_FD G_STRINGIFY(HELPER_FD)
struct x_server *x_server_launch(const char *const *argv, const char *package, GError **error);

void x_server_end(struct x_server *server); /* NULL is allowed */

DEFINE_AUTO_DESTROY(x_server, x_server_end)

#endif
