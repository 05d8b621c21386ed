/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * run-slurm: a run whose repeats Slurm distributes over its nodes.
 *
 * One task of a job array for each repeat of each case, on a node of its own. The results
 * folder is shared with the nodes. A task of a lost node is started again by Slurm; one that
 * has ended without a result is submitted once more, and then reported as interrupted.
 *
 * Main thread; runs the default main context, and takes SIGINT, SIGTERM and SIGHUP: the job
 * is cancelled, and the results so far are kept.
 */
#ifndef VDIBENCH_RUN_SLURM_H
#define VDIBENCH_RUN_SLURM_H

#include "harness/plan/plan.h"

#include <stdbool.h>

struct slurm_options {
    const char *const *options; /* of sbatch; NULL: none */
    unsigned jobs_max;          /* at once; 0: as Slurm likes */
};

/* Sets the exit status as run_cases() does. False and `error` if it could not begin, or
 * its results could not be written. */
bool run_slurm(const struct layout *layout, const struct run_options *options,
               const struct slurm_options *how, int *ret_status, GError **error);

#endif
