/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * plan: what a run will do, with everything checked that can be known to be
 * wrong before anything is started or created.
 *
 * Main thread.
 */
#ifndef VDIBENCH_PLAN_H
#define VDIBENCH_PLAN_H

#include "auto-destroy.h"
#include "harness/plan/case.h"
#include "harness/plan/libraries.h"
#include "harness/plan/workload.h"

#include <stdbool.h>

struct layout {
    char *top;      /* the project's folder, or the installed share/vdibench */
    char *programs; /* the folder of the binaries, normally TOP/build */
    bool installed; /* nothing may be written to either */
    struct libraries libraries;
};

struct run_options {
    GPtrArray *scenarios; /* struct scenario */
    struct case_filter filter;
    const char *set;         /* by which they were chosen; NULL: by none */
    unsigned budget_minutes; /* of everything that exists, within this; 0: the scenarios' cases */
    const char *only_case;   /* one repeat of the one with that id; NULL: all */
    unsigned until_ci_pct;   /* repeat until the headline's intervals are within; 0: no */
    unsigned time_limit_minutes; /* with it */
    unsigned warm_ups;           /* repeats of each case before the first that counts */
    bool no_twin;                /* no A/A pairs */
    bool shuffle;                /* a random order of the cases also with `tap` */
    int seed;                    /* of that order; negative: the first scenario's */
    bool dry_run;                /* print what would be run, and stop */
    const char *output;    /* the results folder; NULL: one is named by time, host, revision */
    const char *recording; /* a file to be used for every workload; NULL: by their names */
    const char *gpu;       /* for the VMs, as given_gpu_functions() has it; NULL: none */
    const char *guest;     /* the disk of the VMs' guest; NULL: the small guest */
    const char *const *command_line;
    bool tap;           /* TAP on standard output instead of the summary */
    bool report;        /* write the report and its plots, too */
    bool pin;           /* each process has processors of its own */
    bool ask;           /* on a terminal, whether to go on, before anything is created */
    bool beside_others; /* also while another run measures on this machine */
};

struct plan {
    GPtrArray *cases;        /* struct plan_case */
    GHashTable *workloads;   /* name → struct workload */
    GPtrArray *left_out;     /* struct left_out */
    unsigned budget_minutes; /* 0: none */
    char *design;            /* text of the covering design; NULL: all cases are run */
    unsigned seed;           /* of the order of the cases in each round */
    unsigned repeats;        /* of all cases, with those that warm up */
    double seconds;          /* that they are expected to take */
};

/* NULL and `error`, one line, when something is missing or contradicts itself. */
struct plan *plan_create(const struct layout *layout, const struct run_options *options,
                         GError **error);
void plan_destroy(struct plan *plan);

/* What one repeat of a case of the plan is expected to take. */
double plan_case_seconds(const struct plan *plan, const struct plan_case *c);

/* Whether there is time for one repeat of the case, `spent_seconds` after the
 * beginning. Where estimates were too small there is not: then the case is
 * left out. */
bool plan_has_time(struct plan *plan, const struct plan_case *c, double spent_seconds);

/* For people: the design, or each case with its repeats, and how long it will
 * take; `all`: and what is left out. Free it. */
char *plan_text(const struct plan *plan, bool all);

DEFINE_AUTO_DESTROY(plan, plan_destroy)

#endif
