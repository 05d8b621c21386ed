/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-stream: what goes through a client's pipe while it shows the pGPU, and
 * how it is put on the wire: STREAM_CREATE, STREAM_DATA, STREAM_DESTROY and
 * DRAW_COPY of the display channel. Display worker only.
 */
#ifndef GPU_STREAM_H_
#define GPU_STREAM_H_

#include "gpu-display.h"
#include "gpu-message.h"
#include "red-channel-client.h"

#include "push-visibility.h"

/* Our pipe items' types, far above the display channel's own. */
enum {
    GPU_PIPE_ITEM_STREAM_CREATE = RED_PIPE_ITEM_TYPE_CHANNEL_BASE + 1000,
    GPU_PIPE_ITEM_STREAM_DATA,
    GPU_PIPE_ITEM_STREAM_TRAILER,
    GPU_PIPE_ITEM_STREAM_REPEAT,
    GPU_PIPE_ITEM_STREAM_DESTROY,
    GPU_PIPE_ITEM_SURFACE_COPY,
    GPU_PIPE_ITEM_SWITCH_END,
};

struct GpuStreamCreateItem: public RedPipeItemNum<GPU_PIPE_ITEM_STREAM_CREATE> {
    GpuStreamCreateItem(uint32_t init_id, const port_format &init_format):
        id(init_id), format(init_format)
    {
    }
    const uint32_t id;
    const port_format format;
};

struct GpuStreamDestroyItem: public RedPipeItemNum<GPU_PIPE_ITEM_STREAM_DESTROY> {
    explicit GpuStreamDestroyItem(uint32_t init_id): id(init_id) {}
    const uint32_t id;
};

/* A frame in one client's pipe; counted in the client's queue as long as it lives. */
struct GpuStreamDataItem: public RedPipeItemNum<GPU_PIPE_ITEM_STREAM_DATA> {
    GpuStreamDataItem(uint32_t init_id, GpuClient *init_client, GpuFrame *init_frame,
                      bool init_with_trailer):
        id(init_id),
        client(init_client), frame(init_frame), with_trailer(init_with_trailer)
    {
    }
    ~GpuStreamDataItem()
    {
        if (begun && client->display) {
            frame->trace->frame_sent(frame.get(), client->dcc, frame->unit_size);
        } else {
            frame->trace->frame_unsent(frame.get());
        }
        if (client->display) {
            client->display->frame_sent(client.get());
        }
    }
    const uint32_t id;
    const red::shared_ptr<GpuClient> client;
    const red::shared_ptr<GpuFrame> frame;
    const bool with_trailer;
    bool begun = false; /* its message was begun: what ends now was written, see gpu-trace.h */
};

/* The trailer of a stream's first frame, where its codec has one. In a message of its own: a client
 * whose first message holds more than one access unit's begin takes the parts
 * for two frames, and never shows the second frame of the stream. */
struct GpuStreamTrailerItem: public RedPipeItemNum<GPU_PIPE_ITEM_STREAM_TRAILER> {
    GpuStreamTrailerItem(uint32_t init_id, port_codec init_codec): id(init_id), codec(init_codec) {}
    const uint32_t id;
    const port_codec codec;
};

/* A stream's last frame once more, for a decoder that may have dropped it
 * (display-clock.h). Counts in no queue: there is one of it, in an empty one. */
struct GpuStreamRepeatItem: public RedPipeItemNum<GPU_PIPE_ITEM_STREAM_REPEAT> {
    GpuStreamRepeatItem(uint32_t init_id, GpuFrame *init_frame): id(init_id), frame(init_frame) {}
    const uint32_t id;
    const red::shared_ptr<GpuFrame> frame;
};

/* Draws the whole of one of the client's surfaces onto the whole of another. */
struct GpuSurfaceCopyItem: public RedPipeItemNum<GPU_PIPE_ITEM_SURFACE_COPY> {
    GpuSurfaceCopyItem(uint32_t init_to, uint32_t init_to_width_px, uint32_t init_to_height_px,
                       uint32_t init_from, uint32_t init_from_width_px,
                       uint32_t init_from_height_px):
        to(init_to),
        to_width_px(init_to_width_px), to_height_px(init_to_height_px), from(init_from),
        from_width_px(init_from_width_px), from_height_px(init_from_height_px)
    {
    }
    const uint32_t to, to_width_px, to_height_px;
    const uint32_t from, from_width_px, from_height_px;
};

/* Nothing on the wire: what a switch has put into the client's pipe before it
 * has been sent, once it ends. */
struct GpuSwitchEndItem: public RedPipeItemNum<GPU_PIPE_ITEM_SWITCH_END> {
    explicit GpuSwitchEndItem(GpuClient *init_client): client(init_client)
    {
        client->switches_unsent++;
    }
    ~GpuSwitchEndItem()
    {
        client->switches_unsent--;
        if (client->display) {
            client->display->switch_sent(client.get());
        }
    }
    const red::shared_ptr<GpuClient> client;
};

/* Items that hold picture data, and may be left out when the stream ends. */
static inline bool gpu_stream_is_picture(int type)
{
    return type == GPU_PIPE_ITEM_STREAM_DATA || type == GPU_PIPE_ITEM_STREAM_TRAILER ||
           type == GPU_PIPE_ITEM_STREAM_REPEAT;
}

#include "pop-visibility.h"

#endif
