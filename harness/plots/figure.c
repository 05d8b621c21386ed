/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/figure.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* The text that ends each kind of file, and how many bytes before the end to look for it. */
static const struct {
    const char *name, *end;
} formats[] = {{"svg", "</svg>"}, {"png", "IEND"}, {"pdf", "%%EOF"}};
#define END_BYTES 64

/* Line widths. All cases of a route have its colour and dash: the second case has a
 * thinner line and open points, the third an even thinner one. */
static const double widths[] = {1.8, 1.2, 0.7};

/* The average width of a letter in the page's font, in points: for the labels' room. */
#define LETTER_WIDTH "4.1"

struct figure *figure_create(const char *kind, const char *of, const char *header)
{
    struct figure *figure = g_new0(struct figure, 1);
    figure->kind = kind;
    figure->name = g_strconcat(kind, "-", of, NULL);
    figure->series = g_ptr_array_new();
    figure->csv = g_string_new(header);
    figure->more_csv = g_string_new(NULL);
    figure->settings = g_string_new(NULL);
    g_string_append_c(figure->csv, '\n');
    return figure;
}

void figure_destroy(struct figure *figure)
{
    if (!figure)
        return;
    g_free(figure->name);
    g_free(figure->title);
    g_ptr_array_unref(figure->series);
    g_string_free(figure->csv, true);
    g_string_free(figure->more_csv, true);
    g_string_free(figure->settings, true);
    g_free(figure);
}

void figure_begin_more(struct figure *figure, const char *more, const char *header)
{
    figure->more = more;
    g_string_printf(figure->more_csv, "%s\n", header);
}

void figure_add_number(GString *csv, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    if (isfinite(value))
        g_string_append(csv, g_ascii_formatd(buffer, sizeof buffer, "%.6g", value));
}

void figure_set(struct figure *figure, const char *name, double value)
{
    g_string_append_printf(figure->settings, "%s = %s", name, isfinite(value) ? "" : "NaN");
    figure_add_number(figure->settings, value);
    g_string_append_c(figure->settings, '\n');
}

/* NAME = 'VALUE', quoted as gnuplot requires. */
static void add_string(GString *text, const char *name, const char *value)
{
    g_autoptr(GString) quoted = g_string_new(value);
    g_string_replace(quoted, "'", "''", 0);
    g_string_append_printf(text, "%s = '%s'\n", name, quoted->str);
}

void figure_set_unit(struct figure *figure, enum metric metric)
{
    add_string(figure->settings, "unit", metric_definition(metric)->unit);
}

/* The series' variables for the scripts: label[i], colour[i], style line i. */
static void add_series(GString *text, const struct figure *figure)
{
    size_t longest = 0;
    g_string_append_printf(text, "n = %u\narray label[n]\narray colour[n]\n", figure->series->len);
    for (unsigned i = 0; i < figure->series->len; i++) {
        const struct plot_case *one = g_ptr_array_index(figure->series, i);
        const struct route *route = one->of->route;
        unsigned variant = MIN(one->variant, G_N_ELEMENTS(widths) - 1);
        char width[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(width, sizeof width, "%.1f", widths[variant]);
        g_string_append_printf(text,
                               "label[%u] = '%s'\ncolour[%u] = 0x%06x\n"
                               "set style line %u lc rgb 0x%06x dt %s lw %s pt %u ps 0.65\n",
                               i + 1, one->label, i + 1, route->colour, i + 1, route->colour,
                               route->dash, width, route->point - (variant == 1));
        longest = MAX(longest, strlen(one->label));
    }
    g_string_append_printf(text, "label_width = %zu * %s\n", longest, LETTER_WIDTH);
}

/* Everything is set again for each format, so that none depends on what the last one
 * has left behind. */
static char *script_text(const struct figure *figure, const char *scripts)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_string_append(text, "reset\n");
        add_string(text, "format", formats[i].name);
        add_string(text, "name", figure->name);
        add_string(text, "more", figure->more ? figure->more : "");
        add_string(text, "figure_title", figure->title);
        add_string(text, "scripts", scripts);
        g_string_append(text, "csv = name.'.csv'\nmore = name.'-'.more.'.csv'\n");
        add_series(text, figure);
        g_string_append_printf(text, "%sload scripts.'/%s.gp'\n", figure->settings->str,
                               figure->kind);
    }
    return g_string_free(text, false);
}

static bool run_gnuplot(const char *folder, const char *script, const char *what, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE |
                                  G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_autofree char *messages = NULL;
    g_autoptr(GError) why = NULL;

    g_subprocess_launcher_set_cwd(launcher, folder);
    g_subprocess_launcher_setenv(launcher, "LC_ALL", "C.UTF-8", true);
    /* A file, not "-": from that gnuplot would read on after an error. */
    g_autoptr(GSubprocess) gnuplot =
        g_subprocess_launcher_spawn(launcher, &why, "gnuplot", "-d", "/dev/stdin", NULL);
    if (!gnuplot) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "gnuplot cannot be started (%s): make deps installs it", why->message);
        return false;
    }
    if (!g_subprocess_communicate_utf8(gnuplot, script, NULL, NULL, &messages, error))
        return false;
    if (g_subprocess_get_successful(gnuplot)) /* a warning that the key is full is no failure */
        return true;
    g_strstrip(messages);
    /* The lines before the last one are the statement and warnings. */
    const char *last = strrchr(messages, '\n');
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "%s: gnuplot could not draw it: %s: is it gnuplot 5.4 or later?", what,
                last        ? last + 1
                : *messages ? messages
                            : "it gave no reason");
    return false;
}

/* gnuplot does not check whether its output could be written. */
static bool is_whole(const char *file, const char *end)
{
    g_autofree char *text = NULL;
    size_t bytes;

    if (!g_file_get_contents(file, &text, &bytes, NULL))
        return false;
    size_t last = MIN(bytes, END_BYTES);
    return memmem(text + bytes - last, last, end, strlen(end)) != NULL;
}

static bool check_drawn(const struct figure *figure, const char *folder, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *name = g_strconcat(figure->name, ".", formats[i].name, NULL);
        g_autofree char *file = g_build_filename(folder, name, NULL);
        if (is_whole(file, formats[i].end))
            continue;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: gnuplot has not written all of it: is the disk full?", file);
        return false;
    }
    return true;
}

static bool write_csv(const char *folder, const char *name, const char *more, const GString *csv,
                      GError **error)
{
    g_autofree char *base = g_strconcat(name, *more ? "-" : "", more, ".csv", NULL);
    g_autofree char *file = g_build_filename(folder, base, NULL);
    return g_file_set_contents(file, csv->str, (ssize_t)csv->len, error);
}

bool figure_draw(const struct figure *figure, const char *folder, const char *scripts,
                 GError **error)
{
    g_autofree char *script = script_text(figure, scripts);
    return write_csv(folder, figure->name, "", figure->csv, error) &&
           (!figure->more ||
            write_csv(folder, figure->name, figure->more, figure->more_csv, error)) &&
           run_gnuplot(folder, script, figure->name, error) && check_drawn(figure, folder, error);
}
