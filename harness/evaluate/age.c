/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/age.h"

#include "harness/statistics/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define NS_PER_MS 1e6

/* A stretch of time in which one picture stays, and its age grows from `from_ns` to
 * `to_ns`. */
struct stretch {
    int64_t from_ns, to_ns;
};

/* A frame's arrival at the display. */
struct arrival {
    int64_t time_ns;
    unsigned slot; /* index in the opening */
};

/* One opening of the port, or film, while it is followed. */
struct opening {
    const struct frame *slots;
    unsigned n_slots;
    int64_t interval_ns; /* planned */
};

struct ages {
    GArray *stretches; /* struct stretch */
    GArray *gaps;      /* int64_t: how long a picture stayed while the screen changed */
    double jitter_ns;  /* sum over the intervals between two pictures */
    unsigned intervals;
};

static int64_t planned_interval_ns(const struct join *join)
{
    g_autoptr(GArray) intervals = g_array_new(false, false, sizeof(double));

    for (unsigned i = 1; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        double interval_ns = (double)(frame->t0_ns - frame[-1].t0_ns);
        if (frame->opening == frame[-1].opening)
            g_array_append_val(intervals, interval_ns);
    }
    double median = stats_median((const double *)intervals->data, intervals->len);
    return isnan(median) ? 0 : (int64_t)median;
}

static int compare_arrivals(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

static GArray *find_arrivals(const struct opening *opening, const struct route *route)
{
    GArray *arrivals = g_array_new(false, false, sizeof(struct arrival));

    for (unsigned i = 0; i < opening->n_slots; i++) {
        struct arrival one = {join_arrival_ns(&opening->slots[i], route->shows), i};
        if (one.time_ns)
            g_array_append_val(arrivals, one);
    }
    g_array_sort(arrivals, compare_arrivals);
    return arrivals;
}

static void add_stretch(struct ages *ages, int64_t born_ns, int64_t from_ns, int64_t to_ns)
{
    struct stretch one = {from_ns - born_ns, to_ns - born_ns};
    if (to_ns > from_ns)
        g_array_append_val(ages->stretches, one);
}

/* How long the slot's picture is planned to stay. */
static int64_t planned_ns(const struct opening *opening, unsigned slot)
{
    const struct frame *frame = &opening->slots[slot];
    return slot + 1 < opening->n_slots ? frame[1].t0_ns - frame->t0_ns : opening->interval_ns;
}

/* Adds the ages between two times, while `slot` (-1: none yet) is the newest shown. */
static void stay(struct ages *ages, const struct opening *opening, int slot, int64_t from_ns,
                 int64_t to_ns)
{
    int64_t t0_ns = opening->slots[MAX(slot, 0)].t0_ns, interval_ns = opening->interval_ns;

    if (slot < 0) { /* at least as old as the first one would be */
        add_stretch(ages, t0_ns, from_ns, to_ns);
        return;
    }
    int64_t over_ns = t0_ns + interval_ns, next_ns = t0_ns + planned_ns(opening, (unsigned)slot);
    add_stretch(ages, t0_ns, from_ns, MIN(over_ns, to_ns));
    add_stretch(ages, MAX(t0_ns, next_ns - interval_ns), MAX(MAX(next_ns, over_ns), from_ns),
                to_ns);
}

static void follow(struct ages *ages, const struct opening *opening, const struct route *route)
{
    g_autoptr(GArray) arrivals = find_arrivals(opening, route);
    int64_t interval_ns = opening->interval_ns;
    int64_t end_ns = opening->slots[opening->n_slots - 1].t0_ns + interval_ns;
    int64_t gap_ns;
    unsigned steady = 0, shown = 0;
    int newest = -1;

    while (steady < opening->n_slots && opening->slots[steady].startup)
        steady++;
    if (steady == opening->n_slots)
        return;
    int64_t since_ns = opening->slots[steady].t0_ns;
    for (unsigned i = 0; i < arrivals->len; i++) {
        const struct arrival *arrival = &g_array_index(arrivals, struct arrival, i);
        if ((int)arrival->slot < newest || arrival->time_ns >= end_ns)
            continue;
        if (arrival->time_ns > since_ns) {
            stay(ages, opening, newest, since_ns, arrival->time_ns);
            gap_ns = arrival->time_ns - since_ns;
            if (shown++ > 0) { /* else it began with the end of the first second */
                int64_t late_ns = gap_ns - planned_ns(opening, (unsigned)newest);
                ages->jitter_ns += fabs((double)late_ns);
                ages->intervals++;
                gap_ns = late_ns + interval_ns;
            }
            g_array_append_val(ages->gaps, gap_ns);
            since_ns = arrival->time_ns;
        }
        newest = (int)arrival->slot;
    }
    stay(ages, opening, newest, since_ns, end_ns);
    gap_ns = end_ns - since_ns;
    if (shown > 0)
        gap_ns += interval_ns - planned_ns(opening, (unsigned)newest);
    g_array_append_val(ages->gaps, gap_ns);
}

/* An end of a stretch, at which the number of stretches that cover an age changes. */
struct edge {
    int64_t age_ns;
    int change;
};

static int compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return (x->age_ns > y->age_ns) - (x->age_ns < y->age_ns);
}

