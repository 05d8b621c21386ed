/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/result/functions.h"

#include <stdbool.h>
#include <string.h>

#define SCENARIOS_MAX 3

const char *const function_columns[] = {"original", "stream-device", "optimised", NULL};

enum function_outcome {
    FUNCTION_YES,
    FUNCTION_NO,
    FUNCTION_FAILED,  /* the scenario did not do what was expected of it */
    FUNCTION_NOT_RUN, /* or skipped, or interrupted */
    FUNCTION_NOT_ON_HARDWARE,
};

static const char *const outcome_texts[] = {
    [FUNCTION_YES] = "yes",
    [FUNCTION_NO] = "no",
    [FUNCTION_FAILED] = "failed",
    [FUNCTION_NOT_RUN] = "not run",
    [FUNCTION_NOT_ON_HARDWARE] = "not run on hardware",
};

/* What fills a cell, so far. */
struct answer {
    enum function_outcome outcome;
    const struct result_case *by; /* NULL: none */
    char *evidence;
};

static bool has_source(const char *order, const char *source)
{
    return order && strstr(order, source);
}

static bool shows_vgpu(const struct seen *seen)
{
    return has_source(seen->sources, "vgpu");
}

static bool shows_pgpu(const struct seen *seen)
{
    return has_source(seen->sources, "pgpu") || has_source(seen->other_channel, "pgpu");
}

static bool switches_live(const struct seen *seen)
{
    return has_source(seen->sources, "vgpu;pgpu");
}

static bool has_one_window(const struct seen *seen)
{
    return (shows_vgpu(seen) || shows_pgpu(seen)) && !(seen->other_channel && *seen->other_channel);
}

static const struct {
    const char *name;
    bool (*holds)(const struct seen *seen); /* NULL: only hardware can tell */
    const char *scenarios[SCENARIOS_MAX];   /* which answer it, the best first */
    const char *meaning;
} functions[] = {
    {"shows the vGPU",
     shows_vgpu,
     {"life-cycle-vgpu", "life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"},
     "the client showed a picture of the vGPU."},
    {"shows the pGPU",
     shows_pgpu,
     {"life-cycle-pgpu", "life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"},
     "it showed a picture of the pGPU, on whatever display."},
    {"switches live",
     switches_live,
     {"life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"},
     "one display showed first the vGPU and then the pGPU, while the client stayed connected. What "
     "other displays showed does not matter."},
    {"one window",
     has_one_window,
     {"life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"},
     "every picture that the client showed was on the same display, whatever it showed there."},
    {"3D", NULL, {NULL}, "only hardware can show it."},
};

const char *function_meaning(const char *function)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (g_str_equal(functions[i].name, function))
            return functions[i].meaning;
    }
    return NULL;
}

void function_cell_destroy(struct function_cell *cell)
{
    g_free(cell->function);
    g_free(cell->column);
    g_free(cell->outcome);
    g_free(cell->scenario);
    g_free(cell->route);
    g_free(cell->evidence);
    g_free(cell);
}

static char *what_was_seen(const struct seen *seen)
{
    bool other = seen->other_channel && *seen->other_channel;
    bool any = seen->sources && *seen->sources;

    if (!any && !other)
        return g_strdup("no picture");
    return g_strdup_printf("%s%s on one display%s%s%s", any ? "" : "nothing",
                           any ? seen->sources : "", other ? ", " : "",
                           other ? seen->other_channel : "", other ? " on another" : "");
}

static void fill(struct answer *answer, const struct result_case *one,
                 enum function_outcome outcome, char *evidence)
{
    g_free(answer->evidence);
    *answer = (struct answer){outcome, one, evidence};
}

/* Takes in one more case of the scenario. What is worse counts: a function
 * that one sink or workload does not have is not there. */
static void take_case(struct answer *answer, const struct result_case *one,
                      bool (*holds)(const struct seen *seen))
{
    if (one->status == STATUS_FAILED && answer->outcome != FUNCTION_FAILED)
        fill(answer, one, FUNCTION_FAILED, g_strdup(one->reason));
    if (one->status != STATUS_PASSED || answer->outcome == FUNCTION_FAILED)
        return;
    for (unsigned i = 0; i < one->repeats->len; i++) {
        const struct outcome *outcome = g_ptr_array_index(one->repeats, i);
        bool held = holds(&outcome->seen);
        if (answer->outcome == FUNCTION_NOT_RUN || (answer->outcome == FUNCTION_YES && !held))
            fill(answer, one, held ? FUNCTION_YES : FUNCTION_NO, what_was_seen(&outcome->seen));
    }
}

static struct function_cell *cell_create(const struct result *result, unsigned function,
                                         const char *column)
{
    struct answer answer = {functions[function].holds ? FUNCTION_NOT_RUN : FUNCTION_NOT_ON_HARDWARE,
                            NULL, NULL};

    for (unsigned s = 0; s < SCENARIOS_MAX && functions[function].scenarios[s]; s++) {
        for (unsigned i = 0; i < result->cases->len; i++) {
            const struct result_case *one = g_ptr_array_index(result->cases, i);
            if (g_strcmp0(one->route->column, column) == 0 &&
                g_str_equal(one->scenario, functions[function].scenarios[s]))
                take_case(&answer, one, functions[function].holds);
        }
        if (answer.outcome != FUNCTION_NOT_RUN)
            break;
    }
    struct function_cell *cell = g_new0(struct function_cell, 1);
    cell->function = g_strdup(functions[function].name);
    cell->column = g_strdup(column);
    cell->outcome = g_strdup(outcome_texts[answer.outcome]);
    cell->scenario = answer.by ? g_strdup(answer.by->scenario) : NULL;
    cell->route = answer.by ? g_strdup(answer.by->route->name) : NULL;
    cell->evidence = answer.evidence;
    return cell;
}

void functions_fill(struct result *result)
{
    g_ptr_array_set_size(result->functions, 0);
    for (unsigned f = 0; f < G_N_ELEMENTS(functions); f++) {
        for (unsigned c = 0; function_columns[c]; c++)
            g_ptr_array_add(result->functions, cell_create(result, f, function_columns[c]));
    }
}
