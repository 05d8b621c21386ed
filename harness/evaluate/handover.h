/*
 * handover: where, in the samples, the display went from one source to the
 * other in front of a client that was watching.
 *
 * It begins with the VM's port event (the paper: "the switch time is when the
 * VirtIO port is opened") and ends with the first picture of the new source.
 * A client that came after the event has seen no handover. Pure, any thread.
 */
#ifndef VDIBENCH_HANDOVER_H
#define VDIBENCH_HANDOVER_H

#include "harness/evaluate/rows.h"

typedef enum {
    HANDOVER_IN,  /* vGPU to pGPU: the port was opened; on whatever channel */
    HANDOVER_OUT, /* back: it was closed; on the vGPU's channel */
} HandoverDirection;

/* Times in ns of CLOCK_MONOTONIC. */
typedef struct {
    gint64 event_ns; /* the port's */
    gint64 first_ns; /* first picture of the new source */
    gint64 last_ns;  /* last one of the old source on that channel; 0: it had none there */
} Handover;

/* The lowest channel that showed the vGPU, the first QXL device's; NULL when
 * none did. The rows'. */
const char *handover_vgpu_channel(const Rows *client);

/* The first port event that could begin one; 0 when there is none. */
gint64 handover_event_ns(const Rows *vm, HandoverDirection direction);

/* The next one whose port event is in the row `*row` of the VM's samples or
 * later; moves `*row` behind it. False when there is none. */
gboolean handover_next(const Rows *client, const Rows *vm, HandoverDirection direction, guint *row,
                       Handover *ret_handover);

#endif
