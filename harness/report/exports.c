/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/exports.h"

#include "harness/report/markup.h"
#include "harness/result/csv.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <string.h>

/* How long all repeats of the case took by the wall clock. */
static double case_seconds(const struct result_case *one)
{
    double seconds = 0;
    for (unsigned i = 0; i < one->repeats->len; i++)
        seconds += ((const struct outcome *)g_ptr_array_index(one->repeats, i))->seconds_taken;
    return seconds;
}

struct counts {
    unsigned tests, failures, errors, skipped;
    double seconds;
};

/* Counts the cases of one scenario, or of all if it is NULL. */
static struct counts count(const struct result *result, const char *scenario)
{
    struct counts counts = {0};
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        if (scenario && !g_str_equal(one->scenario, scenario))
            continue;
        counts.tests++;
        counts.failures += one->status == STATUS_FAILED;
        counts.errors += one->status == STATUS_INTERRUPTED;
        counts.skipped += one->status == STATUS_SKIPPED || result_case_is_short(one);
        counts.seconds += case_seconds(one);
    }
    return counts;
}

/* The attributes of both levels; "skipped" is allowed for a suite only. */
static void add_counts(GString *xml, const struct counts *counts)
{
    char seconds[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(seconds, sizeof seconds, "%.3f", counts->seconds);
    g_string_append_printf(xml, " tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%s\"",
                           counts->tests, counts->failures, counts->errors, seconds);
}

/* "3 of 13 repeats unfit: something else used the processors"; NULL: none; free it. */
static char *unfit_text(const struct result_case *one)
{
    const char *reason = NULL;
    for (unsigned r = 0; r < one->repeats->len && !reason; r++)
        reason = ((const struct outcome *)g_ptr_array_index(one->repeats, r))->unfit;
    return reason ? g_strdup_printf("%u of %u repeats unfit: %s", result_case_unfit(one),
                                    one->repeats->len, reason)
                  : NULL;
}

static void add_test(GString *xml, const struct result_case *one)
{
    static const char *const elements[STATUS_COUNT] = {NULL, "failure", "skipped", "error"};
    const char *element = elements[one->status];
    char seconds[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(seconds, sizeof seconds, "%.3f", case_seconds(one));
    g_autoptr(GString) axes = g_string_new(NULL);
    axes_append_name(axes, result_case_words(one), "/");
    markup_printf(xml, "    <testcase classname=\"%s\" name=\"%s/%s%s%s/%s%s\" time=\"%s\"",
                  one->scenario, one->route->name, one->sink, one->drawing ? "/" : "",
                  one->drawing ? one->drawing : "", one->workload, axes->str, seconds);
    g_autofree char *unfit = unfit_text(one);
    const char *message = one->reason ? one->reason : status_text(one->status);
    if (!element && result_case_is_short(one)) {
        element = "skipped"; /* nothing went wrong, and it was not measured as planned */
        message = unfit;
    }
    if (!element && !unfit) {
        g_string_append(xml, "/>\n");
        return;
    }
    g_string_append(xml, ">\n");
    if (element)
        markup_printf(xml, "      <%s message=\"%s\"/>\n", element, message);
    if (unfit)
        markup_printf(xml, "      <system-out>%s</system-out>\n", unfit);
    g_string_append(xml, "    </testcase>\n");
}

static void add_suite(GString *xml, const struct result *result, const char *scenario)
{
    struct counts counts = count(result, scenario);
    markup_printf(xml, "  <testsuite name=\"%s\" hostname=\"%s\"", scenario,
                  result_known(result, "host"));
    add_counts(xml, &counts);
    g_string_append_printf(xml, " skipped=\"%u\">\n", counts.skipped);
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        if (g_str_equal(one->scenario, scenario))
            add_test(xml, one);
    }
    g_string_append(xml, "  </testsuite>\n");
}

char *exports_junit(const struct result *result)
{
    GString *xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<testsuites name=\"vdibench\"");
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    struct counts all = count(result, NULL);

    add_counts(xml, &all);
    g_string_append(xml, ">\n");
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        if (g_hash_table_add(done, one->scenario))
            add_suite(xml, result, one->scenario);
    }
    g_string_append(xml, "</testsuites>\n");
    return g_string_free(xml, false);
}

/* An empty field if there is no such number. */
static void add_number(GString *csv, const char *separator, double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE] = "";
    if (isnan(value))
        g_string_append(csv, separator);
    else
        g_string_append_printf(csv, "%s%s", separator,
                               g_ascii_formatd(buffer, sizeof buffer, "%.9g", value));
}

static void add_metric(GString *csv, const struct result_case *one, enum metric metric)
{
    const struct result_values *values = &one->metrics[metric];
    const struct metric_definition *definition = metric_definition(metric);

    csv_add_text(csv, one->scenario);
    g_string_append_printf(csv, "%s,%s,%s,", one->route->name, one->sink,
                           one->drawing ? one->drawing : "");
    csv_add_text(csv, one->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        g_string_append_printf(csv, "%s,", one->axis[a]);
    add_number(csv, "", one->seconds);
    g_string_append_printf(csv, ",%u,%s,%u,%u,%s,%s,%u", one->twin, status_text(one->status),
                           one->repeats->len, result_case_unfit(one), definition->name,
                           definition->unit, (unsigned)values->n);
    add_number(csv, ",", stats_median(values->values, values->n));
    add_number(csv, ",", stats_min(values->values, values->n));
    add_number(csv, ",", stats_max(values->values, values->n));
    g_string_append_c(csv, ',');
    for (size_t i = 0; i < values->n; i++)
        add_number(csv, i ? ";" : "", values->values[i]);
    g_string_append_c(csv, '\n');
}

char *exports_csv(const struct result *result)
{
    GString *csv = g_string_new("scenario,route,sink,drawing,workload,");
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        g_string_append_printf(csv, "%s,", axis_definition((enum axis)a)->name);
    g_string_append(csv, "seconds,twin,status,repeats,unfit,metric,unit,n,median,min,max,values\n");
    for (unsigned i = 0; i < result->cases->len; i++) {
        const struct result_case *one = g_ptr_array_index(result->cases, i);
        for (unsigned m = 0; m < METRIC_COUNT; m++) {
            if (one->metrics[m].each)
                add_metric(csv, one, (enum metric)m);
        }
    }
    return g_string_free(csv, false);
}

bool exports_write(const struct result *result, GError **error)
{
    g_autofree char *junit = exports_junit(result);
    g_autofree char *csv = exports_csv(result);
    g_autofree char *junit_file = g_build_filename(result->folder, "junit.xml", NULL);
    g_autofree char *csv_file = g_build_filename(result->folder, "result.csv", NULL);
    /* g_file_set_contents() writes a temporary file and renames it. */
    return g_file_set_contents(junit_file, junit, -1, error) &&
           g_file_set_contents(csv_file, csv, -1, error);
}
