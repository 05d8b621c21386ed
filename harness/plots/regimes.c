/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plots/drawings.h"
#include "harness/plots/policy-colour.h"
#include "harness/statistics/stats.h"
#include "shadow-paging/workloads/load-name.h"

#include <math.h>
#include <stdbool.h>

#define MAP "map"
/* It is held against the others. */
#define AUTO "auto"

/* One load of the map, and what each case of the group paid for it. */
struct cell {
    char *load;
    struct load_shape shape;
    GArray *costs_us; /* double, the median of the repeats; NAN: not measured */
};

static void cell_destroy(struct cell *cell)
{
    g_free(cell->load);
    g_array_unref(cell->costs_us);
    g_free(cell);
}

static struct cell *find_cell(GPtrArray *cells, const char *load, unsigned cases)
{
    struct load_shape shape;

    for (unsigned i = 0; i < cells->len; i++) {
        struct cell *cell = g_ptr_array_index(cells, i);
        if (g_str_equal(cell->load, load))
            return cell;
    }
    if (!load_shape_find(load, &shape))
        return NULL;
    struct cell *cell = g_new0(struct cell, 1);
    cell->load = g_strdup(load);
    cell->shape = shape;
    cell->costs_us = g_array_new(false, false, sizeof(double));
    for (unsigned i = 0; i < cases; i++) {
        double nothing = NAN;
        g_array_append_val(cell->costs_us, nothing);
    }
    g_ptr_array_add(cells, cell);
    return cell;
}

/* What one submission of the load cost in that repeat; NAN if there was none. */
static double cost_us(const struct rows *rows, const char *load)
{
    double ns = 0, submissions = 0;

    for (unsigned i = 0; i < rows_count(rows); i++) {
        if (!rows_is(rows, i, "batch") || !g_str_equal(rows_text(rows, i, "cell"), load))
            continue;
        ns += (double)(rows_number(rows, i, "write_ns", 0) + rows_number(rows, i, "submit_ns", 0));
        submissions += (double)rows_number(rows, i, "submissions", 0);
    }
    return submissions > 0 ? ns / 1e3 / submissions : NAN;
}

/* The samples of the case's repeats that count (struct rows). NULL and `error` if one lacks them. */
static GPtrArray *read_repeats(const struct plot_group *group, const struct result_case *one,
                               GError **error)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)rows_destroy);

    for (unsigned r = 0; r < one->repeats->len; r++) {
        const struct outcome *outcome = g_ptr_array_index(one->repeats, r);
        if (!outcome_counts(outcome))
            continue;
        g_autofree char *folder = g_build_filename(group->result->folder, outcome->folder, NULL);
        const struct plot_repeat repeat = {.folder = folder};
        struct rows *rows = plot_repeat_read(&repeat, "submissions", error);
        if (!rows) {
            g_ptr_array_unref(all);
            return NULL;
        }
        g_ptr_array_add(all, rows);
    }
    return all;
}

static void add_costs(GPtrArray *cells, const GPtrArray *repeats, unsigned index, unsigned cases)
{
    const struct rows *first = repeats->len > 0 ? g_ptr_array_index((GPtrArray *)repeats, 0) : NULL;

    for (unsigned i = 0; first && i < rows_count(first); i++) {
        struct cell *cell = find_cell(cells, rows_text(first, i, "cell"), cases);
        if (!cell || !rows_is(first, i, "exit"))
            continue;
        g_autoptr(GArray) costs = g_array_new(false, false, sizeof(double));
        for (unsigned r = 0; r < repeats->len; r++) {
            double us = cost_us(g_ptr_array_index((GPtrArray *)repeats, r), cell->load);
            g_array_append_val(costs, us);
        }
        g_array_index(cell->costs_us, double, index) =
            stats_median((const double *)costs->data, costs->len);
    }
}

