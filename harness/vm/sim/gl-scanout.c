/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/gl-scanout.h"

#include <dlfcn.h>
#include <errno.h>
#include <gio/gio.h>
#include <gst/gst.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYTES_PER_PIXEL 4

/* The first GStreamer with gst_video_dma_drm_fourcc_to_format(), without which spice-server
 * leaves its encoding of buffers out (HAVE_GSTREAMER_DMABUF_ENCODING of gstreamer-encoder.c),
 * and then never finishes with a draw. */
#define GST_MAJOR 1
#define GST_MINOR_MIN 24

struct gl_scanout {
    QXLInstance *instance;
    uint8_t *pixels;
    size_t bytes;
    unsigned width_px, height_px;
    int64_t period_us; /* of the timer; 0: none */
    GThread *timer;

    GMutex lock; /* of all below */
    GCond changed;
    bool drawn;   /* since the last announcement: the timer will announce it */
    bool drawing; /* announced, and the server has not finished */
    bool stopped;
};

bool gl_scanout_check(GError **error)
{
    unsigned major, minor, micro, nano;

    gst_version(&major, &minor, &micro, &nano);
    /* As new as the encoding itself. */
    if (!dlsym(RTLD_DEFAULT, "spice_qxl_gl_scanout2"))
        g_set_error(
            error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
            "GL scanout: this libspice-server has it for clients on the same machine alone: "
            "take 0.16 (vdibench run --server 0.16.0)");
    else if (major == GST_MAJOR && minor < GST_MINOR_MIN)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "GL scanout: spice-server 0.16 encodes it with GStreamer %u.%u or later, here "
                    "is %u.%u: take Debian 13",
                    GST_MAJOR, GST_MINOR_MIN, major, minor);
    else
        return true;
    return false;
}

static void announce(const struct gl_scanout *self)
{
    spice_qxl_gl_draw_async(self->instance, 0, 0, self->width_px, self->height_px,
                            GL_SCANOUT_COOKIE);
}

/* As QEMU's: it looks for a change at each tick. There is none while a draw lasts. */
static void *run_timer(void *data)
{
    struct gl_scanout *self = data;
    int64_t tick_us = g_get_monotonic_time();

    g_mutex_lock(&self->lock);
    while (!self->stopped) {
        tick_us = MAX(tick_us + self->period_us, g_get_monotonic_time());
        while (!self->stopped && g_get_monotonic_time() < tick_us)
            g_cond_wait_until(&self->changed, &self->lock, tick_us);
        if (self->stopped || !self->drawn)
            continue;
        self->drawn = false;
        self->drawing = true;
        g_mutex_unlock(&self->lock);
        announce(self);
        g_mutex_lock(&self->lock);
    }
    g_mutex_unlock(&self->lock);
    return NULL;
}

/* -1 and `error`: no memory. */
static int create_buffer(struct gl_scanout *self, GError **error)
{
    int fd = memfd_create("scanout", MFD_CLOEXEC);

    if (fd < 0 || ftruncate(fd, (off_t)self->bytes) < 0 ||
        (self->pixels = mmap(NULL, self->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) ==
            MAP_FAILED) {
        int saved = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    "no memory for a scanout of %zu bytes: %s", self->bytes, g_strerror(saved));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

struct gl_scanout *gl_scanout_create(QXLInstance *instance, unsigned width_px, unsigned height_px,
                                     unsigned refresh_hz, GError **error)
{
    struct gl_scanout *self = g_new0(struct gl_scanout, 1);
    const unsigned stride_bytes = width_px * BYTES_PER_PIXEL;

    self->instance = instance;
    self->width_px = width_px;
    self->height_px = height_px;
    self->bytes = (size_t)stride_bytes * height_px;
    int fd = create_buffer(self, error);
    if (fd < 0) {
        g_free(self);
        return NULL;
    }
    spice_qxl_gl_scanout(instance, fd, width_px, height_px, stride_bytes, FOURCC_XRGB8888,
                         false); /* the server closes it */
    g_mutex_init(&self->lock);
    g_cond_init(&self->changed);
    self->period_us = refresh_hz ? G_USEC_PER_SEC / refresh_hz : 0;
    if (self->period_us)
        self->timer = g_thread_new("gl-refresh", run_timer, self);
    return self;
}

bool gl_scanout_draw(struct gl_scanout *self, const struct framebuffer *picture)
{
    const size_t line_bytes = (size_t)self->width_px * BYTES_PER_PIXEL;

    g_mutex_lock(&self->lock);
    while (self->drawing && !self->stopped)
        g_cond_wait(&self->changed, &self->lock);
    bool go_on = !self->stopped;
    for (unsigned y = 0; go_on && y < self->height_px; y++)
        memcpy(self->pixels + y * line_bytes, framebuffer_pixel(picture, 0, (int)y), line_bytes);
    if (self->timer)
        self->drawn = true;
    else
        self->drawing = go_on;
    g_mutex_unlock(&self->lock);
    if (go_on && !self->timer)
        announce(self);
    return go_on;
}

void gl_scanout_flush(struct gl_scanout *self)
{
    g_mutex_lock(&self->lock);
    while ((self->drawn || self->drawing) && !self->stopped)
        g_cond_wait(&self->changed, &self->lock);
    g_mutex_unlock(&self->lock);
}

void gl_scanout_drawn(struct gl_scanout *self)
{
    g_mutex_lock(&self->lock);
    self->drawing = false;
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
}

void gl_scanout_stop(struct gl_scanout *self)
{
    g_mutex_lock(&self->lock);
    self->stopped = true;
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->lock);
    if (self->timer)
        g_thread_join(g_steal_pointer(&self->timer));
}

void gl_scanout_destroy(struct gl_scanout *self)
{
    if (!self)
        return;
    if (!self->stopped)
        gl_scanout_stop(self);
    munmap(self->pixels, self->bytes);
    g_mutex_clear(&self->lock);
    g_cond_clear(&self->changed);
    g_free(self);
}
