/*
 * table: a result for people, as text. Pure function, any thread.
 */
#ifndef VDIBENCH_TABLE_H
#define VDIBENCH_TABLE_H

#include "harness/report/result.h"

/* Beside all numbers: what is in the vGPU's figures and not in an agent's. */
#define TABLE_NO_CAPTURE                                                                           \
    "Of paths with an agent capturing and encoding are not in latency and CPU: the simulated "    \
    "agent replays a recording."

/* A column: the same in table.txt and in the report. */
typedef struct {
    const char *head; /* two lines, separated by '\n' */
    enum metric metric;
    int decimals;
    gboolean range; /* min to max of the repeats beside the median */
} TableColumn;

typedef struct {
    const char *title;
    const TableColumn *columns;
    guint n;
} TablePart;

/* The parts in order; NULL after the last one. */
const TablePart *table_part(guint index);

/* The median of a metric's values, "-" when there are none; free it. */
char *table_cell(const TableColumn *column, const double *values, gsize n);

/* Tables of latency and frames, of costs, and of switches, one row a case
 * with the medians of its repeats, and what a path needs beside the relay where
 * that was run; free it. */
char *table_text(const Result *result);

#endif
