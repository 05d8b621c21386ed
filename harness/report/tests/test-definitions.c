/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* definitions: the documents' are those of the code. */
#include "harness/report/definitions.h"
#include "harness/scenario/metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void results_readme_has_what_the_command_prints(void **state)
{
    g_autofree char *document = NULL;
    g_autofree char *text = definitions_markdown();

    assert_true(g_file_get_contents("results/README.md", &document, NULL, NULL));
    char *begin = strstr(document, DEFINITIONS_BEGIN), *end = strstr(document, DEFINITIONS_END);
    assert_non_null(begin);
    assert_non_null(end);
    *end = '\0';
    if (!g_str_equal(begin + strlen(DEFINITIONS_BEGIN), text))
        fail_msg("results/README.md does not have what `build/vdibench metrics` prints: put it "
                 "between its two lines");
}

static void each_metric_is_defined_completely(void **state)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        const struct metric_definition *metric = metric_definition((enum metric)m);
        enum metric found;
        assert_true(g_hash_table_add(names, (char *)metric->name));
        assert_true(metric_find(metric->name, &found));
        assert_int_equal(found, m);
        for (const char *c = metric->name; *c; c++)
            assert_true(g_ascii_islower(*c) || g_ascii_isdigit(*c) || *c == '_');
        assert_true(*metric->unit && metric->decimals >= 0 && metric->decimals <= 3);
        assert_ptr_equal(strchr(metric->label, '\n'), strrchr(metric->label, '\n'));
        assert_non_null(strchr(metric->label, '\n'));
        assert_true(g_str_has_suffix(metric->meaning, "."));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_readme_has_what_the_command_prints),
        cmocka_unit_test(each_metric_is_defined_completely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
