/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/report/functions.h"

#include <stdbool.h>
#include <string.h>

#define SCENARIOS_MAX 3

static const char *const columns[] = {"original", "stream-device", "optimised"};

static const char *const outcome_texts[] = {
    [FUNCTION_YES] = "yes",
    [FUNCTION_NO] = "no",
    [FUNCTION_FAILED] = "failed",
    [FUNCTION_NOT_RUN] = "not run",
    [FUNCTION_NOT_ON_HARDWARE] = "not run on hardware",
};

const char *function_outcome_text(enum function_outcome outcome)
{
    return outcome_texts[outcome];
}

static bool has_source(const char *order, const char *source)
{
    return order && strstr(order, source);
}

static bool shows_vgpu(const struct outcome *outcome)
{
    return has_source(outcome->sources, "vgpu");
}

static bool shows_pgpu(const struct outcome *outcome)
{
    return has_source(outcome->sources, "pgpu") || has_source(outcome->other_channel, "pgpu");
}

/* One display changes over while the client stays connected. */
static bool switches_live(const struct outcome *outcome)
{
    return has_source(outcome->sources, "vgpu;pgpu");
}

/* Both pictures, and no second display. */
static bool has_one_window(const struct outcome *outcome)
{
    return shows_vgpu(outcome) && shows_pgpu(outcome) &&
           !(outcome->other_channel && *outcome->other_channel);
}

static const struct {
    const char *name;
    bool (*holds)(const struct outcome *outcome); /* NULL: only hardware can tell */
    const char *scenarios[SCENARIOS_MAX];         /* which answer it, the best first */
} functions[] = {
    {"shows the vGPU",
     shows_vgpu,
     {"life-cycle-vgpu", "life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"shows the pGPU",
     shows_pgpu,
     {"life-cycle-pgpu", "life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"switches live", switches_live, {"life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"one window", has_one_window, {"life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"3D", NULL, {NULL}},
};

static void cell_destroy(struct function_cell *cell)
{
    g_free(cell->evidence);
    g_free(cell);
}

static char *what_was_seen(const struct outcome *outcome)
{
    bool other = outcome->other_channel && *outcome->other_channel;
    bool any = outcome->sources && *outcome->sources;

    if (!any && !other)
        return g_strdup("no picture");
    return g_strdup_printf("%s%s on one display%s%s%s", any ? "" : "nothing",
                           any ? outcome->sources : "", other ? ", " : "",
                           other ? outcome->other_channel : "", other ? " on another" : "");
}

static void fill(struct function_cell *cell, const struct case_result *result,
                 enum function_outcome outcome, char *evidence)
{
    g_free(cell->evidence);
    cell->outcome = outcome;
    cell->scenario = result->c->scenario->name;
    cell->route = result->c->route->name;
    cell->evidence = evidence;
}

/* Takes in one more case of the scenario. What is worse counts: a function
 * that one sink or workload does not have is not there. */
static void take_case(struct function_cell *cell, const struct case_result *result,
                      bool (*holds)(const struct outcome *outcome))
{
    const char *reason;
    enum status status = case_result_status(result, &reason);

    if (status == STATUS_FAILED && cell->outcome != FUNCTION_FAILED)
        fill(cell, result, FUNCTION_FAILED, g_strdup(reason));
    if (status != STATUS_PASSED || cell->outcome == FUNCTION_FAILED)
        return;
    for (unsigned i = 0; i < result->outcomes->len; i++) {
        const struct outcome *outcome = g_ptr_array_index(result->outcomes, i);
        bool held = holds(outcome);
        if (cell->outcome == FUNCTION_NOT_RUN || (cell->outcome == FUNCTION_YES && !held))
            fill(cell, result, held ? FUNCTION_YES : FUNCTION_NO, what_was_seen(outcome));
    }
}

static struct function_cell *cell_create(const struct result *result, unsigned function,
                                         const char *column)
{
    struct function_cell *cell = g_new0(struct function_cell, 1);

    cell->function = functions[function].name;
    cell->column = column;
    cell->outcome = functions[function].holds ? FUNCTION_NOT_RUN : FUNCTION_NOT_ON_HARDWARE;
    for (unsigned s = 0; s < SCENARIOS_MAX && functions[function].scenarios[s]; s++) {
        for (unsigned i = 0; i < result->cases->len; i++) {
            const struct case_result *one = g_ptr_array_index(result->cases, i);
            if (g_strcmp0(one->c->route->column, column) == 0 &&
                g_str_equal(one->c->scenario->name, functions[function].scenarios[s]))
                take_case(cell, one, functions[function].holds);
        }
        if (cell->outcome != FUNCTION_NOT_RUN)
            break;
    }
    return cell;
}

GPtrArray *functions_fill(const struct result *result)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_destroy);

    for (unsigned f = 0; f < G_N_ELEMENTS(functions); f++) {
        for (unsigned c = 0; c < G_N_ELEMENTS(columns); c++)
            g_ptr_array_add(cells, cell_create(result, f, columns[c]));
    }
    return cells;
}
