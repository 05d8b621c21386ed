/*
 * table: a result for people, as text. Pure function, any thread.
 */
#ifndef VDIBENCH_TABLE_H
#define VDIBENCH_TABLE_H

#include "result.h"

/* Tables of latency and frames, of costs, and of switches, one row a case
 * with the medians of its repeats; free it. */
char *table_text(const Result *result);

#endif
