/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/relay/frame-times.h"

#include "gpu-module/counters-map.h"
#include "protocol/port-protocol.h"

#include <inttypes.h>
#include <string.h>

struct frame_time {
    uint64_t opening, bytes;
    int64_t t2_ns, t3_ns, t4_ns;
    size_t end; /* where it ends in the bytes of the read that completed it */
};

struct frame_times {
    struct samples *samples;
    GArray *frames; /* struct frame_time, of frames that were read completely */
    unsigned first_unwritten;
    unsigned opening;
    struct frame_time present; /* the message that is being read */
    uint8_t header[PORT_HEADER_BYTES];
    size_t header_bytes, body_left;
};

struct frame_times *frame_times_create(const char *file, GError **error)
{
    struct samples *samples = samples_open(file, FRAME_RECORD_CSV_HEADER, error);
    if (!samples)
        return NULL;
    struct frame_times *times = g_new0(struct frame_times, 1);
    times->samples = samples;
    times->frames = g_array_new(false, false, sizeof(struct frame_time));
    return times;
}

bool frame_times_destroy(struct frame_times *times)
{
    if (!times)
        return true;
    for (unsigned i = 0; i < times->frames->len; i++) {
        const struct frame_time *frame = &g_array_index(times->frames, struct frame_time, i);
        g_autofree char *t4 =
            frame->t4_ns ? g_strdup_printf("%" PRId64, frame->t4_ns) : g_strdup("");
        samples_row(
            times->samples,
            "frame,%" PRId64 ",%u,%" PRIu64 ",%u,%" PRIu64 ",,%" PRId64 ",%" PRId64 ",%s,%d,%s",
            frame->t3_ns, i + 1, frame->opening, i + 1, frame->bytes, frame->t2_ns, frame->t3_ns,
            t4, frame->t4_ns != 0, frame_fate_text(frame->t4_ns ? FRAME_SENT : FRAME_UNSENT));
    }
    bool ok = samples_close(times->samples);
    g_array_unref(times->frames);
    g_free(times);
    return ok;
}

void frame_times_opened(struct frame_times *times)
{
    if (!times)
        return;
    times->opening++;
    times->header_bytes = times->body_left = 0;
    times->first_unwritten = times->frames->len;
}

static uint32_t le32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_LE(value);
}

static void message_ends(struct frame_times *times, int64_t now_ns, size_t end)
{
    times->header_bytes = 0;
    if ((times->header[2] | times->header[3] << 8) != PORT_DATA)
        return;
    times->present.t3_ns = now_ns;
    times->present.end = end;
    g_array_append_val(times->frames, times->present);
}

void frame_times_read(struct frame_times *times, const uint8_t *bytes, size_t size)
{
    if (!times)
        return;
    const int64_t now_ns = samples_now_ns();

    for (size_t at = 0; at < size;) {
        if (times->header_bytes == 0)
            times->present = (struct frame_time){.opening = times->opening, .t2_ns = now_ns};
        if (times->header_bytes < PORT_HEADER_BYTES) {
            times->header[times->header_bytes++] = bytes[at++];
            if (times->header_bytes < PORT_HEADER_BYTES)
                continue;
            times->present.bytes = times->body_left = le32(times->header + 4);
        }
        const size_t part = MIN(times->body_left, size - at);
        times->body_left -= part;
        at += part;
        if (times->body_left == 0)
            message_ends(times, now_ns, at);
    }
}

void frame_times_written(struct frame_times *times, size_t written)
{
    if (!times)
        return;
    const int64_t now_ns = samples_now_ns();

    for (; times->first_unwritten < times->frames->len; times->first_unwritten++) {
        struct frame_time *frame =
            &g_array_index(times->frames, struct frame_time, times->first_unwritten);
        if (frame->end > written)
            return;
        frame->t4_ns = now_ns;
    }
}
