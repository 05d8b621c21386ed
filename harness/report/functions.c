#include "harness/report/functions.h"

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

const char *function_outcome_text(FunctionOutcome outcome)
{
    return outcome_texts[outcome];
}

static gboolean has_source(const char *order, const char *source)
{
    return order && strstr(order, source);
}

static gboolean shows_vgpu(const Outcome *outcome)
{
    return has_source(outcome->sources, "vgpu");
}

static gboolean shows_pgpu(const Outcome *outcome)
{
    return has_source(outcome->sources, "pgpu") || has_source(outcome->other_channel, "pgpu");
}

/* One display changes over while the client stays connected. */
static gboolean switches_live(const Outcome *outcome)
{
    return has_source(outcome->sources, "vgpu;pgpu");
}

/* Both pictures, and no second display. */
static gboolean has_one_window(const Outcome *outcome)
{
    return shows_vgpu(outcome) && shows_pgpu(outcome) &&
           !(outcome->other_channel && *outcome->other_channel);
}

static const struct {
    const char *name;
    gboolean (*holds)(const Outcome *outcome); /* NULL: only hardware can tell */
    const char *scenarios[SCENARIOS_MAX];      /* which answer it, the best first */
} functions[] = {
    {"shows the vGPU", shows_vgpu,
     {"life-cycle-vgpu", "life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"shows the pGPU", shows_pgpu,
     {"life-cycle-pgpu", "life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"switches live", switches_live, {"life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"one window", has_one_window, {"life-cycle-vgpu-to-pgpu", "vgpu-pgpu-vgpu"}},
    {"3D", NULL, {NULL}},
};

static void cell_free(FunctionCell *cell)
{
    g_free(cell->evidence);
    g_free(cell);
}

static char *what_was_seen(const Outcome *outcome)
{
    gboolean other = outcome->other_channel && *outcome->other_channel;
    gboolean any = outcome->sources && *outcome->sources;

    if (!any && !other)
        return g_strdup("no picture");
    return g_strdup_printf("%s%s on one display%s%s%s", any ? "" : "nothing",
                           any ? outcome->sources : "", other ? ", " : "",
                           other ? outcome->other_channel : "", other ? " on another" : "");
}

static void fill(FunctionCell *cell, const CaseResult *result, FunctionOutcome outcome,
                 char *evidence)
{
    g_free(cell->evidence);
    cell->outcome = outcome;
    cell->scenario = result->c->scenario->name;
    cell->path = result->c->path->name;
    cell->evidence = evidence;
}

/* Takes in one more case of the scenario. What is worse counts: a function
 * that one sink or workload does not have is not there. */
static void take_case(FunctionCell *cell, const CaseResult *result,
                      gboolean (*holds)(const Outcome *outcome))
{
    const char *reason;
    Status status = case_result_status(result, &reason);

    if (status == STATUS_FAILED && cell->outcome != FUNCTION_FAILED)
        fill(cell, result, FUNCTION_FAILED, g_strdup(reason));
    if (status != STATUS_PASSED || cell->outcome == FUNCTION_FAILED)
        return;
    for (guint i = 0; i < result->outcomes->len; i++) {
        const Outcome *outcome = g_ptr_array_index(result->outcomes, i);
        gboolean held = holds(outcome);
        if (cell->outcome == FUNCTION_NOT_RUN || (cell->outcome == FUNCTION_YES && !held))
            fill(cell, result, held ? FUNCTION_YES : FUNCTION_NO, what_was_seen(outcome));
    }
}

static FunctionCell *cell_create(const Result *result, guint function, const char *column)
{
    FunctionCell *cell = g_new0(FunctionCell, 1);

    cell->function = functions[function].name;
    cell->column = column;
    cell->outcome = functions[function].holds ? FUNCTION_NOT_RUN : FUNCTION_NOT_ON_HARDWARE;
    for (guint s = 0; s < SCENARIOS_MAX && functions[function].scenarios[s]; s++) {
        for (guint i = 0; i < result->cases->len; i++) {
            const CaseResult *one = g_ptr_array_index(result->cases, i);
            if (g_strcmp0(one->c->path->column, column) == 0 &&
                g_str_equal(one->c->scenario->name, functions[function].scenarios[s]))
                take_case(cell, one, functions[function].holds);
        }
        if (cell->outcome != FUNCTION_NOT_RUN)
            break;
    }
    return cell;
}

GPtrArray *functions_fill(const Result *result)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);

    for (guint f = 0; f < G_N_ELEMENTS(functions); f++) {
        for (guint c = 0; c < G_N_ELEMENTS(columns); c++)
            g_ptr_array_add(cells, cell_create(result, f, columns[c]));
    }
    return cells;
}
