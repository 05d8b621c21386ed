/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/qxl-device.h"

#include "harness/instrument/control.h"
#include "harness/vm/sim/command-ring.h"
#include "harness/vm/sim/gl-scanout.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMSLOT_GROUP 0
#define PRIMARY_SURFACE 0
#define BYTES_PER_PIXEL 4

struct qxl_device {
    QXLInstance instance; /* first: libspice-server hands it back to the callbacks */
    SpiceServer *server;
    struct command_ring *ring, *cursor_ring;
    uint8_t *primary;           /* the worker draws into it; NULL: there is none */
    bool has_scanout;           /* of qxl_device_gl_draw() */
    struct gl_scanout *scanout; /* on which a film is played; NULL: it has no 3D */
    unsigned width_px, height_px;
    uint32_t images; /* for unique image ids */
    GMutex lock;     /* of the two below */
    GQueue drawings; /* struct drawing that the worker may still use */
    GQueue released; /* struct drawing that it has released */
};

/* A command with all the memory to which it points: for one rectangle, or for one
 * change of the pointer. */
struct drawing {
    union {
        struct {
            QXLDrawable drawable;
            QXLImage image;
        };
        QXLCursorCmd cursor; /* the shape, a QXLCursor, is in `pixels` */
    };
    GList link; /* in struct qxl_device.drawings or released */
    size_t pixels_bytes;
    uint8_t pixels[];
};

static struct qxl_device *device_of(QXLInstance *instance)
{
    return (struct qxl_device *)instance;
}

static QXLPHYSICAL physical(const void *pointer)
{
    return (QXLPHYSICAL)(uintptr_t)pointer;
}

/* The callbacks below run in the SPICE worker. */

static void get_init_info(QXLInstance *instance, QXLDevInitInfo *info)
{
    memset(info, 0, sizeof *info);
    info->num_memslots_groups = 1;
    info->num_memslots = 1;
    info->memslot_gen_bits = 1;
    info->memslot_id_bits = 1;
    info->n_surfaces = 1;
}

static int get_command(QXLInstance *instance, QXLCommandExt *command)
{
    return command_ring_take(device_of(instance)->ring, command);
}

static int req_cmd_notification(QXLInstance *instance)
{
    return command_ring_request_notify(device_of(instance)->ring);
}

static void release_resource(QXLInstance *instance, QXLReleaseInfoExt release)
{
    struct qxl_device *device = device_of(instance);
    struct drawing *drawing = (struct drawing *)(uintptr_t)release.info->id;

    g_mutex_lock(&device->lock);
    g_queue_unlink(&device->drawings, &drawing->link);
    g_queue_push_tail_link(&device->released, &drawing->link);
    g_mutex_unlock(&device->lock);
}

static int get_cursor_command(QXLInstance *instance, QXLCommandExt *command)
{
    return command_ring_take(device_of(instance)->cursor_ring, command);
}

static int req_cursor_notification(QXLInstance *instance)
{
    return command_ring_request_notify(device_of(instance)->cursor_ring);
}

/* Notifications for which a guest's driver would get an interrupt. */
static void attached_worker(QXLInstance *instance) {}

static void set_compression_level(QXLInstance *instance, int level) {}

static void notify_update(QXLInstance *instance, uint32_t update_id) {}

static int flush_resources(QXLInstance *instance)
{
    return 0; /* there is nothing to release */
}

static void async_complete(QXLInstance *instance, uint64_t cookie)
{
    struct qxl_device *device = device_of(instance);

    if (cookie == GL_SCANOUT_COOKIE)
        gl_scanout_drawn(device->scanout);
    else
        control_notice("gl-drawn", "%s", ""); /* no other command here is asynchronous */
}

static void update_area_complete(QXLInstance *instance, uint32_t surface_id, QXLRect *rects,
                                 uint32_t n_rects)
{
}

static void set_client_capabilities(QXLInstance *instance, uint8_t client_present,
                                    uint8_t caps[SPICE_CAPABILITIES_SIZE])
{
}

static int client_monitors_config(QXLInstance *instance, VDAgentMonitorsConfig *config)
{
    return 0; /* the guest's resolution does not follow the client's window */
}

