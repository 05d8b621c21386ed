/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pointer: the pointer as the user sees it, and where the user moves it.
 *
 * Each change that the cursor channel reports to a viewer's window becomes a
 * notice: cursor event=set with size, hot spot and a CRC of the RGBA pixels,
 * event=move, event=hide, event=reset. A notice "mouse" reports the mouse mode
 * now in use. Main thread only.
 */
#ifndef VDIBENCH_CLIENT_POINTER_H
#define VDIBENCH_CLIENT_POINTER_H

#include <spice-client.h>
#include <stdbool.h>

struct pointer;

struct pointer *pointer_create(void);
/* NULL is allowed. */
void pointer_destroy(struct pointer *pointer);

/* Follows a new main, cursor or inputs channel until it ends. */
void pointer_watch(struct pointer *pointer, SpiceChannel *channel);

/* Opens the cursor channel, if it was not opened when it was announced. */
void pointer_open_cursor(struct pointer *pointer);

/* Moves the pointer to this position, in pixels of the primary surface. Without an
 * inputs channel nothing happens. */
void pointer_point(struct pointer *pointer, int x_px, int y_px);

/* Requests server mouse mode, in which the guest draws the pointer, or client mouse
 * mode, which the library requests by itself. */
void pointer_set_mode(struct pointer *pointer, bool server);

#endif
