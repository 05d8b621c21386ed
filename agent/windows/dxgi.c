/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#define COBJMACROS
#include "agent/windows/dxgi.h"

#include "agent/failure.h"
#include "agent/os/clock.h"
#include "agent/os/windows.h"
#include "agent/windows/duplication-result.h"
#include "agent/windows/dxgi-displays.h"
#include "agent/windows/pointer-shape.h"

#include <d3d10.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS INT64_C(1000000)
#define TEXT_BYTES 512
/* What an encoder of the card may do with its pictures. */
#define TEXTURE_BINDING (D3D11_BIND_SHADER_RESOURCE | D3D11_BIND_RENDER_TARGET)

struct pointer {
    bool visible;
    POINT at_px; /* of the shape's upper left corner */
    POINT hot_px;
    uint16_t width_px, height_px;
    uint32_t serial; /* 0: there is no shape */
    uint8_t *bgra;
};

/* The capturing thread's. */
struct dxgi {
    struct source source;
    struct dxgi_settings settings;
    char display[DISPLAY_NAME_BYTES]; /* as it was asked for */
    char name[DISPLAY_NAME_BYTES];    /* as Windows calls the one that was chosen */
    char text[TEXT_BYTES];

    HDESK desktop; /* of the thread */
    IDXGIOutput *output;
    ID3D11Device *device;
    ID3D11DeviceContext *context;
    IDXGIOutputDuplication *duplication; /* NULL while it is to be duplicated anew */
    ID3D11Texture2D *picture, *staging;
    struct source_mode mode;

    unsigned pending;      /* what wait() has to report: bits of enum source_condition */
    bool has_picture;      /* since it was opened */
    bool first;            /* the duplication has returned no frame yet */
    bool reported;         /* SOURCE_PICTURE was, and nothing was acquired since */
    bool mapped;           /* the staging texture */
    int64_t duplicated_ns; /* the last try */
    int64_t lost_since_ns; /* when the last duplication ended that had returned a frame */
    struct pointer pointer;
};

static struct dxgi *self_of(struct source *source)
{
    return (struct dxgi *)source;
}

#define fail(self, number, ...) failure_set((self)->text, sizeof(self)->text, number, __VA_ARGS__)

static int fail_result(struct dxgi *self, const char *what, HRESULT result)
{
    const struct duplication_result *meaning = duplication_result((uint32_t)result);

    return fail(self, meaning->error, "%s: %s: %s (0x%08x): %s", self->name, what, meaning->name,
                (unsigned)result, meaning->text);
}

/* --- the pointer ----------------------------------------------------------------------- */

static void take_pointer_shape(struct dxgi *self, UINT bytes)
{
    struct pointer *pointer = &self->pointer;
    DXGI_OUTDUPL_POINTER_SHAPE_INFO info = {0};
    UINT needed = 0;
    uint8_t *from = malloc(bytes);

    if (!from || FAILED(IDXGIOutputDuplication_GetFramePointerShape(self->duplication, bytes, from,
                                                                    &needed, &info))) {
        free(from); /* the last one stays */
        return;
    }
    const struct pointer_shape shape = {
        .kind = info.Type,
        .width_px = info.Width,
        .height_px = info.Type == POINTER_MONOCHROME ? info.Height / 2 : info.Height,
        .pitch_bytes = info.Pitch,
        .bytes = from,
        .size_bytes = bytes,
    };
    uint8_t *bgra =
        pointer_shape_usable(&shape) ? malloc((size_t)shape.width_px * shape.height_px * 4) : NULL;
    if (bgra) {
        pointer_shape_convert(&shape, bgra);
        free(pointer->bgra);
        pointer->bgra = bgra;
        pointer->width_px = (uint16_t)shape.width_px;
        pointer->height_px = (uint16_t)shape.height_px;
        pointer->hot_px = info.HotSpot;
        pointer->serial += pointer->serial == UINT32_MAX ? 2 : 1; /* never 0 */
        self->pending |= SOURCE_CURSOR;
    }
    free(from);
}

