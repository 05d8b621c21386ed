/*
 * case: one point of a scenario's matrix, which is run several times.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_CASE_H
#define VDIBENCH_CASE_H

#include "harness/scenario/scenario.h"

typedef struct {
    const Scenario *scenario; /* not owned; outlives the case */
    const Path *path;
    const struct expect *expect; /* part of the scenario */
    const char *sink;     /* these four too, or of the filter */
    const char *drawing;  /* how the guest draws the film; NULL: the vGPU shows none */
    const char *workload;
    const char *transport;
    guint vgpu_width_px, vgpu_height_px; /* 0: as the workload, not yet known */
    guint seconds, repeats;
} Case;

/* A case that exists and is not run. */
typedef struct {
    char *id; /* as case_id() */
    char *reason;
} LeftOut;

/* What a command line makes of the matrix; NULL or 0: as the scenario says. */
typedef struct {
    const char *const *paths;
    const char *const *sinks;
    const char *const *drawings;
    const char *const *transports; /* in place of the scenario's */
    guint seconds, repeats;
    gboolean quick; /* the scenario's quick_seconds and quick_repeats */
    gboolean test;  /* its test_seconds, once */
} CaseFilter;

/* One case without sink, drawing, workload and transport; free it with g_free. */
Case *case_create(const Scenario *scenario, const ScenarioPath *path, const CaseFilter *filter);

/* Whether the filter lets a word through; a filter of NULL lets all, NULL is
 * no word that was asked for. */
gboolean case_filter_admits(const char *const *filter, const char *word);

/* Appends the cases of `scenario` to `cases` (which frees them with g_free):
 * workload by workload, transport by transport, then path, sink and drawing in
 * the scenario's order. */
void case_expand(const Scenario *scenario, const CaseFilter *filter, GPtrArray *cases);

/* The case's key as a folder's name, unique in a run:
 * SCENARIO,PATH,SINK[,DRAWING],WORKLOAD,TRANSPORT. Free it. */
char *case_id(const Case *c);

/* Takes `reason`. */
LeftOut *left_out_create(const Case *c, char *reason);
void left_out_free(LeftOut *left_out);

/* In what the case differs from others of its path: DRAWING where there is
 * one, else SINK; and the same with the path before it, for people. */
const char *case_way(const Case *c);
char *case_label(const Case *c); /* free it */

#endif
