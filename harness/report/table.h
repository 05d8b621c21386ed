/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * table: a result as tables in plain text. Pure functions, any thread.
 */
#ifndef VDIBENCH_TABLE_H
#define VDIBENCH_TABLE_H

#include "harness/result/result.h"

#include <stdbool.h>

/* Belong to all numbers: what those of a route with an agent include. */
#define TABLE_ENCODERS \
    "Where a route with an agent names no encoder, capturing and encoding are not included."
#define TABLE_MODELS "Of model-Nms the declared delay is included, and no processor time."

/* Of the numbers of break-even.h. */
#define TABLE_BREAK_EVEN \
    "What an encoder may take until our route is no better than the rival; negative: it is not."

/* The other half of each comparison of traffic. */
#define TABLE_QUALITY \
    "Traffic is for unlike pictures: GLZ and LZ4 are exact, H.264 and MJPEG are not (run quality)."

/* A column: the same in table.txt and in the report. */
struct table_column {
    enum metric metric;
    bool range; /* min to max of the repeats beside the median */
};

struct table_part {
    const char *title;
    const struct table_column *columns;
    unsigned n;
    bool of_first; /* of the cases that have a value in the first column, not in any */
};

/* The parts in order; NULL after the last one. */
const struct table_part *table_part(unsigned index);

/* Whether the case has a row in the part. */
bool table_has_row(const struct table_part *part, const struct result_case *one);

/* The three lines of a column's head: the metric's label and its unit. */
char **table_head(const struct table_column *column);

/* The median of a metric's values, "-" if there are none; free it. */
char *table_cell(const struct table_column *column, const double *values, size_t n);

/* A number of struct break_even with its sign, "-" for NAN; free it. */
char *table_break_even_number(double ms);

/* One table for each part, one row for each case with the medians of its repeats; then what an
 * encoder may cost, and if the relay was run what a route costs compared with it; free it. */
char *table_text(const struct result *result);

/* Writes it into the run's folder, as table.txt. */
bool table_write(const struct result *result, GError **error);

#endif
