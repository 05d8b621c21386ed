/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/waiting-frames.h"

static void drop_oldest(struct waiting_frames *frames, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        gst_buffer_unref(frames->frames[i].buffer);
    frames->count -= count;
    for (unsigned i = 0; i < frames->count; i++)
        frames->frames[i] = frames->frames[i + count];
}

static bool is_mapped(GstBuffer *buffer)
{
    if (gst_buffer_n_memory(buffer) == 0)
        return false;

    GstMiniObject *memory = GST_MINI_OBJECT_CAST(gst_buffer_peek_memory(buffer, 0));
    if (!gst_mini_object_lock(memory, GST_LOCK_FLAG_WRITE))
        return true;
    gst_mini_object_unlock(memory, GST_LOCK_FLAG_WRITE);
    return false;
}

void waiting_frames_add(struct waiting_frames *frames, GstBuffer *buffer, int unit)
{
    if (frames->count == WAITING_FRAMES_MAX)
        drop_oldest(frames, 1);
    frames->frames[frames->count].buffer = gst_buffer_ref(buffer);
    frames->frames[frames->count].unit = unit;
    frames->count++;
}

bool waiting_frames_take_shown(struct waiting_frames *frames, int *ret_unit)
{
    for (unsigned i = 0; i < frames->count; i++) {
        if (is_mapped(frames->frames[i].buffer)) {
            *ret_unit = frames->frames[i].unit;
            drop_oldest(frames, i + 1);
            return true;
        }
    }
    return false;
}

void waiting_frames_clear(struct waiting_frames *frames)
{
    drop_oldest(frames, frames->count);
}
