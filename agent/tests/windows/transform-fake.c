/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <initguid.h>
#define COBJMACROS
#include "agent/tests/windows/transform-fake.h"

#include <codecapi.h>
#include <mferror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strmif.h>

/* codecapi.h has the identifiers for C++ alone; for C as their parts. */
/* clang-format off */
#define PARTS(a, b, c, ...) { a, b, c, { __VA_ARGS__ } }
/* clang-format on */
#define CODEC_GUID(...) PARTS(__VA_ARGS__)
static const GUID low_latency = CODEC_GUID(STATIC_CODECAPI_AVLowLatencyMode),
                  rate_control = CODEC_GUID(STATIC_CODECAPI_AVEncCommonRateControlMode),
                  mean_bitrate = CODEC_GUID(STATIC_CODECAPI_AVEncCommonMeanBitRate),
                  b_pictures = CODEC_GUID(STATIC_CODECAPI_AVEncMPVDefaultBPictureCount),
                  force_key = CODEC_GUID(STATIC_CODECAPI_AVEncVideoForceKeyFrame);

struct transform_fake transform_fake;

/* The encoder that exists: its interfaces, and what it remembers. */
static struct fake {
    IMFTransform transform;
    ICodecAPI codec;
    IMFMediaEventGenerator events;
    IMFShutdown shutdown;
    ULONG references;
    const struct mfplat *functions;
    IMFAttributes *attributes;
    IMFMediaType *output;
    bool broken, has_input, streams, key_wanted, changed, ended;
    unsigned wants, has;        /* events that are to be reported */
    unsigned owed_in, owed_out; /* that were reported, and not yet answered */
    unsigned unit, late, full;
} fake;

static void misuse(bool wrong)
{
    transform_fake.misuses += wrong;
}

/* --- its life ---------------------------------------------------------------------------- */

static HRESULT query(REFIID iid, void **ret)
{
    const struct transform_fake *how = &transform_fake;

    *ret = NULL;
    if (IsEqualIID(iid, &IID_IUnknown) || IsEqualIID(iid, &IID_IMFTransform))
        *ret = &fake.transform;
    else if (IsEqualIID(iid, &IID_ICodecAPI) && !how->has_no_properties)
        *ret = &fake.codec;
    else if (IsEqualIID(iid, &IID_IMFMediaEventGenerator) && how->asynchronous)
        *ret = &fake.events;
    else if (IsEqualIID(iid, &IID_IMFShutdown) && how->asynchronous)
        *ret = &fake.shutdown;
    if (!*ret)
        return E_NOINTERFACE;
    fake.references++;
    return S_OK;
}

static ULONG add_reference(void)
{
    return ++fake.references;
}

static ULONG release(void)
{
    misuse(fake.references == 0);
    if (--fake.references > 0)
        return fake.references;
    misuse(transform_fake.asynchronous && !fake.ended);
    if (fake.attributes)
        IMFAttributes_Release(fake.attributes);
    if (fake.output)
        IMFMediaType_Release(fake.output);
    fake.attributes = NULL;
    fake.output = NULL;
    transform_fake.objects--;
    return 0;
}

/* What each interface begins with. */
#define UNKNOWN(name, type)                                                \
    static HRESULT WINAPI name##_query(type *self, REFIID iid, void **ret) \
    {                                                                      \
        (void)self;                                                        \
        return query(iid, ret);                                            \
    }                                                                      \
    static ULONG WINAPI name##_add_reference(type *self)                   \
    {                                                                      \
        (void)self;                                                        \
        return add_reference();                                            \
    }                                                                      \
    static ULONG WINAPI name##_release(type *self)                         \
    {                                                                      \
        (void)self;                                                        \
        return release();                                                  \
    }
UNKNOWN(transform, IMFTransform)
UNKNOWN(codec, ICodecAPI)
UNKNOWN(events, IMFMediaEventGenerator)
UNKNOWN(shutdown, IMFShutdown)

