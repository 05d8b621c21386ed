/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/report-figures.h"

#include "harness/plots/plots.h"
#include "harness/report/markup.h"

#include <gio/gio.h>
#include <string.h>

/* The largest of the plots is below 1 MB. */
#define SVG_MAX_BYTES (32 * 1024 * 1024)

/* In the order of the page; if two fit a name, the first applies. */
static const struct {
    const char *prefix, *caption;
} kinds[] = {
    {"links-",
     "Latency (above) and the age of the picture shown (below) on each network link: medians of the "
     "repeats, whiskers from the lowest to the highest. Where a route has no point, no picture of "
     "the steady time was shown."},
    {"display-",
     "What a client sees of a mediated vGPU by policy, and of the pGPU: the median and the 99th "
     "percentile of display latency, and the frames shown a second; medians of the repeats."},
    {"policies-",
     "A mediated vGPU by load and policy, all of them models: frames a second relative to native, "
     "traps, and the time of the reconstruction; medians of the repeats."},
    {"regimes-",
     "The regime map: the cheapest policy by writes a page and churn, what it costs for one "
     "submission, and by how much auto costs more; medians of the repeats."},
    {"latency-",
     "Display latency: the share of the slots after the first second that were shown within a "
     "time (left), and the share shown later or never (right). All repeats are pooled."},
    {"traffic-",
     "Network traffic: what the client read on its display channels, over the time of one repeat "
     "(above) and as the median of the repeats with the lowest and the highest (below)."},
    {"cpu-per-frame-",
     "Processor time per frame by process and thread: the repeat whose server is the median; "
     "whiskers from the lowest repeat to the highest."},
    {"cpu-", "The server's processor time over the time of one repeat, without the drawing guest."},
    {"switch-",
     "The first switch to the pGPU and the first one back: each picture that the client was shown, "
     "and the time without a new one on the channel that showed both."},
};

static unsigned kind_of(const char *name)
{
    unsigned kind = 0;
    while (kind < G_N_ELEMENTS(kinds) && !g_str_has_prefix(name, kinds[kind].prefix))
        kind++;
    return kind;
}

static int compare_names(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    unsigned kind_x = kind_of(x), kind_y = kind_of(y);
    return kind_x != kind_y ? (kind_x > kind_y) - (kind_x < kind_y) : strcmp(x, y);
}

/* The names of the SVG files in a folder, in the order of the page. */
static GPtrArray *find_figures(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        if (g_str_has_suffix(name, ".svg") && kind_of(name) < G_N_ELEMENTS(kinds))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}

static bool add_figure(GString *page, const char *folder, const char *name, unsigned index,
                       GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *prefix = g_strdup_printf("f%u-", index);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInfo) info =
        g_file_query_info(file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                          G_FILE_QUERY_INFO_NONE, NULL, NULL);
    g_autofree char *svg = NULL;
    g_autoptr(GError) why = NULL;

    if (!info || g_file_info_get_file_type(info) != G_FILE_TYPE_REGULAR ||
        g_file_info_get_size(info) > SVG_MAX_BYTES)
        g_set_error(&why, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "it is too large, or no file");
    else if (g_file_get_contents(path, &svg, NULL, &why)) {
        g_string_append(page, "<figure>\n");
        if (markup_add_svg(page, svg, prefix, &why)) {
            markup_printf(page, "\n<figcaption>%s (%s)</figcaption>\n</figure>\n",
                          kinds[kind_of(name)].caption, name);
            return true;
        }
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: is no plot of vdibench's: %s: remove the folder, or make the plots again",
                path, why->message);
    return false;
}

bool report_figures_add(GString *page, const struct result *result, const char *scripts,
                        GError **error)
{
    g_autofree char *folder = g_build_filename(result->folder, "plots", NULL);
    g_autoptr(GPtrArray) names = find_figures(folder);
    g_autoptr(GError) why = NULL;

    if (names->len == 0 && plots_draw(result, scripts, &why)) {
        g_ptr_array_unref(names);
        names = find_figures(folder);
    }
    g_string_append(page, "<h2>Plots</h2>\n");
    if (why)
        markup_printf(page, "<p>There are none: %s</p>\n", why->message);
    else
        g_string_append(page,
                        "<p>Each route has its own colour. The folder plots has the files, also "
                        "as PNG and PDF, and the numbers of each as CSV.</p>\n");
    for (unsigned i = 0; i < names->len; i++) {
        if (!add_figure(page, folder, g_ptr_array_index(names, i), i + 1, error))
            return false;
    }
    return true;
}
