/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * draw-card CARD: the guest's desktop: the DRM master of a card, which draws known pictures.
 * It reads commands, one a line, from standard input, and answers each by `done` or by what
 * went wrong:
 *
 *   mode WIDTH HEIGHT     the picture 0 in this mode
 *   part WIDTH HEIGHT X Y the same, as a part, at X,Y, of a framebuffer that is larger
 *   flip NUMBER           the picture in the other framebuffer, and a page flip
 *   draw NUMBER           the picture, drawn into the framebuffer that is shown
 *   dot X Y               four white pixels at X,Y of the framebuffer that is shown
 *   cursor RGB X Y        the known pointer in this colour (hexadecimal), at X,Y
 *   move X Y              the same pointer elsewhere
 *   hide                  no pointer
 *   off                   the CRTC is switched off
 *   power off|on          the monitor sleeps, and wakes (DPMS)
 *   leave                 the card is left to another master, as for another virtual terminal
 *   enter                 and taken back, with the mode and the framebuffer that were shown last
 */
#include "agent/tests/kms-guest/known-picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#define CURSOR_PLANE_PX 64

struct buffer {
    uint32_t handle, framebuffer_id;
    uint32_t width_px, height_px, stride_bytes;
    uint32_t *pixels;
    size_t bytes;
};

static struct desktop {
    int fd;
    uint32_t connector_id, crtc_id;
    drmModeModeInfo mode;
    uint32_t x_px, y_px, width_px, height_px; /* what is shown */
    struct buffer buffers[2];
    unsigned shown;
    struct buffer cursor;
} desktop;

static const char *create_buffer(struct buffer *buffer, uint32_t width_px, uint32_t height_px)
{
    struct drm_mode_create_dumb create = {.width = width_px, .height = height_px, .bpp = 32};
    struct drm_mode_map_dumb map = {0};

    if (drmIoctl(desktop.fd, DRM_IOCTL_MODE_CREATE_DUMB, &create) != 0)
        return "CREATE_DUMB";
    map.handle = create.handle;
    if (drmIoctl(desktop.fd, DRM_IOCTL_MODE_MAP_DUMB, &map) != 0)
        return "MAP_DUMB";
    *buffer = (struct buffer){.handle = create.handle,
                              .width_px = width_px,
                              .height_px = height_px,
                              .stride_bytes = create.pitch,
                              .bytes = create.size};
    buffer->pixels = mmap(NULL, buffer->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, desktop.fd,
                          (off_t)map.offset);
    return buffer->pixels == MAP_FAILED ? "mmap" : NULL;
}

static void destroy_buffer(struct buffer *buffer)
{
    struct drm_mode_destroy_dumb destroy = {.handle = buffer->handle};

    if (buffer->framebuffer_id != 0)
        drmModeRmFB(desktop.fd, buffer->framebuffer_id);
    if (buffer->pixels)
        munmap(buffer->pixels, buffer->bytes);
    if (buffer->handle != 0)
        drmIoctl(desktop.fd, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
    *buffer = (struct buffer){.handle = 0};
}

/* The picture begins where the screen does. */
static void draw(struct buffer *buffer, uint32_t number)
{
    for (uint32_t y_px = 0; y_px < desktop.height_px; y_px++)
        for (uint32_t x_px = 0; x_px < desktop.width_px; x_px++)
            buffer
                ->pixels[(desktop.y_px + y_px) * (buffer->stride_bytes / 4) + desktop.x_px + x_px] =
                known_colour(number, x_px, y_px);
}

static const char *find_mode(uint32_t width_px, uint32_t height_px, drmModeModeInfo *ret_mode)
{
    drmModeConnector *connector = drmModeGetConnector(desktop.fd, desktop.connector_id);
    const char *problem = "no such mode";

    for (int i = 0; connector && i < connector->count_modes && problem; i++)
        if (connector->modes[i].hdisplay == width_px && connector->modes[i].vdisplay == height_px) {
            *ret_mode = connector->modes[i];
            problem = NULL;
        }
    drmModeFreeConnector(connector);
    return problem;
}

static const char *show(void)
{
    return drmModeSetCrtc(desktop.fd, desktop.crtc_id,
                          desktop.buffers[desktop.shown].framebuffer_id, desktop.x_px, desktop.y_px,
                          &desktop.connector_id, 1, &desktop.mode) == 0
               ? NULL
               : "SETCRTC";
}

static const char *set_mode(uint32_t width_px, uint32_t height_px, uint32_t x_px, uint32_t y_px)
{
    struct buffer old[2] = {desktop.buffers[0], desktop.buffers[1]};
    const char *problem = find_mode(width_px, height_px, &desktop.mode);

    if (problem)
        return problem;
    desktop.x_px = x_px;
    desktop.y_px = y_px;
    desktop.width_px = width_px;
    desktop.height_px = height_px;
    desktop.shown = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct buffer *buffer = &desktop.buffers[i];
        problem = create_buffer(buffer, width_px + 2 * x_px, height_px + 2 * y_px);
        if (problem)
            return problem;
        memset(buffer->pixels, 0x55, buffer->bytes);
        draw(buffer, 0);
        if (drmModeAddFB(desktop.fd, buffer->width_px, buffer->height_px, 24, 32,
                         buffer->stride_bytes, buffer->handle, &buffer->framebuffer_id) != 0)
            return "ADDFB";
    }
    problem = show();
    if (problem)
        return problem;
    destroy_buffer(&old[0]);
    destroy_buffer(&old[1]);
    return NULL;
}

