/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

/* Defines the identifiers that Windows' headers declare; no library has all of them. */
#include <initguid.h>
#define COBJMACROS
#include "agent/windows/transform.h"

#include <codecapi.h>
#include <mferror.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* As AMF's: what the rate control may empty at once. */
#define BUFFER_PARTS_PER_S 4
/* Only requested key frames: one more in half an hour does no harm, and 0 is the encoder's
 * own choice. */
#define PICTURES_PER_KEY 65535
/* CODECAPI_AVEncCommonQualityVsSpeed: from 0, the fastest, to 100. */
#define FASTEST 0

/* codecapi.h has the identifiers for C++ alone; for C as their parts. */
#define PARTS(a, b, c, ...) \
    {                       \
        a, b, c,            \
        {                   \
            __VA_ARGS__     \
        }                   \
    }
#define CODEC_GUID(...) PARTS(__VA_ARGS__)
static const GUID low_latency = CODEC_GUID(STATIC_CODECAPI_AVLowLatencyMode),
                  rate_control = CODEC_GUID(STATIC_CODECAPI_AVEncCommonRateControlMode),
                  mean_bitrate = CODEC_GUID(STATIC_CODECAPI_AVEncCommonMeanBitRate),
                  buffer_bytes = CODEC_GUID(STATIC_CODECAPI_AVEncCommonBufferSize),
                  pictures_per_key = CODEC_GUID(STATIC_CODECAPI_AVEncMPVGOPSize),
                  b_pictures = CODEC_GUID(STATIC_CODECAPI_AVEncMPVDefaultBPictureCount),
                  quality = CODEC_GUID(STATIC_CODECAPI_AVEncCommonQualityVsSpeed),
                  force_key = CODEC_GUID(STATIC_CODECAPI_AVEncVideoForceKeyFrame);

__attribute__((format(printf, 3, 4))) static HRESULT fail(struct transform *self, HRESULT result,
                                                          const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(self->text, sizeof self->text, format, arguments);
    va_end(arguments);
    return result;
}

/* --- properties -------------------------------------------------------------------- */

static HRESULT set_number(struct transform *self, const GUID *property, ULONG value)
{
    VARIANT variant = {0};

    variant.vt = VT_UI4;
    variant.ulVal = value;
    return ICodecAPI_SetValue(self->codec, property, &variant);
}

static HRESULT set_flag(struct transform *self, const GUID *property)
{
    VARIANT variant = {0};

    variant.vt = VT_BOOL;
    variant.boolVal = VARIANT_TRUE;
    return ICodecAPI_SetValue(self->codec, property, &variant);
}

static void note_refused(struct transform *self, HRESULT result, const char *name)
{
    size_t used = strlen(self->text);

    if (FAILED(result))
        snprintf(self->text + used, sizeof self->text - used, "%s%s",
                 used ? ", " : "refused: ", name);
}

static void set_optional(struct transform *self, const struct encoder_settings *settings)
{
    ULONG bits = settings->kbps * 1000u;

    note_refused(self, set_flag(self, &low_latency), "low latency");
    note_refused(self, set_number(self, &rate_control, eAVEncCommonRateControlMode_CBR), "CBR");
    note_refused(self, set_number(self, &mean_bitrate, bits), "bitrate");
    note_refused(self, set_number(self, &buffer_bytes, bits / 8 / BUFFER_PARTS_PER_S), "buffer");
    note_refused(self, set_number(self, &pictures_per_key, PICTURES_PER_KEY), "GOP");
    note_refused(self, set_number(self, &b_pictures, 0), "no B pictures");
    note_refused(self, set_number(self, &quality, FASTEST), "speed");
}

HRESULT transform_force_key(struct transform *self)
{
    return set_number(self, &force_key, 1);
}

void transform_set_bitrate(struct transform *self, uint32_t kbps)
{
    set_number(self, &mean_bitrate, kbps * 1000u);
    set_number(self, &buffer_bytes, kbps * 1000u / 8 / BUFFER_PARTS_PER_S);
}

/* --- open and close ---------------------------------------------------------------- */

static UINT64 pair(uint32_t upper, uint32_t lower)
{
    return (UINT64)upper << 32 | lower;
}

static void set_size_and_rate(IMFMediaType *type, const struct encoder_settings *settings)
{
    IMFMediaType_SetGUID(type, &MF_MT_MAJOR_TYPE, &MFMediaType_Video);
    IMFMediaType_SetUINT64(type, &MF_MT_FRAME_SIZE, pair(settings->width_px, settings->height_px));
    IMFMediaType_SetUINT64(type, &MF_MT_FRAME_RATE, pair(settings->fps_num, settings->fps_den));
    IMFMediaType_SetUINT64(type, &MF_MT_PIXEL_ASPECT_RATIO, pair(1, 1));
    IMFMediaType_SetUINT32(type, &MF_MT_INTERLACE_MODE, MFVideoInterlace_Progressive);
    /* What nv12_from_bgrx() computes, for those that write it into the stream. */
    IMFMediaType_SetUINT32(type, &MF_MT_YUV_MATRIX, MFVideoTransferMatrix_BT601);
    IMFMediaType_SetUINT32(type, &MF_MT_VIDEO_NOMINAL_RANGE, MFNominalRange_16_235);
    IMFMediaType_SetUINT32(type, &MF_MT_VIDEO_PRIMARIES, MFVideoPrimaries_BT709);
    IMFMediaType_SetUINT32(type, &MF_MT_TRANSFER_FUNCTION, MFVideoTransFunc_709);
}

