/*
 * frame-demands: what a frame must be so that a client shows it, whole and at
 * once, beyond what the GPU module refuses.
 *
 * The module looks no further than a frame's first slice; what is wrong there a
 * decoder finds out, and says nothing: the client's picture is late, stands
 * still, or never comes. docs/port-protocol.md, "Frames". H.264 (ITU-T H.264)
 * and H.265 (ITU-T H.265); of other codecs nothing is demanded. One thread.
 */
#ifndef FRAME_DEMANDS_H
#define FRAME_DEMANDS_H

#include "protocol/port-protocol.h"

#include <glib.h>

typedef struct FrameDemands FrameDemands;

/* Remembers the parameter sets of one session. */
FrameDemands *frame_demands_new(void);
void frame_demands_free(FrameDemands *demands);

/* Looks at the body of the next DATA. NULL, or what is wrong: one line, static. */
const char *frame_demands_check(FrameDemands *demands, enum port_codec codec, const uint8_t *bytes,
                                size_t size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameDemands, frame_demands_free)

#endif
