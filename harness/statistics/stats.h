/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * stats: the statistics that results need.
 *
 * Pure functions, any thread. A value that does not exist is NAN, in and out.
 */
#ifndef VDIBENCH_STATS_H
#define VDIBENCH_STATS_H

#include <stddef.h>

/* The `percent`-th percentile (0 < percent <= 100) by nearest rank: the
 * smallest value that at least this percentage of the values does not exceed, so
 * always one of them. The values need not be sorted and are not changed; NANs do
 * not count. NAN if there are no values. */
double stats_percentile(const double *values, size_t n, double percent);

/* The middle value, the mean of the two middle ones when n is even. */
double stats_median(const double *values, size_t n);

double stats_min(const double *values, size_t n);
double stats_max(const double *values, size_t n);

#endif
