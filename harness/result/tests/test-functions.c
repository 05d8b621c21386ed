/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* functions: which case fills which cell, and with what. */
#include "auto-destroy.h"
#include "harness/result/functions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define CASES_MAX 4

struct run {
    const char *scenario, *route;
    enum status status;
    const char *sources, *other;
};

/* The cell as "outcome|scenario|route|evidence". */
static char *cell_text(const struct run *runs, const char *function, const char *column)
{
    auto_destroy(result) result = result_create("x");
    struct metrics none;
    char *text = NULL;

    metrics_init(&none);
    for (unsigned i = 0; i < CASES_MAX && runs[i].scenario; i++) {
        struct scenario scenario = {.name = (char *)runs[i].scenario};
        struct plan_case c = {.scenario = &scenario,
                              .route = route_find(runs[i].route),
                              .sink = "appsink",
                              .workload = "film",
                              .repeats = 1};
        for (unsigned a = 0; a < AXIS_COUNT; a++)
            c.axis[a] = axis_default((enum axis)a);
        struct outcome *outcome =
            outcome_create(runs[i].status, runs[i].status == STATUS_PASSED ? NULL : "why");
        outcome->seen.sources = g_strdup(runs[i].sources);
        outcome->seen.other_channel = g_strdup(runs[i].other);
        result_case_add_repeat(result_add_case(result, &c), outcome, &none);
    }
    functions_fill(result);
    for (unsigned i = 0; i < result->functions->len; i++) {
        const struct function_cell *cell = g_ptr_array_index(result->functions, i);
        if (g_str_equal(cell->function, function) && g_str_equal(cell->column, column)) {
            assert_null(text);
            text = g_strdup_printf(
                "%s|%s|%s|%s", cell->outcome, cell->scenario ? cell->scenario : "",
                cell->route ? cell->route : "", cell->evidence ? cell->evidence : "");
        }
    }
    assert_non_null(text);
    return text;
}

