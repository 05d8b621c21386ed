/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * core-loop: what libspice-server needs from its host: timers, watches and a
 * callback that reports clients (SpiceCoreInterface of <spice.h>). Here GLib's
 * default main context provides them, as QEMU's main loop does there.
 *
 * libspice-server calls all of them in the thread that runs the main loop.
 */
#ifndef VDIBENCH_CORE_LOOP_H
#define VDIBENCH_CORE_LOOP_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* A client's connection to the vGPU's display channel (id 0) was made or ended. May
 * be called in any thread. */
typedef void (*core_loop_client_fn)(bool connected, void *data);

/* The interface for spice_server_init(). A process has only one, since its functions
 * get no user data; it lives as long as the process. */
SpiceCoreInterface *core_loop_interface(core_loop_client_fn on_client, void *data);

#endif
