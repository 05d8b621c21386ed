/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/noise-table.h"

#include "harness/report/difference-table.h"
#include "harness/report/markup.h"
#include "harness/result/noise.h"

#define TITLE "Noise floor"
#define EXPLANATION                                                                        \
    "The same route measured twice (A/A). A difference between two routes that is not "    \
    "larger than the floor, as far as the 95 % interval of the pair's change reaches, is " \
    "no difference shown."

/* What a pair has of one metric, as texts. */
struct row {
    char *once, *again, *change, *interval, *floor;
};

static char *median_text(enum metric metric, const struct result_case *one)
{
    return g_strdup_printf("%.*f", metric_definition(metric)->decimals,
                           result_case_median(one, metric));
}

/* False if the pair has no values of the metric; else finish it. */
static bool row_init(struct row *row, enum metric metric, const struct result_case *first,
                     const struct result_case *second)
{
    struct difference pair;

    if (!difference_measure(&pair, metric, first, second))
        return false;
    pair.floor = noise_floor_of_pair(metric, pair.relative, first, second);
    *row = (struct row){
        .once = median_text(metric, first),
        .again = median_text(metric, second),
        .change = difference_estimate_text(&pair),
        .interval = difference_interval_text(&pair),
        .floor = difference_floor_text(&pair),
    };
    return true;
}

static void row_finish(struct row *row)
{
    g_free(row->once);
    g_free(row->again);
    g_free(row->change);
    g_free(row->interval);
    g_free(row->floor);
}

static void add_text(GString *text, const struct result_case *first,
                     const struct result_case *second)
{
    g_autofree char *label = result_case_label(first);
    g_autofree char *where = axes_caption(result_case_words(first));

    g_string_append_printf(text, "%s, %s, %s: %s\n", first->scenario, first->workload, where,
                           label);
    g_string_append_printf(text, "  %-30s %10s %10s %8s %-15s %8s\n", "", "first", "again",
                           "change", "95 % interval", "floor");
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct metric_definition *metric = metric_definition((enum metric)m);
        struct row row;
        if (!row_init(&row, (enum metric)m, first, second))
            continue;
        g_string_append_printf(text, "  %-30s %10s %10s %8s %-15s %8s\n", metric->name, row.once,
                               row.again, row.change, row.interval, row.floor);
        row_finish(&row);
    }
    g_string_append_c(text, '\n');
}

static void add_html(GString *page, const struct result_case *first,
                     const struct result_case *second)
{
    g_autofree char *label = result_case_label(first);
    g_autofree char *where = axes_caption(result_case_words(first));

    markup_printf(page,
                  "<div class=\"scroll\"><table><thead><tr class=\"group\"><th colspan=\"6\">%s, "
                  "%s, %s: %s</th></tr>\n<tr><th></th><th>first</th><th>again</th><th>change</th>"
                  "<th>95 %% interval</th><th>floor</th></tr></thead><tbody>\n",
                  first->scenario, first->workload, where, label);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct metric_definition *metric = metric_definition((enum metric)m);
        struct row row;
        if (!row_init(&row, (enum metric)m, first, second))
            continue;
        markup_printf(page,
                      "<tr><th>%s, %s</th><td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
                      "<td>%s</td></tr>\n",
                      metric->name, metric->unit, row.once, row.again, row.change, row.interval,
                      row.floor);
        row_finish(&row);
    }
    g_string_append(page, "</tbody></table></div>\n");
}

/* Calls `add` for each pair, after `head` if there is one. */
static void for_each_pair(GString *text, const struct result *result, const char *head,
                          void (*add)(GString *text, const struct result_case *first,
                                      const struct result_case *second))
{
    bool any = false;
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *first = g_ptr_array_index(result->cases, i);
        const struct result_case *second = noise_twin(result, first);
        if (!second)
            continue;
        g_string_append(text, any ? "" : head);
        any = true;
        add(text, first, second);
    }
}

char *noise_table_text(const struct result *result)
{
    GString *text = g_string_new(NULL);
    for_each_pair(text, result, TITLE ". " EXPLANATION "\n", add_text);
    return g_string_free(text, false);
}

void noise_table_add_html(GString *page, const struct result *result)
{
    for_each_pair(page, result, "<h2>" TITLE "</h2>\n<p>" EXPLANATION "</p>\n", add_html);
}
