/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * difference-table: what two runs differ in, for people and as JSON. Pure functions, any
 * thread.
 */
#ifndef VDIBENCH_DIFFERENCE_TABLE_H
#define VDIBENCH_DIFFERENCE_TABLE_H

#include "harness/result/differences.h"

/* Changes with the members of the JSON. */
#define DIFFERENCE_SCHEMA 1

/* One line a metric below each pair of cases, then the counts and the method; free it. */
char *difference_table_text(const struct differences *differences);

/* The same as JSON text, documented in results/README.md; free it. */
char *difference_table_json(const struct differences *differences);

/* "1.20..1.26x", or with the sign of a difference "+0.5..+2.0"; "-" where there is no
 * interval; free it. */
char *difference_interval_text(const struct difference *difference);

/* "2.0 %", in the metric's unit "0.5", or "unknown"; free it. */
char *difference_floor_text(const struct difference *difference);

/* "1.23x", or "+1.2"; "-" where there is none; free it. */
char *difference_estimate_text(const struct difference *difference);

#endif
