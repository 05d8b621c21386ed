/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/slots.h"

void slots_init(struct slots *slots, int64_t origin_ns, uint32_t fps_num, uint32_t fps_den)
{
    *slots = (struct slots){.origin_ns = origin_ns, .fps_num = fps_num, .fps_den = fps_den};
}

int64_t slots_next_ns(const struct slots *slots)
{
    /* In whole seconds and a rest, so that nothing overflows in a long run. */
    uint64_t periods = slots->index / slots->fps_num; /* of fps_den seconds each */
    uint64_t rest = slots->index % slots->fps_num;

    return slots->origin_ns +
           (int64_t)(periods * slots->fps_den * UINT64_C(1000000000) +
                     rest * slots->fps_den * UINT64_C(1000000000) / slots->fps_num);
}

void slots_advance(struct slots *slots)
{
    slots->index++;
}
