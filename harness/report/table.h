/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * table: a result as tables in plain text. Pure functions, any thread.
 */
#ifndef VDIBENCH_TABLE_H
#define VDIBENCH_TABLE_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Belongs to all numbers: what the vGPU's figures include and an agent's do not. */
#define TABLE_NO_CAPTURE \
    "Of routes with an agent capturing and encoding are not included: it replays a recording."

/* A column: the same in table.txt and in the report. */
struct table_column {
    enum metric metric;
    bool range; /* min to max of the repeats beside the median */
};

struct table_part {
    const char *title;
    const struct table_column *columns;
    unsigned n;
};

/* The parts in order; NULL after the last one. */
const struct table_part *table_part(unsigned index);

/* The three lines of a column's head: the metric's label and its unit. */
char **table_head(const struct table_column *column);

/* The median of a metric's values, "-" if there are none; free it. */
char *table_cell(const struct table_column *column, const double *values, size_t n);

/* One table for each part, one row for each case with the medians of its repeats; then,
 * if the relay was run, what a route costs compared with it; free it. */
char *table_text(const struct result *result);

/* Writes it into the run's folder, as table.txt. */
bool table_write(const struct result *result, GError **error);

#endif
