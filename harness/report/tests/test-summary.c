/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* summary: a run at a glance, and never more than fits on a screen. */
#include "auto-destroy.h"
#include "harness/report/summary.h"
#include "harness/result/result-read.h"
#include "harness/tests/made-up-run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct result *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct result *result = result_parse(text, strlen(text), "results/x", &error);
    if (!result)
        fail_msg("%s", error->message);
    return result;
}

/* `n` values around `middle`, and before them one that does not count. */
static void add_values(GString *text, const char *metric, double middle, unsigned n)
{
    g_string_append_printf(text, "%s\"%s\": {\"values\": [12345",
                           g_str_has_suffix(text->str, "{") ? "" : ", ", metric);
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(text, ", %g", middle * (1 + 0.02 * (i - (n - 1) / 2.0) / n));
    g_string_append(text, "]}");
}

/* One case of a result, with the metrics of the summary. One repeat more than `fit` is
 * unfit. */
static void add_twin(GString *text, unsigned twin, const char *scenario, const char *workload,
                     const char *route, const char *sink, const char *status, unsigned fit,
                     double p50, const char *encoder)
{
    g_string_append_printf(
        text,
        "%s{\"scenario\": \"%s\", \"route\": \"%s\", \"workload\": \"%s\", \"transport\": "
        "\"pty\", \"vm\": \"sim\", \"link\": \"loopback\", \"encoder\": \"%s\", \"sink\": "
        "\"%s\", \"drawing\": null, \"seconds\": 8, \"twin\": %u, \"planned_repeats\": %u, "
        "\"status\": \"%s\", \"reason\": null, \"repeats\": [",
        g_str_has_suffix(text->str, "[") ? "" : ", ", scenario, route, workload, encoder, sink,
        twin, fit, status);
    for (unsigned r = 0; r <= fit; r++)
        g_string_append_printf(
            text,
            "%s{\"folder\": \"cases/x/repeat-%u\", \"status\": \"%s\", \"reason\": null, "
            "\"unfit\": %s, \"order\": 1, \"library\": null, \"sources\": null, "
            "\"other_channel\": null, \"second_client\": null}",
            r ? ", " : "", r + 1, status, r == 0 ? "\"busy\"" : "null");
    g_string_append_printf(text, "], \"metrics\": {");
    if (p50 > 0) {
        add_values(text, "latency_ms_p50", p50, fit);
        add_values(text, "latency_ms_p99", 2 * p50, fit);
        add_values(text, "server_cpu_ms_per_frame", p50 / 100, fit);
        add_values(text, "total_cpu_ms_per_frame", p50 / 4, fit);
        add_values(text, "traffic_kbps", 1000 * p50, fit);
    }
    if (p50 > 0 && g_str_has_prefix(encoder, "x264"))
        add_values(text, "encoder_cpu_ms_per_frame", p50 / 8, fit);
    g_string_append(text, "}}");
}

static void add_case(GString *text, const char *scenario, const char *workload, const char *route,
                     const char *sink, const char *status, unsigned fit, double p50)
{
    add_twin(text, 0, scenario, workload, route, sink, status, fit, p50, "replay");
}

static void add_case_of(GString *text, const char *scenario, const char *workload,
                        const char *route, const char *sink, const char *status, unsigned fit,
                        double p50, const char *encoder)
{
    add_twin(text, 0, scenario, workload, route, sink, status, fit, p50, encoder);
}

static GString *begin(void)
{
    return g_string_new(
        "{\"schema\": 4, \"set\": null, \"seed\": 1, \"environment\": {}, \"cases\": [");
}

static struct result *finish(GString *text)
{
    g_string_append(text, "], \"left_out\": [], \"functions\": []}");
    struct result *result = parse(text->str);
    g_string_free(text, true);
    return result;
}

static struct result *a_race(void)
{
    GString *text = begin();
    add_case(text, "race", "film", "relay", "receive-only", "passed", 6, 1);
    add_case(text, "race", "film", "stream-device", "overlay", "passed", 6, 40);
    add_case(text, "race", "film", "vgpu-lz4", "canvas", "passed", 6, 8);
    add_case(text, "race", "film", "vgpu-glz", "canvas", "failed", 6, 2);
    add_twin(text, 1, "race", "film", "gpu-module", "appsink", "passed", 6, 10, "replay");
    add_twin(text, 2, "race", "film", "gpu-module", "appsink", "passed", 6, 10.1, "replay");
    add_case(text, "race", "film", "original", "appsink", "passed", 6, 0);
    add_case(text, "once", "cad", "gpu-module", "appsink", "passed", 1, 7);
    return finish(text);
}

