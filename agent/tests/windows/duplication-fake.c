/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#define COBJMACROS
#include "agent/tests/windows/duplication-fake.h"

#include <stdlib.h>
#include <string.h>

struct duplication_fake duplication_fake;

/* As one duplication sees the display. */
struct fake {
    IDXGIOutputDuplication base;
    ULONG references;
    ID3D11Device *device;
    ID3D11DeviceContext *context;
    ID3D11Texture2D *texture; /* the desktop, of which each frame is a view */
    UINT width_px, height_px;
    bool held; /* a frame */
    const struct fake_frame *frame;
};

static struct fake *fake_of(IDXGIOutputDuplication *base)
{
    return (struct fake *)base;
}

uint32_t fake_pixel(uint32_t seed, uint32_t x, uint32_t y)
{
    uint32_t mixed = (seed * 2654435761u) ^ (x * 40503u) ^ (y * 2246822519u);

    return 0xff000000u | ((mixed ^ mixed >> 15) & 0xffffffu);
}

static void draw(struct fake *self, uint32_t seed)
{
    uint32_t *pixels = malloc((size_t)self->width_px * self->height_px * 4);

    for (UINT y = 0; y < self->height_px; y++)
        for (UINT x = 0; x < self->width_px; x++)
            pixels[(size_t)y * self->width_px + x] = fake_pixel(seed, x, y);
    ID3D11DeviceContext_UpdateSubresource(self->context, (ID3D11Resource *)self->texture, 0, NULL,
                                          pixels, self->width_px * 4, 0);
    free(pixels);
}

/* Of a frame that is over, nothing may be seen. */
static void forget(struct fake *self)
{
    draw(self, UINT32_MAX);
}

