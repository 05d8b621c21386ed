/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * thread: a thread of execution.
 */
#ifndef AGENT_OS_THREAD_H
#define AGENT_OS_THREAD_H

struct os_thread;

/* Runs run(data) in a thread that debuggers and profilers show as `name` (at
 * most 15 bytes, a constant). Signals are left to the program's other threads:
 * there a write to a socket that the other end has closed is an error, not a
 * SIGPIPE. NULL and *ret_error (negative errno) on failure. */
struct os_thread *os_thread_create(const char *name, void (*run)(void *data), void *data,
                                   int *ret_error);

/* Waits until run() has returned, and frees. */
void os_thread_join(struct os_thread *thread);

/* From now on the calling thread's waits end as soon after their deadline as the
 * system can do it, at the cost of power. */
void os_thread_wait_precisely(void);

#endif
