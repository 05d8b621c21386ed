/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-cursor.h"

#include "cursor-channel-client.h"
#include "gpu-display.h"
#include "gpu-message.h"

#include <common/generated_server_marshallers.h>

/* Our pipe item's type, far above the cursor channel's own. */
enum { GPU_PIPE_ITEM_CURSOR = RED_PIPE_ITEM_TYPE_CHANNEL_BASE + 1000 };

struct GpuCursorItem: public RedPipeItemNum<GPU_PIPE_ITEM_CURSOR> {
    red::shared_ptr<GpuCursorShape> shape; /* that is being sent */
};

#define FOREACH_CCC(_channel, _data) \
    GLIST_FOREACH((_channel ? _channel->get_clients() : nullptr), CursorChannelClient, _data)

static void queue(CursorChannelClient *ccc)
{
    if (!ccc->gpu.queued) {
        ccc->gpu.queued = true;
        ccc->pipe_add(red::make_shared<GpuCursorItem>());
    }
}

static void unqueue(CursorChannelClient *ccc)
{
    ccc->get_pipe().remove_if(
        [](const RedPipeItemPtr &item) { return item->type == GPU_PIPE_ITEM_CURSOR; });
    ccc->gpu.queued = false;
}

/* A way back to the vGPU's pointer that has not been sent yet: RESET, and what
 * follows it. The INIT with which a client begins has none before it, and stays. */
static void remove_way_back(CursorChannelClient *ccc)
{
    bool found = false;

    /* The item that is sent next is the pipe's last one. */
    auto &pipe = ccc->get_pipe();
    pipe.reverse();
    pipe.remove_if([&](const RedPipeItemPtr &item) {
        found = found || item->type == RED_PIPE_ITEM_TYPE_EMPTY_MSG;
        return found && (item->type == RED_PIPE_ITEM_TYPE_EMPTY_MSG ||
                         item->type == RED_PIPE_ITEM_TYPE_CURSOR_INIT ||
                         item->type == RED_PIPE_ITEM_TYPE_CURSOR);
    });
    pipe.reverse();
}

GpuCursor::GpuCursor(GpuDisplay *init_display, CursorChannel *init_channel):
    display(init_display), channel(init_channel)
{
    if (channel) {
        channel->gpu = this;
    }
}

GpuCursor::~GpuCursor()
{
    if (channel) {
        channel->gpu = nullptr;
    }
}

/* Whether moves are sent: a client that draws its own pointer, in client mouse
 * mode, knows better. */
bool GpuCursor::moves() const
{
    return shape && !shape->hidden && has_position &&
           channel->mouse_mode == SPICE_MOUSE_MODE_SERVER;
}

void GpuCursor::set(const red::shared_ptr<GpuCursorShape> &new_shape)
{
    CursorChannelClient *ccc;

    shape = new_shape;
    FOREACH_CCC(channel, ccc) {
        if (ccc->gpu.gate_shut) {
            ccc->gpu.shape_unsent = true;
            ccc->gpu.position_unsent = moves();
            queue(ccc);
        }
    }
    shown_changed(); /* the first one shuts the gates */
}

void GpuCursor::move(const port_cursor_move &new_position)
{
    CursorChannelClient *ccc;

    position = new_position;
    has_position = true;
    if (!channel || !moves()) {
        return;
    }
    FOREACH_CCC(channel, ccc) {
        if (ccc->gpu.gate_shut) {
            ccc->gpu.position_unsent = true;
            queue(ccc);
        }
    }
}

void GpuCursor::forget()
{
    shape.reset();
    has_position = false;
    shown_changed();
}

void GpuCursor::shown_changed()
{
    CursorChannelClient *ccc;

    FOREACH_CCC(channel, ccc) {
        update(ccc);
    }
}

