/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* plan and design: what everything is, what is left out of it, how long it takes. */
#include "auto-destroy.h"
#include "harness/plan/design.h"
#include "harness/plan/estimate.h"
#include "harness/plan/plan.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define HEAD "[scenario]\ntitle=A title\nworkloads=desktop\nseconds=10\nvgpu_resolution=workload\n"

/* On all kinds of routes, among them one on which the vGPU draws the workload. */
static const char everywhere[] = HEAD "routes=stream-device;vgpu-lz4;relay\n";
static const char watching[] = "[timeline]\n"
                               "1=client connect\n";
/* One that takes its time. */
static const char stream[] = HEAD "routes=stream-device;relay\n";
static const char playing[] = "[timeline]\n"
                              "1=client connect\n"
                              "2=agent open\n"
                              "3=play\n"
                              "4=agent finish\n"
                              "5=wait drained\n"
                              "6=agent close\n";

static struct workload desktop = {
    .name = (char *)"desktop", .width_px = 1280, .height_px = 720, .frames = 300};
static struct workload odd = {.name = (char *)"odd",
                              .width_px = 1280,
                              .height_px = 720,
                              .frames = 300,
                              .resizes = true,
                              .file = (char *)"odd.h264"};
static struct workload broken = {.name = (char *)"broken", .trouble = (char *)"it is empty"};

/* `more`: further lines of [scenario]. */
static GPtrArray *one_scenario(const char *head, const char *more, const char *steps)
{
    g_autofree char *folder = g_dir_make_tmp("test-plan-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "case.ini", NULL);
    g_autofree char *text = g_strconcat(head, more, steps, NULL);
    g_autoptr(GError) error = NULL;
    GPtrArray *scenarios = g_ptr_array_new_with_free_func((GDestroyNotify)scenario_destroy);

    assert_true(g_file_set_contents(file, text, -1, NULL));
    struct scenario *scenario = scenario_load(file, &error);
    assert_null(error);
    g_ptr_array_add(scenarios, scenario);
    g_unlink(file);
    g_rmdir(folder);
    return scenarios;
}

static GPtrArray *some_workloads(void)
{
    GPtrArray *workloads = g_ptr_array_new();
    g_ptr_array_add(workloads, &desktop);
    g_ptr_array_add(workloads, &odd);
    g_ptr_array_add(workloads, &broken);
    return workloads;
}

static bool has_case(const struct design *design, const char *id)
{
    for (unsigned i = 0; i < design->cases->len; i++) {
        g_autofree char *one = case_id(g_ptr_array_index(design->cases, i));
        if (g_str_equal(one, id))
            return true;
    }
    return false;
}

static const char *reason_of(const struct design *design, const char *id)
{
    for (unsigned i = 0; i < design->left_out->len; i++) {
        const struct left_out *one = g_ptr_array_index(design->left_out, i);
        if (g_str_equal(one->id, id))
            return one->reason;
    }
    return NULL;
}

/* stream-device: 3 sinks x 2 transports; vgpu-lz4: 2 drawings; relay: 2 transports. */
#define CASES_A_WORKLOAD (6 + 2 + 2)

static void everything_is_run_or_left_out_with_the_reason(void **state)
{
    const struct case_filter all = {0};
    g_autoptr(GPtrArray) scenarios = one_scenario(everywhere, "", watching);
    g_autoptr(GPtrArray) workloads = some_workloads();
    auto_destroy(design) design = design_create(scenarios, workloads, &all, 60, NULL);

    /* The film cannot change its size. */
    assert_int_equal(design->cases->len, 2 * CASES_A_WORKLOAD - 2);
    assert_int_equal(design->left_out->len, CASES_A_WORKLOAD + 2);
    assert_true(has_case(design, "case,stream-device,overlay-sync,odd,socket"));
    assert_true(has_case(design, "case,vgpu-lz4,canvas,full-frame,desktop,pty"));
    assert_false(has_case(design, "case,vgpu-lz4,canvas,full-frame,desktop,socket"));
    assert_string_equal(reason_of(design, "case,relay,receive-only,broken,pty"), "it is empty");
    assert_non_null(strstr(reason_of(design, "case,vgpu-lz4,canvas,dirty-rects,odd,pty"),
                           "odd.h264: changes its size"));
    for (unsigned i = 0; i < design->cases->len; i++)
        assert_int_equal(((struct plan_case *)g_ptr_array_index(design->cases, i))->repeats, 1);
}

static void what_is_fixed_is_not_varied(void **state)
{
    static const char *const one_route[] = {"stream-device", NULL};
    static const char *const one_sink[] = {"overlay", NULL};
    static const struct {
        const char *name, *more;
        struct case_filter filter;
        unsigned expected; /* run or left out */
    } cases[] = {
        {"nothing", "", {0}, 3 * CASES_A_WORKLOAD},
        {"workloads", "fixed=workloads\n", {0}, CASES_A_WORKLOAD},
        {"sinks", "fixed=sinks\n", {0}, 3 * (2 + 2 + 2)},
        {"drawings", "fixed=drawings\n", {0}, 3 * (6 + 1 + 2)},
        {"transports", "fixed=transports\n", {0}, 3 * (3 + 2 + 1)},
        {"all", "fixed=sinks;drawings;workloads;transports\n", {0}, 3},
        {"a route asked for", "", {.routes = one_route}, 3 * 6},
        {"a sink asked for", "", {.sinks = one_sink}, 3 * 2},
    };
    g_autoptr(GPtrArray) workloads = some_workloads();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) scenarios = one_scenario(everywhere, cases[i].more, watching);
        auto_destroy(design) design =
            design_create(scenarios, workloads, &cases[i].filter, 60, NULL);
        unsigned was = design->cases->len + design->left_out->len;
        if (was != cases[i].expected)
            fail_msg("%s: expected %u cases, got %u", cases[i].name, cases[i].expected, was);
    }
}

