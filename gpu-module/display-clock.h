/*
 * display-clock: the multimedia time that is stamped on a frame, and why.
 *
 * A client shows a frame when its own clock reaches the frame's stamp. That
 * clock runs 400 ms behind the server's from the start (MM_TIME_DELTA in
 * reds-private.h), more when a playback channel is in use: it then follows
 * the audio sink's delay. A frame that is stamped "now" therefore waits 400 ms
 * or longer. A frame that is late is shown at once unless a newer one is
 * already decoded, so a stamp in the past costs nothing, and it must lie
 * further back than any audio delay: 2 s.
 */
#ifndef DISPLAY_CLOCK_H
#define DISPLAY_CLOCK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DISPLAY_CLOCK_BEHIND_MS 2000u

/* The stamp for a frame that is sent at the server's multimedia time `now_ms`.
 * Both wrap at 2^32, and clients compare them modulo 2^32. Never 0: a client
 * takes 0 for a missing stamp, complains and adds 100 ms. */
uint32_t display_clock_stamp_ms(uint32_t now_ms);

#ifdef __cplusplus
}
#endif
#endif
