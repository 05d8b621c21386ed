/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/twin.h"

static bool are_comparable(const struct plan_case *one, const struct plan_case *other)
{
    return one->scenario == other->scenario && g_str_equal(one->workload, other->workload) &&
           axes_comparable(one->axis, other->axis);
}

/* How well a case serves as the one that is run twice; 0: not at all. */
static unsigned fitness(const struct plan_case *c)
{
    const char *named = c->scenario->twin;
    if (c->repeats < 2)
        return 0;
    if (named)
        return g_str_equal(named, c->route->name);
    return c->route->ours ? 2 : 1;
}

void twins_add(GPtrArray *cases)
{
    g_autoptr(GPtrArray) firsts = g_ptr_array_new(); /* the chosen one of each group */

    for (unsigned i = 0; i < cases->len; i++) {
        struct plan_case *c = g_ptr_array_index(cases, i);
        unsigned g = 0;
        while (g < firsts->len && !are_comparable(g_ptr_array_index(firsts, g), c))
            g++;
        if (g == firsts->len && fitness(c) > 0)
            g_ptr_array_add(firsts, c);
        else if (g < firsts->len && fitness(c) > fitness(g_ptr_array_index(firsts, g)))
            g_ptr_array_index(firsts, g) = c;
    }
    for (unsigned i = 0; i < cases->len; i++) {
        struct plan_case *c = g_ptr_array_index(cases, i);
        if (!g_ptr_array_find(firsts, c, NULL))
            continue;
        struct plan_case *again = g_memdup2(c, sizeof *c);
        c->twin = 1;
        again->twin = 2;
        g_ptr_array_insert(cases, (int)++i, again);
    }
}
