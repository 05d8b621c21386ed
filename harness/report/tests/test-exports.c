/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* exports: JUnit XML that any reader takes, and one row a case and metric. */
#include "auto-destroy.h"
#include "harness/report/exports.h"
#include "harness/result/result-read.h"
#include "harness/tests/made-up-run.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct result *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct result *result = result_parse(text, strlen(text), "x", &error);
    if (!result)
        fail_msg("%s", error->message);
    return result;
}

static void a_suite_a_scenario_a_test_a_case(void **state)
{
    auto_destroy(result) result = parse(made_up_result);
    g_autofree char *xml = exports_junit(result);
    assert_string_equal(
        xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"vdibench\" tests=\"2\" failures=\"0\" errors=\"0\" time=\"6.500\">\n"
        "  <testsuite name=\"live\" hostname=\"h&lt;o&gt;st\" tests=\"2\" failures=\"0\" "
        "errors=\"0\" time=\"6.500\" skipped=\"0\">\n"
        "    <testcase classname=\"live\" name=\"gpu-module/appsink/film/pty\" time=\"3.250\"/>\n"
        "    <testcase classname=\"live\" name=\"vgpu-lz4/canvas/dirty-rects/film/pty\" "
        "time=\"3.250\"/>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
}

static void what_did_not_pass_says_why(void **state)
{
    static const struct {
        const char *status, *counts, *expected;
    } cases[] = {
        {"failed", "failures=\"1\" errors=\"0\" time=\"6.500\" skipped=\"0\">",
         "<failure message=\"&lt;a&gt; &amp; &quot;b&quot;\357\277\275\"/>"},
        {"skipped", "failures=\"0\" errors=\"0\" time=\"6.500\" skipped=\"1\">",
         "<skipped message=\"&lt;a&gt; &amp; &quot;b&quot;\357\277\275\"/>"},
        {"interrupted", "failures=\"0\" errors=\"1\" time=\"6.500\" skipped=\"0\">",
         "<error message=\"&lt;a&gt; &amp; &quot;b&quot;\357\277\275\"/>"},
    };
    static const GMarkupParser nothing = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *to =
            g_strdup_printf("\"planned_repeats\": 1, \"status\": \"%s\", \"reason\": "
                            "\"<a> & \\\"b\\\"\\u0001\"",
                            cases[i].status);
        g_autofree char *text = made_up_result_with(
            "\"planned_repeats\": 1, \"status\": \"passed\", \"reason\": null", to);
        auto_destroy(result) result = parse(text);
        g_autofree char *xml = exports_junit(result);
        assert_non_null(strstr(xml, cases[i].expected));
        assert_non_null(strstr(xml, cases[i].counts));
        g_autoptr(GMarkupParseContext) context =
            g_markup_parse_context_new(&nothing, 0, NULL, NULL);
        assert_true(g_markup_parse_context_parse(context, xml, -1, NULL) &&
                    g_markup_parse_context_end_parse(context, NULL));
    }
}

static void a_row_a_case_and_metric(void **state)
{
    auto_destroy(result) result = parse(made_up_result);
    g_autofree char *csv = exports_csv(result);
    assert_string_equal(
        csv,
        "scenario,route,sink,drawing,workload,transport,vm,link,encoder,agent,vgpu,load,traps,reconstruction,seconds,twin,status,repeats,unfit,metric,unit,n,median,"
        "min,max,values\n"
        "live,gpu-module,appsink,,film,pty,sim,loopback,replay,sim,qxl,none,none,diff,2,0,passed,1,0,latency_ms_p50,ms,1,20.5,20.5,20.5,20.5\n"
        "live,gpu-module,appsink,,film,pty,sim,loopback,replay,sim,qxl,none,none,diff,2,0,passed,1,0,traffic_kbps,kbit/s,1,1000,1000,1000,"
        "1000\n"
        "live,gpu-module,appsink,,film,pty,sim,loopback,replay,sim,qxl,none,none,diff,2,0,passed,1,0,server_cpu_pct,%,1,3.4,3.4,3.4,3.4\n"
        "live,vgpu-lz4,canvas,dirty-rects,film,pty,sim,loopback,replay,sim,qxl,none,none,diff,2,0,passed,1,0,traffic_kbps,kbit/s,1,100000,"
        "100000,100000,100000\n"
        "live,vgpu-lz4,canvas,dirty-rects,film,pty,sim,loopback,replay,sim,qxl,none,none,diff,2,0,passed,1,0,server_cpu_pct,%,1,3.4,3.4,3.4,"
        "3.4\n");
}

