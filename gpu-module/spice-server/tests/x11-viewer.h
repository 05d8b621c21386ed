/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x11-viewer: an unmodified remote-viewer on an X server of its own, and what
 * is to be seen on that server's screen.
 *
 * Xvfb keeps its screen in a file (-fbdir), so that no program has to take the
 * pixels. Tests only; main thread.
 */
#ifndef GPU_MODULE_TESTS_X11_VIEWER_H
#define GPU_MODULE_TESTS_X11_VIEWER_H

#include "media/barcode.h"

#include <glib.h>
#include <stdbool.h>

struct x11_viewer;

/* Starts both in `folder`, the viewer on the server at `uri`. NULL where Xvfb
 * or remote-viewer is not installed, or does not start. */
struct x11_viewer *x11_viewer_start(const char *folder, const char *uri);

/* Ends both; NULL is allowed. */
void x11_viewer_end(struct x11_viewer *viewer);

/* false once the viewer has ended by itself. */
bool x11_viewer_is_alive(struct x11_viewer *viewer);

/* The number of this source's barcode on the screen, -1 where there is none. */
int x11_viewer_number(struct x11_viewer *viewer, enum barcode_source source);

#endif
