/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * process: whether a process that is no child of the test has died.
 */
#ifndef VDIBENCH_TESTS_PROCESS_H
#define VDIBENCH_TESTS_PROCESS_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* Waits until the process is dead, which is enough: whoever reaps it does so
 * when he likes. false when it still lives after `seconds`. */
bool process_dies(pid_t pid, double seconds);

#endif
