/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* order: random, the same for the same seed, and each order as likely as another. */
#include "harness/plan/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define N 4
#define ORDERS (4 * 3 * 2)

/* The order of the next round as a number, 1234 if nothing is moved. */
static int next_order(GRand *random)
{
    static const int numbers[N] = {1, 2, 3, 4};
    g_autoptr(GPtrArray) array = g_ptr_array_new();
    int order = 0;

    for (unsigned i = 0; i < N; i++)
        g_ptr_array_add(array, (void *)&numbers[i]);
    order_shuffle(array, random);
    for (unsigned i = 0; i < N; i++)
        order = order * 10 + *(const int *)g_ptr_array_index(array, i);
    return order;
}

static void a_seed_has_its_orders(void **state)
{
    g_autoptr(GRand) one = g_rand_new_with_seed(7), same = g_rand_new_with_seed(7);
    g_autoptr(GRand) other = g_rand_new_with_seed(8);
    unsigned differ = 0;

    for (unsigned round = 0; round < 100; round++) {
        int order = next_order(one);
        assert_int_equal(order, next_order(same));
        differ += order != next_order(other);
    }
    assert_true(differ > 50);
}

/* Of 24000 orders each has 1000; the standard deviation is 31. */
static void each_order_is_as_likely_as_another(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    void *order, *count;

    for (unsigned i = 0; i < ORDERS * 1000; i++) {
        order = GINT_TO_POINTER(next_order(random));
        count = g_hash_table_lookup(counts, order);
        g_hash_table_insert(counts, order, GINT_TO_POINTER(GPOINTER_TO_INT(count) + 1));
    }
    assert_int_equal(g_hash_table_size(counts), ORDERS);
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &order, &count)) {
        if (abs(GPOINTER_TO_INT(count) - 1000) > 150)
            fail_msg("%d: %d times", GPOINTER_TO_INT(order), GPOINTER_TO_INT(count));
    }
}

static void nothing_has_one_order(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    order_shuffle(nothing, random);
    assert_int_equal(nothing->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_has_its_orders),
        cmocka_unit_test(each_order_is_as_likely_as_another),
        cmocka_unit_test(nothing_has_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
