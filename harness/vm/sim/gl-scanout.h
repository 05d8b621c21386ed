/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gl-scanout: a vGPU with 3D, which hands its picture on as a buffer (spice_qxl_gl_scanout)
 * and announces when it has changed (spice_qxl_gl_draw_async). From spice-server 0.16 on the
 * server encodes the buffer for a client on another machine; until it has done so the guest
 * must not draw.
 *
 * The buffer is a memfd, a double for a GPU's dma-buf: the server's encoder maps both. QEMU
 * does not announce a change at once: it looks for one when its display's timer expires, every
 * 1000 / max-refresh-rate ms (`-spice`; 30 by default).
 *
 * The drawing thread calls all but gl_scanout_drawn() and gl_scanout_stop().
 */
#ifndef VDIBENCH_VM_SIM_GL_SCANOUT_H
#define VDIBENCH_VM_SIM_GL_SCANOUT_H

#include "harness/vm/sim/framebuffer.h"

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* DRM_FORMAT_XRGB8888 of the kernel's drm_fourcc.h. */
#define FOURCC_XRGB8888 0x34325258

/* The cookie of its draws, by which the device knows whose has been completed. */
#define GL_SCANOUT_COOKIE 1

struct gl_scanout;

/* Whether the loaded libspice-server encodes such a buffer for a client on another machine.
 * False and `error`, one line. Any thread. */
bool gl_scanout_check(GError **error);

/* A buffer of that size, which the server is given. `refresh_hz` is the rate of QEMU's timer; 0:
 * a change is announced at once. NULL and `error`: there is no memory. */
struct gl_scanout *gl_scanout_create(QXLInstance *instance, unsigned width_px, unsigned height_px,
                                     unsigned refresh_hz, GError **error);

/* Draws the whole picture, which has the buffer's size, once the server has finished with the
 * last one. False once it has been stopped. */
bool gl_scanout_draw(struct gl_scanout *scanout, const struct framebuffer *picture);

/* Returns when the server has finished with what was drawn last, or at the stop. */
void gl_scanout_flush(struct gl_scanout *scanout);

/* The server has finished with a draw. SPICE worker. */
void gl_scanout_drawn(struct gl_scanout *scanout);

/* Makes whoever waits return; the timer announces nothing more. Main thread. */
void gl_scanout_stop(struct gl_scanout *scanout);

/* After the server has been destroyed; NULL is allowed. */
void gl_scanout_destroy(struct gl_scanout *scanout);

#endif
