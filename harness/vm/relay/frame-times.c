#include "harness/vm/relay/frame-times.h"

#include "gpu-module/counters-map.h"
#include "protocol/port-protocol.h"

#include <string.h>

typedef struct {
    guint64 opening, bytes;
    gint64 t2_ns, t3_ns, t4_ns;
    gsize end; /* behind its last byte, in the bytes of the read that had it */
} FrameTime;

struct FrameTimes {
    Samples *samples;
    GArray *frames;    /* FrameTime, whole ones */
    guint first_unwritten;
    guint opening;
    FrameTime present; /* the message that is being read */
    guint8 header[PORT_HEADER_BYTES];
    gsize header_bytes, body_left;
};

FrameTimes *frame_times_create(const char *file, GError **error)
{
    Samples *samples = samples_open(file, FRAME_RECORD_CSV_HEADER, error);
    if (!samples)
        return NULL;
    FrameTimes *times = g_new0(FrameTimes, 1);
    times->samples = samples;
    times->frames = g_array_new(FALSE, FALSE, sizeof(FrameTime));
    return times;
}

gboolean frame_times_destroy(FrameTimes *times)
{
    if (!times)
        return TRUE;
    for (guint i = 0; i < times->frames->len; i++) {
        const FrameTime *frame = &g_array_index(times->frames, FrameTime, i);
        g_autofree char *t4 =
            frame->t4_ns ? g_strdup_printf("%" G_GINT64_FORMAT, frame->t4_ns) : g_strdup("");
        samples_row(times->samples,
                    "frame,%" G_GINT64_FORMAT ",%u,%" G_GUINT64_FORMAT ",%u,%" G_GUINT64_FORMAT
                    ",,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%s,%d,%s",
                    frame->t3_ns, i + 1, frame->opening, i + 1, frame->bytes, frame->t2_ns,
                    frame->t3_ns, t4, frame->t4_ns != 0,
                    frame_fate_text(frame->t4_ns ? FRAME_SENT : FRAME_UNSENT));
    }
    gboolean ok = samples_close(times->samples);
    g_array_unref(times->frames);
    g_free(times);
    return ok;
}

void frame_times_opened(FrameTimes *times)
{
    if (!times)
        return;
    times->opening++;
    times->header_bytes = times->body_left = 0;
    times->first_unwritten = times->frames->len;
}

static guint32 le32(const guint8 *bytes)
{
    guint32 value;
    memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_LE(value);
}

static void message_ends(FrameTimes *times, gint64 now_ns, gsize end)
{
    times->header_bytes = 0;
    if ((times->header[2] | times->header[3] << 8) != PORT_DATA)
        return;
    times->present.t3_ns = now_ns;
    times->present.end = end;
    g_array_append_val(times->frames, times->present);
}

void frame_times_read(FrameTimes *times, const guint8 *bytes, gsize size)
{
    if (!times)
        return;
    const gint64 now_ns = samples_now_ns();

    for (gsize at = 0; at < size;) {
        if (times->header_bytes == 0)
            times->present = (FrameTime){.opening = times->opening, .t2_ns = now_ns};
        if (times->header_bytes < PORT_HEADER_BYTES) {
            times->header[times->header_bytes++] = bytes[at++];
            if (times->header_bytes < PORT_HEADER_BYTES)
                continue;
            times->present.bytes = times->body_left = le32(times->header + 4);
        }
        const gsize part = MIN(times->body_left, size - at);
        times->body_left -= part;
        at += part;
        if (times->body_left == 0)
            message_ends(times, now_ns, at);
    }
}

void frame_times_written(FrameTimes *times, gsize written)
{
    if (!times)
        return;
    const gint64 now_ns = samples_now_ns();

    for (; times->first_unwritten < times->frames->len; times->first_unwritten++) {
        FrameTime *frame = &g_array_index(times->frames, FrameTime, times->first_unwritten);
        if (frame->end > written)
            return;
        frame->t4_ns = now_ns;
    }
}
