/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/amf.h"

#include "agent/failure.h"
#include "agent/os/clock.h"
#include "agent/os/lock.h"
#include "protocol/access-unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS INT64_C(1000000)
/* An application that asks for a newer version than the runtime has is refused; everything
 * that is called here is in 1.4.0. */
#define VERSION_ASKED_FOR (UINT64_C(1) << 48 | UINT64_C(4) << 32)
/* As x264's: what the rate control may empty at once. */
#define BUFFER_PARTS_PER_S 4
#define TEXT_BYTES 320

static const struct {
    int64_t usage;
    const char *name;
} usages[] = {
    {AMF_USAGE_ULTRA_LOW_LATENCY, "ultra low latency"},
    {AMF_USAGE_LOW_LATENCY, "low latency"},
    {AMF_USAGE_LOW_LATENCY_HIGH_QUALITY, "low latency, high quality"},
    {AMF_USAGE_TRANSCODING, "transcoding"},
};

/* The capturing thread's. */
struct amf {
    struct encoder encoder;
    struct amf_runtime runtime;
    struct encoder_settings settings;
    struct amf_context *context;
    struct amf_component *component;
    struct amf_surface *waiting;    /* submitted, but the runtime's input was full */
    struct amf_buffer *unit_buffer; /* holds the bytes of the last unit */
    uint8_t *joined;                /* a key frame with parameter sets put in front */
    bool busy;                      /* a picture was submitted, its unit not yet got */
    bool key_wanted;
    int64_t planned_ns;   /* of the picture inside */
    int64_t submitted_ns; /* when it was submitted */
    int64_t pictures;
    struct os_lock *lock; /* only to wait for a time with */
    struct os_condition *never;
    char text[TEXT_BYTES];
};

static struct amf *amf_of(struct encoder *encoder)
{
    return (struct amf *)encoder;
}

#define fail(self, number, ...) failure_set((self)->text, sizeof(self)->text, number, __VA_ARGS__)

static int errno_of(int32_t result)
{
    switch (result) {
    case AMF_RESULT_OK:
        return 0;
    case AMF_RESULT_OUT_OF_MEMORY:
        return -ENOMEM;
    case AMF_RESULT_INVALID_ARG:
    case AMF_RESULT_INVALID_RESOLUTION:
        return -EINVAL;
    case AMF_RESULT_ACCESS_DENIED:
        return -EACCES;
    case AMF_RESULT_NO_DEVICE:
    case AMF_RESULT_DIRECTX_FAILED:
        return -ENODEV;
    case AMF_RESULT_NOT_SUPPORTED:
    case AMF_RESULT_NOT_FOUND:
    case AMF_RESULT_CODEC_NOT_SUPPORTED:
    case AMF_RESULT_ENCODER_NOT_PRESENT:
        return -ENOSYS;
    default:
        return -EIO;
    }
}

static void wait_ms(struct amf *self, int64_t ms)
{
    int64_t until_ns = os_now_ns() + ms * NS_PER_MS;

    os_lock_take(self->lock);
    while (os_condition_wait(self->never, self->lock, until_ns))
        ;
    os_lock_release(self->lock);
}

/* --- properties -------------------------------------------------------------------- */

static struct amf_variant amf_integer(int64_t value)
{
    return (struct amf_variant){.type = AMF_TYPE_INT64, .integer = value};
}

static struct amf_variant amf_boolean(bool value)
{
    return (struct amf_variant){.type = AMF_TYPE_BOOL, .boolean = value};
}

static int32_t set(struct amf *self, const wchar_t *name, struct amf_variant value)
{
    return self->component->table->set_property(self->component, name, value);
}

/* Of a runtime that does not know it, the name is added to the text. */
static void set_if_known(struct amf *self, const wchar_t *name, struct amf_variant value)
{
    size_t used = strlen(self->text);

    if (set(self, name, value) != AMF_RESULT_OK)
        snprintf(self->text + used, sizeof self->text - used, "%s%ls",
                 strstr(self->text, "; refused: ") ? ", " : "; refused: ", name);
}

static void use_bitrate(struct amf *self, uint32_t kbps,
                        void (*use)(struct amf *, const wchar_t *, struct amf_variant))
{
    int64_t bits = kbps * INT64_C(1000);

    use(self, AMF_TARGET_BITRATE, amf_integer(bits));
    use(self, AMF_PEAK_BITRATE, amf_integer(bits));
    use(self, AMF_VBV_BUFFER_SIZE, amf_integer(bits / BUFFER_PARTS_PER_S));
}

