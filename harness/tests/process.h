/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * process: waits for the death of a process that is not a child of the test.
 */
#ifndef VDIBENCH_TESTS_PROCESS_H
#define VDIBENCH_TESTS_PROCESS_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* Waits until the process is dead, even if it has not been reaped yet. False when it is
 * still alive after `seconds`. */
bool process_dies(pid_t pid, double seconds);

#endif