static void cells_are_filled_by_what_was_seen(void **state)
{
    static const struct {
        const char *name, *function, *column;
        struct run runs[CASES_MAX];
        const char *wanted;
    } cases[] = {
        {"nothing was run", "shows the vGPU", "original", {{0}}, "not run|||"},
        {"only hardware can tell",
         "3D",
         "optimised",
         {{"life-cycle-pgpu", "gpu-module", STATUS_PASSED, "pgpu", ""}},
         "not run on hardware|||"},
        {"ours switches",
         "switches live",
         "optimised",
         {{"life-cycle-vgpu-to-pgpu", "gpu-module", STATUS_PASSED, "vgpu;pgpu", ""}},
         "yes|life-cycle-vgpu-to-pgpu|gpu-module|vgpu;pgpu on one display"},
        {"and has one window",
         "one window",
         "optimised",
         {{"life-cycle-vgpu-to-pgpu", "gpu-module", STATUS_PASSED, "vgpu;pgpu", ""}},
         "yes|life-cycle-vgpu-to-pgpu|gpu-module|vgpu;pgpu on one display"},
        {"a second display is no switch",
         "switches live",
         "stream-device",
         {{"life-cycle-vgpu-to-pgpu", "stream-device", STATUS_PASSED, "vgpu", "pgpu"}},
         "no|life-cycle-vgpu-to-pgpu|stream-device|vgpu on one display, pgpu on another"},
        {"nor one window",
         "one window",
         "stream-device",
         {{"life-cycle-vgpu-to-pgpu", "stream-device", STATUS_PASSED, "vgpu", "pgpu"}},
         "no|life-cycle-vgpu-to-pgpu|stream-device|vgpu on one display, pgpu on another"},
        {"but it shows the pGPU",
         "shows the pGPU",
         "stream-device",
         {{"life-cycle-pgpu", "stream-device", STATUS_PASSED, "vgpu", "pgpu"}},
         "yes|life-cycle-pgpu|stream-device|vgpu on one display, pgpu on another"},
        {"original SPICE does not",
         "shows the pGPU",
         "original",
         {{"life-cycle-pgpu", "original", STATUS_PASSED, "vgpu", ""}},
         "no|life-cycle-pgpu|original|vgpu on one display"},
        {"one picture alone is in one window",
         "one window",
         "original",
         {{"life-cycle-vgpu-to-pgpu", "original", STATUS_PASSED, "vgpu", ""}},
         "yes|life-cycle-vgpu-to-pgpu|original|vgpu on one display"},
        {"but it switches nothing",
         "switches live",
         "original",
         {{"life-cycle-vgpu-to-pgpu", "original", STATUS_PASSED, "vgpu", ""}},
         "no|life-cycle-vgpu-to-pgpu|original|vgpu on one display"},
        {"a switch beside a second display is a switch",
         "switches live",
         "optimised",
         {{"life-cycle-vgpu-to-pgpu", "gpu-module", STATUS_PASSED, "vgpu;pgpu", "pgpu"}},
         "yes|life-cycle-vgpu-to-pgpu|gpu-module|vgpu;pgpu on one display, pgpu on another"},
        {"but not in one window",
         "one window",
         "optimised",
         {{"life-cycle-vgpu-to-pgpu", "gpu-module", STATUS_PASSED, "vgpu;pgpu", "pgpu"}},
         "no|life-cycle-vgpu-to-pgpu|gpu-module|vgpu;pgpu on one display, pgpu on another"},
        {"no picture is in no window",
         "one window",
         "original",
         {{"life-cycle-vgpu-to-pgpu", "original", STATUS_PASSED, "", ""}},
         "no|life-cycle-vgpu-to-pgpu|original|no picture"},
        {"nothing seen",
         "shows the vGPU",
         "original",
         {{"life-cycle-vgpu", "original", STATUS_PASSED, "", NULL}},
         "no|life-cycle-vgpu|original|no picture"},
        {"failed",
         "shows the vGPU",
         "optimised",
         {{"life-cycle-vgpu", "gpu-module", STATUS_FAILED, "vgpu", ""}},
         "failed|life-cycle-vgpu|gpu-module|why"},
        {"failed once",
         "shows the vGPU",
         "optimised",
         {{"life-cycle-vgpu", "gpu-module", STATUS_PASSED, "vgpu", ""},
          {"life-cycle-vgpu", "gpu-module", STATUS_FAILED, "", ""},
          {"life-cycle-vgpu", "gpu-module", STATUS_PASSED, "vgpu", ""}},
         "failed|life-cycle-vgpu|gpu-module|why"},
        {"not there once",
         "shows the vGPU",
         "optimised",
         {{"life-cycle-vgpu", "gpu-module", STATUS_PASSED, "vgpu", ""},
          {"life-cycle-vgpu", "gpu-module", STATUS_PASSED, "pgpu", ""},
          {"life-cycle-vgpu", "gpu-module", STATUS_PASSED, "vgpu", ""}},
         "no|life-cycle-vgpu|gpu-module|pgpu on one display"},
        {"skipped",
         "shows the vGPU",
         "optimised",
         {{"life-cycle-vgpu", "gpu-module", STATUS_SKIPPED, NULL, NULL}},
         "not run|||"},
        {"interrupted",
         "shows the vGPU",
         "optimised",
         {{"life-cycle-vgpu", "gpu-module", STATUS_INTERRUPTED, "vgpu", NULL}},
         "not run|||"},
        {"another route's case",
         "shows the vGPU",
         "original",
         {{"life-cycle-vgpu", "gpu-module", STATUS_PASSED, "vgpu", ""}},
         "not run|||"},
        {"a route of no column",
         "shows the pGPU",
         "stream-device",
         {{"life-cycle-pgpu", "stream-device+trailer", STATUS_PASSED, "vgpu", "pgpu"}},
         "not run|||"},
        {"a scenario that answers nothing",
         "shows the pGPU",
         "optimised",
         {{"reconnect", "gpu-module", STATUS_PASSED, "pgpu", ""}},
         "not run|||"},
        {"the best scenario fills it",
         "shows the pGPU",
         "optimised",
         {{"vgpu-pgpu-vgpu", "gpu-module", STATUS_PASSED, "vgpu;pgpu;vgpu", ""},
          {"life-cycle-pgpu", "gpu-module", STATUS_PASSED, "pgpu", ""}},
         "yes|life-cycle-pgpu|gpu-module|pgpu on one display"},
        {"the next best where that was not run",
         "shows the pGPU",
         "optimised",
         {{"life-cycle-pgpu", "gpu-module", STATUS_SKIPPED, NULL, NULL},
          {"vgpu-pgpu-vgpu", "gpu-module", STATUS_PASSED, "vgpu;pgpu;vgpu", ""}},
         "yes|vgpu-pgpu-vgpu|gpu-module|vgpu;pgpu;vgpu on one display"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = cell_text(cases[i].runs, cases[i].function, cases[i].column);
        if (!g_str_equal(text, cases[i].wanted))
            fail_msg("%s: '%s' instead of '%s'", cases[i].name, text, cases[i].wanted);
    }
}

static void rows_and_columns_are_the_papers(void **state)
{
    auto_destroy(result) result = result_create("x");
    g_autoptr(GString) text = g_string_new(NULL);

    functions_fill(result);
    for (unsigned i = 0; i < result->functions->len; i++) {
        const struct function_cell *cell = g_ptr_array_index(result->functions, i);
        g_string_append_printf(text, "%s/%s;", cell->function, cell->column);
    }
    assert_int_equal(result->functions->len, 15);
    assert_true(g_str_has_prefix(text->str, "shows the vGPU/original;shows the vGPU/stream-device;"
                                            "shows the vGPU/optimised;shows the pGPU/original;"));
    assert_true(g_str_has_suffix(text->str, "3D/original;3D/stream-device;3D/optimised;"));
}

/* Whatever the lines' lengths are there. */
static void results_readme_has_each_meaning(void **state)
{
    auto_destroy(result) result = result_create("x");
    g_autofree char *document = NULL;

    assert_true(g_file_get_contents("results/README.md", &document, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(document, "\n  ", -1);
    g_autofree char *joined = g_strjoinv(" ", lines);
    functions_fill(result);
    for (unsigned i = 0; i < result->functions->len; i++) {
        const struct function_cell *cell = g_ptr_array_index(result->functions, i);
        g_autofree char *line =
            g_strdup_printf("- *%s*: %s", cell->function, function_meaning(cell->function));
        if (!strstr(joined, line))
            fail_msg("results/README.md does not have: %s", line);
    }
    assert_null(function_meaning("flies"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_filled_by_what_was_seen),
        cmocka_unit_test(rows_and_columns_are_the_papers),
        cmocka_unit_test(results_readme_has_each_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
