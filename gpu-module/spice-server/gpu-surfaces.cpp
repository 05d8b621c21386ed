/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-surfaces.h"

#include "dcc-private.h"
#include "display-channel-private.h"
#include "gpu-display.h"
#include "gpu-stream.h"
#include "red-qxl.h"
#include "video-stream.h"

/* Surface ids. While a client shows the pGPU it has the primary alone. */
#define PRIMARY 0u
#define KEPT 1u /* what the last primary showed, while there is a new one to be made */

bool gpu_surfaces_remove_unsent(DisplayChannelClient *dcc, bool (*is_unwanted)(int type))
{
    /* Moved aside first: an item's end may look at the pipe. */
    RedChannelClient::Pipe removed;
    auto &pipe = dcc->get_pipe();
    for (auto it = pipe.begin(); it != pipe.end();) {
        auto item = it++;
        if (is_unwanted((*item)->type)) {
            removed.splice(removed.end(), pipe, item);
        }
    }
    return !removed.empty();
}

static bool is_vgpu_picture(int type)
{
    return type == RED_PIPE_ITEM_TYPE_DRAW || type == RED_PIPE_ITEM_TYPE_IMAGE ||
           type == RED_PIPE_ITEM_TYPE_UPGRADE;
}

static bool is_gl_draw(int type)
{
    return type == RED_PIPE_ITEM_TYPE_GL_DRAW;
}

void gpu_surfaces_leave_vgpu(DisplayChannel *display, GpuClient *client)
{
    DisplayChannelClient *dcc = client->dcc;

    video_stream_detach_and_stop(display); /* with the gate open: the client is sent it */
    gpu_surfaces_remove_unsent(dcc, is_vgpu_picture);
    if (gpu_surfaces_remove_unsent(dcc, is_gl_draw)) {
        client->gl_draw_refused = true;
        client->display->complete_gl_draws_later();
    }
    for (uint32_t id = PRIMARY + 1; id < NUM_SURFACES; id++) {
        dcc_destroy_surface(dcc, id);
    }

    const RedSurface *primary = display->priv->surfaces[PRIMARY];
    const bool has_primary = primary && dcc->priv->surface_client_created[PRIMARY];
    client->width_px = has_primary ? primary->context.width : 0;
    client->height_px = has_primary ? primary->context.height : 0;
    client->format = has_primary ? primary->context.format : 0;
}

/* The client gets another primary surface that shows what the one before did,
 * stretched: a picture stays until there is a new one, where the client would
 * show black. The pixels are copied inside the client, through a surface that
 * lives only meanwhile. True where the one before would not do. */
static bool replace_primary(GpuClient *client, uint32_t width_px, uint32_t height_px,
                            uint32_t format)
{
    DisplayChannelClient *dcc = client->dcc;
    const uint32_t old_width_px = client->width_px, old_height_px = client->height_px;
    const bool keep = old_width_px != 0;

    if (old_width_px == width_px && old_height_px == height_px && client->format == format) {
        return false;
    }
    if (keep) {
        dcc->pipe_add(red::make_shared<RedSurfaceCreateItem>(KEPT, old_width_px, old_height_px,
                                                             client->format, 0));
        dcc->pipe_add(red::make_shared<GpuSurfaceCopyItem>(KEPT, old_width_px, old_height_px,
                                                           PRIMARY, old_width_px, old_height_px));
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(PRIMARY));
    }
    dcc->pipe_add(red::make_shared<RedSurfaceCreateItem>(PRIMARY, width_px, height_px, format,
                                                         SPICE_SURFACE_FLAGS_PRIMARY));
    if (keep) {
        dcc->pipe_add(red::make_shared<GpuSurfaceCopyItem>(PRIMARY, width_px, height_px, KEPT,
                                                           old_width_px, old_height_px));
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(KEPT));
    }
    client->width_px = width_px;
    client->height_px = height_px;
    client->format = format;
    return true;
}

static void push_one_head(DisplayChannelClient *dcc, uint32_t width_px, uint32_t height_px)
{
    if (!dcc->test_remote_cap(SPICE_DISPLAY_CAP_MONITORS_CONFIG)) {
        return;
    }
    auto config =
        static_cast<MonitorsConfig *>(g_malloc0(sizeof(MonitorsConfig) + sizeof(QXLHead)));
    config->refs = 1;
    config->count = 1;
    config->max_allowed = 1;
    config->heads[0].width = width_px;
    config->heads[0].height = height_px;
    dcc->pipe_add(red::make_shared<RedMonitorsConfigItem>(config));
    monitors_config_unref(config);
}

void gpu_surfaces_prepare_pgpu(GpuClient *client, uint32_t width_px, uint32_t height_px)
{
    if (replace_primary(client, width_px, height_px, SPICE_SURFACE_FMT_32_xRGB)) {
        push_one_head(client->dcc, width_px, height_px);
        client->dcc->pipe_add_empty_msg(SPICE_MSG_DISPLAY_MARK);
    }
}

/* A client that is handed the vGPU's buffers. Any other one is sent a video of them since
 * 0.16, and sees the vGPU again when the guest draws next, as upstream's late joiners do. */
static bool takes_gl_scanout(DisplayChannelClient *dcc)
{
#if SPICE_SERVER_VERSION >= 0x001000 /* 0.16.0 */
    return dcc->is_gl_client();
#else
    return red_stream_is_plain_unix(dcc->get_stream()) &&
           dcc->test_remote_cap(SPICE_DISPLAY_CAP_GL_SCANOUT);
#endif
}

/* A vGPU with 3D shows its pictures to a local client by handing on a buffer. */
static void push_gl_scanout(DisplayChannel *display, DisplayChannelClient *dcc)
{
    auto scanout = red_qxl_get_gl_scanout(display->priv->qxl);

    if (scanout && takes_gl_scanout(dcc)) {
        dcc->pipe_add(dcc_gl_scanout_item_new(dcc, nullptr, 0));
        dcc_push_monitors_config(dcc);
    }
    red_qxl_put_gl_scanout(display->priv->qxl, scanout);
}

void gpu_surfaces_show_vgpu(DisplayChannel *display, GpuClient *client)
{
    DisplayChannelClient *dcc = client->dcc;
    RedSurface *primary = display->priv->surfaces[PRIMARY];

    dcc->priv->surface_client_created.fill(false);
    if (primary) {
        replace_primary(client, primary->context.width, primary->context.height,
                        primary->context.format);
        dcc->priv->surface_client_created[PRIMARY] = true;
        display_channel_current_flush(display, primary);
        dcc_push_surface_image(dcc, primary);
        dcc_push_monitors_config(dcc);
        dcc->pipe_add_empty_msg(SPICE_MSG_DISPLAY_MARK);
    } else if (client->width_px != 0) {
        dcc->pipe_add(red::make_shared<RedSurfaceDestroyItem>(PRIMARY));
    }
    push_gl_scanout(display, dcc);
}
