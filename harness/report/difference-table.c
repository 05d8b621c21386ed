/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/difference-table.h"

#include "harness/result/json-member.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define METHOD_WIDTH 100

/* A ratio has about three digits that mean something. */
static int ratio_decimals(double ratio)
{
    return ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
}

char *difference_estimate_text(const struct difference *difference)
{
    double value = difference->estimate.value;
    if (!isfinite(value))
        return g_strdup("-");
    return difference->relative
               ? g_strdup_printf("%.*fx", ratio_decimals(value), value)
               : g_strdup_printf("%+.*f", metric_definition(difference->metric)->decimals, value);
}

char *difference_interval_text(const struct difference *difference)
{
    const struct estimate *estimate = &difference->estimate;
    int decimals = difference->relative ? ratio_decimals(estimate->high)
                                        : metric_definition(difference->metric)->decimals;
    if (!isfinite(estimate->low) || !isfinite(estimate->high))
        return g_strdup("-");
    return g_strdup_printf(difference->relative ? "%.*f..%.*f" : "%+.*f..%+.*f", decimals,
                           estimate->low, decimals, estimate->high);
}

char *difference_floor_text(const struct difference *difference)
{
    if (isnan(difference->floor))
        return g_strdup("unknown");
    return difference->relative
               ? g_strdup_printf("%.1f %%", 100 * difference->floor)
               : g_strdup_printf("%.*f", metric_definition(difference->metric)->decimals,
                                 difference->floor);
}

static char *p_text(double p)
{
    return isnan(p) ? g_strdup("-") : p < 1e-4 ? g_strdup("<0.0001") : g_strdup_printf("%.4f", p);
}

static void add_heading(GString *text, const struct difference *first)
{
    g_autofree char *base = result_case_label(first->base), *one = result_case_label(first->one);
    g_autofree char *where = axes_caption(result_case_words(first->one));

    g_string_append_printf(
        text, "\n%s, %s, %s: %s%s%s\n", first->one->scenario, first->one->workload, where, one,
        g_str_equal(base, one) ? "" : " against ", g_str_equal(base, one) ? "" : base);
    g_string_append_printf(text, "  %-30s %10s %10s %8s %-15s %8s %8s  %s\n", "", "base", "new",
                           "change", "95 % interval", "p", "floor", "verdict");
}

static void add_line(GString *text, const struct difference *one)
{
    const struct metric_definition *metric = metric_definition(one->metric);
    g_autofree char *change = difference_estimate_text(one);
    g_autofree char *interval = difference_interval_text(one);
    g_autofree char *p = p_text(one->adjusted_p), *floor = difference_floor_text(one);
    g_autofree char *name = g_strdup_printf("%s, %s", metric->name, metric->unit);

    g_string_append_printf(text, "  %-30s %10.*f %10.*f %8s %-15s %8s %8s  %s", name,
                           metric->decimals, result_case_median(one->base, one->metric),
                           metric->decimals, result_case_median(one->one, one->metric), change,
                           interval, p, floor, verdict_text(one->verdict));
    if (one->remark)
        g_string_append_printf(text, " (%s)", one->remark);
    g_string_append_c(text, '\n');
}

/* Breaks the lines of a paragraph between its words. */
static void add_paragraph(GString *text, const char *paragraph)
{
    g_auto(GStrv) words = g_strsplit(paragraph, " ", -1);
    size_t length = 0;

    for (unsigned i = 0; words[i]; i++) {
        size_t word = strlen(words[i]);
        bool breaks = length > 0 && length + 1 + word > METHOD_WIDTH;
        g_string_append_printf(text, "%s%s", breaks ? "\n" : length > 0 ? " " : "", words[i]);
        length = breaks ? word : length + (length > 0) + word;
    }
    g_string_append_c(text, '\n');
}

char *difference_table_text(const struct differences *differences)
{
    const struct difference *all = (const struct difference *)differences->all->data;
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < differences->all->len; i++) {
        if (i == 0 || all[i].one != all[i - 1].one)
            add_heading(text, &all[i]);
        add_line(text, &all[i]);
    }
    g_string_append_printf(text, "\n%u comparisons:", differences->all->len);
    for (unsigned v = 0; v < VERDICT_COUNT; v++)
        g_string_append_printf(text, "%s %u %s", v ? "," : "",
                               differences_count(differences, (enum verdict)v),
                               verdict_text((enum verdict)v));
    g_string_append(text, ".\n");
    add_paragraph(text, DIFFERENCE_METHOD);
    for (unsigned i = 0; i < differences->not_compared->len; i++) {
        const struct not_compared *left =
            &g_array_index(differences->not_compared, struct not_compared, i);
        g_autofree char *label = result_case_label(left->one);
        g_string_append_printf(text, "not compared: %s, %s, %s: %s\n", left->one->scenario,
                               left->one->workload, label, left->reason);
    }
    return g_string_free(text, false);
}

static void add_case(JsonBuilder *builder, const struct result_case *one)
{
    g_autofree char *label = result_case_label(one);
    json_member_string(builder, "scenario", one->scenario);
    json_member_string(builder, "workload", one->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        json_member_string(builder, axis_definition((enum axis)a)->name, one->axis[a]);
    json_member_string(builder, "case", label);
}

static void add_difference(JsonBuilder *builder, const struct difference *one)
{
    const struct result_values *base = &one->base->metrics[one->metric];
    const struct result_values *its = &one->one->metrics[one->metric];
    g_autofree char *base_label = result_case_label(one->base);

    json_builder_begin_object(builder);
    add_case(builder, one->one);
    json_member_string(builder, "base_case", base_label);
    json_member_string(builder, "metric", metric_name(one->metric));
    json_member_string(builder, "unit", metric_definition(one->metric)->unit);
    json_member_number(builder, "base_n", (double)base->n);
    json_member_number(builder, "n", (double)its->n);
    json_member_number(builder, "base_median", result_case_median(one->base, one->metric));
    json_member_number(builder, "median", result_case_median(one->one, one->metric));
    json_member_string(builder, "change", one->relative ? "ratio" : "difference");
    json_member_number(builder, "value", one->estimate.value);
    json_member_number(builder, "low", one->estimate.low);
    json_member_number(builder, "high", one->estimate.high);
    json_member_number(builder, "p", one->p);
    json_member_number(builder, "adjusted_p", one->adjusted_p);
    json_member_number(builder, "floor", one->floor);
    json_member_string(builder, "verdict", verdict_text(one->verdict));
    json_member_string(builder, "remark", one->remark);
    json_builder_end_object(builder);
}

char *difference_table_json(const struct differences *differences)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    json_member_number(builder, "schema", DIFFERENCE_SCHEMA);
    json_member_string(builder, "method", DIFFERENCE_METHOD);
    json_builder_set_member_name(builder, "differences");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < differences->all->len; i++)
        add_difference(builder, &g_array_index(differences->all, struct difference, i));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "not_compared");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < differences->not_compared->len; i++) {
        const struct not_compared *left =
            &g_array_index(differences->not_compared, struct not_compared, i);
        json_builder_begin_object(builder);
        add_case(builder, left->one);
        json_member_string(builder, "reason", left->reason);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);

    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_generator_set_pretty(generator, true);
    json_generator_set_root(generator, root);
    g_autofree char *json = json_generator_to_data(generator, NULL);
    return g_strconcat(json, "\n", NULL);
}
