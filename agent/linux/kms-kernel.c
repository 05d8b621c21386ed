/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms-kernel.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

/* Since Linux 6.6; without it virtual cards hide their cursor plane from us from 6.12 on. */
#ifndef DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT
#define DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT 6
#endif

/* Of /dev/dri/card0 and so on: the kernel has no more primary nodes. */
#define CARD_NUMBERS 64

/* A plane of the CRTC with its properties' ids; 0: it has none of this name. */
struct plane {
    uint32_t id;
    uint32_t damage, rotation, src_x, src_y, src_w, src_h; /* of the picture */
    uint32_t crtc_x, crtc_y, hotspot_x, hotspot_y;         /* of the cursor */
};

struct kernel {
    struct kms_kernel kernel;
    struct kms_framebuffers card;  /* its fd is -1 while it is closed */
    struct scanout_import *import; /* since the first one; NULL: there was none */
    uint32_t crtc_id;
    struct plane primary;
    struct plane cursor; /* its id is 0 where there is none */
};

static struct kernel *self_of(struct kms_kernel *kernel)
{
    return (struct kernel *)kernel;
}

/* --- the cards ------------------------------------------------------------------------ */

/* The first who opens a card becomes its DRM master, and the greeter would find it taken. */
static int open_card(const char *path)
{
    const int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    drmDropMaster(fd); /* it fails where somebody else is the master */
    if (drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) != 0) {
        const int error = -errno;
        close(fd);
        return error;
    }
    /* Properties more, which a driver may lack. */
    if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) == 0)
        drmSetClientCap(fd, DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT, 1);
    return fd;
}

static uint32_t active_crtc(int fd, uint32_t encoder_id)
{
    drmModeEncoder *encoder = encoder_id ? drmModeGetEncoder(fd, encoder_id) : NULL;
    drmModeCrtc *crtc = encoder && encoder->crtc_id ? drmModeGetCrtc(fd, encoder->crtc_id) : NULL;
    const uint32_t id = crtc && crtc->mode_valid ? crtc->crtc_id : 0;

    drmModeFreeCrtc(crtc);
    drmModeFreeEncoder(encoder);
    return id;
}

/* As it was last: to probe the monitor takes long, and is for the master. */
static bool describe_connector(int fd, uint32_t id, struct kms_connector *ret_connector)
{
    drmModeConnector *connector = drmModeGetConnectorCurrent(fd, id);

    if (!connector)
        return false;
    const char *type = drmModeGetConnectorTypeName(connector->connector_type);
    snprintf(ret_connector->name, sizeof ret_connector->name, "%s-%u", type ? type : "Unknown",
             connector->connector_type_id);
    ret_connector->connected = connector->connection == DRM_MODE_CONNECTED;
    ret_connector->crtc_id = active_crtc(fd, connector->encoder_id);
    drmModeFreeConnector(connector);
    return true;
}

static void describe_pci(int fd, char *ret_pci, size_t size)
{
    drmDevice *device = NULL;

    if (drmGetDevice2(fd, 0, &device) != 0)
        return;
    if (device->bustype == DRM_BUS_PCI)
        snprintf(ret_pci, size, "%04x:%02x:%02x.%x", device->businfo.pci->domain,
                 device->businfo.pci->bus, device->businfo.pci->dev, device->businfo.pci->func);
    drmFreeDevice(&device);
}

static void describe_driver(int fd, char *ret_driver, size_t size)
{
    drmVersion *version = drmGetVersion(fd);

    snprintf(ret_driver, size, "%s", version ? version->name : "");
    drmFreeVersion(version);
}

static void describe_card(int fd, struct kms_card *card)
{
    drmModeRes *resources = drmModeGetResources(fd);

    describe_driver(fd, card->driver, sizeof card->driver);
    describe_pci(fd, card->pci, sizeof card->pci);
    if (!resources) /* it computes, and has no outputs */
        return;
    for (int i = 0; i < resources->count_connectors && card->connector_count < KMS_CONNECTORS; i++)
        if (describe_connector(fd, resources->connectors[i],
                               &card->connectors[card->connector_count]))
            card->connector_count++;
    drmModeFreeResources(resources);
}