static bool can_wait(struct amf *self)
{
    struct amf_interface *caps = NULL;
    struct amf_variant value = {0};

    if (self->component->table->get_caps(self->component, &caps) != AMF_RESULT_OK || !caps)
        return false;
    int32_t result = caps->table->get_property(caps, AMF_QUERY_TIMEOUT_SUPPORT, &value);
    caps->table->release(caps);
    return result == AMF_RESULT_OK && value.type == AMF_TYPE_BOOL && value.boolean;
}

/* Low delay: each picture gives its access unit at once, and only requested key frames. */
static void set_optional(struct amf *self)
{
    const struct encoder_settings *settings = &self->settings;
    const struct amf_variant rate = {.type = AMF_TYPE_RATE,
                                     .rate = {settings->fps_num, settings->fps_den}};

    set_if_known(self, AMF_LOW_LATENCY, amf_boolean(true));
    set_if_known(self, AMF_B_PICTURES_MAX, amf_integer(0));
    set_if_known(self, AMF_B_PICTURES, amf_integer(0));
    set_if_known(self, AMF_INPUT_QUEUE_SIZE, amf_integer(1));
    set_if_known(self, AMF_IDR_PERIOD, amf_integer(0));
    set_if_known(self, AMF_QUALITY_PRESET, amf_integer(AMF_QUALITY_SPEED));
    set_if_known(self, AMF_RATE_CONTROL_METHOD, amf_integer(AMF_RATE_CONTROL_CBR));
    set_if_known(self, AMF_SKIP_FRAMES, amf_boolean(false));
    set_if_known(self, AMF_FRAME_RATE, rate);
    use_bitrate(self, settings->kbps, set_if_known);
    if (can_wait(self))
        set_if_known(self, AMF_QUERY_TIMEOUT, amf_integer(AMF_RUNTIME_WAIT_MS));
}

/* --- open and close ---------------------------------------------------------------- */

static void drop_component(struct amf *self)
{
    if (!self->component)
        return;
    self->component->table->terminate(self->component);
    self->component->table->release(self->component);
    self->component = NULL;
}

static void drop_unit(struct amf *self)
{
    if (self->unit_buffer)
        self->unit_buffer->table->release(self->unit_buffer);
    self->unit_buffer = NULL;
    free(self->joined);
    self->joined = NULL;
}

static void drop_waiting(struct amf *self)
{
    if (self->waiting)
        self->waiting->table->release(self->waiting);
    self->waiting = NULL;
}

static void amf_close(struct encoder *encoder)
{
    struct amf *self = amf_of(encoder);

    drop_unit(self);
    drop_waiting(self);
    drop_component(self); /* one process has the card's queue of low latency */
    if (self->context) {
        self->context->table->terminate(self->context);
        self->context->table->release(self->context);
        self->context = NULL;
    }
    self->busy = false;
}

static int open_context(struct amf *self, struct amf_factory **ret_factory)
{
    const struct amf_runtime *runtime = &self->runtime;
    void *device = runtime->device ? runtime->device(runtime->data) : NULL;

    if (!runtime->init)
        return fail(self, -ENOTSUP,
                    "AMF: this system has no runtime of AMD's: is there an AMD "
                    "card, and its driver?");
    int32_t result = runtime->init(VERSION_ASKED_FOR, ret_factory);
    if (result != AMF_RESULT_OK || !*ret_factory)
        return fail(self, -ENOTSUP, "AMF: AMFInit returned %d: update the card's driver", result);
    result = (*ret_factory)->table->create_context(*ret_factory, &self->context);
    if (result == AMF_RESULT_OK && self->context)
        result = self->context->table->init_dx11(self->context, device, AMF_DX_11_0);
    if (result == AMF_RESULT_OK && self->context)
        return 0;
    return fail(self, -ENOTSUP,
                "AMF: no context on the Direct3D device (%d): is it an AMD card with a driver?",
                result);
}

static int32_t open_component(struct amf *self, struct amf_factory *factory, unsigned usage)
{
    int32_t result = factory->table->create_component(factory, self->context, AMF_COMPONENT_H264,
                                                      &self->component);

    if (result != AMF_RESULT_OK || !self->component)
        return result != AMF_RESULT_OK ? result : AMF_RESULT_FAIL;
    snprintf(self->text, sizeof self->text, "AMF: usage %s", usages[usage].name);
    result = set(self, AMF_USAGE, amf_integer(usages[usage].usage));
    if (result != AMF_RESULT_OK)
        return result;
    set_optional(self);
    return self->component->table->init(self->component, AMF_FORMAT_BGRA,
                                        (int32_t)self->settings.width_px,
                                        (int32_t)self->settings.height_px);
}

