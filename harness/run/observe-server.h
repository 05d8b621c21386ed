/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * observe-server: what the server's process holds, and how often it wakes.
 *
 * Writes the sample file server.csv:
 *   event,t_ns,private_dirty_kib,wakeups
 * private_dirty_kib: memory that is the process's own and was written
 * (/proc/PID/smaps_rollup): heap, stacks, and what it has mapped; shared
 * memory, as the counters', is not in it. wakeups: how often its threads, but
 * for the drawing guest's, had waited for something and went on (the voluntary
 * context switches of /proc/PID/task/TID/status).
 * A row every 10 s is a `sample`; the other events are the testbed's marks.
 * Reading costs the server a lock on its memory map for less than a
 * millisecond: therefore so seldom.
 *
 * Main thread only; samples are taken while the default main context runs.
 */
#ifndef VDIBENCH_OBSERVE_SERVER_H
#define VDIBENCH_OBSERVE_SERVER_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct server_observer;

/* Creates `file` and begins. */
struct server_observer *server_observer_create(pid_t pid, const char *file, GError **error);

/* False when a row could not be written; NULL is allowed. */
bool server_observer_destroy(struct server_observer *observer);

/* A row with that event, now. */
void server_observer_mark(struct server_observer *observer, const char *event);

#endif
