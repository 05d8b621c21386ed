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
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        c->axis[a] = axis_applies((enum axis)a, route->route)
                         ? *in_place(filter->words[a], scenario->words[a])
                         : axis_default((enum axis)a);
    c->seconds = filter->seconds ? filter->seconds
                 : filter->test  ? scenario->test_seconds
                 : filter->quick ? scenario->quick_seconds
                                 : scenario->seconds;
    c->repeats = filter->repeats ? filter->repeats
                 : filter->test  ? 1
                 : filter->quick ? scenario->quick_repeats
                                 : scenario->repeats;
    /* A test measures nothing, so that none of its repeats is unfit for it. */
    c->tries_max = filter->test ? c->repeats : CASE_TRIES_MAX(c->repeats);
    return c;
}

/* A workload and a word of each axis. */
struct point {
    const char *workload;
    const char *axis[AXIS_COUNT];
    bool is_first[AXIS_COUNT]; /* of its axis */
};

/* Sets the case's words to the point's. False when the route has this case at another point:
 * an axis that does not apply to it is not varied. */
static bool set_words(struct plan_case *c, const struct point *point)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (axis_applies((enum axis)a, c->route))
            c->axis[a] = point->axis[a];
        else if (!point->is_first[a])
            return false;
    }
    /* Its one port is given, and not varied. */
    if (case_has_real_vm(c) && axis_applies(AXIS_TRANSPORT, c->route)) {
        c->axis[AXIS_TRANSPORT] = TRANSPORT_VIRTIO;
        return point->is_first[AXIS_TRANSPORT];
    }
    return true;
}

/* The sinks and drawings of one route at one point. */
static void expand_route(const struct scenario *scenario, const struct scenario_route *route,
                         const struct case_filter *filter, const struct point *point,
                         GPtrArray *cases)
{
    static const char *const none[] = {NULL, NULL};
    const char *const *drawings = route->drawings ? (const char *const *)route->drawings : none;

    g_autofree struct plan_case *first = case_create(scenario, route, filter);
    if (!case_filter_admits(filter->routes, route->route->name) || !set_words(first, point))
        return;
    for (char **sink = route->sinks; *sink; sink++) {
        const char *const *drawing = drawings;
        do {
            if (!case_filter_admits(filter->sinks, *sink) ||
                !case_filter_admits(filter->drawings, *drawing))
                continue;
            struct plan_case *c = g_memdup2(first, sizeof *first);
            c->workload = point->workload;
            c->sink = *sink;
            c->drawing = *drawing;
            g_ptr_array_add(cases, c);
        } while (*drawing && *++drawing);
    }
}

/* The words of `axis` and of those after it, at a point that has the others. */
static void expand_axes(const struct scenario *scenario, const struct case_filter *filter,
                        struct point *point, unsigned axis, GPtrArray *cases)
{
    if (axis == AXIS_COUNT) {
        for (unsigned i = 0; i < scenario->routes->len; i++)
            expand_route(scenario, g_ptr_array_index(scenario->routes, i), filter, point, cases);
        return;
    }
    const char *const *words = in_place(filter->words[axis], scenario->words[axis]);
    for (const char *const *word = words; *word; word++) {
        point->axis[axis] = *word;
        point->is_first[axis] = word == words;
        expand_axes(scenario, filter, point, axis + 1, cases);
    }
}

void case_expand(const struct scenario *scenario, const struct case_filter *filter,
                 GPtrArray *cases)
{
    for (char **workload = scenario->workloads; *workload; workload++) {
        struct point point = {.workload = *workload};
        expand_axes(scenario, filter, &point, 0, cases);
    }
}

const char *case_way(const struct plan_case *c)
{
    return c->drawing ? c->drawing : c->sink;
}

char *case_label(const struct plan_case *c)
{
    GString *label = g_string_new(NULL);
    g_string_append_printf(label, "%s %s", c->route->name, case_way(c));
    axes_append_label(label, c->axis);
    g_string_append(label, c->twin == 2 ? CASE_AGAIN : "");
    return g_string_free(label, false);
}

char *case_id(const struct plan_case *c)
{
    GString *id = g_string_new(NULL);
    g_string_append_printf(id, "%s,%s,%s,%s%s%s", c->scenario->name, c->route->name, c->sink,
                           c->drawing ? c->drawing : "", c->drawing ? "," : "", c->workload);
    axes_append_name(id, c->axis, ",");
    g_string_append(id, c->twin == 2 ? CASE_AGAIN_NAME : "");
    return g_string_free(id, false);
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

bool case_has_real_agent(const struct plan_case *c)
{
    return c->route->has_agent && !g_str_equal(c->axis[AXIS_AGENT], AGENT_SIMULATED);
}

bool case_has_real_vm(const struct plan_case *c)
{
    return g_str_equal(c->axis[AXIS_VM], VM_QEMU);
}

bool case_is_mediated(const struct plan_case *c)
{
    return g_str_has_prefix(c->axis[AXIS_VGPU], VGPU_SHADOW);
}
