/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * result: what a run of vdibench leaves behind, result.json (schema 3).
 *
 * results/README.md defines every member. Main thread.
 */
#ifndef VDIBENCH_RESULT_H
#define VDIBENCH_RESULT_H

#include "auto-destroy.h"
#include "harness/evaluate/metrics.h"
#include "harness/plan/case.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

#define RESULT_SCHEMA 3

enum status {
    STATUS_PASSED,
    STATUS_FAILED,
    STATUS_SKIPPED,     /* a privilege or a device is missing */
    STATUS_INTERRUPTED, /* not complete when the run was ended */
    STATUS_COUNT
};

/* What became of one repeat. */
struct outcome {
    enum status status;
    char *reason;        /* NULL when passed */
    const char *quality; /* why it was not fit to be measured; static, NULL when it was */
    char *library;       /* the SPICE server's library that was loaded; NULL: none */
    char *sources, *other_channel,
        *second_client;     /* as in `struct expect`; NULL: nothing is known */
    struct metrics metrics; /* all NAN when nothing could be measured */
};

struct case_result {
    const struct plan_case *c; /* not owned */
    GPtrArray *outcomes;       /* struct outcome, one a repeat, in order */
};

struct result {
    JsonNode *environment;
    const char *set;           /* which was run; not owned, NULL: none */
    GPtrArray *cases;          /* struct case_result */
    const GPtrArray *left_out; /* struct left_out; not owned, NULL: none */
};

struct outcome *outcome_create(enum status status, const char *reason);
void outcome_destroy(struct outcome *outcome);

/* `cases` (of struct plan_case) must outlive the result; `environment` is taken. */
struct result *result_create(JsonNode *environment, const GPtrArray *cases);
void result_destroy(struct result *result);

/* A case's status is the worst of its repeats', its reason that repeat's. A
 * case with fewer repeats than it should have is interrupted. */
enum status case_result_status(const struct case_result *result, const char **ret_reason);

/* The values of one metric, one a repeat that has it and was not interrupted;
 * free the array. */
double *case_result_values(const struct case_result *result, enum metric metric, size_t *ret_n);

/* "passed" and so on; static. */
const char *status_text(enum status status);

/* The whole as JSON text; free it. */
char *result_json(const struct result *result);

/* Writes it into `folder` as result.json: complete or not at all. */
bool result_write(const struct result *result, const char *folder, GError **error);

DEFINE_AUTO_DESTROY(result, result_destroy)

#endif
