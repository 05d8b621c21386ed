/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/flow.h"

bool flow_offer(struct flow_client *client, bool key_frame, bool alone)
{
    bool room = alone || client->queued < FLOW_WINDOW_FRAMES;

    if (client->dropping)
        client->dropping = !(key_frame && room);
    else
        client->dropping = !room;

    if (client->dropping)
        return false;
    client->queued++;
    return true;
}

bool flow_sent(struct flow_client *client)
{
    if (client->queued > 0)
        client->queued--;
    return client->dropping && client->queued == 0;
}

void flow_hand(struct flow_credit *credit)
{
    __atomic_store_n(&credit->handed, credit->handed + 1, __ATOMIC_SEQ_CST);
}

void flow_progress(struct flow_credit *credit, unsigned taken, unsigned shortest_queue)
{
    const uint32_t all = (uint32_t)(credit->progress >> 32) + taken;

    __atomic_store_n(&credit->progress, (uint64_t)all << 32 | shortest_queue, __ATOMIC_SEQ_CST);
}

unsigned flow_in_flight(const struct flow_credit *credit)
{
    const uint64_t progress = __atomic_load_n(&credit->progress, __ATOMIC_SEQ_CST);
    const uint32_t handed = __atomic_load_n(&credit->handed, __ATOMIC_SEQ_CST);

    return handed - (uint32_t)(progress >> 32) + (uint32_t)progress;
}
