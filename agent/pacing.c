/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/pacing.h"

/* Of a frame interval. */
#define FILL_NUM 15
#define FILL_DEN 16

void pacing_init(struct pacing *pacing, int64_t now_ns, uint32_t fps_num, uint32_t fps_den)
{
    pacing->interval_ns = INT64_C(1000000000) * fps_den / fps_num * FILL_NUM / FILL_DEN;
    pacing->next_ns = now_ns - pacing->interval_ns;
}

void pacing_take(struct pacing *pacing, int64_t now_ns)
{
    if (pacing->next_ns < now_ns - pacing->interval_ns)
        pacing->next_ns = now_ns - pacing->interval_ns;
    pacing->next_ns += pacing->interval_ns;
}
