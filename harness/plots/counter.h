/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * counter: the samples of a counter that only grows (bytes, processor time), and its
 * growth between any two times.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_PLOTS_COUNTER_H
#define VDIBENCH_PLOTS_COUNTER_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdint.h>

struct counter;

struct counter *counter_create(void);
void counter_destroy(struct counter *counter);

/* Adds a sample. Its time is not before the last one's. */
void counter_add(struct counter *counter, int64_t time_ns, double value);

/* The growth from `begin_ns` to `end_ns`, interpolated between samples. Before the
 * first sample and after the last one the growth is 0. NAN where the samples are more
 * than half a second apart. */
double counter_growth(const struct counter *counter, int64_t begin_ns, int64_t end_ns);

DEFINE_AUTO_DESTROY(counter, counter_destroy)

#endif
