/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/difference-table.h"
#include "harness/report/summary.h"
#include "harness/result/result-read.h"
#include "harness/vdibench/command.h"

#include <stdbool.h>
#include <stdio.h>

/* For CI: nothing is worse; something is; it was called wrongly. */
enum { EXIT_NOT_WORSE = 0, EXIT_WORSE = 1, EXIT_USAGE = 2 };

/* Those of the summary unless others are given; all with "all". */
static bool choose_metrics(char **names, GArray *metrics, GError **error)
{
    bool all = names && g_strv_contains((const char *const *)names, "all");

    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        enum metric metric = (enum metric)m;
        if (all || (!names && summary_has_metric(metric)) ||
            (names && g_strv_contains((const char *const *)names, metric_name(metric))))
            g_array_append_val(metrics, metric);
    }
    for (char **name = names; name && *name; name++) {
        enum metric found;
        if (!g_str_equal(*name, "all") && !metric_find(*name, &found))
            return command_usage_error(error,
                                       "--metric %s: unknown; `vdibench metrics` defines those "
                                       "that there are, all takes each of them",
                                       *name);
    }
    return true;
}

/* Whether some case of the result is of that route or has that label. */
static bool check_base(const struct result *result, const char *base, GError **error)
{
    g_autoptr(GString) there = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        char *label = result_case_label(one);
        if (g_str_equal(label, base) || g_str_equal(one->route->name, base)) {
            g_free(label);
            return true;
        }
        bool first = g_hash_table_size(seen) == 0;
        if (g_hash_table_add(seen, label))
            g_string_append_printf(there, "%s'%s'", first ? "" : ", ", label);
    }
    return command_usage_error(
        error, "--base %s: no case of the run is of that route; there are %s", base, there->str);
}

static bool compare(int argc, char **argv, const char *base, gboolean json, const GArray *metrics,
                    int *ret_status, GError **error)
{
    const enum metric *metric = (const enum metric *)metrics->data;
    auto_destroy(result) first = result_read(argv[1], error);
    auto_destroy(result) second = first && argc == 3 ? result_read(argv[2], error) : NULL;

    if (!first || (argc == 3 && !second) || (base && !check_base(first, base, error)))
        return false;
    auto_destroy(differences) differences =
        base ? differences_within(first, base, metric, metrics->len)
             : differences_between(first, second, metric, metrics->len);
    if (differences->all->len == 0)
        return command_usage_error(error, "compare: there is nothing to compare: no case of both "
                                          "sides has fit repeats with these metrics");
    g_autofree char *text =
        json ? difference_table_json(differences) : difference_table_text(differences);
    fputs(text, stdout);
    *ret_status = differences_count(differences, VERDICT_WORSE) > 0 ? EXIT_WORSE : EXIT_NOT_WORSE;
    return true;
}

bool command_compare(const struct layout *layout, int argc, char **argv, int *ret_status,
                     GError **error)
{
    g_autofree char *base = NULL;
    g_auto(GStrv) names = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        {"base", 'b', 0, G_OPTION_ARG_STRING, &base,
         "Compare the cases of one run with those of this route (or 'ROUTE SINK')", "ROUTE"},
        {"metric", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &names,
         "This metric instead of the summary's, or all (may be repeated)", "METRIC"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "As JSON", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GArray) metrics = g_array_new(false, false, sizeof(enum metric));

    *ret_status = EXIT_USAGE;
    if (!command_parse("BASE NEW, or RUN --base ROUTE - compare two runs, or the routes of one",
                       entries, &argc, &argv, error) ||
        !choose_metrics(names, metrics, error))
        return false;
    if (argc != (base ? 2 : 3))
        return command_usage_error(error, "compare: two runs are needed (folders, or their "
                                          "result.json), or one run and --base");
    return compare(argc, argv, base, json, metrics, ret_status, error);
}
