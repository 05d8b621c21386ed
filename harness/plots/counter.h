/*
 * counter: a counter that only grows (bytes, processor time), as it was sampled,
 * and its rate over time.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_PLOTS_COUNTER_H
#define VDIBENCH_PLOTS_COUNTER_H

#include <glib.h>

typedef struct Counter Counter;

Counter *counter_create(void);
void counter_destroy(Counter *counter);

/* A sample, not before the last one. */
void counter_add(Counter *counter, gint64 time_ns, double value);

/* Its growth from `begin_ns` to `end_ns`, between samples in proportion to the
 * time; nothing is said to have grown before the first and after the last
 * sample. NAN where samples more than half a second apart leave it open. */
double counter_growth(const Counter *counter, gint64 begin_ns, gint64 end_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Counter, counter_destroy)

#endif
