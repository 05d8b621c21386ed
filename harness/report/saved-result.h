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

#include "harness/evaluate/metrics.h"
#include "harness/scenario/path.h"
#include "harness/report/result.h"

#include <json-glib/json-glib.h>

/* The values of a metric, one a repeat that has it; none: n is 0. */
typedef struct {
    double *values;
    gsize n;
} SavedValues;

typedef struct {
    char *folder; /* relative to the run's, without ".." */
    Status status;
    char *reason, *unfit, *library;                /* NULL: none */
    char *sources, *other_channel, *second_client; /* what the clients showed; NULL: unknown */
} SavedRepeat;

typedef struct {
    const Path *path;
    char *scenario, *workload, *transport, *sink;
    char *drawing; /* NULL: the vGPU does not show the workload */
    double seconds;
    Status status;
    char *reason;       /* NULL: none */
    GPtrArray *repeats; /* SavedRepeat */
    SavedValues metrics[METRIC_COUNT];
} SavedCase;

/* A case that the run left out, and why. */
typedef struct {
    char *id, *reason;
} SavedOmission;

/* A cell of the function table. */
typedef struct {
    char *function, *column, *outcome;
    char *scenario, *path, *evidence; /* NULL: none */
} SavedFunction;

typedef struct {
    char *folder; /* as given */
    char *set;    /* NULL: not a set's run */
    JsonNode *environment;
    GPtrArray *cases;     /* SavedCase */
    GPtrArray *left_out;  /* SavedOmission */
    GPtrArray *functions; /* SavedFunction */
} SavedResult;

/* Reads FOLDER/result.json. NULL and `error`, one line that names the file,
 * the member and what to do, when it is not there, damaged or of another
 * schema. */
SavedResult *saved_result_read(const char *folder, GError **error);

/* The same from text, for tests. */
SavedResult *saved_result_parse(const char *text, gsize bytes, const char *folder, GError **error);

void saved_result_destroy(SavedResult *result);

/* The case for people: its path with the sink, or with the way of drawing
 * where the vGPU shows the workload; free it. */
char *saved_case_label(const SavedCase *one);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SavedResult, saved_result_destroy)

#endif
