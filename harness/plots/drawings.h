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

/* The pictures around the first switch in and the first switch out. NULL and
 * `error` when a vm.csv cannot be read. */
struct figure *drawing_switch(const struct plot_group *group, GError **error);

#endif