static HRESULT WINAPI shut_down(IMFShutdown *self)
{
    (void)self;
    fake.ended = true;
    transform_fake.ended++;
    return S_OK;
}

static const IMFShutdownVtbl shutdown_table = {
    .QueryInterface = shutdown_query,
    .AddRef = shutdown_add_reference,
    .Release = shutdown_release,
    .Shutdown = shut_down,
};

/* --- properties -------------------------------------------------------------------------- */

static HRESULT WINAPI set_value(ICodecAPI *self, const GUID *property, VARIANT *value)
{
    struct transform_fake *how = &transform_fake;

    (void)self;
    if (IsEqualGUID(property, &force_key)) {
        misuse(value->vt != VT_UI4);
        if (how->refuses_keys)
            return E_NOTIMPL;
        how->keys++;
        fake.key_wanted = true;
        return S_OK;
    }
    if (how->refuses_properties)
        return E_INVALIDARG;
    if (IsEqualGUID(property, &low_latency)) {
        misuse(value->vt != VT_BOOL || fake.output); /* before the type */
        how->low_latency = value->boolVal == VARIANT_TRUE;
    } else if (IsEqualGUID(property, &rate_control)) {
        how->constant_bitrate = value->ulVal == eAVEncCommonRateControlMode_CBR;
    } else if (IsEqualGUID(property, &mean_bitrate)) {
        how->kbps = value->ulVal / 1000;
    } else if (IsEqualGUID(property, &b_pictures)) {
        how->no_b_pictures = value->ulVal == 0;
    }
    misuse(!IsEqualGUID(property, &low_latency) && value->vt != VT_UI4);
    return S_OK;
}

static ICodecAPIVtbl codec_table = {
    .QueryInterface = codec_query,
    .AddRef = codec_add_reference,
    .Release = codec_release,
    .SetValue = set_value,
};

/* --- types ------------------------------------------------------------------------------- */

static bool locked(void)
{
    UINT32 unlocked = FALSE;

    if (!transform_fake.asynchronous)
        return false;
    IMFAttributes_GetUINT32(fake.attributes, &MF_TRANSFORM_ASYNC_UNLOCK, &unlocked);
    misuse(!unlocked);
    return !unlocked;
}

static HRESULT WINAPI get_attributes(IMFTransform *self, IMFAttributes **ret_attributes)
{
    (void)self;
    if (!transform_fake.asynchronous)
        return E_NOTIMPL;
    IMFAttributes_AddRef(fake.attributes);
    *ret_attributes = fake.attributes;
    return S_OK;
}

static HRESULT WINAPI get_stream_ids(IMFTransform *self, DWORD inputs, DWORD *ret_inputs,
                                     DWORD outputs, DWORD *ret_outputs)
{
    (void)self;
    if (!transform_fake.asynchronous)
        return E_NOTIMPL; /* its ids are 0 and 0 */
    misuse(inputs < 1 || outputs < 1);
    *ret_inputs = 3;
    *ret_outputs = 4;
    return S_OK;
}

static DWORD input_id(void)
{
    return transform_fake.asynchronous ? 3 : 0;
}

static DWORD output_id(void)
{
    return transform_fake.asynchronous ? 4 : 0;
}

static bool has_subtype(IMFMediaType *type, const GUID *expected)
{
    GUID major = {0}, subtype = {0};

    IMFMediaType_GetGUID(type, &MF_MT_MAJOR_TYPE, &major);
    IMFMediaType_GetGUID(type, &MF_MT_SUBTYPE, &subtype);
    return IsEqualGUID(&major, &MFMediaType_Video) && IsEqualGUID(&subtype, expected);
}