/* The cheapest policy but auto; -1: none was measured. */
static int find_winner(const struct plot_group *group, const struct cell *cell, double *ret_auto_us)
{
    int winner = -1;

    *ret_auto_us = NAN;
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        double us = g_array_index(cell->costs_us, double, i);
        if (g_str_equal(policy_of(one->of), AUTO))
            *ret_auto_us = us;
        else if (!isnan(us) && (winner < 0 || us < g_array_index(cell->costs_us, double, winner)))
            winner = (int)i;
    }
    return winner;
}

/* The number of different smaller values, from 1: the place on an axis. */
static unsigned place(const GPtrArray *cells, const struct cell *of, bool churn)
{
    g_autoptr(GHashTable) smaller = g_hash_table_new(NULL, NULL);
    unsigned own = churn ? of->shape.churn_pct : of->shape.writes_per_page;

    for (unsigned i = 0; i < cells->len; i++) {
        const struct cell *cell = g_ptr_array_index((GPtrArray *)cells, i);
        unsigned value = churn ? cell->shape.churn_pct : cell->shape.writes_per_page;
        if (value < own)
            g_hash_table_add(smaller, GUINT_TO_POINTER(value + 1));
    }
    return g_hash_table_size(smaller) + 1;
}

static void add_cell(struct figure *figure, const struct plot_group *group, const GPtrArray *cells,
                     const struct cell *cell)
{
    double auto_us;
    int winner = find_winner(group, cell, &auto_us);

    if (winner < 0)
        return;
    const struct plot_case *best = g_ptr_array_index(group->cases, (unsigned)winner);
    double best_us = g_array_index(cell->costs_us, double, winner);
    g_string_append_printf(figure->csv, "%u,%u,%u,%u,%s,%u,", cell->shape.writes_per_page,
                           cell->shape.churn_pct, place(cells, cell, false),
                           place(cells, cell, true), policy_of(best->of),
                           policy_colour(policy_of(best->of)));
    figure_add_number(figure->csv, best_us);
    g_string_append_c(figure->csv, ',');
    figure_add_number(figure->csv, auto_us);
    g_string_append_c(figure->csv, ',');
    figure_add_number(figure->csv, 100 * (auto_us / best_us - 1));
    for (unsigned i = 0; i < group->cases->len; i++) {
        g_string_append_c(figure->csv, ',');
        figure_add_number(figure->csv, g_array_index(cell->costs_us, double, i));
    }
    g_string_append_c(figure->csv, '\n');
}

static char *header(const struct plot_group *group)
{
    GString *text = g_string_new("writes_per_page,churn_pct,column,row,winner,colour,winner_us,"
                                 "auto_us,auto_behind_pct");
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        g_string_append_printf(text, ",%s_us", policy_of(one->of) ? policy_of(one->of) : "");
    }
    return g_string_free(text, false);
}

struct figure *drawing_regimes(const struct plot_group *group, GError **error)
{
    const struct plot_case *first = g_ptr_array_index(group->cases, 0);
    const char *const *words = (const char *const *)first->of->axis;
    g_autofree char *of =
        g_strdup_printf("%s-%s-%s", group->scenario, words[AXIS_TRAPS], words[AXIS_RECONSTRUCTION]);
    g_autofree char *columns = header(group);
    auto_destroy(figure) figure = figure_create("regimes", of, columns);
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_destroy);

    if (!g_str_equal(words[AXIS_LOAD], MAP))
        return g_steal_pointer(&figure);
    for (unsigned i = 0; i < group->cases->len; i++) {
        const struct plot_case *one = g_ptr_array_index(group->cases, i);
        g_autoptr(GPtrArray) repeats = read_repeats(group, one->of, error);
        if (!repeats)
            return NULL;
        add_costs(cells, repeats, i, group->cases->len);
    }
    for (unsigned i = 0; i < cells->len; i++)
        add_cell(figure, group, cells, g_ptr_array_index(cells, i));
    if (cells->len > 0)
        g_ptr_array_add(figure->series, (void *)first);
    figure->title = g_strdup_printf("The cheapest policy for 64 hot pages, and how far auto is "
                                    "behind it (a model; traps by %s; reconstruction by %s)",
                                    words[AXIS_TRAPS], words[AXIS_RECONSTRUCTION]);
    return g_steal_pointer(&figure);
}
