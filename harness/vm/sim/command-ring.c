#include "harness/vm/sim/command-ring.h"

struct CommandRing {
    GMutex lock;
    GCond room;
    QXLCommandExt commands[QXL_COMMAND_RING_SIZE];
    guint taken, pushed; /* counts; they wrap around together */
    gboolean notify;
    gboolean closed;
};

G_STATIC_ASSERT((QXL_COMMAND_RING_SIZE & (QXL_COMMAND_RING_SIZE - 1)) == 0);

CommandRing *command_ring_create(void)
{
    CommandRing *ring = g_new0(CommandRing, 1);
    g_mutex_init(&ring->lock);
    g_cond_init(&ring->room);
    return ring;
}

void command_ring_destroy(CommandRing *ring)
{
    if (!ring)
        return;
    g_mutex_clear(&ring->lock);
    g_cond_clear(&ring->room);
    g_free(ring);
}

gboolean command_ring_push(CommandRing *ring, const QXLCommandExt *command, gboolean *ret_notify)
{
    g_mutex_lock(&ring->lock);
    while (!ring->closed && ring->pushed - ring->taken == QXL_COMMAND_RING_SIZE)
        g_cond_wait(&ring->room, &ring->lock);

    gboolean pushed = !ring->closed;
    *ret_notify = pushed && ring->notify;
    if (pushed) {
        ring->commands[ring->pushed++ % QXL_COMMAND_RING_SIZE] = *command;
        ring->notify = FALSE;
    }
    g_mutex_unlock(&ring->lock);
    return pushed;
}

gboolean command_ring_take(CommandRing *ring, QXLCommandExt *ret_command)
{
    g_mutex_lock(&ring->lock);
    gboolean any = ring->pushed != ring->taken;
    if (any) {
        *ret_command = ring->commands[ring->taken++ % QXL_COMMAND_RING_SIZE];
        g_cond_signal(&ring->room);
    }
    g_mutex_unlock(&ring->lock);
    return any;
}

gboolean command_ring_request_notify(CommandRing *ring)
{
    g_mutex_lock(&ring->lock);
    ring->notify = ring->pushed == ring->taken;
    gboolean asked = ring->notify;
    g_mutex_unlock(&ring->lock);
    return asked;
}

void command_ring_close(CommandRing *ring)
{
    g_mutex_lock(&ring->lock);
    ring->closed = TRUE;
    g_cond_broadcast(&ring->room);
    g_mutex_unlock(&ring->lock);
}
