/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * desktop: a user's desktop, on which unmodified viewers run: an X server of its own (Xvfb) and a
 * window manager (openbox), and what is to be seen there.
 *
 * Windows are those of the window manager's list, _NET_CLIENT_LIST of the Extended Window Manager
 * Hints: what a user has in the task bar. One desktop at a time; tests only; main thread. What
 * fails fails the test.
 */
#ifndef GPU_MODULE_TESTS_DESKTOP_H
#define GPU_MODULE_TESTS_DESKTOP_H

#include "media/barcode.h"

#include <stdbool.h>
#include <stdint.h>

/* Room for two viewers' windows of 1280x720 beside each other, which nobody scales. */
#define DESKTOP_WIDTH_PX 2720
#define DESKTOP_HEIGHT_PX 960
#define DESKTOP_WINDOWS_MAX 8u
/* In place of a window: the whole desktop. */
#define DESKTOP_ALL 0u

struct viewer;

/* The folder is for viewers' logs and settings, and must stay. False where Xvfb or openbox is not
 * installed. */
bool desktop_start(const char *folder);
void desktop_end(void); /* may follow itself; viewers are to be ended before */

/* Starts "remote-viewer" or "spicy" with the server at `uri`; NULL where it is not installed. */
struct viewer *viewer_start(const char *program, const char *uri);
/* As if its user closed it by force; NULL is allowed. */
void viewer_end(struct viewer *viewer);
/* False once it has ended by itself. */
bool viewer_is_alive(struct viewer *viewer);

/* Those that are there now, the oldest one first. */
unsigned desktop_windows(uint32_t ret_windows[DESKTOP_WINDOWS_MAX]);

/* The number of this source's barcode in a window's picture, -1 where there is none: it is
 * hidden, or scaled. */
int desktop_number(uint32_t window, enum barcode_source source);

/* What a user does with a window; nothing of it is done when they return. */
void desktop_move(uint32_t window, int x_px, int y_px);
void desktop_resize(uint32_t window, unsigned width_px, unsigned height_px);
void desktop_full_screen(uint32_t window, bool full);

/* Of a window's contents. */
void desktop_size(uint32_t window, unsigned *ret_width_px, unsigned *ret_height_px);

/* A picture of the desktop, a PNG file. */
void desktop_save(const char *path);

#endif