/* Gives the client the pointer of what its display shows. */
void GpuCursor::update(CursorChannelClient *ccc)
{
    const bool shut = shape && display->shows_pgpu(ccc->get_client());

    if (shut == ccc->gpu.gate_shut) {
        return;
    }
    ccc->gpu.gate_shut = shut;
    ccc->gpu.shape_unsent = shut;
    if (shut) {
        ccc->gpu.position_unsent = moves();
        queue(ccc);
        return;
    }
    unqueue(ccc);
    remove_way_back(ccc);
    ccc->pipe_add_empty_msg(SPICE_MSG_CURSOR_RESET);
    ccc->pipe_add_type(RED_PIPE_ITEM_TYPE_CURSOR_INIT);
    /* Clients do not take INIT's position. A MOVE shows a hidden pointer. */
    ccc->gpu.position_unsent =
        channel->item && channel->cursor_visible && channel->mouse_mode == SPICE_MOUSE_MODE_SERVER;
    if (ccc->gpu.position_unsent) {
        queue(ccc);
    }
    display->note_pipe(ccc->get_pipe_size());
}

static SpicePoint16 to_point(const port_cursor_move &position)
{
    SpicePoint16 point;

    point.x = CLAMP(position.x_px, INT16_MIN, INT16_MAX);
    point.y = CLAMP(position.y_px, INT16_MIN, INT16_MAX);
    return point;
}

void GpuCursor::send_set(CursorChannelClient *ccc, RedPipeItem *item)
{
    if (shape->hidden) {
        ccc->init_send_data(SPICE_MSG_CURSOR_HIDE);
        return;
    }

    const cursor_shape &from = shape->shape;
    SpiceMarshaller *m = ccc->get_marshaller();
    SpiceMsgCursorSet set{};
    set.position = has_position ? to_point(position) : channel->cursor_position;
    set.visible = true;
    set.cursor.header.type = from.type;
    set.cursor.header.width = from.width_px;
    set.cursor.header.height = from.height_px;
    set.cursor.header.hot_spot_x = from.hot_x_px;
    set.cursor.header.hot_spot_y = from.hot_y_px;
    set.cursor.data_size = from.pixels_bytes;

    static_cast<GpuCursorItem *>(item)->shape = shape;
    ccc->init_send_data(SPICE_MSG_CURSOR_SET);
    item->add_to_marshaller(spice_marshaller_get_submarshaller(m),
                            const_cast<uint8_t *>(from.pixels), from.pixels_bytes);
    spice_marshall_msg_cursor_set(m, &set);
}

/* Of the pGPU's pointer, or of the vGPU's on the way back. */
void GpuCursor::send_move(CursorChannelClient *ccc)
{
    SpiceMsgCursorMove move{};

    move.position = ccc->gpu.gate_shut ? to_point(position) : channel->cursor_position;
    ccc->init_send_data(SPICE_MSG_CURSOR_MOVE);
    spice_marshall_msg_cursor_move(ccc->get_marshaller(), &move);
}

bool GpuCursor::send_item(CursorChannelClient *ccc, RedPipeItem *item)
{
    if (item->type == RED_PIPE_ITEM_TYPE_CURSOR_INIT) {
        update(ccc); /* a client whose display was quicker: our item follows this one */
        return false;
    }
    if (item->type != GPU_PIPE_ITEM_CURSOR) {
        return false;
    }

    ccc->gpu.queued = false;
    if (!ccc->gpu.shape_unsent) {
        ccc->gpu.position_unsent = false;
        send_move(ccc);
        return true;
    }
    ccc->gpu.shape_unsent = false;
    send_set(ccc, item);
    if (ccc->gpu.position_unsent) {
        queue(ccc); /* clients do not take SET's position */
    }
    return true;
}

bool CursorChannelClient::send_gpu_item(RedPipeItem *item)
{
    GpuCursor *cursor = get_channel()->gpu;

    return cursor && cursor->send_item(this, item);
}

/* The gate. What is not the vGPU's pointer is the channel's own business. */
bool CursorChannelClient::accepts_pipe_item(RedPipeItem *item)
{
    return !gpu.gate_shut || (item->type != RED_PIPE_ITEM_TYPE_CURSOR &&
                              item->type != RED_PIPE_ITEM_TYPE_CURSOR_INIT &&
                              item->type != RED_PIPE_ITEM_TYPE_EMPTY_MSG /* RESET */);
}
