/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* twin: which case of a comparison is run twice. */
#include "harness/plan/twin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void add(GPtrArray *cases, struct scenario *scenario, const char *route,
                const char *workload, const char *transport, unsigned repeats)
{
    struct plan_case *c = g_new0(struct plan_case, 1);
    c->scenario = scenario;
    c->route = route_find(route);
    c->sink = c->route->sinks[0];
    c->workload = workload;
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        c->axis[a] = axis_default((enum axis)a);
    c->axis[AXIS_TRANSPORT] = transport;
    c->repeats = repeats;
    g_ptr_array_add(cases, c);
}

/* The labels of all cases, each with its twin. */
static char *labels(GPtrArray *cases)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < cases->len; i++) {
        const struct plan_case *c = g_ptr_array_index(cases, i);
        g_autofree char *label = case_label(c);
        g_string_append_printf(text, "%s%s %s %u", i ? ", " : "", label, c->workload, c->twin);
    }
    return g_string_free(text, FALSE);
}

static void assert_pairs(struct scenario *scenario, const char *wanted)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(g_free);

    add(cases, scenario, "vgpu-lz4", "film", "pty", 3);
    add(cases, scenario, "gpu-module", "film", "pty", 3);
    add(cases, scenario, "gpu-module", "film", "socket", 3);
    add(cases, scenario, "vgpu-lz4", "cad", "pty", 3);
    add(cases, scenario, "gpu-module", "once", "pty", 1);
    twins_add(cases);
    g_autofree char *text = labels(cases);
    assert_string_equal(text, wanted);
}

/* One in each comparison that is repeated; where there is none of ours, the first case. */
static void the_first_of_our_routes_is_run_twice(void **state)
{
    struct scenario scenario = {.name = (char *)"race"};
    assert_pairs(&scenario, "vgpu-lz4 canvas film 0, gpu-module appsink film 1, "
                            "gpu-module appsink (again) film 2, gpu-module appsink film 1, "
                            "gpu-module appsink (again) film 2, vgpu-lz4 canvas cad 1, "
                            "vgpu-lz4 canvas (again) cad 2, gpu-module appsink once 0");
}

static void the_scenario_may_name_another_one(void **state)
{
    struct scenario scenario = {.name = (char *)"race", .twin = (char *)"vgpu-lz4"};
    assert_pairs(&scenario,
                 "vgpu-lz4 canvas film 1, vgpu-lz4 canvas (again) film 2, "
                 "gpu-module appsink film 0, gpu-module appsink film 0, vgpu-lz4 canvas cad 1, "
                 "vgpu-lz4 canvas (again) cad 2, gpu-module appsink once 0");
}

static void the_scenario_may_want_none(void **state)
{
    struct scenario scenario = {.name = (char *)"race", .twin = (char *)"none"};
    assert_pairs(&scenario, "vgpu-lz4 canvas film 0, gpu-module appsink film 0, "
                            "gpu-module appsink film 0, vgpu-lz4 canvas cad 0, "
                            "gpu-module appsink once 0");
}

static void the_second_one_has_a_name_of_its_own(void **state)
{
    struct scenario scenario = {.name = (char *)"race"};
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(g_free);

    add(cases, &scenario, "gpu-module", "film", "pty", 2);
    twins_add(cases);
    g_autofree char *first = case_id(g_ptr_array_index(cases, 0));
    g_autofree char *second = case_id(g_ptr_array_index(cases, 1));
    assert_string_equal(first, "race,gpu-module,appsink,film,pty");
    assert_string_equal(second, "race,gpu-module,appsink,film,pty,again");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_our_routes_is_run_twice),
        cmocka_unit_test(the_scenario_may_name_another_one),
        cmocka_unit_test(the_scenario_may_want_none),
        cmocka_unit_test(the_second_one_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