static void take_pointer(struct dxgi *self, const DXGI_OUTDUPL_FRAME_INFO *info)
{
    struct pointer *pointer = &self->pointer;
    const DXGI_OUTDUPL_POINTER_POSITION *position = &info->PointerPosition;

    if (info->LastMouseUpdateTime.QuadPart != 0) {
        bool visible = position->Visible;
        /* The position of a hidden pointer means nothing. */
        if (visible != pointer->visible || (visible && (position->Position.x != pointer->at_px.x ||
                                                        position->Position.y != pointer->at_px.y)))
            self->pending |= SOURCE_CURSOR;
        pointer->visible = visible;
        if (visible)
            pointer->at_px = position->Position;
    }
    if (info->PointerShapeBufferSize > 0)
        take_pointer_shape(self, info->PointerShapeBufferSize);
}

static uint16_t inside(LONG value, uint16_t size)
{
    return (uint16_t)(value < 0 ? 0 : value < size ? value : size - 1);
}

static int source_cursor(struct source *source, struct source_cursor *ret_cursor)
{
    const struct dxgi *self = self_of(source);
    const struct pointer *pointer = &self->pointer;
    uint16_t hot_x = inside(pointer->hot_px.x, pointer->width_px);
    uint16_t hot_y = inside(pointer->hot_px.y, pointer->height_px);

    if (pointer->serial == 0) {
        *ret_cursor = (struct source_cursor){.visible = false};
        return 0;
    }
    *ret_cursor = (struct source_cursor){
        .visible = pointer->visible,
        .x_px = pointer->at_px.x + hot_x,
        .y_px = pointer->at_px.y + hot_y,
        .serial = pointer->serial,
        .bgra = pointer->bgra,
        .width_px = pointer->width_px,
        .height_px = pointer->height_px,
        .hot_x_px = hot_x,
        .hot_y_px = hot_y,
    };
    return 0;
}

/* --- duplicating ------------------------------------------------------------------------ */

/* Without the right to it the thread stays where it is, which suffices for the user's own. */
static void follow_input_desktop(struct dxgi *self)
{
    HDESK desktop = OpenInputDesktop(0, FALSE, GENERIC_ALL);

    if (desktop && SetThreadDesktop(desktop)) {
        HDESK last = self->desktop;
        self->desktop = desktop;
        desktop = last;
    }
    if (desktop)
        CloseDesktop(desktop);
}

static void drop_duplication(struct dxgi *self)
{
    if (self->duplication)
        IDXGIOutputDuplication_Release(self->duplication);
    self->duplication = NULL;
}

/* Windows converts to the format that it was asked for; but the older call is not asked. */
static int check_duplication(struct dxgi *self, const DXGI_OUTDUPL_DESC *desc)
{
    if (desc->ModeDesc.Format != DXGI_FORMAT_B8G8R8A8_UNORM)
        return fail(self, -EOPNOTSUPP,
                    "%s: its pictures have the DXGI format %u, not 8 bits a channel: turn HDR "
                    "and 10 bit colours off in Windows' display settings",
                    self->name, (unsigned)desc->ModeDesc.Format);
    if (desc->Rotation != DXGI_MODE_ROTATION_UNSPECIFIED &&
        desc->Rotation != DXGI_MODE_ROTATION_IDENTITY)
        return fail(self, -EOPNOTSUPP,
                    "%s: it is rotated: set its orientation to landscape in Windows' display "
                    "settings",
                    self->name);
    if (desc->ModeDesc.Width < 2 || desc->ModeDesc.Height < 2)
        return fail(self, -EINVAL, "%s: it has %ux%u pixels", self->name,
                    (unsigned)desc->ModeDesc.Width, (unsigned)desc->ModeDesc.Height);
    return 0;
}

/* S_OK with *ret_mode, or the failure; the duplication is checked by the caller. */
static HRESULT duplicate(struct dxgi *self, DXGI_OUTDUPL_DESC *ret_desc)
{
    follow_input_desktop(self);
    self->duplicated_ns = os_now_ns();
    HRESULT result = self->settings.duplicate(self->settings.data, self->output, self->device,
                                              &self->duplication);
    if (FAILED(result)) {
        self->duplication = NULL;
        return result;
    }
    IDXGIOutputDuplication_GetDesc(self->duplication, ret_desc);
    self->first = true;
    return S_OK;
}

static struct source_mode mode_of(const DXGI_OUTDUPL_DESC *desc)
{
    return (struct source_mode){desc->ModeDesc.Width & ~1u, desc->ModeDesc.Height & ~1u};
}

