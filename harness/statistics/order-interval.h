/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * order-interval: the 95 % interval of a median, between two of the sample's values.
 *
 * As many values of a sample lie below the distribution's median as a fair coin shows
 * heads, so the binomial distribution gives the two ranks (W. R. Thompson, Annals of
 * Mathematical Statistics 7, 1936). It assumes nothing else, and benchstat prints the
 * same interval. Pure functions, any thread.
 */
#ifndef VDIBENCH_ORDER_INTERVAL_H
#define VDIBENCH_ORDER_INTERVAL_H

#include <stddef.h>

/* The interval from rank `r` to rank n + 1 − r of the sorted values, with the largest
 * r for which it holds the median with at least 95 %. Values that are NAN do not count.
 * Both NAN with fewer than 6 values: not even all of them reach 95 % then. */
void order_interval(const double *values, size_t n, double *ret_low, double *ret_high);

/* Half the interval's length in percent of the median; infinite where there is no
 * interval, and 0 if all values are equal. */
double order_interval_pct(const double *values, size_t n);

#endif