static unsigned kernel_list(struct kms_kernel *kernel, struct kms_card *ret_cards, unsigned max)
{
    unsigned count = 0;

    (void)kernel;
    for (unsigned number = 0; number < CARD_NUMBERS && count < max; number++) {
        struct kms_card *card = &ret_cards[count];
        *card = (struct kms_card){.error = 0};
        snprintf(card->path, sizeof card->path, "/dev/dri/card%u", number);
        if (access(card->path, F_OK) != 0)
            continue;
        count++;
        const int fd = open_card(card->path);
        if (fd < 0) {
            card->error = fd;
            continue;
        }
        describe_card(fd, card);
        close(fd);
    }
    return count;
}

/* --- the planes ----------------------------------------------------------------------- */

/* Finds the ids once: names are compared at no other time. Returns the plane's type. */
static uint64_t find_properties(int fd, struct plane *plane)
{
    const struct {
        const char *name;
        uint32_t *id;
    } wanted[] = {
        {"FB_DAMAGE_CLIPS", &plane->damage},
        {"rotation", &plane->rotation},
        {"SRC_X", &plane->src_x},
        {"SRC_Y", &plane->src_y},
        {"SRC_W", &plane->src_w},
        {"SRC_H", &plane->src_h},
        {"CRTC_X", &plane->crtc_x},
        {"CRTC_Y", &plane->crtc_y},
        {"HOTSPOT_X", &plane->hotspot_x},
        {"HOTSPOT_Y", &plane->hotspot_y},
    };
    uint64_t type = DRM_PLANE_TYPE_OVERLAY;
    drmModeObjectProperties *properties =
        drmModeObjectGetProperties(fd, plane->id, DRM_MODE_OBJECT_PLANE);

    for (uint32_t i = 0; properties && i < properties->count_props; i++) {
        drmModePropertyRes *property = drmModeGetProperty(fd, properties->props[i]);
        if (!property)
            continue;
        if (strcmp(property->name, "type") == 0)
            type = properties->prop_values[i];
        for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++)
            if (strcmp(property->name, wanted[j].name) == 0)
                *wanted[j].id = property->prop_id;
        drmModeFreeProperty(property);
    }
    drmModeFreeObjectProperties(properties);
    return type;
}

/* The position of the CRTC in masks of possible CRTCs. */
static uint32_t crtc_bit(int fd, uint32_t crtc_id)
{
    drmModeRes *resources = drmModeGetResources(fd);
    uint32_t bit = 0;

    for (int i = 0; resources && i < resources->count_crtcs; i++)
        if (resources->crtcs[i] == crtc_id)
            bit = UINT32_C(1) << i;
    drmModeFreeResources(resources);
    return bit;
}

/* The primary plane that the CRTC has; and a cursor plane that it has or, while its cursor is
 * hidden, could have. */
static void consider_plane(struct kernel *self, const drmModePlane *plane, uint32_t bit)
{
    struct plane known = {.id = plane->plane_id};
    const uint64_t type = find_properties(self->card.fd, &known);
    const bool shown = plane->crtc_id == self->crtc_id;

    if (type == DRM_PLANE_TYPE_PRIMARY && shown)
        self->primary = known;
    else if (type == DRM_PLANE_TYPE_CURSOR &&
             (shown ||
              (self->cursor.id == 0 && plane->crtc_id == 0 && plane->possible_crtcs & bit)))
        self->cursor = known;
}

