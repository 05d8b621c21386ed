/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * metric: the vocabulary of results: which numbers describe a repeat.
 *
 * metrics.def defines them; everything that prints, reads, judges or plots a
 * metric takes its name, unit and so on from here. Constant; any thread.
 */
#ifndef VDIBENCH_METRIC_H
#define VDIBENCH_METRIC_H

#include <stdbool.h>

enum metric {
#define METRIC(id, ...) METRIC_##id,
#include "harness/scenario/metrics.def"
#undef METRIC
    METRIC_COUNT
};

enum metric_direction {
    METRIC_DIRECTION_LESS, /* is better */
    METRIC_DIRECTION_MORE,
    METRIC_DIRECTION_NEITHER,
};

struct metric_definition {
    const char *name;
    const char *unit; /* "" for a plain number */
    int decimals;
    enum metric_direction direction;
    const char *label;   /* of a column; two lines, separated by '\n' */
    const char *meaning; /* the first sentence stands alone */
};

/* The values of one repeat; NAN where it has none. */
struct metrics {
    double value[METRIC_COUNT];
};

/* Never NULL. */
const struct metric_definition *metric_definition(enum metric metric);

/* "latency_ms_p50" and so on; static. */
const char *metric_name(enum metric metric);

/* False when no metric has that name. */
bool metric_find(const char *name, enum metric *ret_metric);

void metrics_init(struct metrics *metrics); /* all NAN */

#endif