static HRESULT WINAPI set_output_type(IMFTransform *self, DWORD id, IMFMediaType *type, DWORD flags)
{
    struct transform_fake *how = &transform_fake;
    UINT32 bits = 0, profile = 0;
    UINT64 size = 0;

    (void)self;
    misuse(id != output_id() || flags != 0);
    if (locked())
        return MF_E_TRANSFORM_ASYNC_LOCKED;
    if (fake.broken || !has_subtype(type, &MFVideoFormat_H264) ||
        FAILED(IMFMediaType_GetUINT64(type, &MF_MT_FRAME_SIZE, &size)) ||
        FAILED(IMFMediaType_GetUINT32(type, &MF_MT_AVG_BITRATE, &bits)) ||
        FAILED(IMFMediaType_GetUINT32(type, &MF_MT_MPEG2_PROFILE, &profile)) || size == 0 ||
        bits == 0)
        return MF_E_INVALIDMEDIATYPE;
    if (how->refuses_properties)
        how->kbps = bits / 1000;
    if (how->parameter_sets.size > 0)
        IMFMediaType_SetBlob(type, &MF_MT_MPEG_SEQUENCE_HEADER, how->parameter_sets.bytes,
                             how->parameter_sets.size);
    IMFMediaType_AddRef(type);
    if (fake.output)
        IMFMediaType_Release(fake.output);
    fake.output = type;
    return S_OK;
}

static HRESULT WINAPI set_input_type(IMFTransform *self, DWORD id, IMFMediaType *type, DWORD flags)
{
    UINT64 size = 0, expected = 0;

    (void)self;
    misuse(id != input_id() || flags != 0);
    if (locked())
        return MF_E_TRANSFORM_ASYNC_LOCKED;
    misuse(!fake.output);
    if (!fake.output)
        return MF_E_TRANSFORM_TYPE_NOT_SET;
    IMFMediaType_GetUINT64(type, &MF_MT_FRAME_SIZE, &size);
    IMFMediaType_GetUINT64(fake.output, &MF_MT_FRAME_SIZE, &expected);
    if (!has_subtype(type, &MFVideoFormat_NV12) || size != expected)
        return MF_E_INVALIDMEDIATYPE;
    fake.has_input = true;
    return S_OK;
}

static HRESULT WINAPI get_output_type(IMFTransform *self, DWORD id, IMFMediaType **ret_type)
{
    (void)self;
    misuse(id != output_id());
    IMFMediaType_AddRef(fake.output);
    *ret_type = fake.output;
    return S_OK;
}

static HRESULT WINAPI get_available_type(IMFTransform *self, DWORD id, DWORD index,
                                         IMFMediaType **ret_type)
{
    if (index > 0)
        return MF_E_NO_MORE_TYPES;
    fake.changed = true; /* from now on */
    return get_output_type(self, id, ret_type);
}

static HRESULT WINAPI get_output_info(IMFTransform *self, DWORD id,
                                      MFT_OUTPUT_STREAM_INFO *ret_info)
{
    (void)self;
    misuse(id != output_id());
    *ret_info = (MFT_OUTPUT_STREAM_INFO){
        .dwFlags = transform_fake.provides_samples ? MFT_OUTPUT_STREAM_PROVIDES_SAMPLES : 0,
        .cbSize = 1u << 20};
    return S_OK;
}

/* --- pictures and units ------------------------------------------------------------------ */

static HRESULT WINAPI process_message(IMFTransform *self, MFT_MESSAGE_TYPE message, ULONG_PTR data)
{
    (void)self;
    (void)data;
    switch (message) {
    case MFT_MESSAGE_NOTIFY_BEGIN_STREAMING:
        misuse(!fake.output || !fake.has_input);
        fake.streams = true;
        break;
    case MFT_MESSAGE_NOTIFY_START_OF_STREAM:
        misuse(!fake.streams);
        fake.wants = 2; /* as some cards': before the first unit is out */
        break;
    case MFT_MESSAGE_COMMAND_FLUSH:
        transform_fake.inside = 0;
        break;
    case MFT_MESSAGE_NOTIFY_END_STREAMING:
        fake.streams = false;
        break;
    default:
        misuse(true);
        break;
    }
    return S_OK;
}

