/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* go-benchmark: each line is one that golang.org/x/perf/benchfmt accepts. */
#include "auto-destroy.h"
#include "harness/report/go-benchmark.h"
#include "harness/tests/made-up-cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct result *two_cases(void)
{
    struct result *result = made_up_cases();
    struct result_case *one = made_up_case(result, "gpu-module", 4);
    const double fps[] = {30, 29.97, 1, 2};
    const double p50[] = {4.5, NAN, 99, 98};

    ((struct outcome *)g_ptr_array_index(one->repeats, 2))->unfit = g_strdup("busy");
    ((struct outcome *)g_ptr_array_index(one->repeats, 3))->status = STATUS_FAILED;
    made_up_values(one, METRIC_LATENCY_MS_P50, p50);
    made_up_values(one, METRIC_FPS_SHOWN, fps);
    struct result_case *again = made_up_case(result, "gpu-module", 1);
    again->twin = 2;
    g_free(again->workload);
    again->workload = g_strdup("a b/c-30");
    made_up_values(again, METRIC_LATENCY_MS_P50, p50);
    return result;
}

/* Fit repeats only. The name has no blank, and no number after a hyphen at its end. */
static void a_line_a_fit_repeat(void **state)
{
    auto_destroy(result) result = two_cases();
    g_autofree char *text = go_benchmark_text(result);
    assert_string_equal(
        text,
        "pkg: vdibench\nhost: h\ncpu: A CPU\n# kernel: unknown\n# revision: unknown\n\n"
        "Unit latency_ms_p50 better=lower\nUnit fps_shown better=higher\n\n"
        "BenchmarkVdibench/scenario=race/route=gpu-module/sink=appsink/drawing=none/workload=film/"
        "transport=pty/vm=sim/link=loopback/encoder=replay/agent=sim/vgpu=qxl/load=none/traps=none/reconstruction=diff/twin=1/seconds=8 1 4.5 latency_ms_p50 "
        "30 fps_shown\n"
        "BenchmarkVdibench/scenario=race/route=gpu-module/sink=appsink/drawing=none/workload=film/"
        "transport=pty/vm=sim/link=loopback/encoder=replay/agent=sim/vgpu=qxl/load=none/traps=none/reconstruction=diff/twin=1/seconds=8 1 29.97 fps_shown\n"
        "BenchmarkVdibench/scenario=race/route=gpu-module/sink=appsink/drawing=none/"
        "workload=a_b_c-30/transport=pty/vm=sim/link=loopback/encoder=replay/agent=sim/vgpu=qxl/load=none/traps=none/reconstruction=diff/twin=2/seconds=8 1 "
        "4.5 latency_ms_p50\n");
}

/* The grammar: "key: value" with a key in lower case, "Unit unit key=value", or
 * "BenchmarkName iterations (value unit)+"; what begins with anything else is ignored. */
static void each_line_is_of_the_grammar(void **state)
{
    static const char *const lines[] = {
        "^$", "^# .*$", "^[a-z][^\\sA-Z:]*: .*$", "^Unit \\S+ better=(lower|higher)$",
        "^Benchmark[A-Z]\\S* [1-9][0-9]*( -?[0-9.]+(e[-+]?[0-9]+)? \\S+)+$"};
    auto_destroy(result) result = two_cases();
    const double odd[] = {1e-12, -3, 1e15, 0};
    made_up_values(g_ptr_array_index(result->cases, 0), METRIC_SERVER_MEMORY_DRIFT_KIB, odd);
    g_autofree char *text = go_benchmark_text(result);
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);

    for (char **line = all; *line; line++) {
        bool accepted = false;
        for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
            accepted = accepted || g_regex_match_simple(lines[i], *line, 0, 0);
        if (!accepted)
            fail_msg("%s", *line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_a_fit_repeat),
        cmocka_unit_test(each_line_is_of_the_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
