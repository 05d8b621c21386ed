/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pointer: what the user sees of the pointer, and where the user puts it.
 *
 * Each change of the cursor channel becomes a notice, as a viewer's window
 * would follow it: cursor event=set with size, hot spot and a CRC of the RGBA
 * pixels, event=move, event=hide, event=reset; and mouse, with the mode that
 * holds. Main thread only.
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

/* Opens the cursor channel, where that was left to be done. */
void pointer_open_cursor(struct pointer *pointer);

/* The user points there, in pixels of the primary surface. Without an inputs
 * channel nothing happens. */
void pointer_point(struct pointer *pointer, int x_px, int y_px);

/* Asks for server mouse mode, where the guest draws the pointer, or for client
 * mouse mode, which a client asks for by itself. */
void pointer_set_mode(struct pointer *pointer, bool server);

#endif
