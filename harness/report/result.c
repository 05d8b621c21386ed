/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/result.h"

#include "harness/report/functions.h"
#include "harness/statistics/stats.h"

#include <math.h>
#include <stdint.h>

/* Part of a case's key; there is one so far. */

static const char *const status_texts[STATUS_COUNT] = {
    "passed",
    "failed",
    "skipped",
    "interrupted",
};

const char *status_text(enum status status)
{
    return status_texts[status];
}

struct outcome *outcome_create(enum status status, const char *reason)
{
    struct outcome *outcome = g_new0(struct outcome, 1);
    outcome->status = status;
    outcome->reason = g_strdup(reason);
    metrics_init(&outcome->metrics);
    return outcome;
}

void outcome_destroy(struct outcome *outcome)
{
    if (!outcome)
        return;
    g_free(outcome->reason);
    g_free(outcome->library);
    g_free(outcome->sources);
    g_free(outcome->other_channel);
    g_free(outcome->second_client);
    g_free(outcome);
}

static void case_result_destroy(struct case_result *result)
{
    g_ptr_array_unref(result->outcomes);
    g_free(result);
}

struct result *result_create(JsonNode *environment, const GPtrArray *cases)
{
    struct result *result = g_new0(struct result, 1);
    result->environment = environment;
    result->cases = g_ptr_array_new_with_free_func((GDestroyNotify)case_result_destroy);
    for (unsigned i = 0; i < cases->len; i++) {
        struct case_result *one = g_new0(struct case_result, 1);
        one->c = g_ptr_array_index((GPtrArray *)cases, i);
        one->outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)outcome_destroy);
        g_ptr_array_add(result->cases, one);
    }
    return result;
}

void result_destroy(struct result *result)
{
    if (!result)
        return;
    json_node_unref(result->environment);
    g_ptr_array_unref(result->cases);
    g_free(result);
}

enum status case_result_status(const struct case_result *result, const char **ret_reason)
{
    static const enum status worst_first[] = {STATUS_FAILED, STATUS_INTERRUPTED, STATUS_SKIPPED};

    *ret_reason = NULL;
    for (unsigned s = 0; s < G_N_ELEMENTS(worst_first); s++) {
        for (unsigned i = 0; i < result->outcomes->len; i++) {
            const struct outcome *outcome = g_ptr_array_index(result->outcomes, i);
            if (outcome->status == worst_first[s]) {
                *ret_reason = outcome->reason;
                return outcome->status;
            }
        }
    }
    if (result->outcomes->len < result->c->repeats) {
        *ret_reason = "not all repeats were run";
        return STATUS_INTERRUPTED;
    }
    return STATUS_PASSED;
}

double *case_result_values(const struct case_result *result, enum metric metric, size_t *ret_n)
{
    double *values = g_new(double, result->outcomes->len + 1);
    size_t n = 0;
    for (unsigned i = 0; i < result->outcomes->len; i++) {
        const struct outcome *outcome = g_ptr_array_index(result->outcomes, i);
        double value = outcome->metrics.value[metric];
        if (isfinite(value) && outcome->status != STATUS_INTERRUPTED) /* half a run */
            values[n++] = value;
    }
    *ret_n = n;
    return values;
}

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

static void add_double(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_double_value(builder, value);
}

static void add_metrics(JsonBuilder *builder, const struct case_result *result)
{
    json_builder_set_member_name(builder, "metrics");
    json_builder_begin_object(builder);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        size_t n;
        g_autofree double *values = case_result_values(result, (enum metric)m, &n);
        if (n == 0)
            continue;
        json_builder_set_member_name(builder, metric_name((enum metric)m));
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "values");
        json_builder_begin_array(builder);
        for (size_t i = 0; i < n; i++)
            json_builder_add_double_value(builder, values[i]);
        json_builder_end_array(builder);
        add_double(builder, "median", stats_median(values, n));
        add_double(builder, "min", stats_min(values, n));
        add_double(builder, "max", stats_max(values, n));
        json_builder_end_object(builder);
    }
    json_builder_end_object(builder);
}

static void add_repeats(JsonBuilder *builder, const struct case_result *result)
{
    g_autofree char *id = case_id(result->c);

    json_builder_set_member_name(builder, "repeats");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < result->outcomes->len; i++) {
        const struct outcome *outcome = g_ptr_array_index(result->outcomes, i);
        g_autofree char *folder = g_strdup_printf("cases/%s/repeat-%u", id, i + 1);
        json_builder_begin_object(builder);
        add_string(builder, "folder", folder);
        add_string(builder, "status", status_text(outcome->status));
        add_string(builder, "reason", outcome->reason);
        add_string(builder, "unfit", outcome->quality);
        add_string(builder, "library", outcome->library);
        add_string(builder, "sources", outcome->sources);
        add_string(builder, "other_channel", outcome->other_channel);
        add_string(builder, "second_client", outcome->second_client);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_case(JsonBuilder *builder, const struct case_result *result)
{
    const struct plan_case *c = result->c;
    g_autofree char *link = scenario_link(c->scenario);
    const char *reason;
    enum status status = case_result_status(result, &reason);

    json_builder_begin_object(builder);
    add_string(builder, "scenario", c->scenario->name);
    add_string(builder, "route", c->route->name);
    add_string(builder, "workload", c->workload);
    add_string(builder, "vm", c->vm);
    add_string(builder, "transport", c->transport);
    add_string(builder, "link", link);
    add_string(builder, "sink", c->sink);
    add_string(builder, "drawing", c->drawing);
    add_int(builder, "seconds", c->seconds);
    add_int(builder, "seed", c->scenario->seed);
    add_string(builder, "status", status_text(status));
    add_string(builder, "reason", reason);
    add_repeats(builder, result);
    add_metrics(builder, result);
    json_builder_end_object(builder);
}

static void add_left_out(JsonBuilder *builder, const struct result *result)
{
    json_builder_set_member_name(builder, "left_out");
    json_builder_begin_array(builder);
    for (unsigned i = 0; result->left_out && i < result->left_out->len; i++) {
        const struct left_out *one = g_ptr_array_index((GPtrArray *)result->left_out, i);
        json_builder_begin_object(builder);
        add_string(builder, "case", one->id);
        add_string(builder, "reason", one->reason);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_functions(JsonBuilder *builder, const struct result *result)
{
    g_autoptr(GPtrArray) cells = functions_fill(result);

    json_builder_set_member_name(builder, "functions");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < cells->len; i++) {
        const struct function_cell *cell = g_ptr_array_index(cells, i);
        json_builder_begin_object(builder);
        add_string(builder, "function", cell->function);
        add_string(builder, "column", cell->column);
        add_string(builder, "outcome", function_outcome_text(cell->outcome));
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

bool result_write(const struct result *result, const char *folder, GError **error)
{
    g_autofree char *file = g_build_filename(folder, "result.json", NULL);
    g_autofree char *json = result_json(result);
    g_autofree char *text = g_strconcat(json, "\n", NULL);
    return g_file_set_contents(file, text, -1, error); /* a temporary file, then rename */
}