/* An encoder wants to know its output before its input. */
static HRESULT set_types(struct transform *self, const struct encoder_settings *settings)
{
    IMFMediaType *output = NULL, *input = NULL;
    HRESULT result = self->functions->create_type(&output);

    if (SUCCEEDED(result))
        result = self->functions->create_type(&input);
    if (SUCCEEDED(result)) {
        set_size_and_rate(output, settings);
        IMFMediaType_SetGUID(output, &MF_MT_SUBTYPE, &MFVideoFormat_H264);
        IMFMediaType_SetUINT32(output, &MF_MT_AVG_BITRATE, settings->kbps * 1000u);
        IMFMediaType_SetUINT32(output, &MF_MT_MPEG2_PROFILE, eAVEncH264VProfile_Main);
        result = IMFTransform_SetOutputType(self->object, self->output, output, 0);
    }
    if (SUCCEEDED(result)) {
        set_size_and_rate(input, settings);
        IMFMediaType_SetGUID(input, &MF_MT_SUBTYPE, &MFVideoFormat_NV12);
        result = IMFTransform_SetInputType(self->object, self->input, input, 0);
    }
    if (output)
        IMFMediaType_Release(output);
    if (input)
        IMFMediaType_Release(input);
    return result;
}

static HRESULT read_output_info(struct transform *self)
{
    MFT_OUTPUT_STREAM_INFO info = {0};
    HRESULT result = IMFTransform_GetOutputStreamInfo(self->object, self->output, &info);

    self->provides_samples =
        info.dwFlags & (MFT_OUTPUT_STREAM_PROVIDES_SAMPLES | MFT_OUTPUT_STREAM_CAN_PROVIDE_SAMPLES);
    self->sample_bytes = info.cbSize;
    return result;
}

/* One that works in threads of its own must be told that its caller knows how. */
static HRESULT unlock(struct transform *self)
{
    IMFAttributes *attributes = NULL;
    UINT32 asynchronous = FALSE;

    if (FAILED(IMFTransform_GetAttributes(self->object, &attributes)) || !attributes)
        return S_OK; /* it has none: it works in this thread */
    HRESULT result = S_OK;
    if (SUCCEEDED(IMFAttributes_GetUINT32(attributes, &MF_TRANSFORM_ASYNC, &asynchronous)) &&
        asynchronous) {
        result = IMFAttributes_SetUINT32(attributes, &MF_TRANSFORM_ASYNC_UNLOCK, TRUE);
        if (SUCCEEDED(result))
            result = IMFTransform_QueryInterface(self->object, &IID_IMFMediaEventGenerator,
                                                 (void **)&self->events);
    }
    IMFAttributes_Release(attributes);
    return result;
}

HRESULT transform_open(struct transform *self, const struct mfplat *functions, IMFTransform *object,
                       const struct encoder_settings *settings)
{
    *self = (struct transform){.functions = functions, .object = object};
    HRESULT result = unlock(self);
    if (FAILED(result))
        return fail(self, result, "cannot be unlocked (0x%08x)", (unsigned)result);
    /* Those with fixed ids, 0 and 0, do not implement it. */
    if (FAILED(IMFTransform_GetStreamIDs(object, 1, &self->input, 1, &self->output)))
        self->input = self->output = 0;
    result = IMFTransform_QueryInterface(object, &IID_ICodecAPI, (void **)&self->codec);
    if (FAILED(result))
        return fail(self, result, "has no key frames on demand (0x%08x): this needs Windows 8",
                    (unsigned)result);
    set_optional(self, settings);
    result = set_types(self, settings);
    if (FAILED(result))
        return fail(self, result, "does not encode %ux%u at %u kbit/s (0x%08x)", settings->width_px,
                    settings->height_px, settings->kbps, (unsigned)result);
    result = read_output_info(self);
    if (SUCCEEDED(result))
        result = IMFTransform_ProcessMessage(object, MFT_MESSAGE_NOTIFY_BEGIN_STREAMING, 0);
    if (SUCCEEDED(result))
        result = IMFTransform_ProcessMessage(object, MFT_MESSAGE_NOTIFY_START_OF_STREAM, 0);
    return FAILED(result) ? fail(self, result, "does not start (0x%08x)", (unsigned)result) : S_OK;
}

