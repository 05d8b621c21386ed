/*
 * result: what a run of vdibench leaves behind, result.json (schema 2).
 *
 * results/README.md defines every member. Main thread.
 */
#ifndef VDIBENCH_RESULT_H
#define VDIBENCH_RESULT_H

#include "harness/plan/case.h"
#include "harness/evaluate/metrics.h"

#include <json-glib/json-glib.h>

#define RESULT_SCHEMA 2

typedef enum {
    STATUS_PASSED,
    STATUS_FAILED,
    STATUS_SKIPPED,     /* a privilege or a device is missing */
    STATUS_INTERRUPTED, /* not complete when the run was ended */
    STATUS_COUNT
} Status;

/* What became of one repeat. */
typedef struct {
    Status status;
    char *reason;        /* NULL when passed */
    const char *quality; /* why it was not fit to be measured; static, NULL when it was */
    char *library;       /* the SPICE server's library that was loaded; NULL: none */
    char *sources, *other_channel, *second_client; /* as in `struct expect`; NULL: nothing is known */
    struct metrics metrics;     /* all NAN when nothing could be measured */
} Outcome;

typedef struct {
    const Case *c;       /* not owned */
    GPtrArray *outcomes; /* Outcome, one a repeat, in order */
} CaseResult;

typedef struct {
    JsonNode *environment;
    const char *set;           /* which was run; not owned, NULL: none */
    GPtrArray *cases;          /* CaseResult */
    const GPtrArray *left_out; /* LeftOut; not owned, NULL: none */
} Result;

Outcome *outcome_create(Status status, const char *reason);
void outcome_free(Outcome *outcome);

/* `cases` (of Case) must outlive the result; `environment` is taken. */
Result *result_create(JsonNode *environment, const GPtrArray *cases);
void result_destroy(Result *result);

/* A case's status is the worst of its repeats', its reason that repeat's. A
 * case with fewer repeats than it should have is interrupted. */
Status case_result_status(const CaseResult *result, const char **ret_reason);

/* The values of one metric, one a repeat that has it and was not interrupted;
 * free the array. */
double *case_result_values(const CaseResult *result, enum metric metric, gsize *ret_n);

/* "passed" and so on; static. */
const char *status_text(Status status);

/* The whole as JSON text; free it. */
char *result_json(const Result *result);

/* Writes it into `folder` as result.json: complete or not at all. */
gboolean result_write(const Result *result, const char *folder, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_destroy)

#endif
