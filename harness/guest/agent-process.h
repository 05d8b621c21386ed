/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * agent-process: the real agent (agent/program.h) as a process of the guest, and what it has
 * done: its sample rows, read while it writes them.
 */
#ifndef VDIBENCH_GUEST_AGENT_PROCESS_H
#define VDIBENCH_GUEST_AGENT_PROCESS_H

#include "auto-destroy.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct agent_process;

struct agent_process_callbacks {
    /* A row of its sample file, and its first fields. */
    void (*row)(void *data, const char *row, const char *event, int64_t t_ns, uint64_t bytes);
    /* It has ended: `expected` if agent_process_end() was called. The object is still to be
     * destroyed. */
    void (*ended)(void *data, bool expected, int wait_status);
    void *data;
};

/* Starts argv, to which --samples is added. `display` as DISPLAY, NULL: as it is. Called back in
 * the default main context. NULL and `error` on failure. */
struct agent_process *agent_process_start(const char *const *argv, const char *display,
                                          const struct agent_process_callbacks *callbacks,
                                          GError **error);
pid_t agent_process_pid(const struct agent_process *process);

/* Asks it to end, which the callback then reports. */
void agent_process_end(struct agent_process *process);

/* Ends it, and waits for that. NULL is allowed. */
void agent_process_destroy(struct agent_process *process);

DEFINE_AUTO_DESTROY(agent_process, agent_process_destroy)

#endif