static GArray *edges_of(const GArray *stretches)
{
    GArray *edges = g_array_new(false, false, sizeof(struct edge));

    for (unsigned i = 0; i < stretches->len; i++) {
        const struct stretch *one = &g_array_index(stretches, struct stretch, i);
        const struct edge ends[] = {{one->from_ns, 1}, {one->to_ns, -1}};
        g_array_append_vals(edges, ends, G_N_ELEMENTS(ends));
    }
    g_array_sort(edges, compare_edges);
    return edges;
}

/* The age that is not exceeded for this share of the time: within a stretch all ages
 * last equally long. */
static double age_percentile_ms(const GArray *edges, double percent)
{
    double total_ns = 0, time_ns = 0;
    int covering = 0;

    for (unsigned i = 0; i < edges->len; i++) {
        const struct edge *edge = &g_array_index(edges, struct edge, i);
        total_ns -= (double)edge->age_ns * edge->change;
    }
    for (unsigned i = 0; i + 1 < edges->len; i++) {
        const struct edge *edge = &g_array_index(edges, struct edge, i);
        covering += edge->change;
        double left_ns = total_ns * percent / 100 - time_ns;
        double here_ns = (double)(edge[1].age_ns - edge->age_ns) * covering;
        if (here_ns >= left_ns && covering > 0)
            return ((double)edge->age_ns + left_ns / covering) / NS_PER_MS;
        time_ns += here_ns;
    }
    return NAN;
}

static void summarize(struct metrics *m, const struct ages *ages, int64_t interval_ns)
{
    g_autoptr(GArray) edges = edges_of(ages->stretches);
    int64_t bound_ns = MAX(AGE_FREEZE_INTERVALS * interval_ns, interval_ns + AGE_FREEZE_NS);
    int64_t longest_ns = 0;
    unsigned freezes = 0;

    if (edges->len == 0)
        return;
    for (unsigned i = 0; i < ages->gaps->len; i++) {
        int64_t gap_ns = g_array_index(ages->gaps, int64_t, i);
        freezes += gap_ns > bound_ns;
        longest_ns = gap_ns > bound_ns ? MAX(longest_ns, gap_ns) : longest_ns;
    }
    m->value[METRIC_PICTURE_AGE_MS_P50] = age_percentile_ms(edges, 50);
    m->value[METRIC_PICTURE_AGE_MS_P99] = age_percentile_ms(edges, 99);
    m->value[METRIC_PICTURE_AGE_MS_MAX] =
        (double)g_array_index(edges, struct edge, edges->len - 1).age_ns / NS_PER_MS;
    m->value[METRIC_FREEZES] = freezes;
    m->value[METRIC_FREEZE_MS_MAX] = (double)longest_ns / NS_PER_MS;
    if (ages->intervals > 0)
        m->value[METRIC_JITTER_MS] = ages->jitter_ns / ages->intervals / NS_PER_MS;
}

static bool any_arrived(const struct join *join, const struct route *route)
{
    for (unsigned i = 0; i < join->frames->len; i++) {
        if (join_arrival_ns(&g_array_index(join->frames, struct frame, i), route->shows))
            return true;
    }
    return false;
}

void age_measure(struct metrics *metrics, const struct route *route, const struct join *join)
{
    int64_t interval_ns = planned_interval_ns(join);
    struct ages ages = {.stretches = g_array_new(false, false, sizeof(struct stretch)),
                        .gaps = g_array_new(false, false, sizeof(int64_t))};

    for (unsigned i = 0; i < join->frames->len && interval_ns > 0 && any_arrived(join, route);) {
        const struct frame *first = &g_array_index(join->frames, struct frame, i);
        struct opening opening = {.slots = first, .interval_ns = interval_ns};
        for (; i < join->frames->len && first[opening.n_slots].opening == first->opening; i++)
            opening.n_slots++;
        follow(&ages, &opening, route);
    }
    summarize(metrics, &ages, interval_ns);
    g_array_unref(ages.stretches);
    g_array_unref(ages.gaps);
}