static HRESULT WINAPI get_event(IMFMediaEventGenerator *self, DWORD flags,
                                IMFMediaEvent **ret_event);

static IMFMediaEventGeneratorVtbl events_table = {
    .QueryInterface = events_query,
    .AddRef = events_add_reference,
    .Release = events_release,
    .GetEvent = get_event,
};

static HRESULT(WINAPI *create_event)(MediaEventType type, REFGUID extended, HRESULT status,
                                     const PROPVARIANT *value, IMFMediaEvent **ret_event);

static HRESULT WINAPI get_event(IMFMediaEventGenerator *self, DWORD flags,
                                IMFMediaEvent **ret_event)
{
    static const GUID none = {0};

    (void)self;
    misuse(flags != MF_EVENT_FLAG_NO_WAIT);
    if (fake.has > 0) {
        if (fake.late > 0) {
            fake.late--;
            return MF_E_NO_EVENTS_AVAILABLE;
        }
        fake.has--;
        fake.owed_out++;
        return create_event(METransformHaveOutput, &none, S_OK, NULL, ret_event);
    }
    if (fake.wants > 0 && fake.full++ >= transform_fake.full) {
        fake.wants--;
        fake.owed_in++;
        return create_event(METransformNeedInput, &none, S_OK, NULL, ret_event);
    }
    return MF_E_NO_EVENTS_AVAILABLE;
}

static void look_at(IMFSample *sample)
{
    struct transform_fake *how = &transform_fake;
    IMFMediaBuffer *buffer;
    BYTE *bytes;

    IMFSample_GetSampleTime(sample, &how->last_time);
    IMFSample_ConvertToContiguousBuffer(sample, &buffer);
    IMFMediaBuffer_Lock(buffer, &bytes, NULL, &how->last_bytes);
    if (how->last_bytes > 0) {
        how->first_luma = bytes[0];
        how->last_chroma = bytes[how->last_bytes - 1];
    }
    IMFMediaBuffer_Unlock(buffer);
    IMFMediaBuffer_Release(buffer);
}

static HRESULT WINAPI process_input(IMFTransform *self, DWORD id, IMFSample *sample, DWORD flags)
{
    struct transform_fake *how = &transform_fake;

    (void)self;
    misuse(id != input_id() || flags != 0 || !fake.streams);
    if (how->asynchronous) {
        misuse(fake.owed_in == 0);
        if (fake.owed_in == 0)
            return MF_E_NOTACCEPTING;
        fake.owed_in--;
    } else if (fake.full++ < how->full || how->inside > 0) {
        return MF_E_NOTACCEPTING;
    }
    fake.full = 0;
    look_at(sample);
    if (++how->pictures == how->lost_at)
        return MF_E_HW_MFT_FAILED_START_STREAMING;
    how->inside++;
    misuse(how->inside > 1);
    if (how->rewinds && fake.key_wanted)
        fake.unit = 0;
    fake.key_wanted = false;
    fake.late = how->late;
    fake.has += !how->hangs;
    return S_OK;
}

static HRESULT fill(IMFSample *sample, const struct transform_fake_unit *unit)
{
    IMFMediaBuffer *buffer;
    DWORD room = 0;
    BYTE *bytes;

    HRESULT result = IMFSample_GetBufferByIndex(sample, 0, &buffer);
    if (FAILED(result))
        return result;
    IMFMediaBuffer_Lock(buffer, &bytes, &room, NULL);
    misuse(room < unit->size);
    if (room >= unit->size)
        memcpy(bytes, unit->bytes, unit->size);
    IMFMediaBuffer_Unlock(buffer);
    result = IMFMediaBuffer_SetCurrentLength(buffer, unit->size);
    IMFMediaBuffer_Release(buffer);
    return result;
}