static const QXLInterface interface = {
    .base =
        {
            .type = SPICE_INTERFACE_QXL,
            .description = "vGPU",
            .major_version = SPICE_INTERFACE_QXL_MAJOR,
            .minor_version = SPICE_INTERFACE_QXL_MINOR,
        },
    .attached_worker = attached_worker,
    .set_compression_level = set_compression_level,
    .get_init_info = get_init_info,
    .get_command = get_command,
    .req_cmd_notification = req_cmd_notification,
    .release_resource = release_resource,
    .get_cursor_command = get_cursor_command,
    .req_cursor_notification = req_cursor_notification,
    .notify_update = notify_update,
    .flush_resources = flush_resources,
    .async_complete = async_complete,
    .update_area_complete = update_area_complete,
    .set_client_capabilities = set_client_capabilities,
    .client_monitors_config = client_monitors_config,
};

static void create_primary(struct qxl_device *device)
{
    device->primary = g_malloc0((size_t)device->width_px * device->height_px * BYTES_PER_PIXEL);

    QXLDevSurfaceCreate surface = {
        .width = device->width_px,
        .height = device->height_px,
        .stride = (int32_t)device->width_px * -BYTES_PER_PIXEL, /* bottom-up, as drivers do */
        .format = SPICE_SURFACE_FMT_32_xRGB,
        .mouse_mode = true, /* the guest has a hardware pointer: client mouse mode works */
        .mem = physical(device->primary),
        .group_id = MEMSLOT_GROUP,
    };
    spice_qxl_create_primary_surface(&device->instance, PRIMARY_SURFACE, &surface);
}

static void add_memslot(struct qxl_device *device)
{
    QXLDevMemSlot slot = {
        .slot_group_id = MEMSLOT_GROUP,
        .virt_end = UINTPTR_MAX,
        .qxl_ram_size = UINT32_MAX,
    };
    spice_qxl_add_memslot(&device->instance, &slot);
}

struct qxl_device *qxl_device_create(SpiceServer *server, unsigned id, unsigned width_px,
                                     unsigned height_px)
{
    g_autofree char *address = g_strdup_printf("pci/0000/%02x.0", 2 + id);
    struct qxl_device *device = g_new0(struct qxl_device, 1);
    device->instance.base.sif = &interface.base;
    device->instance.id = (int)id;
    device->server = server;
    device->ring = command_ring_create();
    device->cursor_ring = command_ring_create();
    device->width_px = width_px;
    device->height_px = height_px;
    g_mutex_init(&device->lock);
    g_queue_init(&device->drawings);
    g_queue_init(&device->released);

    spice_server_add_interface(server, &device->instance.base);
    spice_qxl_set_device_info(&device->instance, address, 0, 1);
    add_memslot(device);
    create_primary(device);
    return device;
}

void qxl_device_destroy_primary(struct qxl_device *device)
{
    if (!device->primary)
        return;
    spice_qxl_destroy_primary_surface(&device->instance, PRIMARY_SURFACE);
    g_clear_pointer(&device->primary, g_free);
}

void qxl_device_set_mode(struct qxl_device *device, unsigned width_px, unsigned height_px)
{
    qxl_device_destroy_primary(device);
    device->width_px = width_px;
    device->height_px = height_px;
    create_primary(device);
}

void qxl_device_reset(struct qxl_device *device)
{
    QXLInstance *instance = &device->instance;

    spice_server_vm_stop(device->server);
    spice_qxl_reset_cursor(instance);
    spice_qxl_reset_image_cache(instance);
    spice_qxl_destroy_surfaces(instance);
    g_clear_pointer(&device->primary, g_free);
    spice_qxl_reset_memslots(instance);
    add_memslot(device);
    create_primary(device);
    spice_server_vm_start(device->server);
}

void qxl_device_gl_draw(struct qxl_device *device)
{
    if (!device->has_scanout) {
        int fd = memfd_create("scanout", MFD_CLOEXEC);
        unsigned stride = device->width_px * BYTES_PER_PIXEL;
        if (fd < 0 || ftruncate(fd, (off_t)stride * device->height_px) < 0)
            g_error("vm-sim: no memory for a scanout: %s", g_strerror(errno));
        spice_qxl_gl_scanout(&device->instance, fd, device->width_px, device->height_px, stride,
                             FOURCC_XRGB8888, true); /* the server closes it */
        device->has_scanout = true;
    }
    spice_qxl_gl_draw_async(&device->instance, 0, 0, device->width_px, device->height_px, 0);
}

