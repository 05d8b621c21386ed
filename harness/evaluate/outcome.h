/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * outcome: how one repeat of a case ended, apart from its metrics.
 *
 * Any thread, one at a time.
 */
#ifndef VDIBENCH_OUTCOME_H
#define VDIBENCH_OUTCOME_H

#include "auto-destroy.h"
#include "harness/scenario/expect.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

enum status {
    STATUS_PASSED,
    STATUS_FAILED,
    STATUS_SKIPPED,     /* a privilege or a device is missing */
    STATUS_INTERRUPTED, /* the run was ended before it was complete */
    STATUS_COUNT
};

/* "passed" and so on; static. */
const char *status_text(enum status status);

/* False when no status has that text. */
bool status_find(const char *text, enum status *ret_status);

struct outcome {
    char *folder; /* of its samples, below the run's folder; NULL: not yet known */
    enum status status;
    char *reason;   /* NULL when passed */
    char *unfit;    /* why it was not fit to be measured; NULL when it was */
    char *limit;    /* of a search for the most sessions: why not one more; NULL: no search */
    char *library;  /* the SPICE server's library that was loaded; NULL: none */
    unsigned order; /* among all repeats of the run, from 1; 0: not known */
    JsonNode *environment; /* where it was run, if the run was merged; NULL: the result's */
    double seconds_taken;  /* by the wall clock, from its first process to its judgement; 0: not
                            * known */
    struct seen seen;      /* all NULL: nothing is known */
};

/* Whether its metrics count: only what passed and was fit enters a median. */
bool outcome_counts(const struct outcome *outcome);

struct outcome *outcome_create(enum status status, const char *reason);
void outcome_destroy(struct outcome *outcome);

DEFINE_AUTO_DESTROY(outcome, outcome_destroy)

#endif
