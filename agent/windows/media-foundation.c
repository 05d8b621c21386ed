/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#define COBJMACROS
#include "agent/windows/media-foundation.h"

#include "agent/failure.h"
#include "agent/os/clock.h"
#include "agent/windows/nv12.h"
#include "agent/windows/transform.h"
#include "protocol/access-unit.h"

#include <errno.h>
#include <mferror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS INT64_C(1000000)
/* Media Foundation's unit of time is 100 ns. */
#define TICKS_PER_S INT64_C(10000000)
#define TEXT_BYTES 400

/* The capturing thread's. */
struct media_foundation {
    struct encoder encoder;
    struct media_foundation_settings platform;
    struct encoder_settings settings;
    struct mfplat functions;
    bool in_apartment, started; /* what close() must undo */
    struct transform transform;
    char name[MEDIA_FOUNDATION_NAME_BYTES];
    IMFSample *waiting;     /* a picture that was submitted, but not yet taken */
    IMFMediaBuffer *locked; /* holds the bytes of the last unit */
    uint8_t *joined;        /* a key frame with parameter sets put in front */
    bool busy;              /* a picture was submitted, its unit not yet got */
    bool key_wanted;
    int64_t planned_ns;   /* of the picture inside */
    int64_t submitted_ns; /* when it was submitted */
    int64_t pictures;
    char text[TEXT_BYTES];
};

static struct media_foundation *self_of(struct encoder *encoder)
{
    return (struct media_foundation *)encoder;
}

#define fail(self, number, ...) failure_set((self)->text, sizeof(self)->text, number, __VA_ARGS__)

static int errno_of(HRESULT result)
{
    switch (result) {
    case E_OUTOFMEMORY:
        return -ENOMEM;
    case MF_E_INVALIDMEDIATYPE:
    case MF_E_INVALIDTYPE:
    case E_INVALIDARG:
        return -EINVAL;
    case MF_E_UNSUPPORTED_D3D_TYPE:
    case E_NOINTERFACE:
    case E_NOTIMPL:
        return -ENOSYS;
    default:
        return -EIO;
    }
}

/* What the transform's line is about. */
static int fail_transform(struct media_foundation *self, HRESULT result)
{
    return fail(self, errno_of(result), "Media Foundation: %s %s", self->name,
                self->transform.text);
}

/* --- open and close ---------------------------------------------------------------- */

static void drop_unit(struct media_foundation *self)
{
    if (self->locked) {
        IMFMediaBuffer_Unlock(self->locked);
        IMFMediaBuffer_Release(self->locked);
    }
    self->locked = NULL;
    free(self->joined);
    self->joined = NULL;
}

static void drop_waiting(struct media_foundation *self)
{
    if (self->waiting)
        IMFSample_Release(self->waiting);
    self->waiting = NULL;
}

static void encoder_close(struct encoder *encoder)
{
    struct media_foundation *self = self_of(encoder);

    drop_unit(self);
    drop_waiting(self);
    transform_close(&self->transform);
    if (self->started)
        self->functions.shutdown();
    if (self->in_apartment)
        CoUninitialize();
    self->started = self->in_apartment = self->busy = false;
}

static int start(struct media_foundation *self)
{
    /* A thread that is in another apartment already stays there. */
    self->in_apartment = SUCCEEDED(CoInitializeEx(NULL, COINIT_MULTITHREADED));
    HRESULT result =
        mfplat_load(&self->functions) ? self->functions.startup(MF_VERSION, 0) : E_NOTIMPL;
    self->started = SUCCEEDED(result);
    return self->started ? 0
                         : fail(self, -ENOSYS,
                                "Media Foundation: this Windows has none (0x%08x): install its "
                                "Media Feature Pack",
                                (unsigned)result);
}

/* The first one that accepts the settings. */
static int open_transform(struct media_foundation *self)
{
    IMFTransform *object = NULL;
    int error = fail(self, -ENOSYS,
                     "Media Foundation: this Windows has no H.264 encoder: install its Media "
                     "Feature Pack, or a graphics card's driver");

    for (unsigned index = 0;; index++) {
        HRESULT result = self->platform.find(&self->functions, index, &object, self->name);
        if (result == MF_E_NOT_FOUND)
            return error;
        if (FAILED(result)) {
            error = fail(self, errno_of(result), "Media Foundation: %s cannot be made (0x%08x)",
                         self->name, (unsigned)result);
            continue;
        }
        result = transform_open(&self->transform, &self->functions, object, &self->settings);
        if (SUCCEEDED(result)) {
            fail(self, 0, "Media Foundation: %s%s%s", self->name,
                 self->transform.text[0] ? "; " : "", self->transform.text);
            return 0;
        }
        error = fail_transform(self, result);
        transform_close(&self->transform);
    }
}

