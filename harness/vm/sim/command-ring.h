/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
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
#include <stdbool.h>

struct command_ring;

struct command_ring *command_ring_create(void);
/* Frees the ring, not what its commands point to; NULL is allowed. */
void command_ring_destroy(struct command_ring *ring);

/* Appends a command; waits while QXL_COMMAND_RING_SIZE are in it. False when
 * the ring is closed. `ret_notify`: the worker sleeps and wants to be woken. */
bool command_ring_push(struct command_ring *ring, const QXLCommandExt *command, bool *ret_notify);

/* Takes the oldest command; false when there is none. */
bool command_ring_take(struct command_ring *ring, QXLCommandExt *ret_command);

/* Asks for a notification at the next push. False, and nothing asked, when
 * commands are there already. */
bool command_ring_request_notify(struct command_ring *ring);

/* A waiting push and all later ones fail. What is in the ring stays there. */
void command_ring_close(struct command_ring *ring);

#endif
