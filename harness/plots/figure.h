/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * figure: one of the plots: its CSV files, and how gnuplot draws it.
 *
 * Main thread.
 */
#ifndef VDIBENCH_PLOTS_FIGURE_H
#define VDIBENCH_PLOTS_FIGURE_H

#include "auto-destroy.h"
#include "harness/plots/group.h"

#include <stdbool.h>

struct figure {
    const char *kind; /* its script is KIND.gp */
    char *name;       /* its files are NAME.svg and so on */
    char *title;
    GPtrArray *series; /* const struct plot_case *: what is drawn, in order */
    GString *csv;      /* NAME.csv, the header first */
    GString *more_csv; /* NAME-MORE.csv, for a second panel; empty: none */
    const char *more;
    GString *settings; /* further gnuplot statements that the script needs */
};

struct figure *figure_create(const char *kind, const char *of, const char *header);
void figure_destroy(struct figure *figure);

/* Begins the second CSV file, NAME-MORE.csv. */
void figure_begin_more(struct figure *figure, const char *more, const char *header);

/* Writes the CSV files into `folder` and lets gnuplot draw NAME.svg, .png and
 * .pdf there, with the scripts of the folder `scripts`. */
bool figure_draw(const struct figure *figure, const char *folder, const char *scripts,
                 GError **error);

/* Sets a variable for the script. */
void figure_set(struct figure *figure, const char *name, double value);

/* Sets the script's variable `unit` to the unit of this metric. */
void figure_set_unit(struct figure *figure, enum metric metric);

/* Appends a number as a CSV field: to 6 digits, as short as possible, with a decimal
 * point in any locale; empty for NAN. */
void figure_add_number(GString *csv, double value);

DEFINE_AUTO_DESTROY(figure, figure_destroy)

#endif