static int encoder_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    struct media_foundation *self = self_of(encoder);

    if (self->transform.object)
        return -EBUSY;
    if (settings->width_px == 0 || settings->height_px == 0 || settings->width_px % 2 != 0 ||
        settings->height_px % 2 != 0 || settings->width_px > INT16_MAX ||
        settings->height_px > INT16_MAX || settings->fps_num == 0 || settings->fps_den == 0 ||
        settings->kbps == 0 || settings->kbps > INT32_MAX / 1000)
        return fail(self, -EINVAL, "Media Foundation: %ux%u at %u kbit/s cannot be encoded",
                    settings->width_px, settings->height_px, settings->kbps);
    self->settings = *settings;
    self->key_wanted = true;
    self->pictures = 0;
    int error = start(self);
    if (error == 0)
        error = open_transform(self);
    if (error < 0)
        encoder_close(encoder);
    else if (self->platform.opening)
        self->platform.opening(self->platform.data);
    return error;
}

/* --- pictures and access units ------------------------------------------------------ */

static HRESULT convert(struct media_foundation *self, const struct encoder_picture *picture,
                       IMFMediaBuffer *buffer)
{
    const struct encoder_settings *settings = &self->settings;
    BYTE *bytes;
    HRESULT result = IMFMediaBuffer_Lock(buffer, &bytes, NULL, NULL);

    if (FAILED(result))
        return result;
    nv12_from_bgrx(bytes, picture->bgrx, picture->stride_bytes, settings->width_px,
                   settings->height_px);
    IMFMediaBuffer_Unlock(buffer);
    return IMFMediaBuffer_SetCurrentLength(
        buffer, (DWORD)nv12_bytes(settings->width_px, settings->height_px));
}

/* A sample of its own for each picture: an encoder may keep it as long as it likes. */
static HRESULT make_picture(struct media_foundation *self, const struct encoder_picture *picture)
{
    const struct encoder_settings *settings = &self->settings;
    IMFMediaBuffer *buffer = NULL;
    HRESULT result = self->functions.create_buffer(
        (DWORD)nv12_bytes(settings->width_px, settings->height_px), &buffer);

    if (SUCCEEDED(result))
        result = convert(self, picture, buffer);
    if (SUCCEEDED(result))
        result = self->functions.create_sample(&self->waiting);
    if (SUCCEEDED(result)) {
        int64_t ticks = TICKS_PER_S * settings->fps_den / settings->fps_num;
        IMFSample_AddBuffer(self->waiting, buffer);
        IMFSample_SetSampleTime(self->waiting, self->pictures++ * ticks);
        IMFSample_SetSampleDuration(self->waiting, ticks);
    }
    if (buffer)
        IMFMediaBuffer_Release(buffer);
    return result;
}

/* Takes the picture that waits to the encoder. */
static int pass_on(struct media_foundation *self)
{
    HRESULT result = transform_put(&self->transform, self->waiting);

    if (result == MF_E_NOTACCEPTING)
        return 0;
    drop_waiting(self);
    return FAILED(result) ? fail_transform(self, result) : 0;
}

static int encoder_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    struct media_foundation *self = self_of(encoder);

    if (!self->transform.object || !picture->bgrx)
        return -EINVAL;
    if (self->busy)
        return -EBUSY;
    drop_unit(self);
    HRESULT result = make_picture(self, picture);
    if (FAILED(result))
        return fail(self, errno_of(result), "Media Foundation: no sample for a picture (0x%08x)",
                    (unsigned)result);
    /* The first one is a key frame by itself, which not each encoder must be asked for. */
    if (self->key_wanted && FAILED(result = transform_force_key(&self->transform)) &&
        self->pictures > 1)
        return fail(self, errno_of(result),
                    "Media Foundation: %s refuses a key frame (0x%08x): this needs Windows 8",
                    self->name, (unsigned)result);
    self->key_wanted = false;
    self->busy = true;
    self->planned_ns = picture->planned_ns;
    self->submitted_ns = os_now_ns();
    return pass_on(self);
}