static HRESULT own_sample(uint32_t bytes, IMFSample **ret_sample)
{
    IMFMediaBuffer *buffer;

    if (FAILED(fake.functions->create_buffer(bytes, &buffer)))
        return E_OUTOFMEMORY;
    HRESULT result = fake.functions->create_sample(ret_sample);
    if (SUCCEEDED(result))
        result = IMFSample_AddBuffer(*ret_sample, buffer);
    IMFMediaBuffer_Release(buffer);
    return result;
}

static HRESULT WINAPI process_output(IMFTransform *self, DWORD flags, DWORD count,
                                     MFT_OUTPUT_DATA_BUFFER *outputs, DWORD *ret_status)
{
    struct transform_fake *how = &transform_fake;
    const struct transform_fake_unit *unit = &how->units[fake.unit % how->unit_count];

    (void)self;
    *ret_status = 0;
    misuse(flags != 0 || count != 1 || outputs->dwStreamID != output_id() ||
           !outputs->pSample != how->provides_samples);
    if (how->asynchronous) {
        misuse(fake.owed_out == 0);
        fake.owed_out--;
    }
    if (how->changes_type && !fake.changed) {
        outputs->dwStatus = MFT_OUTPUT_DATA_BUFFER_FORMAT_CHANGE;
        fake.has++;
        return MF_E_TRANSFORM_STREAM_CHANGE;
    }
    if (how->inside == 0 || how->hangs || fake.late > 0) {
        fake.late -= fake.late > 0;
        return MF_E_TRANSFORM_NEED_MORE_INPUT;
    }
    if (how->provides_samples && FAILED(own_sample(unit->size, &outputs->pSample)))
        return E_OUTOFMEMORY;
    fake.unit++;
    how->inside--;
    fake.wants++;
    return fill(outputs->pSample, unit);
}

static IMFTransformVtbl transform_table = {
    .QueryInterface = transform_query,
    .AddRef = transform_add_reference,
    .Release = transform_release,
    .GetStreamIDs = get_stream_ids,
    .GetOutputStreamInfo = get_output_info,
    .GetAttributes = get_attributes,
    .GetOutputAvailableType = get_available_type,
    .SetInputType = set_input_type,
    .SetOutputType = set_output_type,
    .GetOutputCurrentType = get_output_type,
    .ProcessMessage = process_message,
    .ProcessInput = process_input,
    .ProcessOutput = process_output,
};

/* --- finding it -------------------------------------------------------------------------- */

HRESULT transform_fake_find(const struct mfplat *functions, unsigned index,
                            IMFTransform **ret_object,
                            char ret_name[static MEDIA_FOUNDATION_NAME_BYTES])
{
    struct transform_fake *how = &transform_fake;
    HMODULE library = GetModuleHandleW(L"mfplat.dll");
    HRESULT(WINAPI * create_attributes)(IMFAttributes * *ret, UINT32 size);
    FARPROC found = GetProcAddress(library, "MFCreateAttributes");

    memcpy(&create_attributes, &found, sizeof found);
    found = GetProcAddress(library, "MFCreateMediaEvent");
    memcpy(&create_event, &found, sizeof found);
    if (how->absent || index >= (how->count > 0 ? how->count : 1))
        return MF_E_NOT_FOUND;
    misuse(how->objects > 0); /* one at a time */
    fake = (struct fake){.transform.lpVtbl = &transform_table,
                         .codec.lpVtbl = &codec_table,
                         .events.lpVtbl = &events_table,
                         .shutdown.lpVtbl = (IMFShutdownVtbl *)&shutdown_table,
                         .references = 1,
                         .functions = functions,
                         .broken = index < how->broken};
    if (how->asynchronous) {
        if (FAILED(create_attributes(&fake.attributes, 2)))
            return E_OUTOFMEMORY;
        IMFAttributes_SetUINT32(fake.attributes, &MF_TRANSFORM_ASYNC, TRUE);
    }
    how->objects++;
    how->opened++;
    how->inside = 0;
    snprintf(ret_name, MEDIA_FOUNDATION_NAME_BYTES, "double %u", index);
    *ret_object = &fake.transform;
    return S_OK;
}
