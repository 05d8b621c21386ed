/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/counter.h"

#include <math.h>
#include <stdbool.h>

/* Samples are taken every 100 ms, on a busy machine less often. */
#define HOLE_NS (INT64_C(500) * 1000 * 1000)

struct sample {
    int64_t time_ns;
    double value;
};

struct counter {
    GArray *samples;
};

struct counter *counter_create(void)
{
    struct counter *counter = g_new0(struct counter, 1);
    counter->samples = g_array_new(false, false, sizeof(struct sample));
    return counter;
}

void counter_destroy(struct counter *counter)
{
    if (!counter)
        return;
    g_array_unref(counter->samples);
    g_free(counter);
}

void counter_add(struct counter *counter, int64_t time_ns, double value)
{
    struct sample sample = {time_ns, value};
    g_array_append_val(counter->samples, sample);
}

static double value_at(const struct counter *counter, int64_t time_ns)
{
    const struct sample *samples = (const struct sample *)counter->samples->data;
    unsigned low = 0, n = counter->samples->len;

    if (n == 0)
        return 0;
    if (time_ns <= samples[0].time_ns)
        return samples[0].value;
    if (time_ns >= samples[n - 1].time_ns)
        return samples[n - 1].value;
    for (unsigned high = n - 1; high - low > 1;) { /* samples[low] <= time < samples[high] */
        unsigned middle = low + (high - low) / 2;
        *(samples[middle].time_ns <= time_ns ? &low : &high) = middle;
    }
    const struct sample *before = &samples[low], *after = &samples[low + 1];
    if (after->time_ns - before->time_ns > HOLE_NS && after->value > before->value)
        return NAN;
    return before->value + (after->value - before->value) * (double)(time_ns - before->time_ns) /
                               (double)MAX(after->time_ns - before->time_ns, 1);
}

double counter_growth(const struct counter *counter, int64_t begin_ns, int64_t end_ns)
{
    return value_at(counter, end_ns) - value_at(counter, begin_ns);
}
