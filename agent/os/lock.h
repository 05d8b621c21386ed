/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * lock: mutual exclusion, and waiting for what another thread changes.
 *
 * Create and destroy while no other thread uses the object; the rest from any
 * thread. Destroying takes NULL.
 */
#ifndef AGENT_OS_LOCK_H
#define AGENT_OS_LOCK_H

#include "agent/os/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct os_lock;
struct os_condition;

/* NULL when memory is short. */
struct os_lock *os_lock_create(void);
void os_lock_destroy(struct os_lock *lock);
void os_lock_take(struct os_lock *lock);
void os_lock_release(struct os_lock *lock);

/* NULL when memory is short. */
struct os_condition *os_condition_create(void);
void os_condition_destroy(struct os_condition *condition);

/* Releases the lock, waits for a signal or until os_now_ns() has reached
 * `deadline_ns` (OS_FOREVER: for a signal alone), and takes the lock again. False
 * when the deadline has passed. May return true without a signal. */
bool os_condition_wait(struct os_condition *condition, struct os_lock *lock, int64_t deadline_ns);
void os_condition_signal(struct os_condition *condition);    /* one of those that wait */
void os_condition_broadcast(struct os_condition *condition); /* all of them */

#endif
