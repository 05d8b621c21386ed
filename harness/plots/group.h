/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * group: the cases of a run that one figure compares, with their samples.
 *
 * Main thread; reads files of the run's folder.
 */
#ifndef VDIBENCH_PLOTS_GROUP_H
#define VDIBENCH_PLOTS_GROUP_H

#include "harness/evaluate/rows.h"
#include "harness/result/result.h"

#include <stdbool.h>
#include <stdint.h>

struct plot_repeat {
    unsigned number; /* from 1 */
    char *folder;
    bool fit;
    struct rows *frames, *client, *cpu;
};

struct plot_case {
    const struct result_case *of;
    char *label;
    unsigned variant;   /* the number of cases of its route before it in the group */
    GPtrArray *repeats; /* struct plot_repeat, those that have samples */
    const struct plot_repeat
        *shown; /* the one that is drawn where only one can be: the first that is fit,
                 * else the first; NULL if there is none */
};

/* A comparison with the samples of its cases. */
struct plot_group {
    const struct result *result;
    const char *scenario;
    bool is_largest;     /* as in struct comparison */
    char *workload_name; /* the comparison's name */
    GPtrArray *cases;    /* struct plot_case */
};

/* The groups of a run in its order, without samples. */
GPtrArray *plot_groups(const struct result *result);

/* Whether its cases have a client, to which pictures come. */
bool plot_group_is_shown(const struct plot_group *group);

/* Reads the samples of a group's repeats. A repeat that did not pass may lack
 * them; of one that passed they must be there and whole. */
bool plot_group_read(struct plot_group *group, GError **error);

/* A sample file of the repeat, PART.csv, that holds what is computed from it (sample-check.h).
 * NULL and `error` if there is none, or it does not. */
struct rows *plot_repeat_read(const struct plot_repeat *repeat, const char *part, GError **error);

/* Forgets the samples. */
void plot_group_forget(struct plot_group *group);

/* "5 repeats of 8 s": the largest numbers that a case has. */
char *plot_group_extent(const struct plot_group *group);

/* The planned times of the first and of the last slot of a repeat; false when
 * it has none. */
bool plot_repeat_slots(const struct plot_repeat *repeat, int64_t *ret_first_ns,
                       int64_t *ret_last_ns);

#endif
