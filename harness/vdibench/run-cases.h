/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * run-cases: all cases of a run of vdibench, their repeats interleaved, and what is
 * left of them in a results folder.
 *
 * Main thread; runs the default main context, and takes SIGINT, SIGTERM and
 * SIGHUP: the present repeat is ended, the samples so far are kept.
 */
#ifndef VDIBENCH_RUN_CASES_H
#define VDIBENCH_RUN_CASES_H

#include "harness/plan/plan.h"

#include <stdbool.h>

/* Runs everything, or with dry_run only prints what it would run. The exit status: 0 when
 * nothing failed, 1 when something did, STATUS_CODE_UNFIT, or STATUS_CODE_INTERRUPTED. False
 * and `error` when it could not begin; then nothing was created or started. */
bool run_cases(const struct layout *layout, const struct run_options *options, int *ret_status,
               GError **error);

#endif
