/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/guest/drm-screen.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#define REFRESH_HZ 60
/* Of the time that a mode has beside the picture; the device of a VM has no use for it. */
#define BLANK_PX 16

struct buffer {
    uint32_t handle, framebuffer_id;
    uint32_t stride_bytes;
    uint8_t *pixels;
    size_t bytes;
};

struct drm_screen {
    int fd;
    uint32_t connector_id, crtc_id;
    struct buffer buffer;
};

static bool fail(GError **error, const char *what)
{
    const int why = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(why), "the guest's vGPU: %s: %s", what,
                g_strerror(why));
    return false;
}

static bool has_driver(int fd, const char *driver)
{
    drmVersion *version = drmGetVersion(fd);
    const bool same = version && g_str_equal(version->name, driver);

    drmFreeVersion(version);
    return same;
}

static int open_card(const char *driver)
{
    for (unsigned i = 0; i < DRM_MAX_MINOR; i++) {
        g_autofree char *path = g_strdup_printf(DRM_DEV_NAME, DRM_DIR_NAME, (int)i);
        const int fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd >= 0 && has_driver(fd, driver))
            return fd;
        if (fd >= 0)
            close(fd);
    }
    errno = ENODEV;
    return -1;
}

struct drm_screen *drm_screen_open(const char *driver, GError **error)
{
    auto_destroy(drm_screen) screen = g_new0(struct drm_screen, 1);
    drmModeRes *resources;

    screen->fd = open_card(driver);
    if (screen->fd < 0) {
        fail(error, driver);
        return NULL;
    }
    resources = drmModeGetResources(screen->fd);
    if (!resources || resources->count_connectors == 0 || resources->count_crtcs == 0) {
        fail(error, "it has no connector");
        return NULL;
    }
    screen->connector_id = resources->connectors[0];
    screen->crtc_id = resources->crtcs[0];
    drmModeFreeResources(resources);
    return g_steal_pointer(&screen);
}

static bool create_buffer(const struct drm_screen *screen, struct buffer *buffer, int width_px,
                          int height_px, GError **error)
{
    struct drm_mode_create_dumb create = {
        .width = (uint32_t)width_px, .height = (uint32_t)height_px, .bpp = 32};
    struct drm_mode_map_dumb map = {0};

    if (drmIoctl(screen->fd, DRM_IOCTL_MODE_CREATE_DUMB, &create) != 0)
        return fail(error, "no memory for a picture");
    *buffer = (struct buffer){
        .handle = create.handle, .stride_bytes = create.pitch, .bytes = create.size};
    map.handle = create.handle;
    if (drmIoctl(screen->fd, DRM_IOCTL_MODE_MAP_DUMB, &map) != 0)
        return fail(error, "a picture's memory cannot be mapped");
    buffer->pixels = mmap(NULL, buffer->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, screen->fd,
                          (off_t)map.offset);
    if (buffer->pixels == MAP_FAILED) {
        buffer->pixels = NULL;
        return fail(error, "a picture's memory cannot be mapped");
    }
    return drmModeAddFB(screen->fd, create.width, create.height, 24, 32, buffer->stride_bytes,
                        buffer->handle, &buffer->framebuffer_id) == 0 ||
           fail(error, "a picture cannot be registered");
}

static void destroy_buffer(const struct drm_screen *screen, struct buffer *buffer)
{
    struct drm_mode_destroy_dumb destroy = {.handle = buffer->handle};

    if (buffer->framebuffer_id)
        drmModeRmFB(screen->fd, buffer->framebuffer_id);
    if (buffer->pixels)
        munmap(buffer->pixels, buffer->bytes);
    if (buffer->handle)
        drmIoctl(screen->fd, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
}

/* Any size is a mode of a virtual card. */
static drmModeModeInfo mode_of(int width_px, int height_px)
{
    drmModeModeInfo mode = {
        .hdisplay = (uint16_t)width_px,
        .hsync_start = (uint16_t)(width_px + BLANK_PX),
        .hsync_end = (uint16_t)(width_px + 2 * BLANK_PX),
        .htotal = (uint16_t)(width_px + 3 * BLANK_PX),
        .vdisplay = (uint16_t)height_px,
        .vsync_start = (uint16_t)(height_px + BLANK_PX),
        .vsync_end = (uint16_t)(height_px + 2 * BLANK_PX),
        .vtotal = (uint16_t)(height_px + 3 * BLANK_PX),
        .vrefresh = REFRESH_HZ,
    };

    mode.clock = (uint32_t)mode.htotal * mode.vtotal * REFRESH_HZ / 1000;
    g_snprintf(mode.name, sizeof mode.name, "%dx%d", width_px, height_px);
    return mode;
}

static void copy(const struct drm_screen *screen, const struct framebuffer *picture,
                 const struct rect *rect)
{
    for (int y = rect->y; y < rect->y + rect->height; y++)
        memcpy(screen->buffer.pixels + (size_t)y * screen->buffer.stride_bytes +
                   (size_t)rect->x * 4,
               framebuffer_pixel(picture, rect->x, y), (size_t)rect->width * 4);
}

/* The picture is there before it is shown. */
static bool create_with(struct drm_screen *screen, const struct framebuffer *picture,
                        GError **error)
{
    const struct rect all = {0, 0, picture->width_px, picture->height_px};

    if (!create_buffer(screen, &screen->buffer, picture->width_px, picture->height_px, error))
        return false;
    copy(screen, picture, &all);
    return true;
}

bool drm_screen_set_mode(struct drm_screen *screen, const struct framebuffer *picture,
                         GError **error)
{
    struct buffer old = screen->buffer;
    drmModeModeInfo mode = mode_of(picture->width_px, picture->height_px);

    screen->buffer = (struct buffer){.handle = 0};
    const bool set = create_with(screen, picture, error) &&
                     (drmModeSetCrtc(screen->fd, screen->crtc_id, screen->buffer.framebuffer_id, 0,
                                     0, &screen->connector_id, 1, &mode) == 0 ||
                      fail(error, mode.name));
    destroy_buffer(screen, &old);
    return set;
}

bool drm_screen_draw(struct drm_screen *screen, const struct framebuffer *picture,
                     const struct damage *damage, GError **error)
{
    drmModeClip clips[DAMAGE_RECTS_MAX];

    for (unsigned i = 0; i < damage->n_rects; i++) {
        const struct rect *rect = &damage->rects[i];
        copy(screen, picture, rect);
        clips[i] =
            (drmModeClip){(uint16_t)rect->x, (uint16_t)rect->y, (uint16_t)(rect->x + rect->width),
                          (uint16_t)(rect->y + rect->height)};
    }
    return damage->n_rects == 0 ||
           drmModeDirtyFB(screen->fd, screen->buffer.framebuffer_id, clips, damage->n_rects) == 0 ||
           fail(error, "DIRTYFB");
}

void drm_screen_destroy(struct drm_screen *screen)
{
    if (!screen)
        return;
    if (screen->fd >= 0) {
        destroy_buffer(screen, &screen->buffer);
        close(screen->fd);
    }
    g_free(screen);
}
