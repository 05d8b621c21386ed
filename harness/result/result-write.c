/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/result-write.h"

#include "harness/result/functions.h"
#include "harness/result/json-member.h"
#include "harness/statistics/order-interval.h"
#include "harness/statistics/stats.h"

#include <stdint.h>

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
            json_add_number(builder, of->each[i]);
        json_builder_end_array(builder);
        order_interval(of->values, of->n, &low, &high);
        json_member_int(builder, "n_fit", (int64_t)of->n);
        json_member_number(builder, "median", stats_median(of->values, of->n));
        json_member_number(builder, "low", low);
        json_member_number(builder, "high", high);
        json_member_number(builder, "min", stats_min(of->values, of->n));
        json_member_number(builder, "max", stats_max(of->values, of->n));
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
        json_member_string(builder, "folder", outcome->folder);
        json_member_string(builder, "status", status_text(outcome->status));
        json_member_string(builder, "reason", outcome->reason);
        json_member_string(builder, "unfit", outcome->unfit);
        if (outcome->limit)
            json_member_string(builder, "limit", outcome->limit);
        json_member_int(builder, "order", outcome->order);
        json_member_string(builder, "library", outcome->library);
        if (outcome->seconds_taken > 0)
            json_member_number(builder, "seconds_taken", outcome->seconds_taken);
        json_member_string(builder, "sources", outcome->seen.sources);
        json_member_string(builder, "other_channel", outcome->seen.other_channel);
        json_member_string(builder, "second_client", outcome->seen.second_client);
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
    json_member_string(builder, "scenario", one->scenario);
    json_member_string(builder, "route", one->route->name);
    json_member_string(builder, "workload", one->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        json_member_string(builder, axis_definition((enum axis)a)->name, one->axis[a]);
    json_member_string(builder, "sink", one->sink);
    json_member_string(builder, "drawing", one->drawing);
    json_member_int(builder, "seconds", (int64_t)one->seconds);
    json_member_int(builder, "twin", one->twin);
    json_member_int(builder, "planned_repeats", one->planned_repeats);
    json_member_int(builder, "fit_repeats", result_case_fit(one));
    json_member_string(builder, "status", status_text(one->status));
    json_member_string(builder, "reason", one->reason);
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
        json_member_string(builder, "case", one->id);
        json_member_string(builder, "reason", one->reason);
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
        json_member_string(builder, "function", cell->function);
        json_member_string(builder, "column", cell->column);
        json_member_string(builder, "outcome", cell->outcome);
        json_member_string(builder, "scenario", cell->scenario);
        json_member_string(builder, "route", cell->route);
        json_member_string(builder, "evidence", cell->evidence);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

char *result_json(const struct result *result)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    json_member_int(builder, "schema", RESULT_SCHEMA);
    json_member_string(builder, "set", result->set);
    json_member_int(builder, "seed", result->seed);
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
