/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* covering: every pair, within the budget, always the same. */
#include "auto-destroy.h"
#include "harness/plan/covering.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* Of a cell. */
#define PAIRS (COVERING_FACTORS * (COVERING_FACTORS - 1) / 2)

static const unsigned sizes[COVERING_FACTORS] = {4, 6, 3, 5, 2, 1, 2, 1, 1, 1, 1, 1, 1};

/* A matrix with holes: value 2 of the third factor only goes with the last two
 * of the second, as a drawing only goes with the routes that draw. */
static GArray *some_cells(void)
{
    GArray *cells = g_array_new(false, false, sizeof(struct covering_cell));
    unsigned all = 1;
    for (unsigned f = 0; f < COVERING_FACTORS; f++)
        all *= sizes[f];
    for (unsigned i = 0; i < all; i++) {
        struct covering_cell cell;
        unsigned rest = i;
        for (unsigned f = 0; f < COVERING_FACTORS; f++) {
            cell.value[f] = rest % sizes[f];
            rest /= sizes[f];
        }
        if ((cell.value[2] == 2) != (cell.value[1] >= 4))
            continue;
        cell.cost_seconds = 5 + cell.value[0] * 3;
        g_array_append_val(cells, cell);
    }
    return cells;
}

static struct covering *cover(const GArray *cells, double budget_seconds)
{
    return covering_create((const struct covering_cell *)cells->data, cells->len, budget_seconds);
}

static const struct covering_cell *chosen(const GArray *cells, const struct covering *covering,
                                          unsigned index)
{
    const struct covering_choice *choice =
        &g_array_index(covering->choices, struct covering_choice, index);
    return &g_array_index(cells, struct covering_cell, choice->cell);
}

static bool share_pair(const struct covering_cell *x, const struct covering_cell *y, unsigned a,
                       unsigned b)
{
    return x->value[a] == y->value[a] && x->value[b] == y->value[b];
}

/* Brute force: each pair of each cell against each choice. */
static void all_pairs_are_covered_when_there_is_time(void **state)
{
    g_autoptr(GArray) cells = some_cells();
    auto_destroy(covering) covering = cover(cells, 1e9);
    unsigned first_round = 0, new_pairs = 0;

    while (first_round < covering->choices->len &&
           g_array_index(covering->choices, struct covering_choice, first_round).new_pairs > 0)
        new_pairs +=
            g_array_index(covering->choices, struct covering_choice, first_round++).new_pairs;
    assert_int_equal(new_pairs, covering->pairs_all);
    assert_int_equal(covering->pairs_covered, covering->pairs_all);
    assert_true(first_round < cells->len / 4); /* or it would be no design */

    for (unsigned i = 0; i < cells->len; i++) {
        const struct covering_cell *cell = &g_array_index(cells, struct covering_cell, i);
        for (unsigned a = 0; a < COVERING_FACTORS; a++) {
            for (unsigned b = a + 1; b < COVERING_FACTORS; b++) {
                bool covered = false;
                for (unsigned c = 0; c < first_round && !covered; c++)
                    covered = share_pair(cell, chosen(cells, covering, c), a, b);
                if (!covered)
                    fail_msg("cell %u: values %u and %u of factors %u and %u are not covered", i,
                             cell->value[a], cell->value[b], a, b);
            }
        }
    }
}

static void pairs_are_counted_as_they_occur(void **state)
{
    /* Two cells that share one pair of two factors only. */
    static const struct covering_cell cells[] = {{{0}, 1},
                                                 {{0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 1}};
    auto_destroy(covering) covering = covering_create(cells, 2, 10);
    assert_int_equal(covering->pairs_all, 2 * PAIRS - 1);
    assert_int_equal(covering->choices->len, 2);
    assert_int_equal(g_array_index(covering->choices, struct covering_choice, 0).new_pairs, PAIRS);
    assert_int_equal(g_array_index(covering->choices, struct covering_choice, 1).new_pairs,
                     PAIRS - 1);
}

/* Expected: time that is left after the last new pair is used, no cell twice. */
static void what_is_left_of_the_budget_is_used(void **state)
{
    g_autoptr(GArray) cells = some_cells();
    auto_destroy(covering) covering = cover(cells, 1e9);
    g_autofree bool *taken = g_new0(bool, cells->len);

    assert_int_equal(covering->choices->len, cells->len);
    for (unsigned i = 0; i < covering->choices->len; i++) {
        unsigned cell = g_array_index(covering->choices, struct covering_choice, i).cell;
        assert_false(taken[cell]);
        taken[cell] = true;
    }
}

static void the_budget_is_kept(void **state)
{
    g_autoptr(GArray) cells = some_cells();
    for (double budget = 0; budget < 600; budget += 7) {
        auto_destroy(covering) covering = cover(cells, budget);
        double sum = 0;
        for (unsigned i = 0; i < covering->choices->len; i++)
            sum += chosen(cells, covering, i)->cost_seconds;
        assert_true(sum <= budget);
        assert_float_equal(sum, covering->cost_seconds, 1e-9);
        assert_true(covering->pairs_covered <= covering->pairs_all);
        for (unsigned i = 0; i < cells->len; i++) /* what is reported missing is missing */
            assert_true(covering->missing[i] == 0 || covering->pairs_covered < covering->pairs_all);
        /* The cheapest costs 5: one fits as long as there is one left. */
        assert_true(budget - sum < 5 || covering->choices->len == cells->len);
    }
}

static void no_time_and_no_cells_give_no_choice(void **state)
{
    g_autoptr(GArray) cells = some_cells();
    auto_destroy(covering) too_short = cover(cells, 4.9);
    auto_destroy(covering) nothing = covering_create(NULL, 0, 100);
    assert_int_equal(too_short->choices->len, 0);
    assert_int_equal(too_short->pairs_covered, 0);
    assert_int_equal(too_short->missing[0], PAIRS);
    assert_true(too_short->pairs_all > 0);
    assert_int_equal(nothing->choices->len, 0);
    assert_int_equal(nothing->pairs_all, 0);
}

static void the_cheaper_of_two_equal_cells_is_taken(void **state)
{
    static const struct covering_cell cells[] = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 9},
                                                 {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 3},
                                                 {{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, 3}};
    auto_destroy(covering) covering = covering_create(cells, 3, 4);
    assert_int_equal(covering->choices->len, 1);
    assert_int_equal(covering->missing[0], PAIRS);
    assert_int_equal(covering->missing[1], 0);
    assert_int_equal(g_array_index(covering->choices, struct covering_choice, 0).cell, 1);
}

static void the_same_question_has_the_same_answer(void **state)
{
    g_autoptr(GArray) cells = some_cells();
    auto_destroy(covering) one = cover(cells, 500), other = cover(cells, 500);
    assert_int_equal(one->choices->len, other->choices->len);
    assert_memory_equal(one->choices->data, other->choices->data,
                        one->choices->len * sizeof(struct covering_choice));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_are_covered_when_there_is_time),
        cmocka_unit_test(pairs_are_counted_as_they_occur),
        cmocka_unit_test(what_is_left_of_the_budget_is_used),
        cmocka_unit_test(the_budget_is_kept),
        cmocka_unit_test(no_time_and_no_cells_give_no_choice),
        cmocka_unit_test(the_cheaper_of_two_equal_cells_is_taken),
        cmocka_unit_test(the_same_question_has_the_same_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
