/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * drawings: the content of each kind of figure, from the samples of a group.
 *
 * Each function fills the CSV of a new figure; a case without the samples
 * for it is left out, and a figure without series is not to be drawn. The
 * numbers are defined in results/README.md. Pure functions over the samples,
 * except drawing_switch, which reads vm.csv.
 */
#ifndef VDIBENCH_PLOTS_DRAWINGS_H
#define VDIBENCH_PLOTS_DRAWINGS_H

#include "harness/plots/figure.h"

/* Traffic over the time of one repeat, and the median of all repeats. */
struct figure *drawing_traffic(const struct plot_group *group);

/* The server's CPU utilisation over the time of one repeat. */
struct figure *drawing_cpu(const struct plot_group *group);

/* Processor time per frame, by process and thread. */
struct figure *drawing_cpu_per_frame(const struct plot_group *group);

/* The distribution of display latency and its tail, all repeats pooled. */
struct figure *drawing_latency(const struct plot_group *group);

/* Median latency and age of the picture against the rate of the network link, from the metrics;
 * no samples are needed. Without series, unless groups[first] (struct plot_group) is the first
 * of several that differ in a limited link. */
struct figure *drawing_links(const GPtrArray *groups, unsigned first);

/* A mediated vGPU's frames a second relative to native, its traps and its reconstruction, by load and
 * policy, from the metrics. Without series, unless groups[first] is the first of those that differ
 * in the load, are without a client, and have native. */
struct figure *drawing_policies(const GPtrArray *groups, unsigned first);

/* The cheapest policy of each cell of the load `map`, and how far auto is behind it. Without series
 * for another load. NULL and `error` when a submissions.csv cannot be read. */
struct figure *drawing_regimes(const struct plot_group *group, GError **error);

/* Latency and frames a second at the client, by the vGPU's policy, from the metrics. Without series
 * where there are not two of them, or no client. */
struct figure *drawing_display(const struct plot_group *group);

/* The pictures around the first switch in and the first switch out. NULL and
 * `error` when a vm.csv cannot be read. */
struct figure *drawing_switch(const struct plot_group *group, GError **error);

#endif