void transform_close(struct transform *self)
{
    IMFShutdown *shutdown = NULL;

    if (self->object) {
        IMFTransform_ProcessMessage(self->object, MFT_MESSAGE_COMMAND_FLUSH, 0);
        IMFTransform_ProcessMessage(self->object, MFT_MESSAGE_NOTIFY_END_STREAMING, 0);
        /* Those with threads of their own must be ended. */
        if (SUCCEEDED(
                IMFTransform_QueryInterface(self->object, &IID_IMFShutdown, (void **)&shutdown))) {
            IMFShutdown_Shutdown(shutdown);
            IMFShutdown_Release(shutdown);
        }
    }
    if (self->events)
        IMFMediaEventGenerator_Release(self->events);
    if (self->codec)
        ICodecAPI_Release(self->codec);
    if (self->object)
        IMFTransform_Release(self->object);
    self->events = NULL;
    self->codec = NULL;
    self->object = NULL;
}

/* --- pictures and access units ------------------------------------------------------ */

/* What it has reported since. */
static HRESULT take_events(struct transform *self)
{
    for (;;) {
        IMFMediaEvent *event = NULL;
        MediaEventType type = MEUnknown;
        HRESULT status = S_OK;
        HRESULT result =
            IMFMediaEventGenerator_GetEvent(self->events, MF_EVENT_FLAG_NO_WAIT, &event);
        if (result == MF_E_NO_EVENTS_AVAILABLE)
            return S_OK;
        if (FAILED(result))
            return fail(self, result, "has no events (0x%08x)", (unsigned)result);
        IMFMediaEvent_GetType(event, &type);
        IMFMediaEvent_GetStatus(event, &status);
        IMFMediaEvent_Release(event);
        if (type == MEError || FAILED(status))
            return fail(self, FAILED(status) ? status : E_FAIL, "has failed (0x%08x)",
                        (unsigned)status);
        self->wanted += type == METransformNeedInput;
        self->ready += type == METransformHaveOutput;
    }
}

HRESULT transform_put(struct transform *self, IMFSample *picture)
{
    HRESULT result = self->events ? take_events(self) : S_OK;

    if (FAILED(result))
        return result;
    if (self->events && self->wanted == 0)
        return MF_E_NOTACCEPTING;
    result = IMFTransform_ProcessInput(self->object, self->input, picture, 0);
    if (FAILED(result))
        return fail(self, result, "refuses a picture (0x%08x)", (unsigned)result);
    if (self->events)
        self->wanted--;
    return S_OK;
}

/* A sample with room for a unit. */
static HRESULT make_sample(struct transform *self, IMFSample **ret_sample)
{
    IMFMediaBuffer *buffer = NULL;
    HRESULT result = self->functions->create_buffer(self->sample_bytes, &buffer);

    if (FAILED(result))
        return result;
    result = self->functions->create_sample(ret_sample);
    if (SUCCEEDED(result))
        result = IMFSample_AddBuffer(*ret_sample, buffer);
    IMFMediaBuffer_Release(buffer);
    return result;
}

/* It has decided on another type of its output: the first one that it offers is its own. */
static HRESULT follow_type(struct transform *self)
{
    IMFMediaType *type = NULL;
    HRESULT result = IMFTransform_GetOutputAvailableType(self->object, self->output, 0, &type);

    if (SUCCEEDED(result)) {
        result = IMFTransform_SetOutputType(self->object, self->output, type, 0);
        IMFMediaType_Release(type);
    }
    if (SUCCEEDED(result))
        result = read_output_info(self);
    return SUCCEEDED(result) ? MF_E_TRANSFORM_NEED_MORE_INPUT : result;
}

HRESULT transform_take(struct transform *self, IMFSample **ret_unit)
{
    MFT_OUTPUT_DATA_BUFFER output = {.dwStreamID = self->output};
    DWORD status = 0;
    HRESULT result = self->events ? take_events(self) : S_OK;

    if (FAILED(result))
        return result;
    if (self->events && self->ready == 0)
        return MF_E_TRANSFORM_NEED_MORE_INPUT;
    if (!self->provides_samples)
        result = make_sample(self, &output.pSample);
    if (SUCCEEDED(result))
        result = IMFTransform_ProcessOutput(self->object, 0, 1, &output, &status);
    if (self->events)
        self->ready--;
    if (output.pEvents)
        IMFCollection_Release(output.pEvents);
    if (result == S_OK && output.pSample) {
        *ret_unit = output.pSample;
        return S_OK;
    }
    if (output.pSample)
        IMFSample_Release(output.pSample);
    if (result == MF_E_TRANSFORM_STREAM_CHANGE)
        result = follow_type(self);
    if (result == MF_E_TRANSFORM_NEED_MORE_INPUT || result == S_OK)
        return MF_E_TRANSFORM_NEED_MORE_INPUT;
    return fail(self, result, "gives no access unit (0x%08x)", (unsigned)result);
}

HRESULT transform_parameter_sets(struct transform *self, UINT8 **ret_bytes, UINT32 *ret_size)
{
    IMFMediaType *type = NULL;
    HRESULT result = IMFTransform_GetOutputCurrentType(self->object, self->output, &type);

    if (FAILED(result))
        return result;
    result = IMFMediaType_GetAllocatedBlob(type, &MF_MT_MPEG_SEQUENCE_HEADER, ret_bytes, ret_size);
    IMFMediaType_Release(type);
    return result;
}
