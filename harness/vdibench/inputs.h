/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * inputs: what a run was made of, kept with it, so that it can be evaluated again
 * elsewhere and later: the text of each scenario in the run's scenarios/, and in
 * result.json where each recording was, with its checksum.
 *
 * Main thread.
 */
#ifndef VDIBENCH_INPUTS_H
#define VDIBENCH_INPUTS_H

#include "harness/plan/plan.h"
#include "harness/result/result.h"

#include <stdbool.h>

/* Writes the scenarios' texts, and adds `recordings` to result->environment: by each
 * workload's name its file and checksum, and those of the film that a vGPU draws. */
bool inputs_keep(const struct plan *plan, struct result *result, GError **error);

/* A scenario as it was run. NULL and `error`, one line, when it was not kept. */
struct scenario *inputs_scenario(const char *folder, const char *name, GError **error);

/* The file of a workload (`film`: of its film), if it is still there and still the same;
 * otherwise NULL. A file without a folder's full path is below `top`. Free it. */
char *inputs_recording(const struct result *result, const char *top, const char *workload,
                       bool film);

#endif
