/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/tests/amf-fake.h"

#include <stdlib.h>
#include <string.h>

/* The runtime of a Polaris card's last driver: 1.4.31. */
#define VERSION (UINT64_C(1) << 48 | UINT64_C(4) << 32 | UINT64_C(31) << 16)

struct amf_fake amf_fake;

/* Every object begins with its table and is counted. */
struct object {
    const void *table;
    long references;
};

static void *make(size_t size, const void *table)
{
    struct object *object = calloc(1, size);

    object->table = table;
    object->references = 1;
    amf_fake.objects++;
    return object;
}

static long acquire(void *self)
{
    return ++((struct object *)self)->references;
}

static long release(void *self)
{
    struct object *object = self;
    long left = --object->references;

    if (left == 0) {
        amf_fake.objects--;
        free(object);
    }
    return left;
}

static bool is(const wchar_t *name, const wchar_t *other)
{
    return wcscmp(name, other) == 0;
}

/* --- a buffer: an access unit or the extra data ------------------------------------- */

struct fake_buffer {
    struct amf_buffer base;
    long references;
    const uint8_t *bytes;
    size_t size;
};

#define OF(kind, call) (long (*)(struct kind *)) call
static int32_t buffer_query(struct amf_buffer *self, const struct amf_guid *id, void **ret)
{
    static const struct amf_guid iid = AMF_IID_BUFFER;

    if (memcmp(id, &iid, sizeof iid) != 0)
        return AMF_RESULT_NOT_FOUND;
    acquire(self);
    *ret = self;
    return AMF_RESULT_OK;
}

static size_t buffer_size(struct amf_buffer *self)
{
    return ((struct fake_buffer *)self)->size;
}

static void *buffer_native(struct amf_buffer *self)
{
    return (void *)((struct fake_buffer *)self)->bytes;
}

static const struct amf_buffer_table buffer_table = {
    .acquire = OF(amf_buffer, acquire),
    .release = OF(amf_buffer, release),
    .query_interface = buffer_query,
    .get_size = buffer_size,
    .get_native = buffer_native,
};

static struct amf_interface *make_buffer(const struct amf_fake_unit *unit)
{
    struct fake_buffer *buffer = make(sizeof *buffer, &buffer_table);

    buffer->bytes = unit->bytes;
    buffer->size = unit->size;
    return (struct amf_interface *)buffer;
}

/* --- a surface ------------------------------------------------------------------------ */

struct fake_surface {
    struct amf_surface base;
    long references;
    bool idr, sps, pps;
};

static int32_t surface_set(struct amf_surface *self, const wchar_t *name, struct amf_variant value)
{
    struct fake_surface *surface = (struct fake_surface *)self;

    if (is(name, AMF_FORCE_PICTURE_TYPE))
        surface->idr = value.type == AMF_TYPE_INT64 && value.integer == AMF_PICTURE_IDR;
    else if (is(name, AMF_INSERT_SPS))
        surface->sps = value.type == AMF_TYPE_BOOL && value.boolean;
    else if (is(name, AMF_INSERT_PPS))
        surface->pps = value.type == AMF_TYPE_BOOL && value.boolean;
    else
        return AMF_RESULT_NOT_FOUND;
    return AMF_RESULT_OK;
}

static void surface_pts(struct amf_surface *self, int64_t pts)
{
    amf_fake.last_pts = pts;
}

static const struct amf_surface_table surface_table = {
    .acquire = OF(amf_surface, acquire),
    .release = OF(amf_surface, release),
    .set_property = surface_set,
    .set_pts = surface_pts,
};

/* --- the context ------------------------------------------------------------------------ */

struct fake_context {
    struct amf_context base;
    long references;
};

static int32_t context_terminate(struct amf_context *self)
{
    return AMF_RESULT_OK;
}

static int32_t context_init(struct amf_context *self, void *device, int32_t version)
{
    amf_fake.device = device;
    return amf_fake.no_device || version != AMF_DX_11_0 ? AMF_RESULT_NO_DEVICE : AMF_RESULT_OK;
}

static int32_t from_host(struct amf_context *self, int32_t format, int32_t width, int32_t height,
                         int32_t row_bytes, int32_t rows, void *pixels, struct amf_surface **ret,
                         void *observer)
{
    if (format != AMF_FORMAT_BGRA || row_bytes < width * 4 || rows < height || !pixels)
        return AMF_RESULT_INVALID_ARG;
    memcpy(&amf_fake.first_pixel, pixels, sizeof amf_fake.first_pixel);
    amf_fake.texture = NULL;
    *ret = make(sizeof(struct fake_surface), &surface_table);
    return AMF_RESULT_OK;
}

static int32_t from_dx11(struct amf_context *self, void *texture, struct amf_surface **ret,
                         void *observer)
{
    amf_fake.texture = texture;
    *ret = make(sizeof(struct fake_surface), &surface_table);
    return AMF_RESULT_OK;
}

static const struct amf_context_table context_table = {
    .acquire = OF(amf_context, acquire),
    .release = OF(amf_context, release),
    .terminate = context_terminate,
    .init_dx11 = context_init,
    .create_surface_from_host = from_host,
    .create_surface_from_dx11 = from_dx11,
};

/* --- the capabilities -------------------------------------------------------------------- */

static int32_t caps_get(struct amf_interface *self, const wchar_t *name, struct amf_variant *ret)
{
    if (!is(name, AMF_QUERY_TIMEOUT_SUPPORT))
        return AMF_RESULT_NOT_FOUND;
    *ret = (struct amf_variant){.type = AMF_TYPE_BOOL, .boolean = amf_fake.can_wait};
    return AMF_RESULT_OK;
}

