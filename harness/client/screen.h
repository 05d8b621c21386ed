/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * screen: what a user in front of the client would see, picture by picture.
 *
 * Each picture that a display channel shows becomes one row "shown". A notice
 * "shown" is sent for the first picture, and then only when the showing
 * channel, or the source or size of its picture, changes. The showing channel is
 * the one with the highest id that has a picture: upstream's stream device opens
 * a display channel of its own, whose window covers that of the vGPU, which goes
 * on drawing. With several QXL devices, whose displays lie side by side, the
 * caller chooses the channel.
 *
 * Any thread.
 */
#ifndef VDIBENCH_CLIENT_SCREEN_H
#define VDIBENCH_CLIENT_SCREEN_H

#include "auto-destroy.h"
#include "harness/client/picture-source.h"
#include "harness/instrument/samples.h"

#include <stdbool.h>
#include <stdint.h>

#define SCREEN_CHANNEL_NONE (-1)

struct screen;

/* `samples` (may be NULL) is borrowed and must outlive the screen. `watched` is the
 * showing channel, or SCREEN_CHANNEL_NONE for the highest that has a picture. */
struct screen *screen_create(struct samples *samples, int watched);
void screen_destroy(struct screen *screen);

/* `channel` has shown this picture of BGRx pixels since `time_ns`. It came from
 * access unit `unit` of stream `stream`. `unit` is EVENT_ROW_EMPTY where it is
 * unknown; both are EVENT_ROW_EMPTY where a draw command made the picture.
 * `stale_px` is the number of pixels that its source has not painted, `unfinished`
 * whether nobody has painted them yet (painted.h). */
void screen_show(struct screen *screen, int64_t time_ns, int channel, int stream, int unit,
                 const uint8_t *bgrx, size_t stride_bytes, unsigned width_px, unsigned height_px,
                 int64_t stale_px, bool unfinished);

/* The same for a buffer that a vGPU with 3D passes on (GL scanout). Its pixels are
 * not read: only a vGPU passes on such buffers. */
void screen_show_scanout(struct screen *screen, int64_t time_ns, int channel, unsigned width_px,
                         unsigned height_px);

/* From now on some of the shown pictures are kept (kept-pictures.h). */
void screen_keep_pictures(struct screen *screen);

/* Writes them, and keeps none any more; as kept_pictures_write(). */
int screen_write_kept(struct screen *screen, const char *folder, GError **error);

/* The channel's primary surface is about to be destroyed: copies its last pixels. A
 * picture on the next primary that only stretches them is PICTURE_SOURCE_KEPT. */
void screen_keep_last(struct screen *screen, int channel, const uint8_t *bgrx, size_t stride_bytes,
                      unsigned width_px, unsigned height_px);

/* The channel has no picture any more, because its primary surface or the channel
 * itself is gone. If another channel becomes visible, a notice reports that. */
void screen_forget(struct screen *screen, int channel);

/* The showing channel, the source of its picture, and the picture's number. Without
 * one: SCREEN_CHANNEL_NONE, PICTURE_SOURCE_OTHER and PICTURE_NUMBER_NONE. */
int screen_showing_channel(struct screen *screen);
enum picture_source screen_showing_source(struct screen *screen);
int screen_showing_number(struct screen *screen);

DEFINE_AUTO_DESTROY(screen, screen_destroy)

#endif
