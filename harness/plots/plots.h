/*
 * plots: all plots of a run, as SVG, PNG and PDF, with the CSV behind each.
 *
 * Main thread; runs gnuplot.
 */
#ifndef VDIBENCH_PLOTS_PLOTS_H
#define VDIBENCH_PLOTS_PLOTS_H

#include "harness/report/saved-result.h"

/* Draws into the folder "plots" of the result's folder, in place of what was
 * there; `scripts` holds the gnuplot scripts. Everything is drawn into a folder
 * of its own beside it and renamed when it is complete: after an error
 * everything is as it was. */
gboolean plots_draw(const SavedResult *result, const char *scripts, GError **error);

#endif