/* Both cases: the first one's only repeat was unfit, so that it is short of one. */
static void unfit_repeats_are_in_both(void **state)
{
    g_autofree char *text = made_up_result_with("\"unfit\": null", "\"unfit\": \"a <b>\"");
    auto_destroy(result) result = parse(text);
    g_autofree char *xml = exports_junit(result), *csv = exports_csv(result);

    assert_non_null(strstr(xml, "time=\"6.500\" skipped=\"1\">\n"));
    assert_non_null(strstr(xml, "time=\"3.250\">\n"
                                "      <skipped message=\"1 of 1 repeats unfit: a &lt;b&gt;\"/>\n"
                                "      <system-out>1 of 1 repeats unfit: a &lt;b&gt;</system-out>\n"
                                "    </testcase>\n"));
    assert_non_null(strstr(csv, ",2,0,passed,1,1,latency_ms_p50,ms,0,,,,\n"));
    assert_non_null(strstr(csv, ",2,0,passed,1,0,traffic_kbps,kbit/s,1,100000,100000,100000,"));

    /* With enough others that are fit it has passed. */
    struct result_case *one = g_ptr_array_index(result->cases, 0);
    one->planned_repeats = 0;
    g_autofree char *enough = exports_junit(result);
    assert_non_null(strstr(enough, "time=\"6.500\" skipped=\"0\">\n"));
    assert_non_null(strstr(enough, "<system-out>1 of 1 repeats unfit: a &lt;b&gt;</system-out>"));
    assert_null(strstr(enough, "<skipped"));
}

static void a_field_with_a_comma_is_quoted(void **state)
{
    g_autofree char *text =
        made_up_result_with("\"workload\": \"film\"", "\"workload\": \"a,\\\"b\\\"\"");
    auto_destroy(result) result = parse(text);
    g_autofree char *csv = exports_csv(result);
    assert_non_null(strstr(
        csv,
        "live,gpu-module,appsink,,\"a,\"\"b\"\"\",pty,sim,loopback,replay,sim,qxl,none,none,diff,2,"));
}

static void every_metric_has_a_unit(void **state)
{
    auto_destroy(result) result = parse(made_up_result);
    struct result_case *one = g_ptr_array_index(result->cases, 0);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        g_free(one->metrics[m].values);
        g_free(one->metrics[m].each);
        one->metrics[m] = (struct result_values){g_new0(double, 1), g_new0(double, 1), 1};
    }
    g_autofree char *csv = exports_csv(result);
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        g_autofree char *without = g_strdup_printf(",%s,,", metric_name((enum metric)m));
        if (strstr(csv, without))
            fail_msg("%s has no unit", metric_name((enum metric)m));
    }
}

static void both_are_written_or_the_error_is_returned(void **state)
{
    char *folder = made_up_run_create();
    g_autoptr(GError) error = NULL;
    auto_destroy(result) result = result_read(folder, NULL);
    assert_true(exports_write(result, NULL));
    g_autofree char *junit = g_build_filename(folder, "junit.xml", NULL);
    g_autofree char *csv = g_build_filename(folder, "result.csv", NULL);
    assert_true(g_file_test(junit, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(csv, G_FILE_TEST_EXISTS));
    g_unlink(junit);
    g_unlink(csv);

    g_free(result->folder);
    result->folder = g_build_filename(folder, "nowhere", NULL);
    assert_false(exports_write(result, &error));
    assert_non_null(strstr(error->message, "nowhere/junit.xml"));
    assert_false(g_file_test(junit, G_FILE_TEST_EXISTS));
    made_up_run_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_suite_a_scenario_a_test_a_case),
        cmocka_unit_test(what_did_not_pass_says_why),
        cmocka_unit_test(a_row_a_case_and_metric),
        cmocka_unit_test(unfit_repeats_are_in_both),
        cmocka_unit_test(a_field_with_a_comma_is_quoted),
        cmocka_unit_test(every_metric_has_a_unit),
        cmocka_unit_test(both_are_written_or_the_error_is_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