bool qxl_device_use_scanout(struct qxl_device *device, unsigned refresh_hz, GError **error)
{
    device->scanout = gl_scanout_create(&device->instance, device->width_px, device->height_px,
                                        refresh_hz, error);
    return device->scanout != NULL;
}

bool qxl_device_has_scanout(const struct qxl_device *device)
{
    return device->scanout != NULL;
}

bool qxl_device_scan_out(struct qxl_device *device, const struct framebuffer *picture)
{
    return gl_scanout_draw(device->scanout, picture);
}

void qxl_device_unplug(struct qxl_device *device)
{
    qxl_device_stop(device);
    spice_server_remove_interface(&device->instance.base);
    g_clear_pointer(&device->primary, g_free);
}

unsigned qxl_device_width_px(const struct qxl_device *device)
{
    return device->width_px;
}

unsigned qxl_device_height_px(const struct qxl_device *device)
{
    return device->height_px;
}

static void drawing_describe(struct drawing *drawing, const struct rect *rect, uint32_t image_id)
{
    QXLDrawable *drawable = &drawing->drawable;
    drawable->release_info.id = physical(drawing);
    drawable->surface_id = PRIMARY_SURFACE;
    drawable->effect = QXL_EFFECT_OPAQUE;
    drawable->type = QXL_DRAW_COPY;
    drawable->bbox = (QXLRect){
        .top = rect->y,
        .left = rect->x,
        .bottom = rect->y + rect->height,
        .right = rect->x + rect->width,
    };
    drawable->clip.type = SPICE_CLIP_TYPE_NONE;
    drawable->mm_time = (uint32_t)(g_get_monotonic_time() / 1000); /* the server's own clock */
    for (unsigned i = 0; i < G_N_ELEMENTS(drawable->surfaces_dest); i++)
        drawable->surfaces_dest[i] = -1;
    drawable->u.copy.src_bitmap = physical(&drawing->image);
    drawable->u.copy.src_area = (QXLRect){.bottom = rect->height, .right = rect->width};
    drawable->u.copy.rop_descriptor = SPICE_ROPD_OP_PUT;

    QXLImage *image = &drawing->image;
    QXL_SET_IMAGE_ID(image, QXL_IMAGE_GROUP_DEVICE, image_id);
    image->descriptor.type = SPICE_IMAGE_TYPE_BITMAP;
    image->descriptor.width = image->bitmap.x = (uint32_t)rect->width;
    image->descriptor.height = image->bitmap.y = (uint32_t)rect->height;
    image->bitmap.format = SPICE_BITMAP_FMT_32BIT;
    image->bitmap.flags = QXL_BITMAP_DIRECT | QXL_BITMAP_TOP_DOWN;
    image->bitmap.stride = (uint32_t)rect->width * BYTES_PER_PIXEL;
    image->bitmap.data = physical(drawing->pixels);
}

/* Memory for a drawing. Drawings that the worker has released are freed here, as in
 * a guest's driver: in the worker that would be measured as the server's work. One of
 * the same size is reused, since new memory costs a page fault for each page. */
static struct drawing *drawing_create(struct qxl_device *device, size_t pixels_bytes)
{
    struct drawing *drawing = NULL;
    GQueue released;

    g_mutex_lock(&device->lock);
    released = device->released;
    g_queue_init(&device->released);
    g_mutex_unlock(&device->lock);

    for (GList *link; (link = g_queue_pop_head_link(&released));) {
        struct drawing *old = link->data;
        if (!drawing && old->pixels_bytes == pixels_bytes)
            drawing = old;
        else
            g_free(old);
    }
    if (!drawing)
        drawing = g_malloc(sizeof *drawing + pixels_bytes);
    memset(drawing, 0, sizeof *drawing);
    drawing->pixels_bytes = pixels_bytes;
    return drawing;
}