static const struct amf_interface_table caps_table = {
    .acquire = OF(amf_interface, acquire),
    .release = OF(amf_interface, release),
    .get_property = caps_get,
};

/* --- the component ------------------------------------------------------------------------ */

struct fake_component {
    struct amf_component base;
    long references;
    int64_t usage;
    unsigned fulls_left, repeats_left;
    unsigned unit; /* of the last picture */
    bool initialized;
};

static int32_t component_set(struct amf_component *self, const wchar_t *name,
                             struct amf_variant value)
{
    struct fake_component *component = (struct fake_component *)self;

    if (is(name, AMF_USAGE))
        component->usage = value.integer;
    else if (amf_fake.knows_few && !(amf_fake.known && is(name, amf_fake.known)))
        return AMF_RESULT_NOT_FOUND;
    else if (is(name, AMF_TARGET_BITRATE))
        amf_fake.target_bitrate = value.integer;
    else if (is(name, AMF_QUERY_TIMEOUT))
        amf_fake.query_timeout = value.integer;
    return AMF_RESULT_OK;
}

static int32_t component_get(struct amf_component *self, const wchar_t *name,
                             struct amf_variant *ret)
{
    if (!is(name, AMF_EXTRA_DATA) || amf_fake.extra_data.size == 0)
        return AMF_RESULT_NOT_FOUND;
    *ret = (struct amf_variant){.type = AMF_TYPE_INTERFACE,
                                .object = make_buffer(&amf_fake.extra_data)};
    return AMF_RESULT_OK;
}

static int32_t component_init(struct amf_component *self, int32_t format, int32_t width,
                              int32_t height)
{
    struct fake_component *component = (struct fake_component *)self;

    amf_fake.inits++;
    if (format != AMF_FORMAT_BGRA || width <= 0 || height <= 0)
        return AMF_RESULT_INVALID_ARG;
    if (amf_fake.refused_usages & 1u << component->usage)
        return AMF_RESULT_NOT_SUPPORTED;
    amf_fake.usage = component->usage;
    component->fulls_left = amf_fake.fulls;
    component->initialized = true;
    return AMF_RESULT_OK;
}

static int32_t component_terminate(struct amf_component *self)
{
    if (((struct fake_component *)self)->initialized)
        amf_fake.inside = 0;
    return AMF_RESULT_OK;
}

static int32_t component_submit(struct amf_component *self, struct amf_interface *data)
{
    struct fake_component *component = (struct fake_component *)self;
    const struct fake_surface *surface = (const struct fake_surface *)data;

    if (component->fulls_left > 0) {
        component->fulls_left--;
        return AMF_RESULT_INPUT_FULL;
    }
    component->fulls_left = amf_fake.fulls;
    component->repeats_left = amf_fake.repeats;
    amf_fake.pictures++;
    amf_fake.inside++;
    if (amf_fake.inside > amf_fake.inside_max)
        amf_fake.inside_max = amf_fake.inside;
    component->unit = surface->idr && amf_fake.rewinds ? 0 : component->unit + 1;
    amf_fake.keys += surface->idr && surface->sps && surface->pps;
    return AMF_RESULT_OK;
}

static int32_t component_query(struct amf_component *self, struct amf_interface **ret)
{
    struct fake_component *component = (struct fake_component *)self;

    if (amf_fake.lost_at != 0 && amf_fake.pictures >= amf_fake.lost_at)
        return AMF_RESULT_DIRECTX_FAILED;
    if (component->repeats_left > 0 || amf_fake.inside == 0) {
        if (component->repeats_left != AMF_FAKE_NEVER && component->repeats_left > 0)
            component->repeats_left--;
        return amf_fake.empty_ok ? AMF_RESULT_OK : AMF_RESULT_REPEAT;
    }
    *ret = make_buffer(&amf_fake.units[component->unit % amf_fake.unit_count]);
    amf_fake.inside--;
    return AMF_RESULT_OK;
}

static int32_t component_caps(struct amf_component *self, struct amf_interface **ret)
{
    *ret = make(sizeof(struct object), &caps_table);
    return AMF_RESULT_OK;
}

static const struct amf_component_table component_table = {
    .acquire = OF(amf_component, acquire),
    .release = OF(amf_component, release),
    .set_property = component_set,
    .get_property = component_get,
    .init = component_init,
    .terminate = component_terminate,
    .submit_input = component_submit,
    .query_output = component_query,
    .get_caps = component_caps,
};

/* --- the factory --------------------------------------------------------------------------- */

static int32_t create_context(struct amf_factory *self, struct amf_context **ret)
{
    *ret = make(sizeof(struct fake_context), &context_table);
    return AMF_RESULT_OK;
}

static int32_t create_component(struct amf_factory *self, struct amf_context *context,
                                const wchar_t *id, struct amf_component **ret)
{
    if (!is(id, AMF_COMPONENT_H264))
        return AMF_RESULT_NOT_FOUND;
    struct fake_component *component = make(sizeof *component, &component_table);
    component->unit = UINT32_MAX;
    *ret = &component->base;
    return AMF_RESULT_OK;
}

static const struct amf_factory_table factory_table = {
    .create_context = create_context,
    .create_component = create_component,
};

int32_t amf_fake_init(uint64_t version, struct amf_factory **ret)
{
    static struct amf_factory factory = {&factory_table};

    if (amf_fake.no_runtime || version > VERSION)
        return AMF_RESULT_FAIL;
    *ret = &factory;
    return AMF_RESULT_OK;
}
