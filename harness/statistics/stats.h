/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * stats: the few statistics that results are made of.
 *
 * Pure functions, any thread. A value that does not exist is NAN, in and out.
 */
#ifndef VDIBENCH_STATS_H
#define VDIBENCH_STATS_H

#include <stddef.h>

/* The `percent`-th percentile (0 < percent <= 100) by nearest rank: the
 * smallest value that at least so many percent of the values do not exceed;
 * always one of the values. They need not be sorted and are left alone; NANs
 * are not counted. NAN when there is none. */
double stats_percentile(const double *values, size_t n, double percent);

/* The middle value, the mean of the two middle ones when n is even. */
double stats_median(const double *values, size_t n);

double stats_min(const double *values, size_t n);
double stats_max(const double *values, size_t n);

#endif
