/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * observe-module: when each frame was in the SPICE server, while it runs.
 *
 * Maps the GPU module's counters out of the server's process (gpu-module/
 * counters.h) and copies the frames' records, as soon as nothing in them will
 * change any more, into the sample file module.csv; at the end a row `buffers`
 * with the most memory that frames ever had. The server does nothing for it.
 *
 * Main thread only; records are taken while the default main context runs.
 */
#ifndef VDIBENCH_OBSERVE_MODULE_H
#define VDIBENCH_OBSERVE_MODULE_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct module_observer;

/* Creates `file` and begins as soon as the process has a port with the module. */
struct module_observer *module_observer_create(pid_t pid, const char *file, GError **error);

/* Takes what is left, even if the process has ended, and frees. False when a
 * row could not be written; NULL is allowed. */
bool module_observer_destroy(struct module_observer *observer);

#endif
