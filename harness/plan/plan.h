/*
 * plan: what a run will do, with everything checked that can be known to be
 * wrong before anything is started or created.
 *
 * Main thread.
 */
#ifndef VDIBENCH_PLAN_H
#define VDIBENCH_PLAN_H

#include "harness/plan/case.h"
#include "harness/plan/workload.h"

typedef struct {
    char *top;      /* the project's folder */
    char *programs; /* the folder of the binaries, normally TOP/build */
} Layout;

typedef struct {
    GPtrArray *scenarios;     /* Scenario */
    CaseFilter filter;
    const char *set;          /* by which they were chosen; NULL: by none */
    guint budget_minutes;     /* of everything that exists, within this; 0: the scenarios' cases */
    gboolean dry_run;         /* say what would be run, and stop */
    const char *output;       /* the results folder; NULL: one is named by time, host, revision */
    const char *recording;    /* a file to be used for every workload; NULL: by their names */
    const char *const *command_line;
    gboolean tap;             /* TAP on standard output instead of the table */
} RunOptions;

typedef struct {
    GPtrArray *cases;      /* Case */
    GHashTable *workloads; /* name → Workload */
    GPtrArray *left_out;   /* LeftOut */
    guint budget_minutes;  /* 0: none */
    char *design;          /* text of the covering design; NULL: all cases are run */
    guint repeats;         /* of all cases */
    double seconds;        /* that they are expected to take */
} Plan;

/* NULL and `error`, one line, when something is missing or contradicts itself. */
Plan *plan_create(const Layout *layout, const RunOptions *options, GError **error);
void plan_destroy(Plan *plan);

/* What one repeat of a case of the plan is expected to take. */
double plan_case_seconds(const Plan *plan, const Case *c);

/* Whether there is time for one repeat of the case, `spent_seconds` after the
 * beginning. Where estimates were too small there is not: then the case is
 * left out. */
gboolean plan_has_time(Plan *plan, const Case *c, double spent_seconds);

/* For people: the design, or each case with its repeats, and how long it will
 * take; `all`: and what is left out. Free it. */
char *plan_text(const Plan *plan, gboolean all);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_destroy)

#endif