/* What follows from a failure of something that was duplicated. 0: it was dealt with. */
static int react(struct dxgi *self, const char *what, HRESULT result)
{
    const struct duplication_result *meaning = duplication_result((uint32_t)result);

    switch (meaning->reaction) {
    case DUPLICATION_GOES_ON:
    case DUPLICATION_UNCHANGED:
        return 0;
    case DUPLICATION_AGAIN:
        fail_result(self, what, result);
        drop_duplication(self);
        return 0;
    case DUPLICATION_NEW_DEVICE:
        fail_result(self, what, result);
        drop_duplication(self);
        self->pending |= SOURCE_MODE;
        return 0;
    case DUPLICATION_REFUSED:
        break;
    }
    return fail_result(self, what, result);
}

static int64_t again_ns(const struct dxgi *self)
{
    return self->duplicated_ns + DXGI_AGAIN_MS * NS_PER_MS;
}

static int duplicate_again(struct dxgi *self)
{
    DXGI_OUTDUPL_DESC desc = {0};
    HRESULT result = duplicate(self, &desc);
    int error = SUCCEEDED(result) ? check_duplication(self, &desc)
                                  : react(self, "cannot be duplicated", result);

    if (error < 0)
        return error;
    if (self->duplication) {
        struct source_mode mode = mode_of(&desc);
        if (mode.width_px != self->mode.width_px || mode.height_px != self->mode.height_px) {
            drop_duplication(self);
            self->pending |= SOURCE_MODE;
        }
        return 0;
    }
    if (os_now_ns() - self->lost_since_ns > DXGI_AGAIN_MAX_MS * NS_PER_MS)
        return duplication_result((uint32_t)result)->error; /* its text is there */
    return 0;
}

/* --- frames ------------------------------------------------------------------------------ */

static int take_picture(struct dxgi *self, IDXGIResource *resource)
{
    ID3D11Texture2D *texture = NULL;
    D3D11_TEXTURE2D_DESC desc;
    D3D11_BOX box = {.right = self->mode.width_px, .bottom = self->mode.height_px, .back = 1};
    HRESULT result =
        IDXGIResource_QueryInterface(resource, &IID_ID3D11Texture2D, (void **)&texture);

    if (FAILED(result))
        return fail_result(self, "a frame is no texture", result);
    ID3D11Texture2D_GetDesc(texture, &desc);
    if (desc.Format == DXGI_FORMAT_B8G8R8A8_UNORM && desc.Width >= box.right &&
        desc.Height >= box.bottom) {
        ID3D11DeviceContext_CopySubresourceRegion(self->context, (ID3D11Resource *)self->picture, 0,
                                                  0, 0, 0, (ID3D11Resource *)texture, 0, &box);
        self->has_picture = true;
        self->pending |= SOURCE_PICTURE;
    } else { /* the mode has changed before Windows has said so */
        drop_duplication(self);
    }
    ID3D11Texture2D_Release(texture);
    return 0;
}

/* Looks for what is new; waits for it for so long. */
static int next_frame(struct dxgi *self, UINT wait_ms)
{
    DXGI_OUTDUPL_FRAME_INFO info = {0};
    IDXGIResource *resource = NULL;
    int error = 0;
    HRESULT result =
        IDXGIOutputDuplication_AcquireNextFrame(self->duplication, wait_ms, &info, &resource);

    if (result != S_OK)
        return react(self, "cannot be captured", result);
    self->lost_since_ns = os_now_ns();
    take_pointer(self, &info);
    /* The first frame has the whole desktop, whether something has been drawn or not. */
    if (resource && (info.LastPresentTime.QuadPart != 0 || self->first))
        error = take_picture(self, resource);
    self->first = false;
    if (resource)
        IDXGIResource_Release(resource);
    if (error == 0 && self->duplication)
        error = react(self, "a frame cannot be released",
                      IDXGIOutputDuplication_ReleaseFrame(self->duplication));
    return error;
}

