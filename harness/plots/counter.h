/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * counter: a counter that only grows (bytes, processor time), as it was sampled,
 * and its rate over time.
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

/* A sample, not before the last one. */
void counter_add(struct counter *counter, int64_t time_ns, double value);

/* Its growth from `begin_ns` to `end_ns`, between samples in proportion to the
 * time; nothing is said to have grown before the first and after the last
 * sample. NAN where samples more than half a second apart leave it open. */
double counter_growth(const struct counter *counter, int64_t begin_ns, int64_t end_ns);

DEFINE_AUTO_DESTROY(counter, counter_destroy)

#endif