/* Ours first and held against the best rival that passed, the floor last. */
static void our_route_stands_beside_its_rivals(void **state)
{
    auto_destroy(result) result = a_race();
    g_autofree char *text = summary_text(result);
    assert_string_equal(
        text,
        "8 cases: 7 passed, 1 failed. 8 of 51 repeats unfit. 0 cases left out.\n"
        "Medians of the fit repeats. 0.50x is half of the best rival's in that column; less is better.\n"
        "Below: its 95 % interval; + better, - worse, ~ no difference shown (chance, or below A/A noise).\n"
        "CPU: unknown; spice-server unknown\n"
        "                             latency      latency       server        total\n"
        "                                 p50          p99          CPU          CPU      traffic\n"
        "                                  ms           ms     ms/frame     ms/frame       Mbit/s      unfit\n"
        "film: race, 6 x 8 s\n"
        "  gpu-module appsink          10.00 1.25x   20.0 1.25x  0.100 1.25x   2.50         10.0 1.25x 1/7\n"
        "                            1.24..1.26 - 1.24..1.26 - 1.24..1.26 -              1.24..1.26 -\n"
        "  vgpu-lz4 canvas              8.00         16.0        0.080         2.00          8.0       1/7\n"
        "  stream-device overlay       40.00         80.0        0.400        10.00         40.0       1/7\n"
        "  vgpu-glz canvas                 -            -            -            -            -       failed\n"
        "  relay receive-only           1.00          2.0        0.010         0.25          1.0       1/7\n"
        "Not shown, for fewer repeats or lack of room: 1 more comparisons, 0 more rows.\n"
        "Where a route with an agent names no encoder, capturing and encoding are not included.\n"
        "Traffic is for unlike pictures: GLZ and LZ4 are exact, H.264 and MJPEG are not (run quality).\n"
        "Everything else is in results/x:\n"
        "; `vdibench report` adds report.html and plots\n");
}