static int amf_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    struct amf *self = amf_of(encoder);
    struct amf_factory *factory = NULL;
    int32_t result = AMF_RESULT_FAIL;

    if (self->context)
        return -EBUSY;
    if (settings->width_px == 0 || settings->height_px == 0 || settings->width_px % 2 != 0 ||
        settings->height_px % 2 != 0 || settings->width_px > INT16_MAX ||
        settings->height_px > INT16_MAX || settings->fps_num == 0 || settings->fps_den == 0 ||
        settings->kbps == 0 || settings->kbps > INT32_MAX / 1000)
        return fail(self, -EINVAL, "AMF: %ux%u at %u kbit/s cannot be encoded", settings->width_px,
                    settings->height_px, settings->kbps);
    self->settings = *settings;
    self->key_wanted = true;
    int error = open_context(self, &factory);
    for (unsigned i = 0; error == 0 && i < sizeof usages / sizeof *usages; i++) {
        result = open_component(self, factory, i);
        if (result == AMF_RESULT_OK)
            return 0;
        drop_component(self);
    }
    if (error == 0)
        error = fail(self, errno_of(result) == -ENOSYS ? -ENOTSUP : errno_of(result),
                     "AMF: the card's H.264 encoder refused every usage (last result %d) for %ux%u",
                     result, settings->width_px, settings->height_px);
    amf_close(encoder);
    return error;
}

/* --- pictures and access units ------------------------------------------------------ */

/* Takes the surface that waits to the runtime. */
static int pass_on(struct amf *self)
{
    struct amf_interface *data = (struct amf_interface *)self->waiting;
    int32_t result = self->component->table->submit_input(self->component, data);

    if (result == AMF_RESULT_INPUT_FULL)
        return 0;
    drop_waiting(self);
    if (result == AMF_RESULT_OK || result == AMF_RESULT_NEED_MORE_INPUT)
        return 0;
    return fail(self, errno_of(result), "AMF: SubmitInput returned %d", result);
}

static int32_t make_surface(struct amf *self, const struct encoder_picture *picture)
{
    const struct amf_context_table *context = self->context->table;
    int32_t height = (int32_t)self->settings.height_px;

    if (picture->texture)
        return context->create_surface_from_dx11(self->context, picture->texture, &self->waiting,
                                                 NULL);
    return context->create_surface_from_host(
        self->context, AMF_FORMAT_BGRA, (int32_t)self->settings.width_px, height,
        (int32_t)picture->stride_bytes, height, (void *)picture->bgrx, &self->waiting, NULL);
}

static int amf_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    struct amf *self = amf_of(encoder);

    if (!self->component)
        return -EINVAL;
    if (self->busy)
        return -EBUSY;
    drop_unit(self);
    int32_t result = make_surface(self, picture);
    if (result != AMF_RESULT_OK || !self->waiting)
        return fail(self, result == AMF_RESULT_OK ? -EIO : errno_of(result),
                    "AMF: a surface could not be made of the picture (%d)", result);
    const struct amf_surface_table *surface = self->waiting->table;
    if (self->key_wanted) {
        surface->set_property(self->waiting, AMF_FORCE_PICTURE_TYPE, amf_integer(AMF_PICTURE_IDR));
        surface->set_property(self->waiting, AMF_INSERT_SPS, amf_boolean(true));
        surface->set_property(self->waiting, AMF_INSERT_PPS, amf_boolean(true));
    }
    surface->set_pts(self->waiting, self->pictures++);
    self->key_wanted = false;
    self->busy = true;
    self->planned_ns = picture->planned_ns;
    self->submitted_ns = os_now_ns();
    return pass_on(self);
}

static struct amf_buffer *buffer_of(struct amf_interface *object)
{
    static const struct amf_guid iid = AMF_IID_BUFFER;
    void *buffer = NULL;

    return object->table->query_interface(object, &iid, &buffer) == AMF_RESULT_OK ? buffer : NULL;
}

/* A key frame to which the runtime has not added its parameter sets gets them from the
 * component. */
