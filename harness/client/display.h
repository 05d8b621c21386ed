/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * display: one SPICE display channel and its primary surface.
 *
 * Like a viewer's window: it knows the primary from the channel's signals,
 * says to the screen what each "display-invalidate" put there, and hands the
 * channel's streams over to the pipelines. A picture counts as shown from the
 * moment at which a viewer would paint it: at the invalidate, but not before
 * the first MARK (a server draws the first picture before it). A new primary
 * is a picture too, a blank one, if nothing is drawn on it before a viewer would
 * come to paint its window: when the main loop has nothing else to do. A vGPU update of several dirty rectangles is
 * several pictures; its barcode, drawn last, ends it with the new number.
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

/* Bytes that the channel read since it was opened. */
unsigned long display_read_bytes(const struct display *display);

/* The picture now shown: the overlay sink's, where one is alive, else the
 * canvas. NULL when there is none or its format is not 32 bits a pixel. */
struct picture *display_copy_picture(const struct display *display);

DEFINE_AUTO_DESTROY(display, display_destroy)

#endif
