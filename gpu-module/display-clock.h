/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * display-clock: the multimedia time that is stamped on a frame, and why.
 *
 * A client shows a frame when its own clock reaches the frame's stamp. That
 * clock is the server's, set back by what a client is behind: at least 400 ms
 * with spice-server up to 0.15 (MM_TIME_DELTA of its reds-private.h, sent when a
 * client connects and when a sound ends), nothing but the link's delay from 0.16
 * on, and, while a sound plays, the delay of its audio sink, which the server
 * does not know. What becomes of a late frame is the decoder's choice
 * (spice-gtk 0.42):
 *
 *   codec          decoder, file                  a late frame
 *   VP8, VP9,      GStreamer,                     is decoded, and shown at once
 *   H.264, H.265   channel-display-gst.c          unless a newer one is decoded
 *   MJPEG          built in, or GStreamer where   is dropped at its arrival:
 *                  spice-gtk was built without,   "have no impact on the ones
 *                  channel-display-mjpeg.c        that come after"
 *
 * So for the four a stamp in the past costs nothing and waits for nothing, and
 * must lie further back than any audio delay: 2 s.
 *
 * An MJPEG frame must lie ahead of the client's clock when its last byte is
 * there, and is shown when the clock has come to it: it is stamped
 * DISPLAY_CLOCK_MJPEG_LEAD_MS ahead of that clock. This is the display latency
 * that it has, and at most so long may a frame be on its way: the link, a busy
 * client, and the time that its clock's setting was quicker. While a sound
 * plays, and always from 0.16 on, the clock may stand as far as at the server's
 * own time (a sink without delay), so the lead is ahead of that. On a slow link a
 * single frame takes longer than the lead, which is 400 ms there, as upstream's
 * 0.15 has it.
 * A frame that came later, or while the decoder was busy with the one before it,
 * is dropped, and it may be the last one: so when nothing has followed an MJPEG
 * frame for DISPLAY_CLOCK_MJPEG_REPEAT_MS it is sent once more, for which any
 * lead will do: as on a slow link.
 */
#ifndef DISPLAY_CLOCK_H
#define DISPLAY_CLOCK_H

#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DISPLAY_CLOCK_BEHIND_MS 2000u

/* Half of what upstream's 0.15 leaves. A frame of 250 KB (1080p) takes 100 ms at
 * 20 Mbit/s; as much again is left for a client that is busy. */
#define DISPLAY_CLOCK_MJPEG_LEAD_MS 200u
#define DISPLAY_CLOCK_MJPEG_SLOW_LEAD_MS 400u

/* Not before the frame itself has been shown: its lead, and time to decode it. */
#define DISPLAY_CLOCK_MJPEG_REPEAT_MS (DISPLAY_CLOCK_MJPEG_LEAD_MS + 100u)

/* The stamp for a frame that is sent at the server's multimedia time `now_ms`, to a
 * client whose clock is at least `client_behind_ms` behind that, and of whom the server
 * knows whether its link is slow (less than 10 Mbit/s; a repeated frame's is taken for
 * slow). Both times wrap at 2^32, and clients compare them modulo 2^32.
 * Never 0: a client takes 0 for a missing stamp, complains and adds 100 ms. */
uint32_t display_clock_stamp_ms(uint32_t now_ms, enum port_codec codec, uint32_t client_behind_ms,
                                bool slow_link);

#ifdef __cplusplus
}
#endif
#endif