static const char *flip(uint32_t number)
{
    struct buffer *back = &desktop.buffers[!desktop.shown];
    drmEventContext context = {.version = 2};

    draw(back, number);
    if (drmModePageFlip(desktop.fd, desktop.crtc_id, back->framebuffer_id, DRM_MODE_PAGE_FLIP_EVENT,
                        NULL) != 0)
        return "PAGE_FLIP";
    desktop.shown = !desktop.shown;
    return drmHandleEvent(desktop.fd, &context) == 0 ? NULL : "the flip's event";
}

static const char *dot(uint32_t x_px, uint32_t y_px)
{
    struct buffer *front = &desktop.buffers[desktop.shown];

    for (unsigned i = 0; i < 4; i++)
        front->pixels[(desktop.y_px + y_px) * (front->stride_bytes / 4) + desktop.x_px + x_px + i] =
            0xffffff;
    return NULL;
}

static const char *move_cursor(int x_px, int y_px)
{
    return drmModeMoveCursor(desktop.fd, desktop.crtc_id, x_px, y_px) == 0 ? NULL : "MOVE_CURSOR";
}

static const char *show_cursor(uint32_t colour, int x_px, int y_px)
{
    const char *problem = desktop.cursor.pixels
                              ? NULL
                              : create_buffer(&desktop.cursor, CURSOR_PLANE_PX, CURSOR_PLANE_PX);

    if (problem)
        return problem;
    memset(desktop.cursor.pixels, 0, desktop.cursor.bytes);
    for (uint32_t i = 0; i < KNOWN_POINTER_HEIGHT_PX; i++)
        for (uint32_t j = 0; j < KNOWN_POINTER_WIDTH_PX; j++)
            desktop.cursor.pixels[i * (desktop.cursor.stride_bytes / 4) + j] = 0xff000000 | colour;
    if (drmModeSetCursor(desktop.fd, desktop.crtc_id, desktop.cursor.handle, CURSOR_PLANE_PX,
                         CURSOR_PLANE_PX) != 0)
        return "SET_CURSOR";
    return move_cursor(x_px, y_px);
}

static const char *set_power(uint64_t level)
{
    drmModeObjectProperties *properties =
        drmModeObjectGetProperties(desktop.fd, desktop.connector_id, DRM_MODE_OBJECT_CONNECTOR);
    const char *problem = "no property DPMS";

    for (uint32_t i = 0; properties && i < properties->count_props; i++) {
        drmModePropertyRes *property = drmModeGetProperty(desktop.fd, properties->props[i]);
        if (property && strcmp(property->name, "DPMS") == 0)
            problem = drmModeConnectorSetProperty(desktop.fd, desktop.connector_id,
                                                  property->prop_id, level) == 0
                          ? NULL
                          : "SETPROPERTY";
        drmModeFreeProperty(property);
    }
    drmModeFreeObjectProperties(properties);
    return problem;
}

static const char *obey(const char *line)
{
    uint32_t a, b, c, d;
    int x_px, y_px;

    if (sscanf(line, "mode %u %u", &a, &b) == 2)
        return set_mode(a, b, 0, 0);
    if (sscanf(line, "part %u %u %u %u", &a, &b, &c, &d) == 4)
        return set_mode(a, b, c, d);
    if (sscanf(line, "flip %u", &a) == 1)
        return flip(a);
    if (sscanf(line, "draw %u", &a) == 1) {
        draw(&desktop.buffers[desktop.shown], a);
        return NULL;
    }
    if (sscanf(line, "dot %u %u", &a, &b) == 2)
        return dot(a, b);
    if (sscanf(line, "cursor %x %d %d", &a, &x_px, &y_px) == 3)
        return show_cursor(a, x_px, y_px);
    if (sscanf(line, "move %d %d", &x_px, &y_px) == 2)
        return move_cursor(x_px, y_px);
    if (strcmp(line, "hide\n") == 0)
        return drmModeSetCursor(desktop.fd, desktop.crtc_id, 0, 0, 0) == 0 ? NULL : "SET_CURSOR";
    if (strcmp(line, "off\n") == 0)
        return drmModeSetCrtc(desktop.fd, desktop.crtc_id, 0, 0, 0, NULL, 0, NULL) == 0 ? NULL
                                                                                        : "SETCRTC";
    if (strcmp(line, "power off\n") == 0)
        return set_power(DRM_MODE_DPMS_OFF);
    if (strcmp(line, "power on\n") == 0)
        return set_power(DRM_MODE_DPMS_ON);
    if (strcmp(line, "leave\n") == 0)
        return drmDropMaster(desktop.fd) == 0 ? NULL : "DROP_MASTER";
    if (strcmp(line, "enter\n") == 0)
        return drmSetMaster(desktop.fd) == 0 ? show() : "SET_MASTER";
    return "no such command";
}

static const char *open_card(const char *path)
{
    desktop.fd = open(path, O_RDWR | O_CLOEXEC);
    if (desktop.fd < 0)
        return "open";
    if (!drmIsMaster(desktop.fd))
        return "it has another DRM master";
    drmModeRes *resources = drmModeGetResources(desktop.fd);
    if (!resources || resources->count_connectors == 0 || resources->count_crtcs == 0)
        return "it has no connector";
    desktop.connector_id = resources->connectors[0];
    desktop.crtc_id = resources->crtcs[0];
    drmModeFreeResources(resources);
    return NULL;
}

int main(int argc, char **argv)
{
    char line[128];
    const char *problem = argc == 2 ? open_card(argv[1]) : "give it the card's path";

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (problem) {
        printf("%s: %s\n", argc == 2 ? argv[1] : "draw-card", problem);
        return EXIT_FAILURE;
    }
    puts("done");
    while (fgets(line, sizeof line, stdin)) {
        problem = obey(line);
        if (problem)
            printf("%s: %s\n", problem, strerror(errno));
        else
            puts("done");
    }
    return EXIT_SUCCESS;
}
