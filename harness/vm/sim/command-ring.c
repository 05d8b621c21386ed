/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/command-ring.h"

struct command_ring {
    GMutex lock;
    GCond room;
    QXLCommandExt commands[QXL_COMMAND_RING_SIZE];
    unsigned taken, pushed; /* counts; they wrap around together */
    bool notify;
    bool closed;
};

G_STATIC_ASSERT((QXL_COMMAND_RING_SIZE & (QXL_COMMAND_RING_SIZE - 1)) == 0);

struct command_ring *command_ring_create(void)
{
    struct command_ring *ring = g_new0(struct command_ring, 1);
    g_mutex_init(&ring->lock);
    g_cond_init(&ring->room);
    return ring;
}

void command_ring_destroy(struct command_ring *ring)
{
    if (!ring)
        return;
    g_mutex_clear(&ring->lock);
    g_cond_clear(&ring->room);
    g_free(ring);
}

bool command_ring_push(struct command_ring *ring, const QXLCommandExt *command, bool *ret_notify)
{
    g_mutex_lock(&ring->lock);
    while (!ring->closed && ring->pushed - ring->taken == QXL_COMMAND_RING_SIZE)
        g_cond_wait(&ring->room, &ring->lock);

    bool pushed = !ring->closed;
    *ret_notify = pushed && ring->notify;
    if (pushed) {
        ring->commands[ring->pushed++ % QXL_COMMAND_RING_SIZE] = *command;
        ring->notify = false;
    }
    g_mutex_unlock(&ring->lock);
    return pushed;
}

bool command_ring_take(struct command_ring *ring, QXLCommandExt *ret_command)
{
    g_mutex_lock(&ring->lock);
    bool any = ring->pushed != ring->taken;
    if (any) {
        *ret_command = ring->commands[ring->taken++ % QXL_COMMAND_RING_SIZE];
        g_cond_signal(&ring->room);
    }
    g_mutex_unlock(&ring->lock);
    return any;
}

bool command_ring_request_notify(struct command_ring *ring)
{
    g_mutex_lock(&ring->lock);
    ring->notify = ring->pushed == ring->taken;
    bool asked = ring->notify;
    g_mutex_unlock(&ring->lock);
    return asked;
}

void command_ring_close(struct command_ring *ring)
{
    g_mutex_lock(&ring->lock);
    ring->closed = true;
    g_cond_broadcast(&ring->room);
    g_mutex_unlock(&ring->lock);
}
