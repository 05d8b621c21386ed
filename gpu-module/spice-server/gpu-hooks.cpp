/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-hooks.h"

#include "dcc-private.h"
#include "display-channel-private.h"
#include "gpu-display.h"
#include "gpu-stream.h"
#include "video-stream.h"

/* NULL when the module has nothing to do with the client, or no more. */
static GpuClient *client_of(DisplayChannelClient *dcc)
{
    GpuClient *client = dcc->priv->gpu.get();

    return client && client->display ? client : nullptr;
}

void gpu_display_client_started(DisplayChannelClient *dcc)
{
    GpuDisplay *gpu = DCC_TO_DC(dcc)->priv->gpu.get();

    if (gpu) {
        gpu->client_started(dcc);
    }
}

void gpu_display_client_stopped(DisplayChannelClient *dcc)
{
    if (GpuClient *client = client_of(dcc)) {
        client->display->client_stopped(client);
    }
}

void gpu_display_client_migrates(DisplayChannelClient *dcc)
{
    if (GpuClient *client = client_of(dcc)) {
        client->display->client_migrates(client);
    }
}

bool gpu_display_stream_report(DisplayChannelClient *dcc,
                               const SpiceMsgcDisplayStreamReport *report)
{
    GpuClient *client = client_of(dcc);

    if (!client || client->gate == GpuGate::OPEN ||
        report->stream_id != client->display->stream_id()) {
        return false;
    }
    if (report->num_frames == 0 && report->num_drops == UINT32_MAX) {
        client->display->client_cannot_decode(client);
    }
    return true;
}

/* --- the gate ------------------------------------------------------------------- */

/* Our own items, and the channel's own business, which does not depend on what
 * it shows. */
static bool passes_shut_gate(int type)
{
    switch (type) {
    case GPU_PIPE_ITEM_STREAM_CREATE:
    case GPU_PIPE_ITEM_STREAM_DATA:
    case GPU_PIPE_ITEM_STREAM_TRAILER:
    case GPU_PIPE_ITEM_STREAM_REPEAT:
    case GPU_PIPE_ITEM_STREAM_DESTROY:
    case GPU_PIPE_ITEM_SWITCH_END:
    case RED_PIPE_ITEM_TYPE_SET_ACK:
    case RED_PIPE_ITEM_TYPE_PING:
    case RED_PIPE_ITEM_TYPE_MIGRATE:
    case RED_PIPE_ITEM_TYPE_MIGRATE_DATA:
    case RED_PIPE_ITEM_TYPE_MARKER:
    case RED_PIPE_ITEM_TYPE_INVAL_ONE:
    case RED_PIPE_ITEM_TYPE_PIXMAP_SYNC:
    case RED_PIPE_ITEM_TYPE_PIXMAP_RESET:
    case RED_PIPE_ITEM_TYPE_INVAL_PALETTE_CACHE:
        return true;
    default:
        return false;
    }
}

bool DisplayChannelClient::accepts_pipe_item(RedPipeItem *item)
{
    GpuClient *client = priv->gpu.get();

    if (!client || client->gate == GpuGate::OPEN || passes_shut_gate(item->type)) {
        return true;
    }
    if (item->type == RED_PIPE_ITEM_TYPE_STREAM_DESTROY) {
        /* Sending it would have ended the encoder. */
        video_stream_agent_stop(static_cast<StreamCreateDestroyItem *>(item)->agent);
    } else if (item->type == RED_PIPE_ITEM_TYPE_GL_DRAW) {
        client->gl_draw_refused = true;
        client->display->complete_gl_draws_later();
    }
    return false;
}
