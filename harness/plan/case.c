/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/case.h"

bool case_filter_admits(const char *const *filter, const char *word)
{
    return !filter || !*filter || (word && g_strv_contains(filter, word));
}

/* What a filter puts in place of the scenario's. */
static const char *const *in_place(const char *const *filter, char *const *scenario)
{
    return filter && *filter ? filter : (const char *const *)scenario;
}

struct plan_case *case_create(const struct scenario *scenario, const struct scenario_route *route,
                              const struct case_filter *filter)
{
    struct plan_case *c = g_new0(struct plan_case, 1);
    c->vgpu_width_px = scenario->vgpu_width_px;
    c->vgpu_height_px = scenario->vgpu_height_px;
    c->scenario = scenario;
    c->route = route->route;
    c->expect = &route->expect;
    c->vm = *in_place(filter->vms, scenario->vms);
    c->seconds = filter->seconds ? filter->seconds
                 : filter->test  ? scenario->test_seconds
                 : filter->quick ? scenario->quick_seconds
                                 : scenario->seconds;
    c->repeats = filter->repeats ? filter->repeats
                 : filter->test  ? 1
                 : filter->quick ? scenario->quick_repeats
                                 : scenario->repeats;
    return c;
}

/* The sinks and drawings of one route, on one transport with one workload. */
static void expand_route(const struct scenario *scenario, const struct scenario_route *route,
                         const struct case_filter *filter, const struct plan_case *key,
                         GPtrArray *cases)
{
    static const char *const none[] = {NULL, NULL};
    const char *const *drawings = route->drawings ? (const char *const *)route->drawings : none;

    if (!case_filter_admits(filter->routes, route->route->name))
        return;
    for (char **sink = route->sinks; *sink; sink++) {
        const char *const *drawing = drawings;
        do {
            if (!case_filter_admits(filter->sinks, *sink) ||
                !case_filter_admits(filter->drawings, *drawing))
                continue;
            struct plan_case *c = case_create(scenario, route, filter);
            c->vm = key->vm;
            c->workload = key->workload;
            c->transport = key->transport;
            c->sink = *sink;
            c->drawing = *drawing;
            g_ptr_array_add(cases, c);
        } while (*drawing && *++drawing);
    }
}

static void expand_routes(const struct scenario *scenario, const struct case_filter *filter,
                          const struct plan_case *key, GPtrArray *cases)
{
    for (unsigned i = 0; i < scenario->routes->len; i++)
        expand_route(scenario, g_ptr_array_index(scenario->routes, i), filter, key, cases);
}

void case_expand(const struct scenario *scenario, const struct case_filter *filter,
                 GPtrArray *cases)
{
    const char *const *vms = in_place(filter->vms, scenario->vms);
    const char *const *transports = in_place(filter->transports, scenario->transports);

    for (char **workload = scenario->workloads; *workload; workload++)
        for (const char *const *vm = vms; *vm; vm++)
            for (const char *const *transport = transports; *transport; transport++) {
                const struct plan_case key = {
                    .workload = *workload, .vm = *vm, .transport = *transport};
                expand_routes(scenario, filter, &key, cases);
            }
}

const char *case_way(const struct plan_case *c)
{
    return c->drawing ? c->drawing : c->sink;
}

char *case_label(const struct plan_case *c)
{
    return g_strconcat(c->route->name, " ", case_way(c), NULL);
}

char *case_id(const struct plan_case *c)
{
    const bool other_vm = !g_str_equal(c->vm, CASE_DEFAULT_VM);

    return g_strconcat(c->scenario->name, ",", c->route->name, ",", c->sink, ",",
                       c->drawing ? c->drawing : "", c->drawing ? "," : "", c->workload, ",",
                       c->transport, other_vm ? "," : NULL, c->vm, NULL);
}

struct left_out *left_out_create(const struct plan_case *c, char *reason)
{
    struct left_out *one = g_new0(struct left_out, 1);
    one->id = case_id(c);
    one->reason = reason;
    return one;
}

struct left_out *left_out_copy(const struct left_out *left_out)
{
    struct left_out *copy = g_new0(struct left_out, 1);
    copy->id = g_strdup(left_out->id);
    copy->reason = g_strdup(left_out->reason);
    return copy;
}

void left_out_destroy(struct left_out *left_out)
{
    if (!left_out)
        return;
    g_free(left_out->id);
    g_free(left_out->reason);
    g_free(left_out);
}
