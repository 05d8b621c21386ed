/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * wake: wakes a thread that waits for a port and for commands alike.
 *
 * A flag on which the system can wait together with whatever the port is: each
 * kind of port does so in port->class->wait(). Set by any thread; waited for
 * and cleared by one.
 */
#ifndef AGENT_OS_WAKE_H
#define AGENT_OS_WAKE_H

#include "agent/os/clock.h"

#include <stdint.h>

struct os_wake;

/* Not set. NULL and *ret_error (negative errno) on failure. */
struct os_wake *os_wake_create(int *ret_error);

/* No other thread may use it any more. NULL is allowed. */
void os_wake_destroy(struct os_wake *wake);

/* Idempotent. Never blocks. */
void os_wake_set(struct os_wake *wake);
void os_wake_clear(struct os_wake *wake);

/* Until it is set, which it stays, or os_now_ns() has reached `deadline_ns` (OS_FOREVER:
 * until it is set). May return early. */
void os_wake_wait(struct os_wake *wake, int64_t deadline_ns);

#endif
