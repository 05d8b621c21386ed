/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * saved-result: result.json of a finished run, read back.
 *
 * The file may come from anywhere, so everything in it is checked before it is
 * used: types, missing members, names that become file names. Its size and
 * depth are limited. results/README.md defines every member. Any thread, one
 * at a time.
 */
#ifndef VDIBENCH_SAVED_RESULT_H
#define VDIBENCH_SAVED_RESULT_H

#include "auto-destroy.h"
#include "harness/evaluate/metrics.h"
#include "harness/report/result.h"
#include "harness/scenario/route.h"

#include <json-glib/json-glib.h>

/* The values of a metric, one a repeat that has it; none: n is 0. */
struct saved_values {
    double *values;
    size_t n;
};

struct saved_repeat {
    char *folder; /* relative to the run's, without ".." */
    enum status status;
    char *reason, *unfit, *library;                /* NULL: none */
    char *sources, *other_channel, *second_client; /* what the clients showed; NULL: unknown */
};

struct saved_case {
    const struct route *route;
    char *scenario, *workload, *transport, *sink;
    char *drawing; /* NULL: the vGPU does not show the workload */
    double seconds;
    enum status status;
    char *reason;       /* NULL: none */
    GPtrArray *repeats; /* struct saved_repeat */
    struct saved_values metrics[METRIC_COUNT];
};

/* A case that the run left out, and why. */
struct saved_omission {
    char *id, *reason;
};

/* A cell of the function table. */
struct saved_function {
    char *function, *column, *outcome;
    char *scenario, *route, *evidence; /* NULL: none */
};

struct saved_result {
    char *folder; /* as given */
    char *set;    /* NULL: not a set's run */
    JsonNode *environment;
    GPtrArray *cases;     /* struct saved_case */
    GPtrArray *left_out;  /* struct saved_omission */
    GPtrArray *functions; /* struct saved_function */
};

/* Reads FOLDER/result.json. NULL and `error`, one line that names the file,
 * the member and what to do, when it is not there, damaged or of another
 * schema. */
struct saved_result *saved_result_read(const char *folder, GError **error);

/* The same from text, for tests. */
struct saved_result *saved_result_parse(const char *text, size_t bytes, const char *folder,
                                        GError **error);

void saved_result_destroy(struct saved_result *result);

/* The case for people: its route with the sink, or with the way of drawing
 * where the vGPU shows the workload; free it. */
char *saved_case_label(const struct saved_case *one);

DEFINE_AUTO_DESTROY(saved_result, saved_result_destroy)

#endif
