/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * screen: what somebody who sits before the client would see, picture by picture.
 *
 * Each picture that a display channel shows becomes one row "shown". A notice
 * "shown" is sent for the first picture, and then only when the showing
 * channel, its picture's source or its size changes. The showing channel is
 * the one with the highest id that has a picture: upstream's stream device
 * opens a display channel of its own beside the vGPU's, which goes on drawing
 * behind it. Or it is a given one: the displays of several QXL devices lie
 * beside each other.
 *
 * Any thread.
 */
#ifndef VDIBENCH_CLIENT_SCREEN_H
#define VDIBENCH_CLIENT_SCREEN_H

#include "auto-destroy.h"
#include "harness/client/picture-source.h"
#include "harness/instrument/samples.h"

#include <stdint.h>

#define SCREEN_CHANNEL_NONE (-1)

struct screen;

/* `samples` (may be NULL) is borrowed and must outlive the screen. `watched` is
 * the showing channel, or SCREEN_CHANNEL_NONE: the highest. */
struct screen *screen_create(struct samples *samples, int watched);
void screen_destroy(struct screen *screen);

/* A picture of BGRx pixels is shown on `channel` since `time_ns`. It came from
 * access unit `unit` of stream `stream`, or these are EVENT_ROW_EMPTY:
 * both where it was drawn, the unit alone where it could not be followed.
 * `stale_px` of its pixels are not that source's. */
void screen_shows(struct screen *screen, int64_t time_ns, int channel, int stream, int unit,
                  const uint8_t *bgrx, size_t stride_bytes, unsigned width_px, unsigned height_px,
                  int64_t stale_px);

/* The same of a buffer that a vGPU with 3D hands on (GL scanout). It is not
 * looked into: nobody else hands on any. */
void screen_shows_scanout(struct screen *screen, int64_t time_ns, int channel, unsigned width_px,
                          unsigned height_px);

/* The channel's primary surface is about to go; these are its last pixels. A
 * picture of the next one that only stretches them is PICTURE_SOURCE_KEPT. */
void screen_leaves(struct screen *screen, int channel, const uint8_t *bgrx, size_t stride_bytes,
                   unsigned width_px, unsigned height_px);

/* The channel has no picture any more: its primary surface is gone, or it is.
 * Where another channel shows through, a notice says so. */
void screen_forget(struct screen *screen, int channel);

/* The showing channel, or SCREEN_CHANNEL_NONE, the source of its picture
 * (other where there is none), and that one's number (PICTURE_NUMBER_NONE). */
int screen_showing_channel(struct screen *screen);
enum picture_source screen_showing_source(struct screen *screen);
int screen_showing_number(struct screen *screen);

DEFINE_AUTO_DESTROY(screen, screen_destroy)

#endif
