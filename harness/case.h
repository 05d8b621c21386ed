/*
 * case: one point of a scenario's matrix, which is run several times.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_CASE_H
#define VDIBENCH_CASE_H

#include "scenario.h"

typedef struct {
    const Scenario *scenario; /* not owned; outlives the case */
    const Path *path;
    const Expect *expect; /* part of the scenario */
    const char *sink;     /* these three too, or of the filter */
    const char *workload;
    const char *transport;
    guint seconds, repeats;
} Case;

/* What a command line makes of the matrix; NULL or 0: as the scenario says. */
typedef struct {
    const char *const *paths;
    const char *const *sinks;
    const char *const *transports; /* in place of the scenario's */
    guint seconds, repeats;
    gboolean quick; /* the scenario's quick_seconds and quick_repeats */
    gboolean test;  /* its test_seconds, once */
} CaseFilter;

/* Appends the cases of `scenario` to `cases` (which frees them with g_free):
 * workload by workload, transport by transport, then path and sink in the
 * scenario's order. */
void case_expand(const Scenario *scenario, const CaseFilter *filter, GPtrArray *cases);

/* The case's key as a folder's name, unique in a run; free it. */
char *case_id(const Case *c);

#endif
