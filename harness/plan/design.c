/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/design.h"

#include "harness/plan/covering.h"
#include "harness/plan/estimate.h"
#include "harness/plan/real-vm.h"

#include <float.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

/* While everything is being enumerated. */
struct enumeration {
    const GPtrArray *workloads;
    const struct case_filter *filter;
    GPtrArray *cases;                     /* struct plan_case: those that can be run */
    GArray *cells;                        /* struct covering_cell, the same */
    GHashTable *values[COVERING_FACTORS]; /* word → its number in the factor */
    struct design *design;
};

static void leave_out(struct design *design, const struct plan_case *c, char *reason)
{
    g_ptr_array_add(design->left_out, left_out_create(c, reason));
}

static unsigned number_of(GHashTable *values, const char *word)
{
    void *number;
    if (!g_hash_table_lookup_extended(values, word, NULL, &number)) {
        number = GUINT_TO_POINTER(g_hash_table_size(values));
        g_hash_table_insert(values, (void *)word, number);
    }
    return GPOINTER_TO_UINT(number);
}

static void add_case(struct enumeration *all, const struct plan_case *key,
                     const struct workload *workload)
{
    g_autoptr(GError) why = NULL;

    if (workload->trouble) {
        leave_out(all->design, key, g_strdup(workload->trouble));
        return;
    }
    if (key->route->has_vgpu &&
        !workload_fits_vgpu(workload, key->vgpu_width_px, key->vgpu_height_px, key->drawing != NULL,
                            &why)) {
        leave_out(all->design, key, g_strdup(why->message));
        return;
    }
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (!scenario_admits(key->scenario, (enum axis)a, key->axis[a], &why)) {
            leave_out(all->design, key, g_strdup(why->message));
            return;
        }
    }
    if (!real_vm_admits(key, false, &why)) {
        leave_out(all->design, key, g_strdup(why->message));
        return;
    }
    const char *words[COVERING_FACTORS] = {key->scenario->name, key->route->name, case_way(key),
                                           key->workload};
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        words[COVERING_FACTORS - AXIS_COUNT + a] = key->axis[a];
    struct covering_cell cell = {.cost_seconds = estimate_seconds(key, workload)};
    for (unsigned f = 0; f < COVERING_FACTORS; f++)
        cell.value[f] = number_of(all->values[f], words[f]);
    g_array_append_val(all->cells, cell);
    struct plan_case *c = g_new(struct plan_case, 1);
    *c = *key;
    g_ptr_array_add(all->cases, c);
}

/* The scenario's own words where it declares them fixed. */
static const char *const *choose(const struct scenario *scenario, const char *factor, char **own,
                                 const char *const *all)
{
    return g_strv_contains((const char *const *)scenario->fixed, factor) ? (const char *const *)own
                                                                         : all;
}

static void add_ways(struct enumeration *all, const struct scenario_route *route,
                     const struct plan_case *key, const struct workload *workload)
{
    static const char *const none[] = {NULL, NULL};
    const struct scenario *scenario = key->scenario;
    const char *const *sinks = choose(scenario, "sinks", route->sinks, route->route->sinks);
    const char *const *drawings =
        route->drawings ? choose(scenario, "drawings", route->drawings, route->route->drawings)
                        : none;

    for (; *sinks; sinks++) {
        for (unsigned d = 0; d == 0 || drawings[d]; d++) {
            struct plan_case c = *key;
            c.sink = *sinks;
            c.drawing = drawings[d];
            if (case_filter_admits(all->filter->sinks, c.sink) &&
                case_filter_admits(all->filter->drawings, c.drawing))
                add_case(all, &c, workload);
        }
    }
}

/* The words that an axis takes on the route (const char *). */
static GPtrArray *words_of(const struct enumeration *all, const struct scenario *scenario,
                           const struct route *route, enum axis axis)
{
    const struct axis_definition *definition = axis_definition(axis);
    const char *const *filter = all->filter->words[axis];
    const char *const *own = (const char *const *)scenario->words[axis];
    g_autoptr(GPtrArray) every = g_ptr_array_new();
    GPtrArray *words = g_ptr_array_new();

    if (!axis_applies(axis, route)) {
        g_ptr_array_add(words, (char *)axis_default(axis));
        return words;
    }
    for (unsigned i = 0; definition->word_at(i); i++)
        g_ptr_array_add(every, (char *)definition->word_at(i));
    g_ptr_array_add(every, NULL);
    const char *const *word = definition->varied
                                  ? choose(scenario, definition->key, scenario->words[axis],
                                           (const char *const *)every->pdata)
                                  : (filter && *filter ? filter : own);
    for (; *word; word++) {
        if (case_filter_admits(filter, *word))
            g_ptr_array_add(words, (char *)*word);
    }
    return words;
}

/* The words of `axis` and of those after it, for a key that has the others. */
static void add_axes(struct enumeration *all, const struct scenario_route *route,
                     struct plan_case *key, unsigned axis, const struct workload *workload)
{
    if (axis == AXIS_COUNT) {
        add_ways(all, route, key, workload);
        return;
    }
    g_autoptr(GPtrArray) words = words_of(all, key->scenario, route->route, (enum axis)axis);
    for (unsigned i = 0; i < words->len; i++) {
        key->axis[axis] = g_ptr_array_index(words, i);
        add_axes(all, route, key, axis + 1, workload);
    }
}

