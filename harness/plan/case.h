/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * case: one point of a scenario's matrix, which is run several times.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_CASE_H
#define VDIBENCH_CASE_H

#include "harness/scenario/scenario.h"

#include <stdbool.h>

struct plan_case {
    const struct scenario *scenario; /* not owned; outlives the case */
    const struct route *route;
    const struct expect *expect; /* part of the scenario */
    const char *sink;            /* these too, or of the filter */
    const char *drawing;         /* how the guest draws the film; NULL: the vGPU shows none */
    const char *workload;
    const char *axis[AXIS_COUNT];           /* its word of each axis */
    unsigned vgpu_width_px, vgpu_height_px; /* 0: as the workload, not yet known */
    unsigned seconds;
    unsigned repeats;   /* that are to be fit */
    unsigned tries_max; /* repeats at most, as unfit ones are run again */
    unsigned twin;      /* of an A/A pair the first (1) or the second (2); 0: of none */
};

/* How often a case is run at most for `n` fit repeats: where more are unfit than fit, or
 * more than five, the machine is not quiet enough, and trying on will not make it so. */
#define CASE_TRIES_MAX(n) MIN(2 * (n), (n) + 5)

/* Ends the label of the second case of an A/A pair, and its name. */
#define CASE_AGAIN " (again)"
#define CASE_AGAIN_NAME ",again"

/* A case that exists and is not run. */
struct left_out {
    char *id; /* as case_id() */
    char *reason;
};

/* What a command line makes of the matrix; NULL or 0: as the scenario has it. */
struct case_filter {
    const char *const *routes;
    const char *const *sinks;
    const char *const *drawings;
    const char *const *words[AXIS_COUNT]; /* in place of the scenario's */
    unsigned seconds, repeats;
    bool quick; /* the scenario's quick_seconds and quick_repeats */
    bool test;  /* its test_seconds, once */
};

/* One case with the first word of each axis, without sink, drawing and workload; free it with
 * g_free. */
struct plan_case *case_create(const struct scenario *scenario, const struct scenario_route *route,
                              const struct case_filter *filter);

/* Whether the filter lets a word through; a filter of NULL lets all, NULL is
 * no word that was asked for. */
bool case_filter_admits(const char *const *filter, const char *word);

/* Appends the cases of `scenario` to `cases` (which frees them with g_free):
 * workload by workload, axis by axis, then route, sink and drawing in the scenario's order. */
void case_expand(const struct scenario *scenario, const struct case_filter *filter,
                 GPtrArray *cases);

/* The case's key as a folder's name, unique in a run:
 * SCENARIO,ROUTE,SINK[,DRAWING],WORKLOAD,TRANSPORT, of each other axis the word where it is
 * not the default, and CASE_AGAIN_NAME. Free it. */
char *case_id(const struct plan_case *c);

/* Takes `reason`. */
struct left_out *left_out_create(const struct plan_case *c, char *reason);
struct left_out *left_out_copy(const struct left_out *left_out);
void left_out_destroy(struct left_out *left_out);

/* Whether its agent captures a screen, in place of replaying a recording. */
bool case_has_real_agent(const struct plan_case *c);

/* Whether its guest is a real one, in QEMU. */
bool case_has_real_vm(const struct plan_case *c);

/* Whether its vGPU has shadow page tables. */
bool case_is_mediated(const struct plan_case *c);

/* In what the case differs from others of its route: DRAWING where there is
 * one, else SINK; and for people, with the route before it and the words of the
 * axes that are part of a label. */
const char *case_way(const struct plan_case *c);
char *case_label(const struct plan_case *c); /* free it */

#endif
