/*
 * drawings: what each kind of figure is made of, from the samples of a group.
 *
 * Each function fills the CSV of a new figure; a case that has nothing to be
 * drawn is left out, and a figure without series is not to be drawn. The
 * numbers are defined in results/README.md. Pure functions over the samples,
 * except drawing_switch, which reads vm.csv.
 */
#ifndef VDIBENCH_PLOTS_DRAWINGS_H
#define VDIBENCH_PLOTS_DRAWINGS_H

#include "harness/plots/figure.h"

/* Traffic over time of one repeat, and its median of all. */
Figure *drawing_traffic(const PlotGroup *group);

/* The server's CPU utilisation over time of one repeat. */
Figure *drawing_cpu(const PlotGroup *group);

/* Processor time a frame, by process and thread. */
Figure *drawing_cpu_per_frame(const PlotGroup *group);

/* The distribution of display latency and its tail, all repeats pooled. */
Figure *drawing_latency(const PlotGroup *group);

/* The pictures around the first switch in and the first switch out. NULL and
 * `error` when a vm.csv cannot be read. */
Figure *drawing_switch(const PlotGroup *group, GError **error);

#endif