static void a_small_budget_is_kept_or_refused(void **state)
{
    const struct case_filter all = {0}, long_ones = {.seconds = 100};
    g_autoptr(GPtrArray) scenarios = one_scenario(stream, "", playing);
    g_autoptr(GPtrArray) workloads = some_workloads();
    auto_destroy(design) design = design_create(scenarios, workloads, &all, 1, NULL);
    g_autoptr(GError) error = NULL;

    assert_int_equal(design->cases->len, 5);
    assert_non_null(strstr(design->text, "Budget 1 min: 5 of 16 cases"));
    assert_int_equal(design->left_out->len, 3 * 8 - 5);
    assert_null(design_create(scenarios, workloads, &long_ones, 1, &error));
    assert_non_null(strstr(error->message, "--budget 1: too little for any case, the shortest "
                                           "takes 101 s"));
}

static void playing_and_decoding_take_their_time(void **state)
{
    g_autoptr(GPtrArray) scenarios = one_scenario(stream, "", playing);
    const struct scenario *scenario = g_ptr_array_index(scenarios, 0);
    const struct case_filter seconds_10 = {0}, seconds_20 = {.seconds = 20};
    const struct scenario_route *route = g_ptr_array_index(scenario->routes, 0);
    g_autofree struct plan_case *short_one = case_create(scenario, route, &seconds_10);
    g_autofree struct plan_case *long_one = case_create(scenario, route, &seconds_20);
    g_autofree struct plan_case *film = case_create(scenario, route, &seconds_10);

    film->drawing = "full-frame";
    double least = estimate_seconds(short_one, &desktop);
    assert_true(least > 10 && least < 20);
    assert_float_equal(estimate_seconds(long_one, &desktop), least + 10, 1e-6);
    assert_true(estimate_seconds(film, &desktop) > least + 1);
}

/* Expected: a machine slower than the estimate keeps the budget nevertheless. */
static void what_there_is_no_time_for_is_left_out(void **state)
{
    const struct case_filter all = {0};
    g_autoptr(GPtrArray) scenarios = one_scenario(stream, "", playing);
    const struct scenario *scenario = g_ptr_array_index(scenarios, 0);
    g_autofree struct plan_case *c =
        case_create(scenario, g_ptr_array_index(scenario->routes, 0), &all);
    g_autoptr(GPtrArray) left_out =
        g_ptr_array_new_with_free_func((GDestroyNotify)left_out_destroy);
    g_autoptr(GHashTable) workloads = g_hash_table_new(g_str_hash, g_str_equal);
    struct plan plan = {.workloads = workloads, .left_out = left_out, .budget_minutes = 1};

    c->sink = "appsink";
    c->workload = "desktop";
    g_hash_table_insert(workloads, (char *)"desktop", &desktop);
    assert_true(plan_has_time(&plan, c, 40));
    assert_int_equal(left_out->len, 0);
    assert_false(plan_has_time(&plan, c, 50));
    assert_int_equal(left_out->len, 1);
    const struct left_out *one = g_ptr_array_index(left_out, 0);
    assert_string_equal(one->id, "case,stream-device,appsink,desktop,pty");
    /* Defaults are not in the key: those of earlier results stay. */
    c->axis[AXIS_VM] = "other";
    c->axis[AXIS_LINK] = "20m";
    g_autofree char *id = case_id(c);
    assert_string_equal(id, "case,stream-device,appsink,desktop,pty,other,20m");
    plan.budget_minutes = 0; /* without one there is always time */
    assert_true(plan_has_time(&plan, c, 1e6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_run_or_left_out_with_the_reason),
        cmocka_unit_test(what_is_fixed_is_not_varied),
        cmocka_unit_test(a_small_budget_is_kept_or_refused),
        cmocka_unit_test(playing_and_decoding_take_their_time),
        cmocka_unit_test(what_there_is_no_time_for_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
