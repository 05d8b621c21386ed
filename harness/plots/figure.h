/*
 * figure: one picture of the plots: its CSV files, and gnuplot drawing it.
 *
 * Main thread.
 */
#ifndef VDIBENCH_PLOTS_FIGURE_H
#define VDIBENCH_PLOTS_FIGURE_H

#include "harness/plots/group.h"

typedef struct {
    const char *kind;  /* its script is KIND.gp */
    char *name;        /* its files are NAME.svg and so on */
    char *title;
    GPtrArray *series; /* const PlotCase *: what is drawn, in order */
    GString *csv;      /* NAME.csv, the header first */
    GString *more_csv; /* NAME-MORE.csv, for a second panel; empty: none */
    const char *more;
    GString *settings; /* gnuplot statements that the script needs besides */
} Figure;

Figure *figure_create(const char *kind, const char *of, const char *header);
void figure_destroy(Figure *figure);

/* A second CSV file, NAME-MORE.csv. */
void figure_begin_more(Figure *figure, const char *more, const char *header);

/* Writes the CSV files into `folder` and lets gnuplot draw NAME.svg, .png and
 * .pdf there, with the scripts of the folder `scripts`. */
gboolean figure_draw(const Figure *figure, const char *folder, const char *scripts, GError **error);

/* A variable for the script. */
void figure_set(Figure *figure, const char *name, double value);

/* A number for a CSV field: as short as exact to 6 digits, empty for NAN.
 * Always with a decimal point. */
void figure_add_number(GString *csv, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Figure, figure_destroy)

#endif
