/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/order.h"

void order_shuffle(GPtrArray *array, GRand *random)
{
    for (unsigned left = array->len; left > 1; left--) {
        unsigned chosen = (unsigned)g_rand_int_range(random, 0, (int)left);
        void *element = g_ptr_array_index(array, chosen);
        g_ptr_array_index(array, chosen) = g_ptr_array_index(array, left - 1);
        g_ptr_array_index(array, left - 1) = element;
    }
}
