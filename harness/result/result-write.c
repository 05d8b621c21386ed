/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/result-write.h"

#include "harness/result/functions.h"
#include "harness/statistics/order-interval.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdint.h>

/* A reason may have a file's name in it, and that any bytes. */
static void add_string(JsonBuilder *builder, const char *name, const char *value)
{
    g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL;

    json_builder_set_member_name(builder, name);
    if (value)
        json_builder_add_string_value(builder, valid);
    else
        json_builder_add_null_value(builder);
}

static void add_int(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

/* null where JSON has no such number. */
static void add_double_or_null(JsonBuilder *builder, double value)
{
    if (isfinite(value))
        json_builder_add_double_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

static void add_double(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    add_double_or_null(builder, value);
}

static void add_metrics(JsonBuilder *builder, const struct result_case *one)
{
    json_builder_set_member_name(builder, "metrics");
    json_builder_begin_object(builder);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct result_values *of = &one->metrics[m];
        double low, high;

        if (!of->each)
            continue;
        json_builder_set_member_name(builder, metric_name((enum metric)m));
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "values");
        json_builder_begin_array(builder);
        for (size_t i = 0; i < one->repeats->len; i++)
            add_double_or_null(builder, of->each[i]);
        json_builder_end_array(builder);
        order_interval(of->values, of->n, &low, &high);
        add_int(builder, "n_fit", (int64_t)of->n);
        add_double(builder, "median", stats_median(of->values, of->n));
        add_double(builder, "low", low);
        add_double(builder, "high", high);
        add_double(builder, "min", stats_min(of->values, of->n));
        add_double(builder, "max", stats_max(of->values, of->n));
        json_builder_end_object(builder);
    }
    json_builder_end_object(builder);
}

static void add_repeats(JsonBuilder *builder, const struct result_case *one)
{
    json_builder_set_member_name(builder, "repeats");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < one->repeats->len; i++) {
        const struct outcome *outcome = g_ptr_array_index(one->repeats, i);
        json_builder_begin_object(builder);
        add_string(builder, "folder", outcome->folder);
        add_string(builder, "status", status_text(outcome->status));
        add_string(builder, "reason", outcome->reason);
        add_string(builder, "unfit", outcome->unfit);
        if (outcome->limit)
            add_string(builder, "limit", outcome->limit);
        add_int(builder, "order", outcome->order);
        add_string(builder, "library", outcome->library);
        if (outcome->seconds_taken > 0)
            add_double(builder, "seconds_taken", outcome->seconds_taken);
        add_string(builder, "sources", outcome->seen.sources);
        add_string(builder, "other_channel", outcome->seen.other_channel);
        add_string(builder, "second_client", outcome->seen.second_client);
        if (outcome->environment) {
            json_builder_set_member_name(builder, "environment");
            json_builder_add_value(builder, json_node_copy(outcome->environment));
        }
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_case(JsonBuilder *builder, const struct result_case *one)
{
    json_builder_begin_object(builder);
    add_string(builder, "scenario", one->scenario);
    add_string(builder, "route", one->route->name);
    add_string(builder, "workload", one->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        add_string(builder, axis_definition((enum axis)a)->name, one->axis[a]);
    add_string(builder, "sink", one->sink);
    add_string(builder, "drawing", one->drawing);
    add_int(builder, "seconds", (int64_t)one->seconds);
    add_int(builder, "twin", one->twin);
    add_int(builder, "planned_repeats", one->planned_repeats);
    add_int(builder, "fit_repeats", result_case_fit(one));
    add_string(builder, "status", status_text(one->status));
    add_string(builder, "reason", one->reason);
    add_repeats(builder, one);
    add_metrics(builder, one);
    json_builder_end_object(builder);
}

static void add_left_out(JsonBuilder *builder, const struct result *result)
{
    json_builder_set_member_name(builder, "left_out");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < result->left_out->len; i++) {
        const struct left_out *one = g_ptr_array_index(result->left_out, i);
        json_builder_begin_object(builder);
        add_string(builder, "case", one->id);
        add_string(builder, "reason", one->reason);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_functions(JsonBuilder *builder, const struct result *result)
{
    json_builder_set_member_name(builder, "functions");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < result->functions->len; i++) {
        const struct function_cell *cell = g_ptr_array_index(result->functions, i);
        json_builder_begin_object(builder);
        add_string(builder, "function", cell->function);
        add_string(builder, "column", cell->column);
        add_string(builder, "outcome", cell->outcome);
        add_string(builder, "scenario", cell->scenario);
        add_string(builder, "route", cell->route);
        add_string(builder, "evidence", cell->evidence);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

char *result_json(const struct result *result)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    add_int(builder, "schema", RESULT_SCHEMA);
    add_string(builder, "set", result->set);
    add_int(builder, "seed", result->seed);
    json_builder_set_member_name(builder, "environment");
    json_builder_add_value(builder, json_node_copy(result->environment));
    json_builder_set_member_name(builder, "cases");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < result->cases->len; i++)
        add_case(builder, g_ptr_array_index(result->cases, i));
    json_builder_end_array(builder);
    add_left_out(builder, result);
    add_functions(builder, result);
    json_builder_end_object(builder);

    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_generator_set_pretty(generator, true);
    json_generator_set_root(generator, root);
    return json_generator_to_data(generator, NULL);
}

bool result_write(const struct result *result, GError **error)
{
    g_autofree char *file = g_build_filename(result->folder, "result.json", NULL);
    g_autofree char *json = result_json(result);
    g_autofree char *text = g_strconcat(json, "\n", NULL);
    return g_file_set_contents(file, text, -1, error); /* a temporary file, then rename */
}
