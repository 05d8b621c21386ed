/*
 * command-ring: the ring through which the vGPU hands its commands to the
 * SPICE worker, as a QXL guest does through its RAM: bounded, with a request
 * for a notification by the side that found it empty.
 *
 * One thread pushes (vgpu-draw), one takes (the SPICE worker); closing is
 * allowed from a third.
 */
#ifndef VDIBENCH_COMMAND_RING_H
#define VDIBENCH_COMMAND_RING_H

#include <glib.h>
#include <spice/qxl_dev.h>

typedef struct CommandRing CommandRing;

CommandRing *command_ring_create(void);
/* Frees the ring, not what its commands point to; NULL is allowed. */
void command_ring_destroy(CommandRing *ring);

/* Appends a command; waits while QXL_COMMAND_RING_SIZE are in it. False when
 * the ring is closed. `ret_notify`: the worker sleeps and wants to be woken. */
gboolean command_ring_push(CommandRing *ring, const QXLCommandExt *command,
                           gboolean *ret_notify);

/* Takes the oldest command; false when there is none. */
gboolean command_ring_take(CommandRing *ring, QXLCommandExt *ret_command);

/* Asks for a notification at the next push. False, and nothing asked, when
 * commands are there already. */
gboolean command_ring_request_notify(CommandRing *ring);

/* A waiting push and all later ones fail. What is in the ring stays there. */
void command_ring_close(CommandRing *ring);

#endif
