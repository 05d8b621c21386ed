/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * result: a run of vdibench: its cases, what became of each repeat, and their
 * metrics.
 *
 * The one model of it. `vdibench run` fills it repeat by repeat and writes it as
 * result.json (result-write), which any other command reads again
 * (result-read); tables, exports, plots and the report are made from it.
 * results/README.md defines every member. Any thread, one at a time.
 */
#ifndef VDIBENCH_RESULT_H
#define VDIBENCH_RESULT_H

#include "auto-destroy.h"
#include "harness/evaluate/outcome.h"
#include "harness/plan/case.h"
#include "harness/scenario/metric.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Of result.json; changes with its members. */
#define RESULT_SCHEMA 4

/* The values of a metric, in the order of the repeats. */
struct result_values {
    double *each;   /* one for each repeat, NAN where it has none; NULL: none has one */
    double *values; /* those of the repeats that count, see outcome_counts() */
    size_t n;       /* of them; none: 0 */
};

struct result_case {
    char *id; /* the name of its folder below cases/; NULL: it has no repeat */
    const struct route *route;
    char *scenario, *workload, *sink;
    char *axis[AXIS_COUNT]; /* its word of each axis */
    char *drawing;          /* NULL: the vGPU does not show the workload */
    double seconds;
    unsigned twin;            /* of an A/A pair the first (1) or the second (2); 0: of none */
    unsigned planned_repeats; /* that are to count */
    unsigned tries_max;       /* repeats after which it is over, whatever counts */
    enum status status;       /* the worst of its repeats' */
    char *reason;             /* that repeat's; NULL: none */
    GPtrArray *repeats;       /* struct outcome, in order */
    struct result_values metrics[METRIC_COUNT];
};

struct result {
    char *folder; /* in which it is or will be */
    char *set;    /* which was run; NULL: none */
    JsonNode *environment;
    unsigned seed;        /* of the order in which the repeats were run */
    GPtrArray *cases;     /* struct result_case */
    GPtrArray *left_out;  /* struct left_out */
    GPtrArray *functions; /* struct function_cell */
};

/* Without cases, and without an environment (NULL). */
struct result *result_create(const char *folder);
void result_destroy(struct result *result);

/* A case of which nothing was run yet, so an interrupted one; owned by the
 * result. */
struct result_case *result_add_case(struct result *result, const struct plan_case *c);

/* One of which nothing is known; for whoever reads it. Add it to `cases`. */
struct result_case *result_case_create(void);

/* Adds a repeat: its outcome, which is taken, and its value of each metric; the case's
 * status follows. A case that is not over is interrupted, unless a repeat was worse. */
void result_case_add_repeat(struct result_case *one, struct outcome *outcome,
                            const struct metrics *metrics);

/* The metrics of its repeat, counted from 0. */
void result_case_metrics(const struct result_case *one, unsigned repeat,
                         struct metrics *ret_metrics);

/* True when no repeat is needed any more. One that was unfit is run again, as often as
 * `tries_max` allows; one that failed is not, and a skipped case is over at once. */
bool result_case_is_over(const struct result_case *one);

/* How many of its repeats count, and whether these are fewer than planned in a case that
 * passed: whatever was tried, the machine was not quiet enough. */
unsigned result_case_fit(const struct result_case *one);
bool result_case_is_short(const struct result_case *one);

/* How many of its repeats were unfit. */
unsigned result_case_unfit(const struct result_case *one);

/* The median of a metric's values; NAN when there are none. */
double result_case_median(const struct result_case *one, enum metric metric);

/* The case for people: its route with the sink, or with the way of drawing
 * where the vGPU shows the workload, and the words of the axes that are part of
 * a label; free it. */
char *result_case_label(const struct result_case *one);

/* Its words as axis.h takes them. */
const char *const *result_case_words(const struct result_case *one);

/* Whether a case is the same one in another run: all that is in its name is equal but
 * the twin, which is not looked at. */
bool result_case_is_same(const struct result_case *one, const struct result_case *other);

/* A string of the environment; "unknown" when it is null or not there. */
const char *result_known(const struct result *result, const char *member);
/* The version of spice-server that the cases were run with; "unknown". Free it. */
char *result_spice_server(const struct result *result);

DEFINE_AUTO_DESTROY(result, result_destroy)

#endif
