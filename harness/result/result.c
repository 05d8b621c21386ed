/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/result.h"

#include "harness/plan/libraries.h"
#include "harness/result/functions.h"
#include "harness/statistics/stats.h"

#include <math.h>

static void result_values_finish(struct result_values *values)
{
    g_free(values->each);
    g_free(values->values);
}

static void case_destroy(struct result_case *one)
{
    g_free(one->id);
    g_free(one->scenario);
    g_free(one->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        g_free(one->axis[a]);
    g_free(one->sink);
    g_free(one->drawing);
    g_free(one->reason);
    g_ptr_array_unref(one->repeats);
    for (unsigned m = 0; m < METRIC_COUNT; m++)
        result_values_finish(&one->metrics[m]);
    g_free(one);
}

struct result *result_create(const char *folder)
{
    struct result *result = g_new0(struct result, 1);
    result->folder = g_strdup(folder);
    result->cases = g_ptr_array_new_with_free_func((GDestroyNotify)case_destroy);
    result->left_out = g_ptr_array_new_with_free_func((GDestroyNotify)left_out_destroy);
    result->functions = g_ptr_array_new_with_free_func((GDestroyNotify)function_cell_destroy);
    return result;
}

void result_destroy(struct result *result)
{
    if (!result)
        return;
    g_free(result->folder);
    g_free(result->set);
    g_clear_pointer(&result->environment, json_node_unref);
    g_ptr_array_unref(result->cases);
    g_ptr_array_unref(result->left_out);
    g_ptr_array_unref(result->functions);
    g_free(result);
}

struct result_case *result_case_create(void)
{
    struct result_case *one = g_new0(struct result_case, 1);
    one->repeats = g_ptr_array_new_with_free_func((GDestroyNotify)outcome_destroy);
    return one;
}

static void set_status(struct result_case *one, enum status status, const char *reason)
{
    one->status = status;
    g_free(one->reason);
    one->reason = g_strdup(reason);
}

static unsigned count(const struct result_case *one, enum status status)
{
    unsigned n = 0;
    for (unsigned i = 0; i < one->repeats->len; i++)
        n += ((const struct outcome *)g_ptr_array_index(one->repeats, i))->status == status;
    return n;
}

static void update_status(struct result_case *one)
{
    static const enum status worst_first[] = {STATUS_FAILED, STATUS_INTERRUPTED, STATUS_SKIPPED};

    for (unsigned s = 0; s < G_N_ELEMENTS(worst_first); s++) {
        for (unsigned i = 0; i < one->repeats->len; i++) {
            const struct outcome *outcome = g_ptr_array_index(one->repeats, i);
            if (outcome->status == worst_first[s]) {
                set_status(one, outcome->status, outcome->reason);
                return;
            }
        }
    }
    if (!result_case_is_over(one))
        set_status(one, STATUS_INTERRUPTED, "not all repeats were run");
    else
        set_status(one, STATUS_PASSED, NULL);
}

struct result_case *result_add_case(struct result *result, const struct plan_case *c)
{
    struct result_case *one = result_case_create();

    one->id = case_id(c);
    one->route = c->route;
    one->scenario = g_strdup(c->scenario->name);
    one->workload = g_strdup(c->workload);
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        one->axis[a] = g_strdup(c->axis[a]);
    one->sink = g_strdup(c->sink);
    one->drawing = g_strdup(c->drawing);
    one->seconds = c->seconds;
    one->twin = c->twin;
    one->planned_repeats = c->repeats;
    one->tries_max = c->tries_max;
    update_status(one);
    g_ptr_array_add(result->cases, one);
    return one;
}

/* Repeat `repeat`, from 0, is the last one so far. */
static void add_value(struct result_values *values, unsigned repeat, double value, bool counts)
{
    bool is_there = isfinite(value);

    if (!values->each && !is_there)
        return;
    if (!values->each) { /* the repeats before had none */
        values->each = g_new(double, repeat);
        for (unsigned i = 0; i < repeat; i++)
            values->each[i] = NAN;
    }
    values->each = g_renew(double, values->each, repeat + 1);
    values->each[repeat] = is_there ? value : NAN;
    if (is_there && counts) {
        values->values = g_renew(double, values->values, values->n + 1);
        values->values[values->n++] = value;
    }
}

void result_case_add_repeat(struct result_case *one, struct outcome *outcome,
                            const struct metrics *metrics)
{
    /* Of an interrupted one it would be half a run's. */
    bool complete = outcome->status != STATUS_INTERRUPTED;

    g_ptr_array_add(one->repeats, outcome);
    update_status(one);
    for (unsigned m = 0; m < METRIC_COUNT; m++)
        add_value(&one->metrics[m], one->repeats->len - 1, complete ? metrics->value[m] : NAN,
                  outcome_counts(outcome));
}

void result_case_metrics(const struct result_case *one, unsigned repeat,
                         struct metrics *ret_metrics)
{
    metrics_init(ret_metrics);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct result_values *of = &one->metrics[m];
        if (of->each)
            ret_metrics->value[m] = of->each[repeat];
    }
}