/* Whether it is set, after at most so long. */
static bool wait_for_wake(const struct os_wake *wake, int64_t until_ns)
{
    int64_t left_ns = until_ns - os_now_ns();
    DWORD ms = left_ns > 0 ? (DWORD)((left_ns + NS_PER_MS - 1) / NS_PER_MS) : 0;

    return WaitForSingleObject(os_wake_event(wake), ms) == WAIT_OBJECT_0;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

/* One step towards what wait() waits for. */
static int wait_step(struct dxgi *self, int64_t deadline_ns, const struct os_wake *wake)
{
    int64_t now_ns = os_now_ns();

    if (!self->duplication) {
        if (now_ns >= again_ns(self))
            return duplicate_again(self);
        wait_for_wake(wake, earlier(deadline_ns, again_ns(self)));
        return 0;
    }
    if (self->reported) { /* it waits to be acquired, so a wake must not be noticed late */
        int error = next_frame(self, 0);
        if (error == 0 && !self->pending)
            wait_for_wake(wake, earlier(deadline_ns, now_ns + DXGI_POINTER_MS * NS_PER_MS));
        return error;
    }
    int64_t slice_ns = earlier(deadline_ns - now_ns, DXGI_SLICE_MS * NS_PER_MS);
    return next_frame(self, (UINT)((slice_ns + NS_PER_MS - 1) / NS_PER_MS));
}

static int source_wait(struct source *source, int64_t deadline_ns, struct os_wake *wake)
{
    struct dxgi *self = self_of(source);

    for (;;) {
        unsigned conditions = self->pending;

        if (wait_for_wake(wake, 0))
            conditions |= SOURCE_WOKEN;
        if (conditions & SOURCE_PICTURE)
            self->reported = true;
        self->pending = 0;
        if (conditions || os_now_ns() >= deadline_ns)
            return (int)conditions;
        int error = wait_step(self, deadline_ns, wake);
        if (error < 0)
            return error;
    }
}

/* Once an encoder of the processor wants to read the pictures. */
static int make_staging(struct dxgi *self)
{
    D3D11_TEXTURE2D_DESC desc;

    ID3D11Texture2D_GetDesc(self->picture, &desc);
    desc.Usage = D3D11_USAGE_STAGING;
    desc.BindFlags = 0;
    desc.CPUAccessFlags = D3D11_CPU_ACCESS_READ;
    HRESULT result = ID3D11Device_CreateTexture2D(self->device, &desc, NULL, &self->staging);
    return FAILED(result) ? fail_result(self, "a texture cannot be made", result) : 0;
}

static int map_picture(struct dxgi *self, struct source_picture *ret_picture)
{
    D3D11_MAPPED_SUBRESOURCE mapped = {0};
    int made = self->staging ? 0 : make_staging(self);

    if (made < 0)
        return made;
    ID3D11DeviceContext_CopyResource(self->context, (ID3D11Resource *)self->staging,
                                     (ID3D11Resource *)self->picture);
    HRESULT result = ID3D11DeviceContext_Map(self->context, (ID3D11Resource *)self->staging, 0,
                                             D3D11_MAP_READ, 0, &mapped);
    if (FAILED(result)) {
        int error = react(self, "the picture cannot be read", result);
        return error < 0 ? error : -EAGAIN;
    }
    self->mapped = true;
    *ret_picture = (struct source_picture){.bgrx = mapped.pData, .stride_bytes = mapped.RowPitch};
    return 0;
}

static int source_acquire(struct source *source, bool in_any_case,
                          struct source_picture *ret_picture)
{
    struct dxgi *self = self_of(source);
    bool changed = self->reported;
    int error = self->duplication ? next_frame(self, 0) : 0;

    if (error < 0)
        return error;
    changed = changed || self->pending & SOURCE_PICTURE;
    if (self->pending & SOURCE_MODE || !self->has_picture || (!changed && !in_any_case))
        return -EAGAIN;
    self->pending &= ~(unsigned)SOURCE_PICTURE;
    self->reported = false;
    if (!self->settings.textures)
        return map_picture(self, ret_picture);
    *ret_picture = (struct source_picture){.texture = self->picture};
    return 0;
}

static void source_release(struct source *source)
{
    struct dxgi *self = self_of(source);

    if (self->mapped)
        ID3D11DeviceContext_Unmap(self->context, (ID3D11Resource *)self->staging, 0);
    self->mapped = false;
}

/* --- open and close ---------------------------------------------------------------------- */

static void source_close(struct source *source)
{
    struct dxgi *self = self_of(source);

    source_release(source);
    drop_duplication(self);
    if (self->picture)
        ID3D11Texture2D_Release(self->picture);
    if (self->staging)
        ID3D11Texture2D_Release(self->staging);
    if (self->context) {
        ID3D11DeviceContext_ClearState(self->context);
        ID3D11DeviceContext_Release(self->context);
    }
    if (self->device)
        ID3D11Device_Release(self->device);
    if (self->output)
        IDXGIOutput_Release(self->output);
    self->picture = self->staging = NULL;
    self->context = NULL;
    self->device = NULL;
    self->output = NULL;
    self->pending = 0;
    self->has_picture = self->reported = false;
}

/* The runtime of an encoder works with the device in threads of its own. */
static void protect_device(struct dxgi *self)
{
    ID3D10Multithread *threads = NULL;

    if (FAILED(
            ID3D11Device_QueryInterface(self->device, &IID_ID3D10Multithread, (void **)&threads)))
        return;
    ID3D10Multithread_SetMultithreadProtected(threads, TRUE);
    ID3D10Multithread_Release(threads);
}

static int open_device(struct dxgi *self)
{
    struct dxgi_displays *displays = calloc(1, sizeof *displays);

    if (!displays)
        return fail(self, -ENOMEM, "memory is short");
    HRESULT result = dxgi_displays_get(displays);
    int chosen = display_choose(displays->list, displays->count, self->display, self->text,
                                sizeof self->text);
    int error = chosen < 0 ? -ENODEV : 0;
    if (FAILED(result))
        error = fail(self, -ENODEV, "DXGI lists no cards (0x%08x)", (unsigned)result);
    if (error == 0) {
        memcpy(self->name, displays->list[chosen].name, sizeof self->name);
        self->output = displays->outputs[chosen];
        IDXGIOutput_AddRef(self->output);
        result = D3D11CreateDevice((IDXGIAdapter *)displays->adapters[chosen],
                                   D3D_DRIVER_TYPE_UNKNOWN, NULL, D3D11_CREATE_DEVICE_BGRA_SUPPORT,
                                   NULL, 0, D3D11_SDK_VERSION, &self->device, NULL, &self->context);
        if (FAILED(result))
            error = fail_result(self, "its card has no Direct3D 11 device", result);
    }
    dxgi_displays_release(displays);
    free(displays);
    if (error == 0)
        protect_device(self);
    return error;
}

static int make_picture(struct dxgi *self)
{
    const D3D11_TEXTURE2D_DESC desc = {
        .Width = self->mode.width_px,
        .Height = self->mode.height_px,
        .MipLevels = 1,
        .ArraySize = 1,
        .Format = DXGI_FORMAT_B8G8R8A8_UNORM,
        .SampleDesc = {.Count = 1},
        .Usage = D3D11_USAGE_DEFAULT,
        .BindFlags = TEXTURE_BINDING,
    };
    HRESULT result = ID3D11Device_CreateTexture2D(self->device, &desc, NULL, &self->picture);

    return FAILED(result) ? fail_result(self, "a texture cannot be made", result) : 0;
}

static int source_open(struct source *source, struct source_mode *ret_mode)
{
    struct dxgi *self = self_of(source);
    DXGI_OUTDUPL_DESC desc = {0};

    follow_input_desktop(self); /* before anything makes the thread a window */
    int error = open_device(self);
    if (error == 0) {
        HRESULT result = duplicate(self, &desc);
        error = FAILED(result) ? fail_result(self, "cannot be duplicated", result)
                               : check_duplication(self, &desc);
    }
    if (error == 0) {
        self->mode = *ret_mode = mode_of(&desc);
        self->lost_since_ns = os_now_ns();
        if (self->pointer.serial != 0)
            self->pending |= SOURCE_CURSOR;
        error = make_picture(self);
    }
    if (error < 0)
        source_close(source);
    return error;
}

static const char *source_error(const struct source *source)
{
    return ((const struct dxgi *)source)->text;
}

static void source_destroy(struct source *source)
{
    struct dxgi *self = self_of(source);

    source_close(source);
    if (self->desktop)
        CloseDesktop(self->desktop);
    free(self->pointer.bgra);
    free(self);
}

static const struct source_class dxgi_class = {
    .open = source_open,
    .wait = source_wait,
    .acquire = source_acquire,
    .release = source_release,
    .cursor = source_cursor,
    .error = source_error,
    .close = source_close,
    .destroy = source_destroy,
};

struct source *dxgi_source_create(const struct dxgi_settings *settings)
{
    struct dxgi *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->source.class = &dxgi_class;
    self->settings = *settings;
    self->settings.display = NULL;
    /* A name that is longer than any is no display's. */
    snprintf(self->display, sizeof self->display, "%s", settings->display);
    return &self->source;
}

void dxgi_source_use_textures(struct source *source, bool textures)
{
    self_of(source)->settings.textures = textures;
}

ID3D11Device *dxgi_source_device(const struct source *source)
{
    return ((const struct dxgi *)source)->device;
}
