/*
 * report-figures: the plots of a run as a section of its report. Main thread.
 */
#ifndef VDIBENCH_REPORT_FIGURES_H
#define VDIBENCH_REPORT_FIGURES_H

#include "harness/report/saved-result.h"

/* Appends the section. False and `error` when a file of FOLDER/plots is not
 * what was drawn there. */
gboolean report_figures_add(GString *page, const SavedResult *result, const char *scripts,
                            GError **error);

#endif