bool result_case_is_over(const struct result_case *one)
{
    unsigned needed = result_case_fit(one) + count(one, STATUS_FAILED);
    return needed >= one->planned_repeats || one->repeats->len >= one->tries_max ||
           count(one, STATUS_SKIPPED) > 0;
}

unsigned result_case_fit(const struct result_case *one)
{
    unsigned fit = 0;
    for (unsigned r = 0; r < one->repeats->len; r++)
        fit += outcome_counts(g_ptr_array_index(one->repeats, r));
    return fit;
}

bool result_case_is_short(const struct result_case *one)
{
    return one->status == STATUS_PASSED && result_case_fit(one) < one->planned_repeats;
}

unsigned result_case_unfit(const struct result_case *one)
{
    unsigned unfit = 0;
    for (unsigned r = 0; r < one->repeats->len; r++)
        unfit += ((const struct outcome *)g_ptr_array_index(one->repeats, r))->unfit != NULL;
    return unfit;
}

double result_case_median(const struct result_case *one, enum metric metric)
{
    return stats_median(one->metrics[metric].values, one->metrics[metric].n);
}

char *result_case_label(const struct result_case *one)
{
    GString *label = g_string_new(NULL);
    g_string_append_printf(label, "%s %s", one->route->name,
                           one->drawing ? one->drawing : one->sink);
    axes_append_label(label, result_case_words(one));
    g_string_append(label, one->twin == 2 ? CASE_AGAIN : "");
    return g_string_free(label, false);
}

const char *const *result_case_words(const struct result_case *one)
{
    return (const char *const *)one->axis;
}

bool result_case_is_same(const struct result_case *one, const struct result_case *other)
{
    bool same = g_str_equal(one->scenario, other->scenario) && one->route == other->route &&
                g_str_equal(one->workload, other->workload) &&
                g_str_equal(one->sink, other->sink) &&
                g_strcmp0(one->drawing, other->drawing) == 0 && one->seconds == other->seconds;
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        same = same && g_str_equal(one->axis[a], other->axis[a]);
    return same;
}

const char *result_known(const struct result *result, const char *member)
{
    JsonNode *node = json_object_get_member(json_node_get_object(result->environment), member);
    return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
                                                                   : "unknown";
}

char *result_spice_server(const struct result *result)
{
    JsonObject *environment = json_node_get_object(result->environment);
    const char *package = NULL;

    if (json_object_has_member(environment, "spice_server"))
        return g_strdup(result_known(result, "spice_server"));
    /* A run from before there was a choice: the system's. */
    if (json_object_has_member(environment, "versions"))
        package = json_object_get_string_member_with_default(
            json_object_get_object_member(environment, "versions"), "libspice-server", NULL);
    return package ? libraries_upstream_version(package) : g_strdup("unknown");
}