static void find_planes(struct kernel *self)
{
    const uint32_t bit = crtc_bit(self->card.fd, self->crtc_id);
    drmModePlaneRes *planes = drmModeGetPlaneResources(self->card.fd);

    self->primary = self->cursor = (struct plane){.id = 0};
    for (uint32_t i = 0; planes && i < planes->count_planes; i++) {
        drmModePlane *plane = drmModeGetPlane(self->card.fd, planes->planes[i]);
        if (plane)
            consider_plane(self, plane, bit);
        drmModeFreePlane(plane);
    }
    drmModeFreePlaneResources(planes);
}

static void kernel_close(struct kms_kernel *kernel)
{
    struct kernel *self = self_of(kernel);

    scanout_import_destroy(self->import);
    self->import = NULL;
    if (self->card.fd >= 0)
        close(self->card.fd);
    self->card.fd = -1;
}

static int kernel_open(struct kms_kernel *kernel, const char *path, uint32_t crtc_id)
{
    struct kernel *self = self_of(kernel);
    struct kms_card card = {.error = 0};

    self->card.fd = open_card(path);
    if (self->card.fd < 0)
        return self->card.fd;
    describe_driver(self->card.fd, card.driver, sizeof card.driver);
    self->card.amdgpu = strcmp(card.driver, "amdgpu") == 0;
    char *render_node = drmGetRenderDeviceNameFromFd(self->card.fd);
    self->card.has_gpu = render_node != NULL && !kms_card_is_vgpu(&card);
    free(render_node);
    self->crtc_id = crtc_id;
    find_planes(self);
    if (self->primary.id != 0)
        return 0;
    kernel_close(kernel);
    return -ENOLINK;
}

/* --- what they show ------------------------------------------------------------------- */

/* libdrm's drmModeGetPlane asks twice and allocates. */
static int shown_framebuffer(const struct kernel *self, uint32_t plane_id,
                             uint32_t *ret_framebuffer_id)
{
    struct drm_mode_get_plane plane = {.plane_id = plane_id};

    *ret_framebuffer_id = 0;
    if (plane_id == 0)
        return 0;
    if (drmIoctl(self->card.fd, DRM_IOCTL_MODE_GETPLANE, &plane) != 0)
        return -errno;
    if (plane.crtc_id == self->crtc_id)
        *ret_framebuffer_id = plane.fb_id;
    return 0;
}

static int kernel_glance(struct kms_kernel *kernel, struct kms_glance *ret_glance)
{
    const struct kernel *self = self_of(kernel);
    const int result = shown_framebuffer(self, self->primary.id, &ret_glance->picture_id);

    return result < 0 ? result : shown_framebuffer(self, self->cursor.id, &ret_glance->cursor_id);
}

static uint64_t value_of(const drmModeObjectProperties *properties, uint32_t id, uint64_t otherwise)
{
    for (uint32_t i = 0; id != 0 && properties && i < properties->count_props; i++)
        if (properties->props[i] == id)
            return properties->prop_values[i];
    return otherwise;
}

/* In 16.16 fixed point; a driver without atomic mode setting has none. */
static uint32_t whole_px(const drmModeObjectProperties *properties, uint32_t id, uint32_t otherwise)
{
    return (uint32_t)(value_of(properties, id, (uint64_t)otherwise << 16) >> 16);
}

static void view_picture(const struct kernel *self, const drmModeCrtc *crtc, struct kms_view *view)
{
    const struct plane *plane = &self->primary;
    drmModeObjectProperties *properties =
        drmModeObjectGetProperties(self->card.fd, plane->id, DRM_MODE_OBJECT_PLANE);

    view->damage_id = (uint32_t)value_of(properties, plane->damage, 0);
    view->rotated =
        value_of(properties, plane->rotation, DRM_MODE_ROTATE_0) != (uint64_t)DRM_MODE_ROTATE_0;
    view->crop = (struct kms_crop){
        .x_px = whole_px(properties, plane->src_x, crtc->x),
        .y_px = whole_px(properties, plane->src_y, crtc->y),
        .width_px = whole_px(properties, plane->src_w, crtc->width),
        .height_px = whole_px(properties, plane->src_h, crtc->height),
    };
    drmModeFreeObjectProperties(properties);
}

