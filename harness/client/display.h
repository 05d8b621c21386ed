/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * display: one SPICE display channel and its primary surface.
 *
 * Works like a viewer's window: it follows the primary surface through the
 * channel's signals, reports to the screen what each "display-invalidate" drew,
 * and hands the channel's streams over to the pipelines. A picture counts as shown
 * from the moment at which a viewer would paint it: at the invalidate, but not
 * before the first MARK (a server draws the first picture before it). A new
 * primary counts as a picture too, a blank one, if nothing is drawn on it before a
 * viewer would repaint its window, which is when the main loop becomes idle. A
 * vGPU update of several dirty rectangles is several pictures; its barcode is
 * drawn last, and so the last of them carries the new number.
 *
 * Main thread only.
 */
#ifndef VDIBENCH_CLIENT_DISPLAY_H
#define VDIBENCH_CLIENT_DISPLAY_H

#include "auto-destroy.h"
#include "harness/client/pipelines.h"
#include "harness/client/screen.h"
#include "media/picture.h"

#include <spice-client.h>
#include <stdbool.h>

struct display;

/* Watches `channel` (SPICE_IS_DISPLAY_CHANNEL; borrowed) until display_destroy().
 * The other arguments are borrowed and must outlive it. */
struct display *display_create(SpiceChannel *channel, struct pipelines *pipelines,
                               struct samples *samples, struct screen *screen);
void display_destroy(struct display *display);

int display_channel_id(const struct display *display);
bool display_is_of(const struct display *display, const SpiceChannel *channel);

/* How many bytes the channel has read since it was opened. */
unsigned long display_read_bytes(const struct display *display);

/* A copy of the picture now shown: that of the overlay sink, where there is one,
 * otherwise the canvas. NULL when there is no picture or its format is not 32 bits
 * a pixel. */
struct picture *display_copy_picture(const struct display *display);

DEFINE_AUTO_DESTROY(display, display_destroy)

#endif
