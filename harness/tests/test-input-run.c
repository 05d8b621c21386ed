/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * From a key to its picture, in a real run: the parts of each key's time are what
 * harness/evaluate/input.h states, and they add up to what result.json reports.
 */
#include "auto-destroy.h"
#include "harness/evaluate/input.h"
#include "harness/statistics/stats.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

/* Of the scenario's workload; each slot is rounded to a nanosecond. */
#define INTERVAL_NS (INT64_C(1000000000) / 30 + 1)
/* In the scenario's second: 9 or 10, by the distances of the step. */
#define KEYS_MIN 9
/* Both cases take less than 20 s on a busy machine. */
#define LONG_S 300

static char *folder;

static struct rows *read_rows(const char *repeat, const char *name)
{
    g_autofree char *file = g_build_filename(repeat, name, NULL);
    g_autoptr(GError) error = NULL;
    struct rows *rows = rows_read(file, &error);

    if (!rows)
        fail_msg("%s", error->message);
    return rows;
}

static int run_scenario(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(self);
    g_autofree char *program = g_build_filename(tests, "..", "vdibench", NULL);
    g_autofree char *output = g_dir_make_tmp("test-input-run-XXXXXX", NULL);

    folder = g_build_filename(output, "run", NULL);
    const char *argv[] = {program,   "run",        "input",   "--tap",    "--output", folder,
                          "--route", "gpu-module", "--route", "vgpu-lz4", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) run = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
    if (!run || !g_subprocess_wait_check(run, NULL, &error))
        fail_msg("%s", error->message);
    return 0;
}

static int remove_run(void **state)
{
    g_autofree char *parent = g_path_get_dirname(folder);

    const char *argv[] = {"rm", "-rf", parent, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_clear_pointer(&folder, g_free);
    return 0;
}

/* The key's time in ms; fails the test if one of its parts cannot be. */
static double add_parts(const struct join *join, const struct input_key *key)
{
    const struct frame *answer = key->answer;
    int64_t intervals = 1;

    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->t0_ns < key->arrival_ns)
            continue;
        intervals += frame->t0_ns < answer->t0_ns;
        if (frame->t7_ns && frame->t7_ns < answer->t7_ns)
            fail_msg("an earlier picture answered");
    }

    int64_t way_ns = key->arrival_ns - key->press_ns;
    int64_t wait_ns = answer->t0_ns - key->arrival_ns;
    int64_t latency_ns = answer->t7_ns - answer->t0_ns;
    if (way_ns <= 0 || wait_ns < 0 || wait_ns > intervals * INTERVAL_NS || latency_ns <= 0)
        fail_msg("the way took %g ms, the wait %g of %d intervals, the latency %g",
                 (double)way_ns / 1e6, (double)wait_ns / 1e6, (int)intervals,
                 (double)latency_ns / 1e6);
    assert_true(way_ns + wait_ns + latency_ns == answer->t7_ns - key->press_ns);
    return (double)(way_ns + wait_ns + latency_ns) / 1e6;
}

static double reported(const char *route, const char *metric)
{
    g_autofree char *file = g_build_filename(folder, "result.json", NULL);
    g_autoptr(JsonParser) parser = json_parser_new();

    assert_true(json_parser_load_from_file(parser, file, NULL));
    JsonArray *cases =
        json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "cases");
    for (unsigned i = 0; i < json_array_get_length(cases); i++) {
        JsonObject *one = json_array_get_object_element(cases, i);
        if (!g_str_equal(json_object_get_string_member(one, "route"), route))
            continue;
        JsonObject *metrics = json_object_get_object_member(one, "metrics");
        JsonObject *its = json_object_get_object_member(metrics, metric);
        return json_object_get_double_member(its, "median");
    }
    fail_msg("result.json has no case of %s", route);
    return NAN;
}

static void check_case(const char *repeat, const char *route, bool film)
{
    g_autoptr(GArray) times = g_array_new(false, false, sizeof(double));
    g_autoptr(GError) error = NULL;
    auto_destroy(rows) client = read_rows(repeat, "client.csv");
    auto_destroy(rows) vm = read_rows(repeat, "vm.csv");
    auto_destroy(rows) agent = film ? NULL : read_rows(repeat, "agent.csv");
    auto_destroy(join) join =
        film ? join_film(vm, client, &error) : join_frames(agent, client, &error);
    assert_non_null(join);
    g_autoptr(GArray) keys = input_keys(join, client, vm);

    assert_in_range(keys->len, KEYS_MIN, UINT16_MAX);
    for (unsigned i = 0; i < keys->len; i++) {
        const struct input_key *key = &g_array_index(keys, struct input_key, i);
        assert_true(key->arrival_ns > 0);
        if (!key->answer || key->answer->startup)
            continue;
        double ms = add_parts(join, key);
        g_array_append_val(times, ms);
    }
    double p50 = stats_percentile((const double *)times->data, times->len, 50);
    if (!(fabs(p50 - reported(route, "input_ms_p50")) < 1e-5))
        fail_msg("%s: the parts add up to %g ms, reported are %g", route, p50,
                 reported(route, "input_ms_p50"));
}

static void a_key_s_parts_add_up(void **state)
{
    static const struct {
        const char *route;
        bool film;
    } cases[] = {{"gpu-module", false}, {"vgpu-lz4", true}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *parent = g_build_filename(folder, "cases", NULL);
        g_autofree char *begin = g_strdup_printf("input,%s,", cases[i].route);
        g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
        const char *name = NULL;

        while (dir && (name = g_dir_read_name(dir)) && !g_str_has_prefix(name, begin)) {
        }
        assert_non_null(name);
        g_autofree char *repeat = g_build_filename(parent, name, "repeat-1", NULL);
        check_case(repeat, cases[i].route, cases[i].film);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_s_parts_add_up, run_scenario, remove_run),
    };
    alarm(LONG_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