static void add_route(struct enumeration *all, const struct scenario *scenario,
                      const struct scenario_route *route)
{
    bool fixed = g_strv_contains((const char *const *)scenario->fixed, "workloads");
    g_autofree struct plan_case *key = case_create(scenario, route, all->filter);

    key->repeats = key->tries_max = 1;
    for (unsigned w = 0; w < all->workloads->len; w++) {
        const struct workload *workload = g_ptr_array_index((GPtrArray *)all->workloads, w);
        /* One recording for everything takes the place of the scenario's own. */
        if (fixed && all->workloads->len > 1 &&
            !g_strv_contains((const char *const *)scenario->workloads, workload->name))
            continue;
        key->workload = workload->name;
        add_axes(all, route, key, 0, workload);
    }
}

static void enumerate(struct enumeration *all, const GPtrArray *scenarios)
{
    all->cases = g_ptr_array_new_with_free_func(g_free);
    all->cells = g_array_new(false, false, sizeof(struct covering_cell));
    for (unsigned f = 0; f < COVERING_FACTORS; f++)
        all->values[f] = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned s = 0; s < scenarios->len; s++) {
        const struct scenario *scenario = g_ptr_array_index((GPtrArray *)scenarios, s);
        for (unsigned p = 0; p < scenario->routes->len; p++) {
            const struct scenario_route *route = g_ptr_array_index(scenario->routes, p);
            if (case_filter_admits(all->filter->routes, route->route->name))
                add_route(all, scenario, route);
        }
    }
}

static void enumeration_finish(struct enumeration *all)
{
    g_ptr_array_unref(all->cases);
    g_array_unref(all->cells);
    for (unsigned f = 0; f < COVERING_FACTORS; f++)
        g_hash_table_unref(all->values[f]);
}

static char *describe(const struct enumeration *all, const struct covering *covering,
                      unsigned budget_minutes)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(
        text,
        "Covering design of strength 2: every pair of two values of scenario, route, sink or "
        "drawing,\nworkload and each axis that can occur together is to be in a case.\n"
        "Budget %u min: %u of %u cases, about %.0f s; %u of %u pairs are covered.\n\n"
        "new pairs  seconds  case\n",
        budget_minutes, covering->choices->len, all->cells->len, covering->cost_seconds,
        covering->pairs_covered, covering->pairs_all);
    for (unsigned i = 0; i < covering->choices->len; i++) {
        const struct covering_choice *choice =
            &g_array_index(covering->choices, struct covering_choice, i);
        g_autofree char *id = case_id(g_ptr_array_index(all->cases, choice->cell));
        g_string_append_printf(
            text, "%9u  %7.1f  %s\n", choice->new_pairs,
            g_array_index(all->cells, struct covering_cell, choice->cell).cost_seconds, id);
    }
    return g_string_free(text, false);
}

static void leave_out_rest(const struct enumeration *all, const struct covering *covering,
                           unsigned budget_minutes)
{
    g_autofree bool *taken = g_new0(bool, all->cases->len + 1);
    for (unsigned i = 0; i < covering->choices->len; i++)
        taken[g_array_index(covering->choices, struct covering_choice, i).cell] = true;
    for (unsigned i = 0; i < all->cases->len; i++) {
        if (taken[i])
            continue;
        char *reason = covering->missing[i]
                           ? g_strdup_printf("the budget of %u min is used up; %u of its pairs "
                                             "are in no case that is run",
                                             budget_minutes, covering->missing[i])
                           : g_strdup_printf("the budget of %u min is used up; each of its pairs "
                                             "is in a case that is run",
                                             budget_minutes);
        leave_out(all->design, g_ptr_array_index(all->cases, i), reason);
    }
}

static bool refuse_budget(const struct enumeration *all, unsigned budget_minutes, GError **error)
{
    double least = DBL_MAX;
    for (unsigned i = 0; i < all->cells->len; i++)
        least = MIN(least, g_array_index(all->cells, struct covering_cell, i).cost_seconds);
    if (all->cells->len == 0)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "nothing to run: no case of the scenarios is left");
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "--budget %u: too little for any case, the shortest takes %.0f s: give more "
                    "minutes, or --seconds",
                    budget_minutes, least);
    return false;
}

struct design *design_create(const GPtrArray *scenarios, const GPtrArray *workloads,
                             const struct case_filter *filter, unsigned budget_minutes,
                             GError **error)
{
    auto_destroy(design) design = g_new0(struct design, 1);
    struct enumeration all = {.workloads = workloads, .filter = filter, .design = design};

    design->cases = g_ptr_array_new_with_free_func(g_free);
    design->left_out = g_ptr_array_new_with_free_func((GDestroyNotify)left_out_destroy);
    enumerate(&all, scenarios);
    auto_destroy(covering) covering = covering_create((const struct covering_cell *)all.cells->data,
                                                      all.cells->len, budget_minutes * 60.0);
    for (unsigned i = 0; i < covering->choices->len; i++) {
        unsigned cell = g_array_index(covering->choices, struct covering_choice, i).cell;
        struct plan_case *c = g_new(struct plan_case, 1);
        *c = *(const struct plan_case *)g_ptr_array_index(all.cases, cell);
        g_ptr_array_add(design->cases, c);
    }
    leave_out_rest(&all, covering, budget_minutes);
    design->text = describe(&all, covering, budget_minutes);
    bool ok = design->cases->len > 0 || refuse_budget(&all, budget_minutes, error);
    enumeration_finish(&all);
    return ok ? g_steal_pointer(&design) : NULL;
}

void design_destroy(struct design *design)
{
    if (!design)
        return;
    g_clear_pointer(&design->cases, g_ptr_array_unref);
    g_clear_pointer(&design->left_out, g_ptr_array_unref);
    g_free(design->text);
    g_free(design);
}