/* False once the device is stopped; then qxl_device_destroy() frees the drawing. */
static bool push(struct qxl_device *device, struct command_ring *ring, struct drawing *drawing,
                 uint32_t type)
{
    QXLCommandExt command = {
        .cmd = {.data = physical(drawing), .type = type}, /* a union: at its start */
        .group_id = MEMSLOT_GROUP,
    };
    bool notify;

    drawing->link.data = drawing;
    g_mutex_lock(&device->lock);
    g_queue_push_tail_link(&device->drawings, &drawing->link);
    g_mutex_unlock(&device->lock);

    if (!command_ring_push(ring, &command, &notify))
        return false;
    if (notify)
        spice_qxl_wakeup(&device->instance);
    return true;
}

bool qxl_device_draw(struct qxl_device *device, const struct framebuffer *picture,
                     const struct rect *rect)
{
    size_t line_bytes = (size_t)rect->width * BYTES_PER_PIXEL;
    size_t pixels_bytes = line_bytes * (size_t)rect->height;
    struct drawing *drawing = drawing_create(device, pixels_bytes);

    drawing_describe(drawing, rect, ++device->images);
    for (int y = 0; y < rect->height; y++)
        memcpy(drawing->pixels + (size_t)y * line_bytes,
               framebuffer_pixel(picture, rect->x, rect->y + y), line_bytes);

    return push(device, device->ring, drawing, QXL_CMD_DRAW);
}

static bool push_cursor(struct qxl_device *device, struct drawing *drawing, uint8_t type)
{
    drawing->cursor.release_info.id = physical(drawing);
    drawing->cursor.type = type;
    return push(device, device->cursor_ring, drawing, QXL_CMD_CURSOR);
}

bool qxl_device_set_cursor(struct qxl_device *device, unsigned size_px, uint8_t value)
{
    uint32_t bytes = size_px * size_px * BYTES_PER_PIXEL;
    struct drawing *drawing = drawing_create(device, sizeof(QXLCursor) + bytes);
    QXLCursor *cursor = (QXLCursor *)drawing->pixels;

    *cursor = (QXLCursor){
        .header = {.type = SPICE_CURSOR_TYPE_ALPHA,
                   .width = (uint16_t)size_px,
                   .height = (uint16_t)size_px},
        .data_size = bytes,
        .chunk = {.data_size = bytes},
    };
    memset(cursor->chunk.data, value, bytes);
    drawing->cursor.u.set.visible = true;
    drawing->cursor.u.set.shape = physical(cursor);
    return push_cursor(device, drawing, QXL_CURSOR_SET);
}

bool qxl_device_move_cursor(struct qxl_device *device, int x_px, int y_px)
{
    struct drawing *drawing = drawing_create(device, 0);

    drawing->cursor.u.position.x = (int16_t)x_px;
    drawing->cursor.u.position.y = (int16_t)y_px;
    return push_cursor(device, drawing, QXL_CURSOR_MOVE);
}

bool qxl_device_hide_cursor(struct qxl_device *device)
{
    return push_cursor(device, drawing_create(device, 0), QXL_CURSOR_HIDE);
}

void qxl_device_flush(struct qxl_device *device)
{
    QXLRect all = {.bottom = (int32_t)device->height_px, .right = (int32_t)device->width_px};

    if (device->scanout)
        gl_scanout_flush(device->scanout);
    if (!device->primary)
        return;
    /* The worker empties the ring, then draws the tree into the primary; only
     * then does the call return. */
    spice_qxl_update_area(&device->instance, PRIMARY_SURFACE, &all, NULL, 0, true);
}

void qxl_device_stop(struct qxl_device *device)
{
    command_ring_close(device->ring);
    command_ring_close(device->cursor_ring);
    if (device->scanout)
        gl_scanout_stop(device->scanout);
}

void qxl_device_destroy(struct qxl_device *device)
{
    if (!device)
        return;
    /* Those that the worker did not take or release before it ended. */
    for (GList *link; (link = g_queue_pop_head_link(&device->drawings));)
        g_free(link->data);
    for (GList *link; (link = g_queue_pop_head_link(&device->released));)
        g_free(link->data);
    gl_scanout_destroy(device->scanout);
    command_ring_destroy(device->ring);
    command_ring_destroy(device->cursor_ring);
    g_mutex_clear(&device->lock);
    g_free(device->primary);
    g_free(device);
}
