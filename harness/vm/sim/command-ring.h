/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * command-ring: the ring through which the vGPU passes its commands to the SPICE
 * worker, as a QXL guest does in its RAM. It is bounded, and the side that finds it
 * empty can request a notification.
 *
 * One thread pushes (vgpu-draw), one takes (the SPICE worker); a third may close it.
 */
#ifndef VDIBENCH_COMMAND_RING_H
#define VDIBENCH_COMMAND_RING_H

#include <glib.h>
#include <spice/qxl_dev.h>
#include <stdbool.h>

struct command_ring;

struct command_ring *command_ring_create(void);
/* Frees the ring, but not what its commands point to; NULL is allowed. */
void command_ring_destroy(struct command_ring *ring);

/* Appends a command; waits while the ring holds QXL_COMMAND_RING_SIZE. False when the
 * ring is closed. `ret_notify`: whether the worker sleeps and must be woken. */
bool command_ring_push(struct command_ring *ring, const QXLCommandExt *command, bool *ret_notify);

/* Takes the oldest command; false when there is none. */
bool command_ring_take(struct command_ring *ring, QXLCommandExt *ret_command);

/* Requests a notification at the next push. When the ring already holds commands,
 * requests nothing and returns false. */
bool command_ring_request_notify(struct command_ring *ring);

/* Makes a waiting push and all later ones fail. The commands in the ring stay. */
void command_ring_close(struct command_ring *ring);

#endif
