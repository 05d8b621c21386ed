/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/plan.h"

#include "harness/plan/design.h"
#include "harness/plan/estimate.h"
#include "harness/plan/mediated.h"
#include "harness/plan/real-vm.h"
#include "harness/plan/twin.h"
#include "harness/scenario/file-name.h"

#include <gio/gio.h>

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
    return false;
}

static bool check_program(const struct layout *layout, const char *program, GError **error)
{
    g_autofree char *file = g_build_filename(layout->programs, program, NULL);
    return g_file_test(file, G_FILE_TEST_IS_EXECUTABLE) ||
           refuse(error, "%s: is not there: run make first", file);
}

static bool check_programs(const struct layout *layout, const struct route *route, GError **error)
{
    if (!check_program(layout, route->vm_program, error) ||
        (route->client_program && !check_program(layout, route->client_program, error)) ||
        (route->has_agent && !check_program(layout, "sim-agent", error)))
        return false;
    return !route->ours || g_file_test(layout->libraries.own, G_FILE_TEST_IS_DIR) ||
           refuse(error, "%s: our SPICE server is not built: run make first",
                  layout->libraries.own);
}

/* Loads the workload's recording, once. */
static const struct workload *get_workload(struct plan *plan, const struct layout *layout,
                                           const struct run_options *options, const char *name,
                                           GError **error)
{
    struct workload *workload = g_hash_table_lookup(plan->workloads, name);
    if (workload)
        return workload;

    g_autofree char *file = options->recording
                                ? g_canonicalize_filename(options->recording, NULL)
                                : workload_find(name, layout->programs, layout->top, error);
    if (!file)
        return NULL;
    const char *trouble = file_name_trouble(name);
    if (!trouble)
        trouble = file_path_trouble(file);
    if (trouble) {
        g_autofree char *shown = file_name_shown(file);
        refuse(error, "%s: the recording's name %s", shown, trouble);
        return NULL;
    }
    workload = workload_load(name, file, error);
    /* Ours were looked at when they were made. */
    if (workload && options->recording && !workload_check(workload, error))
        g_clear_pointer(&workload, workload_destroy);
    if (workload)
        g_hash_table_insert(plan->workloads, workload->name, workload);
    return workload;
}

/* The one name for everything with --recording; NULL without; free it. */
static char *recording_name(const struct run_options *options)
{
    return options->recording ? g_path_get_basename(options->recording) : NULL;
}

/* Every recording that there is, or that a scenario names. */
static bool collect_workloads(struct plan *plan, const struct layout *layout,
                              const struct run_options *options, GPtrArray *workloads,
                              GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if (options->recording) {
        g_ptr_array_add(names, recording_name(options));
    } else {
        g_auto(GStrv) found = workload_names(layout->programs, layout->top);
        for (char **name = found; *name; name++)
            g_ptr_array_add(names, g_strdup(*name));
        for (unsigned s = 0; s < options->scenarios->len; s++) {
            const struct scenario *scenario = g_ptr_array_index(options->scenarios, s);
            for (char **name = scenario->workloads; *name; name++) {
                if (!g_ptr_array_find_with_equal_func(names, *name, g_str_equal, NULL))
                    g_ptr_array_add(names, g_strdup(*name));
            }
        }
    }

    for (unsigned i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autoptr(GError) why = NULL;
        const struct workload *workload = get_workload(plan, layout, options, name, &why);
        if (!workload && options->recording) { /* there is no other */
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (!workload) {
            struct workload *troubled = workload_troubled(name, why->message);
            g_hash_table_insert(plan->workloads, troubled->name, troubled);
            workload = troubled;
        }
        g_ptr_array_add(workloads, (void *)workload);
    }
    return true;
}

static bool expand_design(struct plan *plan, const struct layout *layout,
                          const struct run_options *options, GError **error)
{
    g_autoptr(GPtrArray) workloads = g_ptr_array_new();
    if (!collect_workloads(plan, layout, options, workloads, error))
        return false;
    auto_destroy(design) design = design_create(options->scenarios, workloads, &options->filter,
                                                options->budget_minutes, error);
    if (!design)
        return false;
    plan->cases = g_steal_pointer(&design->cases);
    plan->left_out = g_steal_pointer(&design->left_out);
    plan->design = g_steal_pointer(&design->text);
    return true;
}

static bool expand_scenarios(struct plan *plan, const struct layout *layout,
                             const struct run_options *options, GError **error)
{
    g_autofree char *only = recording_name(options);

    plan->cases = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < options->scenarios->len; i++)
        case_expand(g_ptr_array_index(options->scenarios, i), &options->filter, plan->cases);
    if (plan->cases->len == 0)
        return refuse(error, "nothing to run: no case of the scenarios has that route, and sink or "
                             "drawing");
    for (unsigned i = plan->cases->len; i-- > 0;) {
        struct plan_case *c = g_ptr_array_index(plan->cases, i);
        if (only && c->workload != c->scenario->workloads[0]) {
            g_ptr_array_remove_index(plan->cases, i); /* it would be the same case again */
            continue;
        }
        const struct workload *workload =
            get_workload(plan, layout, options, only ? only : c->workload, error);
        if (!workload)
            return false;
        c->workload = workload->name;
    }
    if (!options->no_twin && !options->filter.test)
        twins_add(plan->cases);
    return true;
}

static bool keep_only(struct plan *plan, const char *only, GError **error)
{
    for (unsigned i = plan->cases->len; only && i-- > 0;) {
        g_autofree char *id = case_id(g_ptr_array_index(plan->cases, i));
        if (!g_str_equal(id, only))
            g_ptr_array_remove_index(plan->cases, i);
    }
    if (plan->cases->len == 0)
        return refuse(error, "--only-case %s: there is no such case", only);
    if (only)
        ((struct plan_case *)g_ptr_array_index(plan->cases, 0))->repeats = 1;
    return true;
}