/* Each ratio stands with what it is worth. */
static void a_ratio_has_its_verdict(void **state)
{
    static const struct {
        const char *name;
        double ours, again;
        unsigned fit;
        const char *intervals;
    } cases[] = {
        {"more", 10, 10.1, 6, "1.24..1.26 -"},
        {"less", 4, 4.04, 6, "0.50..0.50 +"},
        {"within the noise floor", 10, 14, 6, "1.24..1.26 ~"},
        {"too few repeats", 10, 10, 3, "1.23..1.27 ~"},
        {"one repeat", 10, 10, 1, "         - ~"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *text = begin();
        add_twin(text, 1, "race", "film", "gpu-module", "appsink", "passed", cases[i].fit,
                 cases[i].ours, "replay");
        add_twin(text, 2, "race", "film", "gpu-module", "appsink", "passed", cases[i].fit,
                 cases[i].again, "replay");
        add_case(text, "race", "film", "vgpu-lz4", "canvas", "passed", cases[i].fit, 8);
        auto_destroy(result) result = finish(text);
        g_autofree char *summary = summary_text(result);
        g_autofree char *line =
            g_strdup_printf("\n%28s%s %s %s %12s %s\n", "", cases[i].intervals, cases[i].intervals,
                            cases[i].intervals, "", cases[i].intervals);
        if (!strstr(summary, line))
            fail_msg("%s: %s", cases[i].name, summary);
    }
}

static void cases_with_too_few_fit_repeats_are_marked(void **state)
{
    GString *text = begin();
    add_case(text, "race", "film", "gpu-module", "appsink", "passed", 2, 10);
    g_string_replace(text, "\"planned_repeats\": 2", "\"planned_repeats\": 3", 0);
    auto_destroy(result) result = finish(text);
    g_autofree char *summary = summary_text(result);
    assert_true(g_str_has_prefix(summary, "1 cases: 1 passed. 1 of 3 repeats unfit, in 1 cases "
                                          "(!) too many. 0 cases left out.\n"));
    assert_non_null(strstr(summary, " 1/3!\n"));
}

/* A rival without an encoder is no rival of a route that has one; a vGPU needs none. */
static void like_is_held_against_like(void **state)
{
    GString *made_up = begin();
    add_case_of(made_up, "race", "film", "gpu-module", "appsink", "passed", 6, 10, "replay");
    add_case_of(made_up, "race", "film", "gpu-module", "appsink", "passed", 6, 16,
                "x264-ultrafast");
    add_case_of(made_up, "race", "film", "stream-device", "overlay", "passed", 6, 5, "replay");
    add_case_of(made_up, "race", "film", "stream-device", "overlay", "passed", 6, 32,
                "x264-ultrafast");
    add_case_of(made_up, "race", "film", "vgpu-lz4", "canvas", "passed", 6, 20, "replay");
    auto_destroy(result) result = finish(made_up);
    g_autofree char *text = summary_text(result);
    const char *encoder = strstr(text, "gpu-module appsink x264-ultrafast     16.00 0.80x   32.0 "
                                       "0.80x  0.160 0.80x   4.00 0.80x");
    const char *replay = strstr(text, "gpu-module appsink                    10.00 2.00x   20.0 "
                                      "2.00x  0.100 2.00x   2.50      ");
    assert_non_null(encoder);
    assert_non_null(replay);
    assert_true(encoder < replay); /* the one that includes everything comes first */
}

static void markdown_has_the_same_rows(void **state)
{
    auto_destroy(result) result = a_race();
    g_autofree char *text = summary_markdown(result);
    assert_string_equal(
        text,
        "| workload | route | latency p50 ms | latency p99 ms | server CPU ms/frame | total CPU ms/frame | traffic Mbit/s | unfit |\n"
        "|---|---|---:|---:|---:|---:|---:|---:|\n"
        "| film | **gpu-module appsink** | 10.00 (1.25x, 1.24..1.26: worse) | 20.0 (1.25x, 1.24..1.26: worse) | 0.100 (1.25x, 1.24..1.26: worse) | 2.50 | 10.0 (1.25x, 1.24..1.26: worse) | 1/7 |\n"
        "|  | vgpu-lz4 canvas | 8.00 | 16.0 | 0.080 | 2.00 | 8.0 | 1/7 |\n"
        "|  | stream-device overlay | 40.00 | 80.0 | 0.400 | 10.00 | 40.0 | 1/7 |\n"
        "|  | vgpu-glz canvas | - | - | - | - | - | failed |\n"
        "|  | relay receive-only | 1.00 | 2.0 | 0.010 | 0.25 | 1.0 | 1/7 |\n");
}

static void assert_fits(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned n = g_strv_length(lines) - 1; /* the text ends with a line's end */

    if (n > SUMMARY_LINES_MAX)
        fail_msg("%u lines:\n%s", n, text);
    for (unsigned i = 0; i < n; i++) {
        if (g_utf8_strlen(lines[i], -1) > SUMMARY_COLUMNS_MAX)
            fail_msg("%ld columns: %s", g_utf8_strlen(lines[i], -1), lines[i]);
    }
}

/* Every route with each of its sinks, of more and more workloads, with the
 * longest words and numbers. */
static void the_largest_run_fits(void **state)
{
    static const unsigned numbers[] = {0, 1, 2, 3, 5, 12, 40};

    for (unsigned n = 0; n < G_N_ELEMENTS(numbers); n++) {
        const unsigned workloads = numbers[n];
        for (unsigned routes = 1; routes <= 9; routes++) {
            GString *text = begin();
            for (unsigned w = 0; w < workloads; w++) {
                g_autofree char *workload = g_strdup_printf("a-longer-name-1080p60-%u", w);
                for (unsigned p = 0; p < routes; p++) {
                    for (const char *const *sink = route_at(p)->sinks; *sink; sink++)
                        add_case(text, "vgpu-pgpu-vgpu-and-back", workload, route_at(p)->name,
                                 *sink, w % 2 ? "interrupted" : "passed", 6, 1234.5);
                }
            }
            auto_destroy(result) result = finish(text);
            g_autofree char *summary = summary_text(result);
            assert_fits(summary);
            if (workloads > 0)
                assert_non_null(strstr(summary, "  gpu-module appsink"));
        }
    }
}

static void the_kept_run_has_a_summary(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    assert_true(g_file_get_contents("results/current", &folder, NULL, NULL));
    auto_destroy(result) result = result_read(g_strchomp(folder), &error);
    assert_null(error);
    g_autofree char *text = summary_text(result);
    assert_fits(text);
    assert_non_null(strstr(text, "video-720p30: paper"));
    assert_non_null(strstr(text, "office-720p30: paper"));
    g_autofree char *end = g_strconcat("Everything else is in ", folder, ":\nreport.html", NULL);
    assert_non_null(strstr(text, end));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_route_stands_beside_its_rivals),
        cmocka_unit_test(a_ratio_has_its_verdict),
        cmocka_unit_test(cases_with_too_few_fit_repeats_are_marked),
        cmocka_unit_test(like_is_held_against_like),
        cmocka_unit_test(markdown_has_the_same_rows),
        cmocka_unit_test(the_largest_run_fits),
        cmocka_unit_test(the_kept_run_has_a_summary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