static HRESULT STDMETHODCALLTYPE query_interface(IDXGIOutputDuplication *base, REFIID id,
                                                 void **ret)
{
    *ret = NULL;
    return E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE add_ref(IDXGIOutputDuplication *base)
{
    return ++fake_of(base)->references;
}

static ULONG STDMETHODCALLTYPE release(IDXGIOutputDuplication *base)
{
    struct fake *self = fake_of(base);
    ULONG left = --self->references;

    if (left > 0)
        return left;
    ID3D11Texture2D_Release(self->texture);
    ID3D11DeviceContext_Release(self->context);
    ID3D11Device_Release(self->device);
    free(self);
    duplication_fake.objects--;
    return 0;
}

static void STDMETHODCALLTYPE get_desc(IDXGIOutputDuplication *base, DXGI_OUTDUPL_DESC *ret)
{
    const struct fake *self = fake_of(base);
    DXGI_FORMAT format = duplication_fake.format;

    *ret = (DXGI_OUTDUPL_DESC){
        .ModeDesc = {.Width = self->width_px,
                     .Height = self->height_px,
                     .Format = format ? format : DXGI_FORMAT_B8G8R8A8_UNORM},
        .Rotation = duplication_fake.rotation,
    };
}

static const struct fake_frame *next_of_script(struct fake *self)
{
    static struct fake_frame drawn = {.result = S_OK};
    const struct duplication_fake *script = &duplication_fake;

    if (script->acquired <= script->frame_count)
        return &script->frames[script->acquired - 1];
    if (script->draws_every_ms == 0)
        return NULL;
    Sleep(script->draws_every_ms);
    drawn.seed++;
    return &drawn;
}

static HRESULT STDMETHODCALLTYPE acquire(IDXGIOutputDuplication *base, UINT timeout_ms,
                                         DXGI_OUTDUPL_FRAME_INFO *ret_info, IDXGIResource **ret)
{
    struct fake *self = fake_of(base);

    if (self->held) {
        duplication_fake.misuses++;
        return DXGI_ERROR_INVALID_CALL;
    }
    duplication_fake.acquired++;
    self->frame = next_of_script(self);
    if (!self->frame || self->frame->result == DXGI_ERROR_WAIT_TIMEOUT) {
        Sleep(timeout_ms);
        return DXGI_ERROR_WAIT_TIMEOUT;
    }
    if (self->frame->result != S_OK)
        return self->frame->result;
    if (self->frame->seed)
        draw(self, self->frame->seed);
    *ret_info = (DXGI_OUTDUPL_FRAME_INFO){
        .LastPresentTime.QuadPart = self->frame->seed != 0,
        .LastMouseUpdateTime.QuadPart = self->frame->moved || self->frame->shape,
        .PointerPosition = {self->frame->at_px, self->frame->visible},
        .PointerShapeBufferSize = self->frame->shape ? (UINT)self->frame->shape->size_bytes : 0,
    };
    self->held = true;
    return ID3D11Texture2D_QueryInterface(self->texture, &IID_IDXGIResource, (void **)ret);
}

static HRESULT STDMETHODCALLTYPE pointer_shape(IDXGIOutputDuplication *base, UINT room, void *to,
                                               UINT *ret_needed,
                                               DXGI_OUTDUPL_POINTER_SHAPE_INFO *ret_info)
{
    const struct fake *self = fake_of(base);
    const struct pointer_shape *shape = self->held ? self->frame->shape : NULL;

    if (!shape)
        return DXGI_ERROR_INVALID_CALL;
    *ret_needed = (UINT)shape->size_bytes;
    if (room < shape->size_bytes)
        return DXGI_ERROR_MORE_DATA;
    memcpy(to, shape->bytes, shape->size_bytes);
    *ret_info = (DXGI_OUTDUPL_POINTER_SHAPE_INFO){
        .Type = shape->kind,
        .Width = shape->width_px,
        .Height = shape->kind == POINTER_MONOCHROME ? shape->height_px * 2 : shape->height_px,
        .Pitch = shape->pitch_bytes,
        .HotSpot = self->frame->hot_px,
    };
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE release_frame(IDXGIOutputDuplication *base)
{
    struct fake *self = fake_of(base);

    if (!self->held) {
        duplication_fake.misuses++;
        return DXGI_ERROR_INVALID_CALL;
    }
    self->held = false;
    forget(self);
    return self->frame->release_result;
}

static const IDXGIOutputDuplicationVtbl table = {
    .QueryInterface = query_interface,
    .AddRef = add_ref,
    .Release = release,
    .GetDesc = get_desc,
    .AcquireNextFrame = acquire,
    .GetFramePointerShape = pointer_shape,
    .ReleaseFrame = release_frame,
};

HRESULT duplication_fake_duplicate(void *data, IDXGIOutput *output, ID3D11Device *device,
                                   IDXGIOutputDuplication **ret_duplication)
{
    struct duplication_fake *script = &duplication_fake;
    bool first = script->duplicated == 0;
    unsigned number = script->duplicated++;

    if (number < script->result_count && script->results[number] != S_OK)
        return script->results[number];
    struct fake *self = calloc(1, sizeof *self);
    self->base.lpVtbl = (IDXGIOutputDuplicationVtbl *)&table;
    self->references = 1;
    self->width_px = first || !script->next_width_px ? script->width_px : script->next_width_px;
    self->height_px = first || !script->next_height_px ? script->height_px : script->next_height_px;
    self->device = device;
    ID3D11Device_AddRef(device);
    ID3D11Device_GetImmediateContext(device, &self->context);
    const D3D11_TEXTURE2D_DESC desc = {
        .Width = self->width_px,
        .Height = self->height_px,
        .MipLevels = 1,
        .ArraySize = 1,
        .Format = DXGI_FORMAT_B8G8R8A8_UNORM,
        .SampleDesc = {.Count = 1},
        .Usage = D3D11_USAGE_DEFAULT,
        .BindFlags = D3D11_BIND_SHADER_RESOURCE,
    };
    HRESULT result = ID3D11Device_CreateTexture2D(device, &desc, NULL, &self->texture);
    if (FAILED(result))
        abort(); /* of the test's own */
    script->objects++;
    *ret_duplication = &self->base;
    return S_OK;
}