/* The real agent has the one encoder that the simulated one has as a word, too. */
static bool check_agent(const struct run_options *options, const struct plan_case *c,
                        GError **error)
{
    if (g_str_equal(c->axis[AXIS_AGENT], AGENT_HOST) && !options->guest && !g_getenv("DISPLAY"))
        return refuse(error,
                      "agent " AGENT_HOST ": DISPLAY names no X server: run it in the host's "
                      "session, or take --agent x11");
    return !case_has_real_agent(c) || g_str_equal(c->axis[AXIS_ENCODER], ENCODER_OF_REAL_AGENT) ||
           refuse(
               error,
               "agent %s: the real agent does not have the encoder %s: add --encoder " ENCODER_OF_REAL_AGENT,
               c->axis[AXIS_AGENT], c->axis[AXIS_ENCODER]);
}

/* What only a real VM can be given. */
static bool check_given(const struct run_options *options, const struct plan_case *c,
                        GError **error)
{
    if (case_has_real_vm(c) || !(options->gpu || options->guest))
        return true;
    return refuse(error, "%s: the VM of %s is a simulated one: add --vm " VM_QEMU " to it",
                  options->gpu ? "--gpu" : "--guest", c->route->name);
}

/* Programs, sizes, and the estimate. */
static bool check_case(struct plan *plan, const struct layout *layout,
                       const struct run_options *options, struct plan_case *c, GError **error)
{
    const unsigned warm_ups = options->warm_ups;
    const struct workload *workload = g_hash_table_lookup(plan->workloads, c->workload);

    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (!scenario_admits(c->scenario, (enum axis)a, c->axis[a], error))
            return false;
    }
    if (!check_agent(options, c, error) || !check_given(options, c, error) ||
        !real_vm_admits(c, options->guest != NULL, error) || !mediated_admits(c, error) ||
        !check_programs(layout, c->route, error) ||
        (c->route->has_vgpu && !workload_fits_vgpu(workload, c->vgpu_width_px, c->vgpu_height_px,
                                                   c->drawing != NULL, error)))
        return false;
    if (!c->vgpu_width_px) {
        c->vgpu_width_px = workload->width_px;
        c->vgpu_height_px = workload->height_px;
    }
    plan->repeats += warm_ups + c->repeats;
    plan->seconds += (warm_ups + c->repeats) * estimate_seconds(c, workload);
    return true;
}

struct plan *plan_create(const struct layout *layout, const struct run_options *options,
                         GError **error)
{
    auto_destroy(plan) plan = g_new0(struct plan, 1);
    const struct scenario *first = g_ptr_array_index(options->scenarios, 0);
    plan->budget_minutes = options->budget_minutes;
    plan->seed = options->seed < 0 ? first->seed : (unsigned)options->seed;
    plan->workloads =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)workload_destroy);

    if (!(options->budget_minutes ? expand_design : expand_scenarios)(plan, layout, options,
                                                                      error) ||
        !keep_only(plan, options->only_case, error))
        return NULL;
    for (unsigned i = 0; i < plan->cases->len; i++) {
        if (!check_case(plan, layout, options, g_ptr_array_index(plan->cases, i), error))
            return NULL;
    }
    return g_steal_pointer(&plan);
}

void plan_destroy(struct plan *plan)
{
    if (!plan)
        return;
    g_clear_pointer(&plan->cases, g_ptr_array_unref);
    g_clear_pointer(&plan->left_out, g_ptr_array_unref);
    g_clear_pointer(&plan->workloads, g_hash_table_unref);
    g_free(plan->design);
    g_free(plan);
}

double plan_case_seconds(const struct plan *plan, const struct plan_case *c)
{
    return estimate_seconds(c, g_hash_table_lookup(plan->workloads, c->workload));
}

bool plan_has_time(struct plan *plan, const struct plan_case *c, double spent_seconds)
{
    if (!plan->budget_minutes ||
        spent_seconds + plan_case_seconds(plan, c) <= plan->budget_minutes * 60.0)
        return true;
    g_ptr_array_add(plan->left_out,
                    left_out_create(c, g_strdup_printf("the budget of %u min was used up sooner "
                                                       "than expected",
                                                       plan->budget_minutes)));
    return false;
}

char *plan_text(const struct plan *plan, bool all)
{
    GString *text = g_string_new(plan->design ? plan->design : "repeats  seconds  case\n");
    for (unsigned i = 0; !plan->design && i < plan->cases->len; i++) {
        const struct plan_case *c = g_ptr_array_index(plan->cases, i);
        g_autofree char *id = case_id(c);
        g_string_append_printf(text, "%7u  %7.1f  %s\n", c->repeats, plan_case_seconds(plan, c),
                               id);
    }
    g_string_append_printf(text, "\n%u repeats of %u cases, about %.0f min\n", plan->repeats,
                           plan->cases->len, plan->seconds / 60);
    if (plan->left_out)
        g_string_append_printf(text, "%u cases are left out%s\n", plan->left_out->len,
                               all ? ":"
                                   : "; result.json and design.txt list them with the reasons");
    for (unsigned i = 0; all && plan->left_out && i < plan->left_out->len; i++) {
        const struct left_out *one = g_ptr_array_index(plan->left_out, i);
        g_string_append_printf(text, "%s: %s\n", one->id, one->reason);
    }
    return g_string_free(text, false);
}