static int join_parameter_sets(struct amf *self, struct encoder_unit *unit)
{
    struct amf_variant value = {0};

    if (self->component->table->get_property(self->component, AMF_EXTRA_DATA, &value) !=
            AMF_RESULT_OK ||
        value.type != AMF_TYPE_INTERFACE || !value.object)
        return fail(self, -EPROTO, "AMF: a key frame without SPS and PPS, and no ExtraData");
    struct amf_buffer *sets = buffer_of(value.object);
    size_t size = sets ? sets->table->get_size(sets) : 0;
    self->joined = malloc(size + unit->size);
    if (sets && self->joined) {
        memcpy(self->joined, sets->table->get_native(sets), size);
        memcpy(self->joined + size, unit->bytes, unit->size);
        unit->bytes = self->joined;
        unit->size += size;
    }
    value.object->table->release(value.object);
    if (!sets)
        return fail(self, -EPROTO, "AMF: ExtraData is no buffer");
    sets->table->release(sets);
    return self->joined ? 0 : -ENOMEM;
}

static int take_unit(struct amf *self, struct amf_interface *data, struct encoder_unit *ret_unit)
{
    struct access_unit seen;

    self->busy = false;
    self->unit_buffer = buffer_of(data);
    data->table->release(data);
    if (!self->unit_buffer)
        return fail(self, -EPROTO, "AMF: the access unit is no buffer");
    const struct amf_buffer_table *buffer = self->unit_buffer->table;
    struct encoder_unit unit = {.bytes = buffer->get_native(self->unit_buffer),
                                .size = buffer->get_size(self->unit_buffer),
                                .planned_ns = self->planned_ns};
    if (!unit.bytes || !access_unit_scan(PORT_CODEC_H264, unit.bytes, unit.size, &seen) ||
        !seen.has_slice)
        return fail(self, -EPROTO, "AMF: %u bytes that are no access unit of H.264",
                    (unsigned)unit.size);
    int error = seen.has_idr && !seen.key_frame ? join_parameter_sets(self, &unit) : 0;
    if (error < 0)
        return error;
    unit.key = seen.has_idr;
    *ret_unit = unit;
    return 0;
}

static int amf_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    struct amf *self = amf_of(encoder);

    if (!self->busy)
        return -EAGAIN;
    for (;;) {
        struct amf_interface *data = NULL;
        int32_t result = AMF_RESULT_REPEAT;
        if (self->waiting) {
            int error = pass_on(self);
            if (error < 0)
                return error;
        }
        if (!self->waiting)
            result = self->component->table->query_output(self->component, &data);
        if (result == AMF_RESULT_OK && data)
            return take_unit(self, data, ret_unit);
        /* Some runtimes return OK without data where others return REPEAT. */
        if (result != AMF_RESULT_OK && result != AMF_RESULT_REPEAT &&
            result != AMF_RESULT_NEED_MORE_INPUT)
            return fail(self, errno_of(result), "AMF: QueryOutput returned %d", result);
        int64_t now_ns = os_now_ns();
        if (now_ns - self->submitted_ns >= AMF_UNIT_WAIT_MAX_MS * NS_PER_MS)
            return fail(self, -ETIMEDOUT,
                        "AMF: no access unit within %d ms: the card's encoder has hung",
                        AMF_UNIT_WAIT_MAX_MS);
        if (now_ns >= deadline_ns)
            return -EAGAIN;
        wait_ms(self, AMF_POLL_MS);
    }
}

static void amf_force_key(struct encoder *encoder)
{
    amf_of(encoder)->key_wanted = true;
}

static void set_quietly(struct amf *self, const wchar_t *name, struct amf_variant value)
{
    set(self, name, value);
}

static void amf_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    struct amf *self = amf_of(encoder);

    if (self->component && kbps > 0 && kbps <= INT32_MAX / 1000)
        use_bitrate(self, kbps, set_quietly);
}

static void amf_destroy(struct encoder *encoder)
{
    struct amf *self = amf_of(encoder);

    amf_close(encoder);
    os_condition_destroy(self->never);
    os_lock_destroy(self->lock);
    free(self);
}

static const char *amf_error(const struct encoder *encoder)
{
    return ((const struct amf *)encoder)->text;
}

static const struct encoder_class amf_class = {
    .open = amf_open,
    .submit = amf_submit,
    .get = amf_get,
    .force_key = amf_force_key,
    .set_bitrate = amf_set_bitrate,
    .error = amf_error,
    .close = amf_close,
    .destroy = amf_destroy,
};

struct encoder *amf_create(const struct amf_runtime *runtime)
{
    struct amf *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->encoder.class = &amf_class;
    self->runtime = *runtime;
    self->lock = os_lock_create();
    self->never = os_condition_create();
    if (!self->lock || !self->never) {
        amf_destroy(&self->encoder);
        return NULL;
    }
    return &self->encoder;
}
