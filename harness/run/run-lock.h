/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * run-lock: one run measures on a machine at a time.
 *
 * A file that all users of the machine share has the measuring run's process id and
 * folder, and the kernel's lock on it, which ends with the process. A run that goes on
 * beside it has a lock of another kind on the same file, so that the first one learns
 * of it. Main thread.
 */
#ifndef VDIBENCH_RUN_LOCK_H
#define VDIBENCH_RUN_LOCK_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

/* Names another file, or if it is empty none: for containers that share one machine, and
 * for tests, which must not wait for each other. */
#define RUN_LOCK_VARIABLE "VDIBENCH_LOCK"

struct run_lock;

/* Takes the machine for the run whose results lie in `folder`. If another one has it:
 * NULL and `error`, one line that names both, unless it may run `beside_others`. A
 * machine on which no such file can be made is not locked, and no error either. */
struct run_lock *run_lock_create(const char *folder, bool beside_others, GError **error);
void run_lock_destroy(struct run_lock *lock); /* NULL is allowed */

/* Whether another run is or was there; looks each time that it is called. */
bool run_lock_is_shared(struct run_lock *lock);

DEFINE_AUTO_DESTROY(run_lock, run_lock_destroy)

#endif
