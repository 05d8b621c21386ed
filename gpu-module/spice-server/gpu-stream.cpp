/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-stream.h"

#include "dcc.h"
#include "gpu-module/display-clock.h"
#include "protocol/access-unit.h"
#include "reds.h"

#include <common/generated_server_marshallers.h>

static void marshall_stream_create(DisplayChannelClient *dcc, SpiceMarshaller *m,
                                   const GpuStreamCreateItem *item)
{
    SpiceMsgDisplayStreamCreate create{};

    create.surface_id = 0;
    create.id = item->id;
    create.flags = SPICE_STREAM_FLAGS_TOP_DOWN;
    create.codec_type = item->format.codec;
    create.stream_width = create.src_width = item->format.width_px;
    create.stream_height = create.src_height = item->format.height_px;
    create.dest.right = item->format.width_px;
    create.dest.bottom = item->format.height_px;
    create.clip.type = SPICE_CLIP_TYPE_NONE;
    dcc->init_send_data(SPICE_MSG_DISPLAY_STREAM_CREATE);
    spice_marshall_msg_display_stream_create(m, &create);
}

static void marshall_stream_data_header(DisplayChannelClient *dcc, SpiceMarshaller *m, uint32_t id,
                                        uint32_t stamp_ms, uint32_t size)
{
    SpiceMsgDisplayStreamData data{};

    data.base.id = id;
    data.base.multi_media_time = stamp_ms;
    data.data_size = size;
    dcc->init_send_data(SPICE_MSG_DISPLAY_STREAM_DATA);
    spice_marshall_msg_display_stream_data(m, &data);
}

static uint32_t stamp_ms(const GpuFrame *frame, bool slow_link)
{
    return display_clock_stamp_ms(reds_get_mm_time(), frame->codec, frame->client_behind_ms,
                                  slow_link);
}

static void marshall_stream_data(DisplayChannelClient *dcc, SpiceMarshaller *m,
                                 GpuStreamDataItem *item)
{
    const uint8_t *trailer_bytes = nullptr;
    const uint32_t trailer =
        item->with_trailer ? access_unit_trailer(item->frame->codec, &trailer_bytes) : 0;

    item->begun = true;
    marshall_stream_data_header(dcc, m, item->id,
                                stamp_ms(item->frame.get(), dcc_is_low_bandwidth(dcc)),
                                item->frame->unit_size + trailer);
    item->add_to_marshaller(m, item->frame->bytes, item->frame->unit_size);
    if (trailer) {
        spice_marshaller_add_by_ref(m, trailer_bytes, trailer);
    }
}

static void marshall_stream_trailer(DisplayChannelClient *dcc, SpiceMarshaller *m,
                                    const GpuStreamTrailerItem *item)
{
    const uint8_t *trailer;
    const uint32_t size = access_unit_trailer(item->codec, &trailer);

    marshall_stream_data_header(
        dcc, m, item->id, display_clock_stamp_ms(reds_get_mm_time(), item->codec, 0, false), size);
    spice_marshaller_add_by_ref(m, trailer, size);
}

static void marshall_stream_repeat(DisplayChannelClient *dcc, SpiceMarshaller *m,
                                   GpuStreamRepeatItem *item)
{
    marshall_stream_data_header(dcc, m, item->id, stamp_ms(item->frame.get(), true),
                                item->frame->unit_size);
    item->add_to_marshaller(m, item->frame->bytes, item->frame->unit_size);
}

static void marshall_surface_copy(DisplayChannelClient *dcc, SpiceMarshaller *m,
                                  const GpuSurfaceCopyItem *item)
{
    SpiceMsgDisplayDrawCopy copy{};
    SpiceImage image{};
    SpiceMarshaller *source, *mask, *palette, *lz_palette;

    copy.base.surface_id = item->to;
    copy.base.box.right = item->to_width_px;
    copy.base.box.bottom = item->to_height_px;
    copy.base.clip.type = SPICE_CLIP_TYPE_NONE;
    copy.data.src_area.right = item->from_width_px;
    copy.data.src_area.bottom = item->from_height_px;
    copy.data.rop_descriptor = SPICE_ROPD_OP_PUT;
    copy.data.scale_mode = SPICE_IMAGE_SCALE_MODE_INTERPOLATE;
    image.descriptor.type = SPICE_IMAGE_TYPE_SURFACE;
    image.descriptor.width = item->from_width_px;
    image.descriptor.height = item->from_height_px;
    image.u.surface.surface_id = item->from;
    dcc->init_send_data(SPICE_MSG_DISPLAY_DRAW_COPY);
    spice_marshall_msg_display_draw_copy(m, &copy, &source, &mask);
    spice_marshall_Image(source, &image, &palette, &lz_palette);
}

bool gpu_display_send_item(DisplayChannelClient *dcc, SpiceMarshaller *m, RedPipeItem *item)
{
    switch (item->type) {
    case GPU_PIPE_ITEM_STREAM_CREATE:
        marshall_stream_create(dcc, m, static_cast<GpuStreamCreateItem *>(item));
        return true;
    case GPU_PIPE_ITEM_STREAM_DATA:
        marshall_stream_data(dcc, m, static_cast<GpuStreamDataItem *>(item));
        return true;
    case GPU_PIPE_ITEM_STREAM_TRAILER:
        marshall_stream_trailer(dcc, m, static_cast<GpuStreamTrailerItem *>(item));
        return true;
    case GPU_PIPE_ITEM_STREAM_REPEAT:
        marshall_stream_repeat(dcc, m, static_cast<GpuStreamRepeatItem *>(item));
        return true;
    case GPU_PIPE_ITEM_SURFACE_COPY:
        marshall_surface_copy(dcc, m, static_cast<GpuSurfaceCopyItem *>(item));
        return true;
    case GPU_PIPE_ITEM_SWITCH_END:
        return true;
    case GPU_PIPE_ITEM_STREAM_DESTROY: {
        SpiceMsgDisplayStreamDestroy destroy = {static_cast<GpuStreamDestroyItem *>(item)->id};
        dcc->init_send_data(SPICE_MSG_DISPLAY_STREAM_DESTROY);
        spice_marshall_msg_display_stream_destroy(m, &destroy);
        return true;
    }
    default:
        return false;
    }
}
