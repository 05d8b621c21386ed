/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * core-loop: what libspice-server asks of its host: timers, watches and a
 * place to report clients (SpiceCoreInterface of <spice.h>), on GLib's
 * default main context as QEMU offers them on its main loop.
 *
 * libspice-server calls all of it from the thread that runs the main loop.
 */
#ifndef VDIBENCH_CORE_LOOP_H
#define VDIBENCH_CORE_LOOP_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* A client's connection to the vGPU's display channel (id 0) came up or went
 * away. May be called in any thread. */
typedef void (*core_loop_client_fn)(bool connected, void *data);

/* The interface for spice_server_init(). There is one in a process, as the
 * interface carries no pointer of ours; it lives as long as the process. */
SpiceCoreInterface *core_loop_interface(core_loop_client_fn on_client, void *data);

#endif
