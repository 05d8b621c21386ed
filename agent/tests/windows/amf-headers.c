/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Our declaration of AMD's binary interface against AMD's own headers, in C. Sizes, slots and
 * numbers are asserted by the compiler, for Linux and Windows; names and the identifier by
 * running it. Compiled by agent/tests/windows/amf-headers. */
#include "agent/windows/amf-abi.h"

#include <components/Component.h>
#include <components/VideoEncoderVCE.h>
#include <core/Buffer.h>
#include <core/Context.h>
#include <core/Factory.h>
#include <core/Result.h>
#include <core/Surface.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define SAME_SLOT(ours, our_slot, theirs, their_slot)             \
    _Static_assert(offsetof(struct ours##_table, our_slot) ==     \
                       offsetof(struct theirs##Vtbl, their_slot), \
                   #ours "." #our_slot)
#define SAME_TABLE(ours, theirs)                                                                  \
    _Static_assert(sizeof(struct ours##_table) == sizeof(struct theirs##Vtbl), #ours "'s table"); \
    _Static_assert(offsetof(theirs, pVtbl) == offsetof(struct ours, table), #ours)
#define SAME_STORAGE(ours, theirs)                            \
    SAME_SLOT(ours, acquire, theirs, Acquire);                \
    SAME_SLOT(ours, release, theirs, Release);                \
    SAME_SLOT(ours, query_interface, theirs, QueryInterface); \
    SAME_SLOT(ours, set_property, theirs, SetProperty);       \
    SAME_SLOT(ours, get_property, theirs, GetProperty);       \
    SAME_TABLE(ours, theirs)
#define SAME_NUMBER(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #ours)

SAME_STORAGE(amf_buffer, AMFBuffer);
SAME_SLOT(amf_buffer, get_size, AMFBuffer, GetSize);
SAME_SLOT(amf_buffer, get_native, AMFBuffer, GetNative);
SAME_STORAGE(amf_surface, AMFSurface);
SAME_SLOT(amf_surface, set_pts, AMFSurface, SetPts);
SAME_STORAGE(amf_context, AMFContext);
SAME_SLOT(amf_context, terminate, AMFContext, Terminate);
SAME_SLOT(amf_context, init_dx11, AMFContext, InitDX11);
SAME_SLOT(amf_context, create_surface_from_host, AMFContext, CreateSurfaceFromHostNative);
SAME_SLOT(amf_context, create_surface_from_dx11, AMFContext, CreateSurfaceFromDX11Native);
SAME_STORAGE(amf_component, AMFComponent);
SAME_SLOT(amf_component, init, AMFComponent, Init);
SAME_SLOT(amf_component, terminate, AMFComponent, Terminate);
SAME_SLOT(amf_component, submit_input, AMFComponent, SubmitInput);
SAME_SLOT(amf_component, query_output, AMFComponent, QueryOutput);
SAME_SLOT(amf_component, get_caps, AMFComponent, GetCaps);
SAME_SLOT(amf_factory, create_context, AMFFactory, CreateContext);
SAME_SLOT(amf_factory, create_component, AMFFactory, CreateComponent);
SAME_TABLE(amf_factory, AMFFactory);
SAME_NUMBER(sizeof(struct amf_interface_table), sizeof(struct AMFPropertyStorageVtbl));

SAME_NUMBER(sizeof(struct amf_guid), sizeof(struct AMFGuid));
SAME_NUMBER(sizeof(struct amf_variant), sizeof(AMFVariantStruct));
SAME_NUMBER(offsetof(struct amf_variant, integer), offsetof(AMFVariantStruct, int64Value));
SAME_NUMBER(offsetof(struct amf_variant, boolean), offsetof(AMFVariantStruct, boolValue));
SAME_NUMBER(offsetof(struct amf_variant, object), offsetof(AMFVariantStruct, pInterface));
SAME_NUMBER(offsetof(struct amf_variant, rate.den), offsetof(AMFVariantStruct, rateValue.den));
SAME_NUMBER(sizeof(uint8_t), sizeof(amf_bool));
SAME_NUMBER(sizeof(int32_t), sizeof(AMF_RESULT));
SAME_NUMBER(sizeof(long), sizeof(amf_long));

SAME_NUMBER(AMF_RESULT_OK, AMF_OK);
SAME_NUMBER(AMF_RESULT_FAIL, AMF_FAIL);
SAME_NUMBER(AMF_RESULT_ACCESS_DENIED, AMF_ACCESS_DENIED);
SAME_NUMBER(AMF_RESULT_INVALID_ARG, AMF_INVALID_ARG);
SAME_NUMBER(AMF_RESULT_OUT_OF_MEMORY, AMF_OUT_OF_MEMORY);
SAME_NUMBER(AMF_RESULT_NOT_SUPPORTED, AMF_NOT_SUPPORTED);
SAME_NUMBER(AMF_RESULT_NOT_FOUND, AMF_NOT_FOUND);
SAME_NUMBER(AMF_RESULT_NO_DEVICE, AMF_NO_DEVICE);
SAME_NUMBER(AMF_RESULT_DIRECTX_FAILED, AMF_DIRECTX_FAILED);
SAME_NUMBER(AMF_RESULT_EOF, AMF_EOF);
SAME_NUMBER(AMF_RESULT_REPEAT, AMF_REPEAT);
SAME_NUMBER(AMF_RESULT_INPUT_FULL, AMF_INPUT_FULL);
SAME_NUMBER(AMF_RESULT_RESOLUTION_CHANGED, AMF_RESOLUTION_CHANGED);
SAME_NUMBER(AMF_RESULT_INVALID_RESOLUTION, AMF_INVALID_RESOLUTION);
SAME_NUMBER(AMF_RESULT_CODEC_NOT_SUPPORTED, AMF_CODEC_NOT_SUPPORTED);
SAME_NUMBER(AMF_RESULT_ENCODER_NOT_PRESENT, AMF_ENCODER_NOT_PRESENT);
SAME_NUMBER(AMF_RESULT_NEED_MORE_INPUT, AMF_NEED_MORE_INPUT);
SAME_NUMBER(AMF_DX_11_0, AMF_DX11_0);
SAME_NUMBER(AMF_FORMAT_BGRA, AMF_SURFACE_BGRA);
SAME_NUMBER(AMF_USAGE_TRANSCODING, AMF_VIDEO_ENCODER_USAGE_TRANSCODING);
SAME_NUMBER(AMF_USAGE_ULTRA_LOW_LATENCY, AMF_VIDEO_ENCODER_USAGE_ULTRA_LOW_LATENCY);
SAME_NUMBER(AMF_USAGE_LOW_LATENCY, AMF_VIDEO_ENCODER_USAGE_LOW_LATENCY);
SAME_NUMBER(AMF_USAGE_LOW_LATENCY_HIGH_QUALITY, AMF_VIDEO_ENCODER_USAGE_LOW_LATENCY_HIGH_QUALITY);
SAME_NUMBER(AMF_PICTURE_IDR, AMF_VIDEO_ENCODER_PICTURE_TYPE_IDR);
SAME_NUMBER(AMF_RATE_CONTROL_CBR, AMF_VIDEO_ENCODER_RATE_CONTROL_METHOD_CBR);
SAME_NUMBER(AMF_QUALITY_SPEED, AMF_VIDEO_ENCODER_QUALITY_PRESET_SPEED);
SAME_NUMBER(AMF_TYPE_EMPTY, AMF_VARIANT_EMPTY);
SAME_NUMBER(AMF_TYPE_BOOL, AMF_VARIANT_BOOL);
SAME_NUMBER(AMF_TYPE_INT64, AMF_VARIANT_INT64);
SAME_NUMBER(AMF_TYPE_RATE, AMF_VARIANT_RATE);
SAME_NUMBER(AMF_TYPE_INTERFACE, AMF_VARIANT_INTERFACE);

int main(void)
{
    /* InputQueueSize is younger than 1.4.24's headers: an optional property. */
    static const struct {
        const wchar_t *ours, *theirs;
    } names[] = {
        {AMF_COMPONENT_H264, AMFVideoEncoderVCE_AVC},
        {AMF_USAGE, AMF_VIDEO_ENCODER_USAGE},
        {AMF_EXTRA_DATA, AMF_VIDEO_ENCODER_EXTRADATA},
        {AMF_FRAME_RATE, AMF_VIDEO_ENCODER_FRAMERATE},
        {AMF_TARGET_BITRATE, AMF_VIDEO_ENCODER_TARGET_BITRATE},
        {AMF_PEAK_BITRATE, AMF_VIDEO_ENCODER_PEAK_BITRATE},
        {AMF_VBV_BUFFER_SIZE, AMF_VIDEO_ENCODER_VBV_BUFFER_SIZE},
        {AMF_RATE_CONTROL_METHOD, AMF_VIDEO_ENCODER_RATE_CONTROL_METHOD},
        {AMF_QUALITY_PRESET, AMF_VIDEO_ENCODER_QUALITY_PRESET},
        {AMF_B_PICTURES, AMF_VIDEO_ENCODER_B_PIC_PATTERN},
        {AMF_B_PICTURES_MAX, AMF_VIDEO_ENCODER_MAX_CONSECUTIVE_BPICTURES},
        {AMF_IDR_PERIOD, AMF_VIDEO_ENCODER_IDR_PERIOD},
        {AMF_LOW_LATENCY, AMF_VIDEO_ENCODER_LOWLATENCY_MODE},
        {AMF_SKIP_FRAMES, AMF_VIDEO_ENCODER_RATE_CONTROL_SKIP_FRAME_ENABLE},
        {AMF_QUERY_TIMEOUT, AMF_VIDEO_ENCODER_QUERY_TIMEOUT},
        {AMF_QUERY_TIMEOUT_SUPPORT, AMF_VIDEO_ENCODER_CAPS_QUERY_TIMEOUT_SUPPORT},
        {AMF_FORCE_PICTURE_TYPE, AMF_VIDEO_ENCODER_FORCE_PICTURE_TYPE},
        {AMF_INSERT_SPS, AMF_VIDEO_ENCODER_INSERT_SPS},
        {AMF_INSERT_PPS, AMF_VIDEO_ENCODER_INSERT_PPS},
    };
    const struct amf_guid ours = AMF_IID_BUFFER;
    const AMFGuid theirs = IID_AMFBuffer();
    int different = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (wcscmp(names[i].ours, names[i].theirs) != 0) {
            printf("%ls is called %ls by AMD\n", names[i].ours, names[i].theirs);
            different = 1;
        }
    if (memcmp(&ours, &theirs, sizeof ours) != 0) {
        puts("AMF_IID_BUFFER differs");
        different = 1;
    }
    if (strcmp(AMF_INIT, AMF_INIT_FUNCTION_NAME) != 0 ||
        strcmp(AMF_QUERY_VERSION, AMF_QUERY_VERSION_FUNCTION_NAME) != 0) {
        puts("an export is called otherwise");
        different = 1;
    }
    return different;
}