/* A key frame to which the encoder has not added its parameter sets gets them from its type. */
static int join_parameter_sets(struct media_foundation *self, struct encoder_unit *unit)
{
    UINT8 *sets = NULL;
    UINT32 size = 0;

    if (FAILED(transform_parameter_sets(&self->transform, &sets, &size)))
        return fail(
            self, -EPROTO,
            "Media Foundation: a key frame of %s is without SPS and PPS, and so is its type",
            self->name);
    self->joined = malloc(size + unit->size);
    if (self->joined) {
        memcpy(self->joined, sets, size);
        memcpy(self->joined + size, unit->bytes, unit->size);
        unit->bytes = self->joined;
        unit->size += size;
    }
    CoTaskMemFree(sets);
    return self->joined ? 0 : -ENOMEM;
}

static int take_unit(struct media_foundation *self, IMFSample *sample,
                     struct encoder_unit *ret_unit)
{
    struct encoder_unit unit = {.planned_ns = self->planned_ns};
    struct access_unit seen;
    IMFMediaBuffer *buffer = NULL;
    BYTE *bytes = NULL;
    DWORD size = 0;

    self->busy = false;
    HRESULT result = IMFSample_ConvertToContiguousBuffer(sample, &buffer);
    IMFSample_Release(sample);
    if (SUCCEEDED(result)) {
        result = IMFMediaBuffer_Lock(buffer, &bytes, NULL, &size);
        if (SUCCEEDED(result))
            self->locked = buffer;
        else
            IMFMediaBuffer_Release(buffer);
    }
    if (FAILED(result))
        return fail(self, errno_of(result),
                    "Media Foundation: an access unit of %s cannot be read (0x%08x)", self->name,
                    (unsigned)result);
    unit.bytes = bytes;
    unit.size = size;
    if (!access_unit_scan(PORT_CODEC_H264, bytes, size, &seen) || !seen.has_slice)
        return fail(self, -EPROTO, "Media Foundation: %u bytes of %s are no access unit of H.264",
                    (unsigned)size, self->name);
    int error = seen.has_idr && !seen.key_frame ? join_parameter_sets(self, &unit) : 0;
    if (error < 0)
        return error;
    unit.key = seen.has_idr;
    *ret_unit = unit;
    return 0;
}

static int encoder_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    struct media_foundation *self = self_of(encoder);

    if (!self->busy)
        return -EAGAIN;
    for (;;) {
        IMFSample *sample = NULL;
        int error = self->waiting ? pass_on(self) : 0;
        if (error < 0)
            return error;
        /* Also while a picture waits: an encoder that is full takes none until it is emptied. */
        HRESULT result = transform_take(&self->transform, &sample);
        if (result == S_OK)
            return take_unit(self, sample, ret_unit);
        if (result != MF_E_TRANSFORM_NEED_MORE_INPUT)
            return fail_transform(self, result);
        int64_t now_ns = os_now_ns();
        if (now_ns - self->submitted_ns >= MEDIA_FOUNDATION_UNIT_WAIT_MAX_MS * NS_PER_MS)
            return fail(self, -ETIMEDOUT,
                        "Media Foundation: no access unit of %s within %d ms: it keeps pictures "
                        "back, or has hung",
                        self->name, MEDIA_FOUNDATION_UNIT_WAIT_MAX_MS);
        if (now_ns >= deadline_ns)
            return -EAGAIN;
        Sleep(MEDIA_FOUNDATION_POLL_MS);
    }
}

static void encoder_force_key(struct encoder *encoder)
{
    self_of(encoder)->key_wanted = true;
}

static void encoder_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    struct media_foundation *self = self_of(encoder);

    if (self->transform.object && kbps > 0 && kbps <= INT32_MAX / 1000)
        transform_set_bitrate(&self->transform, kbps);
}

static const char *encoder_error(const struct encoder *encoder)
{
    return ((const struct media_foundation *)encoder)->text;
}

static void encoder_destroy(struct encoder *encoder)
{
    encoder_close(encoder);
    free(encoder);
}

static const struct encoder_class media_foundation_class = {
    .open = encoder_open,
    .submit = encoder_submit,
    .get = encoder_get,
    .force_key = encoder_force_key,
    .set_bitrate = encoder_set_bitrate,
    .error = encoder_error,
    .close = encoder_close,
    .destroy = encoder_destroy,
};

struct encoder *media_foundation_create(const struct media_foundation_settings *settings)
{
    struct media_foundation *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->encoder.class = &media_foundation_class;
    self->platform = *settings;
    return &self->encoder;
}
