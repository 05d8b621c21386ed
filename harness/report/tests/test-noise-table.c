/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* noise-table: each metric of an A/A pair with its floor. */
#include "auto-destroy.h"
#include "harness/report/noise-table.h"
#include "harness/tests/made-up-cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void each_metric_of_the_pair_has_a_floor(void **state)
{
    auto_destroy(result) result = made_up_cases();
    for (unsigned twin = 1; twin <= 2; twin++) {
        struct result_case *one = made_up_case(result, "gpu-module", 5);
        one->twin = twin;
        made_up_values(one, METRIC_LATENCY_MS_P50, made_up_spread(twin == 1 ? 10 : 10.5, 0, 5));
        made_up_values(one, METRIC_PGPU_PSNR_DB, made_up_spread(40, 0, 5));
        made_up_values(one, METRIC_FRAMES_PLANNED, made_up_spread(240, 0, 5));
    }
    g_autofree char *text = noise_table_text(result);
    assert_non_null(strstr(text, "race, film, port on pty: gpu-module appsink\n"));
    assert_non_null(strstr(text,
                           "\n  latency_ms_p50                      10.00      10.50    1.05x "
                           "1.05..1.05         5.0 %\n"));
    assert_non_null(strstr(text,
                           "\n  pgpu_psnr_db                         40.0       40.0     +0.0 "
                           "+0.0..+0.0           0.0\n"));
    assert_null(strstr(text, "frames_planned")); /* no value of it is better than another */

    g_autoptr(GString) page = g_string_new(NULL);
    noise_table_add_html(page, result);
    assert_non_null(strstr(page->str, "<tr><th>latency_ms_p50, ms</th><td>10.00</td><td>10.50</td>"
                                      "<td>1.05x</td><td>1.05..1.05</td><td>5.0 %</td></tr>"));
}

static void without_a_pair_there_is_no_table(void **state)
{
    auto_destroy(result) result = made_up_cases();
    made_up_case(result, "gpu-module", 5);
    g_autofree char *text = noise_table_text(result);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_metric_of_the_pair_has_a_floor),
        cmocka_unit_test(without_a_pair_there_is_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