/* GETPLANE does not report where a plane is. */
static void view_cursor(const struct kernel *self, struct kms_view *view)
{
    const struct plane *plane = &self->cursor;
    drmModeObjectProperties *properties =
        plane->id ? drmModeObjectGetProperties(self->card.fd, plane->id, DRM_MODE_OBJECT_PLANE)
                  : NULL;

    view->cursor_x_px = (int32_t)(int64_t)value_of(properties, plane->crtc_x, 0);
    view->cursor_y_px = (int32_t)(int64_t)value_of(properties, plane->crtc_y, 0);
    view->hot_x_px = (int32_t)(int64_t)value_of(properties, plane->hotspot_x, 0);
    view->hot_y_px = (int32_t)(int64_t)value_of(properties, plane->hotspot_y, 0);
    drmModeFreeObjectProperties(properties);
}

static int kernel_view(struct kms_kernel *kernel, struct kms_view *ret_view)
{
    const struct kernel *self = self_of(kernel);
    drmModeCrtc *crtc = drmModeGetCrtc(self->card.fd, self->crtc_id);

    *ret_view = (struct kms_view){.active = false};
    if (!crtc)
        return -errno;
    ret_view->active = crtc->mode_valid;
    if (ret_view->active) {
        view_picture(self, crtc, ret_view);
        view_cursor(self, ret_view);
    }
    drmModeFreeCrtc(crtc);
    return 0;
}

/* --- framebuffers ---------------------------------------------------------------------- */

static int kernel_map(struct kms_kernel *kernel, uint32_t framebuffer_id,
                      struct kms_mapping *ret_mapping)
{
    return kms_framebuffer_map(&self_of(kernel)->card, framebuffer_id, ret_mapping);
}

static void kernel_unmap(struct kms_kernel *kernel, struct kms_mapping *mapping)
{
    (void)kernel;
    kms_framebuffer_unmap(mapping);
}

static bool kernel_has_gpu(const struct kms_kernel *kernel)
{
    return ((const struct kernel *)kernel)->card.has_gpu;
}

static int kernel_export(struct kms_kernel *kernel, uint32_t framebuffer_id,
                         struct scanout *ret_scanout)
{
    return kms_framebuffer_export(&self_of(kernel)->card, framebuffer_id, ret_scanout);
}

static void kernel_unexport(struct kms_kernel *kernel, struct scanout *scanout)
{
    (void)kernel;
    kms_framebuffer_unexport(scanout);
}

static int kernel_import(struct kms_kernel *kernel, const struct scanout *scanout,
                         const struct kms_rows *rows, uint8_t *bgrx)
{
    struct kernel *self = self_of(kernel);

    if (!self->import)
        self->import = scanout_import_create(self->card.fd, false);
    return self->import ? scanout_import_read(self->import, scanout, rows, bgrx) : -ENOMEM;
}

static const char *kernel_import_error(const struct kms_kernel *kernel)
{
    const struct kernel *self = (const struct kernel *)kernel;

    return self->import ? scanout_import_error(self->import) : "memory is short";
}

static void kernel_destroy(struct kms_kernel *kernel)
{
    kernel_close(kernel);
    free(kernel);
}

struct kms_kernel *kms_kernel_create(void)
{
    static const struct kms_kernel_class class = {
        .list = kernel_list,
        .open = kernel_open,
        .glance = kernel_glance,
        .view = kernel_view,
        .map = kernel_map,
        .unmap = kernel_unmap,
        .has_gpu = kernel_has_gpu,
        .export = kernel_export,
        .unexport = kernel_unexport,
        .import = kernel_import,
        .import_error = kernel_import_error,
        .close = kernel_close,
        .destroy = kernel_destroy,
    };
    struct kernel *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->kernel.class = &class;
    self->card.fd = -1;
    return &self->kernel;
}
