/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/covering.h"

#include <stdbool.h>

struct search {
    const struct covering_cell *cells;
    unsigned n;
    unsigned values[COVERING_FACTORS];                  /* how many each factor has */
    unsigned first[COVERING_FACTORS][COVERING_FACTORS]; /* index of the first pair of two factors */
    unsigned *round; /* of each pair: in which round it was covered last; 0: never */
    bool *is_taken;  /* of each cell */
    unsigned now;    /* the present round, from 1 */
};

static void search_begin(struct search *search, const struct covering_cell *cells, unsigned n)
{
    unsigned pairs = 0;

    *search = (struct search){.cells = cells, .n = n, .now = 1};
    for (unsigned i = 0; i < n; i++) {
        for (unsigned f = 0; f < COVERING_FACTORS; f++)
            search->values[f] = MAX(search->values[f], cells[i].value[f] + 1);
    }
    for (unsigned a = 0; a < COVERING_FACTORS; a++) {
        for (unsigned b = a + 1; b < COVERING_FACTORS; b++) {
            search->first[a][b] = pairs;
            pairs += search->values[a] * search->values[b];
        }
    }
    search->round = g_new0(unsigned, pairs + 1);
    search->is_taken = g_new0(bool, n + 1);
}

static void search_end(struct search *search)
{
    g_free(search->round);
    g_free(search->is_taken);
}

static unsigned *round_of(const struct search *search, const struct covering_cell *cell, unsigned a,
                          unsigned b)
{
    unsigned pair = search->first[a][b] + cell->value[a] * search->values[b] + cell->value[b];
    return &search->round[pair];
}

/* How many pairs of the cell this round has not covered. */
static unsigned count_new(const struct search *search, const struct covering_cell *cell)
{
    unsigned count = 0;
    for (unsigned a = 0; a < COVERING_FACTORS; a++) {
        for (unsigned b = a + 1; b < COVERING_FACTORS; b++)
            count += *round_of(search, cell, a, b) != search->now;
    }
    return count;
}

/* How many no round has covered. */
static unsigned count_missing(const struct search *search, const struct covering_cell *cell)
{
    unsigned count = 0;
    for (unsigned a = 0; a < COVERING_FACTORS; a++) {
        for (unsigned b = a + 1; b < COVERING_FACTORS; b++)
            count += *round_of(search, cell, a, b) == 0;
    }
    return count;
}

static void cover(const struct search *search, const struct covering_cell *cell)
{
    for (unsigned a = 0; a < COVERING_FACTORS; a++) {
        for (unsigned b = a + 1; b < COVERING_FACTORS; b++)
            *round_of(search, cell, a, b) = search->now;
    }
}

/* The cell that gives the most for its cost and fits; n when there is none. */
static unsigned best_cell(const struct search *search, double left_seconds)
{
    unsigned best = search->n;
    double best_gain = 0;

    for (unsigned i = 0; i < search->n; i++) {
        const struct covering_cell *cell = &search->cells[i];
        if (search->is_taken[i] || cell->cost_seconds > left_seconds)
            continue;
        double gain = count_new(search, cell) / cell->cost_seconds;
        if (gain > best_gain) {
            best_gain = gain;
            best = i;
        }
    }
    return best;
}

/* All pairs that occur: what choosing every cell would cover. */
static unsigned count_pairs(const struct covering_cell *cells, unsigned n)
{
    struct search all;
    unsigned pairs = 0;

    search_begin(&all, cells, n);
    for (unsigned i = 0; i < n; i++) {
        pairs += count_new(&all, &cells[i]);
        cover(&all, &cells[i]);
    }
    search_end(&all);
    return pairs;
}

struct covering *covering_create(const struct covering_cell *cells, unsigned n,
                                 double budget_seconds)
{
    struct covering *covering = g_new0(struct covering, 1);
    bool found = false; /* in this round */
    struct search search;

    search_begin(&search, cells, n);
    covering->choices = g_array_new(false, false, sizeof(struct covering_choice));
    covering->pairs_all = count_pairs(cells, n);
    for (;;) {
        unsigned best = best_cell(&search, budget_seconds - covering->cost_seconds);
        if (best == n) {
            if (!found)
                break; /* not even in a new round: all are taken, or none fits */
            search.now++;
            found = false;
            continue;
        }
        /* What the first round could not afford no later one can. */
        struct covering_choice choice = {best,
                                         search.now == 1 ? count_new(&search, &cells[best]) : 0};
        cover(&search, &cells[best]);
        g_array_append_val(covering->choices, choice);
        covering->pairs_covered += choice.new_pairs;
        covering->cost_seconds += cells[best].cost_seconds;
        search.is_taken[best] = true;
        found = true;
    }
    covering->missing = g_new0(unsigned, n + 1);
    for (unsigned i = 0; i < n; i++)
        covering->missing[i] = count_missing(&search, &cells[i]);
    search_end(&search);
    return covering;
}

void covering_destroy(struct covering *covering)
{
    if (!covering)
        return;
    g_array_unref(covering->choices);
    g_free(covering->missing);
    g_free(covering);
}
