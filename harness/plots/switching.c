/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/evaluate/handover.h"
#include "harness/plots/drawings.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* How much is drawn of the old source before the port's event, and of the new source
 * after its first picture; and the longest switch that is drawn whole. */
#define BEFORE_MS 250.0
#define AFTER_MS 150.0
#define LONGEST_MS 5000.0

/* The first switch in one direction, as defined in results/README.md; NAN: there is none. */
struct plotted_switch {
    int64_t event_ns;                /* 0: there was none */
    double switch_ms;                /* from the event to the first picture of the new source */
    double gap_begin_ms, gap_end_ms; /* on the channel that showed both */
};

struct direction {
    const char *name;
    enum handover_direction handover;
};

static const struct direction directions[] = {{"in", HANDOVER_IN}, {"out", HANDOVER_OUT}};

static struct plotted_switch find_switch(const struct rows *client, const struct rows *vm,
                                         enum handover_direction direction)
{
    struct plotted_switch found = {handover_event_ns(vm, direction), NAN, NAN, NAN};
    struct handover handover;
    unsigned row = 0;

    if (!handover_next(client, vm, direction, &row, &handover))
        return found;
    found.event_ns = handover.event_ns;
    found.switch_ms = (double)(handover.first_ns - handover.event_ns) / 1e6;
    if (handover.last_ns) {
        found.gap_begin_ms = (double)(handover.last_ns - handover.event_ns) / 1e6;
        found.gap_end_ms = found.switch_ms;
    }
    return found;
}

static void add_pictures(struct figure *figure, const char *label,
                         const struct direction *direction, const struct rows *client,
                         int64_t event_ns, double end_ms)
{
    for (unsigned i = 0; i < rows_count(client); i++) {
        double ms = (double)(rows_time_ns(client, i) - event_ns) / 1e6;
        if (!rows_is(client, i, "shown") || ms < -BEFORE_MS || ms > end_ms)
            continue;
        g_string_append_printf(figure->csv, "%s,%s,%s,%s,", label, direction->name,
                               rows_text(client, i, "source"), rows_text(client, i, "channel"));
        figure_add_number(figure->csv, ms);
        g_string_append_c(figure->csv, '\n');
    }
}

static void add_switch(struct figure *figure, const char *label, const struct direction *direction,
                       const struct plotted_switch *found)
{
    const double numbers[] = {found->switch_ms, found->gap_begin_ms, found->gap_end_ms,
                              found->gap_end_ms - found->gap_begin_ms};
    g_string_append_printf(figure->more_csv, "%s,%s", label, direction->name);
    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_string_append_c(figure->more_csv, ',');
        figure_add_number(figure->more_csv, numbers[i]);
    }
    g_string_append_c(figure->more_csv, '\n');
}

/* The text above a row: the gap's length, over the middle of its bar; or, if the new
 * source has a window of its own, how long the switch took; or, at the event, that
 * there was no switch. */
static void add_text(struct figure *figure, unsigned row, const struct direction *direction,
                     const struct plotted_switch *found)
{
    bool gap = isfinite(found->gap_end_ms);
    double begin_ms = fmax(found->gap_begin_ms, -BEFORE_MS);
    double x = gap ? (begin_ms + found->gap_end_ms) / 2 : found->switch_ms;
    double ms = gap ? found->gap_end_ms - found->gap_begin_ms : found->switch_ms;
    g_autofree char *text = isfinite(x)
                                ? g_strdup_printf("%s%.0f ms", gap ? "" : "own window: ", ms)
                                : g_strdup("no switch");
    g_autofree char *x_name = g_strdup_printf("x_%s[%u]", direction->name, row);
    g_autofree char *gap_name = g_strdup_printf("gap_%s[%u]", direction->name, row);

    g_string_append_printf(figure->settings, "text_%s[%u] = '%s'\n", direction->name, row, text);
    figure_set(figure, x_name, isfinite(x) ? x : 0);
    figure_set(figure, gap_name, gap);
}

/* The row of a case, with its first switch in each direction. */
struct line {
    const struct plot_case *one;
    struct rows *vm;
    struct plotted_switch found[G_N_ELEMENTS(directions)];
};

static void line_destroy(struct line *line)
{
    rows_destroy(line->vm);
    g_free(line);
}

static bool read_lines(const struct plot_group *group, GPtrArray *lines, GError **error)
{
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        const struct route *route = one->of->route;
        /* Without an agent no port is opened; a client that shows nothing has no switch. */
        if (!one->shown || !route->has_agent || !route->has_vgpu || !route->shows)
            continue;
        struct line *line = g_new0(struct line, 1);
        g_ptr_array_add(lines, line);
        line->one = one;
        line->vm = plot_repeat_read(one->shown, "vm", error);
        if (!line->vm)
            return false;
        for (unsigned d = 0; d < G_N_ELEMENTS(directions); d++)
            line->found[d] = find_switch(one->shown->client, line->vm, directions[d].handover);
    }
    return true;
}

struct figure *drawing_switch(const struct plot_group *group, GError **error)
{
    g_autofree char *of = g_strconcat(group->scenario, "-", group->workload_name, NULL);
    auto_destroy(figure) figure = figure_create("switch", of, "case,direction,source,channel,ms");
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_destroy);
    bool any[G_N_ELEMENTS(directions)] = {false};

    figure_begin_more(figure, "gaps", "case,direction,switch_ms,gap_begin_ms,gap_end_ms,gap_ms");
    figure->title =
        g_strdup_printf("Pictures that the client shows around a switch: %s, %s, one repeat",
                        group->scenario, group->workload_name);
    if (!read_lines(group, lines, error))
        return NULL;
    for (unsigned d = 0; d < G_N_ELEMENTS(directions); d++) {
        double longest_ms = 0;
        for (unsigned i = 0; i < lines->len; i++) {
            const struct line *line = g_ptr_array_index(lines, i);
            longest_ms = fmax(longest_ms, line->found[d].switch_ms); /* fmax leaves NAN out */
            any[d] |= isfinite(line->found[d].switch_ms);
        }
        longest_ms = fmin(longest_ms, LONGEST_MS) + AFTER_MS;
        g_string_append_printf(figure->settings, "any_%s = %d\nend_%s = %d\n", directions[d].name,
                               any[d], directions[d].name, (int)longest_ms);
        g_string_append_printf(figure->settings,
                               "array text_%s[%u]\narray x_%s[%u]\n"
                               "array gap_%s[%u]\n",
                               directions[d].name, MAX(lines->len, 1), directions[d].name,
                               MAX(lines->len, 1), directions[d].name, MAX(lines->len, 1));
        for (unsigned i = 0; i < lines->len && any[d]; i++) {
            const struct line *line = g_ptr_array_index(lines, i);
            add_text(figure, i + 1, &directions[d], &line->found[d]);
            if (!line->found[d].event_ns)
                continue;
            add_pictures(figure, line->one->label, &directions[d], line->one->shown->client,
                         line->found[d].event_ns, longest_ms);
            add_switch(figure, line->one->label, &directions[d], &line->found[d]);
        }
    }
    for (unsigned i = 0; i < lines->len && (any[0] || any[1]); i++)
        g_ptr_array_add(figure->series, (void *)((struct line *)g_ptr_array_index(lines, i))->one);
    figure_set_unit(figure, METRIC_SWITCH_MS);
    return g_steal_pointer(&figure);
}
