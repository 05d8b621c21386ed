/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/leftovers.h"

void leftovers_expect(struct leftovers *left)
{
    *left = (struct leftovers){.turns_due = LEFTOVERS_QUIET_TURNS};
}

void leftovers_turn_over(struct leftovers *left)
{
    left->turn_over = true;
}

void leftovers_read(struct leftovers *left, size_t bytes, bool is_open)
{
    if (bytes > 0) {
        left->turns_due = LEFTOVERS_QUIET_TURNS;
        left->waiting_bytes += is_open ? bytes : 0;
    } else if (left->turn_over && left->turns_due > 0) {
        left->turns_due--;
    }
    left->turn_over = false;
}

bool leftovers_gone(const struct leftovers *left)
{
    return left->turns_due == 0 || left->waiting_bytes >= LEFTOVERS_MAX_BYTES;
}
