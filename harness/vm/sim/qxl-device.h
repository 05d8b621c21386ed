/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * qxl-device: the vGPU as libspice-server sees it: a QXL device with one memory slot,
 * one primary surface, a ring for drawing commands and one for pointer commands
 * (QXLInterface of <spice.h>, structures of <spice/qxl_dev.h>).
 *
 * The slot is the whole address space of this process: the drawables of the "guest"
 * are on the heap, and a guest-physical address is a pointer.
 */
#ifndef VDIBENCH_QXL_DEVICE_H
#define VDIBENCH_QXL_DEVICE_H

#include "harness/vm/sim/framebuffer.h"

#include <glib.h>
#include <spice.h>
#include <stdbool.h>
#include <stdint.h>

struct qxl_device;

/* Adds the device to the server as its display `id` (from 0, without gaps) and
 * creates its primary surface (black). Main thread. */
struct qxl_device *qxl_device_create(SpiceServer *server, unsigned id, unsigned width_px,
                                     unsigned height_px);

/* The next functions are for everything except drawing. Main thread, while no other
 * thread draws. */

/* The driver changes the mode: destroys the primary surface, if there is one, and
 * creates a black one of this size. */
void qxl_device_set_mode(struct qxl_device *device, unsigned width_px, unsigned height_px);

/* Destroys the primary surface without creating another, as between two modes or when
 * the driver is unloaded. */
void qxl_device_destroy_primary(struct qxl_device *device);

/* Resets the machine with the same steps as QEMU's qxl_hard_reset(): no surfaces,
 * memory slots, cursor or images remain. The firmware then creates a primary surface
 * of the same size as the last one. */
void qxl_device_reset(struct qxl_device *device);

/* A guest with 3D shows a picture of the primary's size: passes on a buffer
 * (spice_qxl_gl_scanout), the first time, and announces that it has been drawn. The
 * buffer is a memfd, which can stand for the dma-buf of a real GPU as long as no
 * client reads it. The notice "gl-drawn" follows when the server has finished with
 * the picture; until then there must not be another. */
void qxl_device_gl_draw(struct qxl_device *device);

/* Gives the vGPU 3D: a film is then played on a buffer of the primary's size, of which
 * gl-scanout.h explains the timer, in place of drawing commands. Once, before anything is
 * drawn, and the mode must not change afterwards. False and `error`: there is no memory. */
bool qxl_device_use_scanout(struct qxl_device *device, unsigned refresh_hz, GError **error);
bool qxl_device_has_scanout(const struct qxl_device *device);

/* Hot-unplug: removes the display from the server. Drawing fails from now on. */
void qxl_device_unplug(struct qxl_device *device);

unsigned qxl_device_width_px(const struct qxl_device *device);
unsigned qxl_device_height_px(const struct qxl_device *device);

/* Draws `rect` of the picture into the primary: a QXL_DRAW_COPY with a copy of
 * the pixels. Waits while the ring is full, which is while the worker waits for
 * a client. False once the device has been stopped. Drawing thread. */
bool qxl_device_draw(struct qxl_device *device, const struct framebuffer *picture,
                     const struct rect *rect);

/* Draws the whole picture on that buffer. Waits while the server reads it. False once the
 * device has been stopped. Drawing thread. */
bool qxl_device_scan_out(struct qxl_device *device, const struct framebuffer *picture);

/* The vGPU's pointer: sets its shape, a square in which each byte is `value`, with the
 * hot spot in its corner; moves it; hides it until it is moved or set. They wait and
 * fail in the same way as qxl_device_draw(). Main thread. */
bool qxl_device_set_cursor(struct qxl_device *device, unsigned size_px, uint8_t value);
bool qxl_device_move_cursor(struct qxl_device *device, int x_px, int y_px);
bool qxl_device_hide_cursor(struct qxl_device *device);

/* Returns when the worker has taken every command and drawn it into the primary (as
 * a guest's QXL_IO_UPDATE_AREA does); at once where there is no primary. Drawing
 * thread. */
void qxl_device_flush(struct qxl_device *device);

/* Makes a waiting qxl_device_draw() and all later calls return false. */
void qxl_device_stop(struct qxl_device *device);

/* Frees the device and the guest's memory. To be called after spice_server_destroy(),
 * since the worker uses both until then. NULL is allowed. */
void qxl_device_destroy(struct qxl_device *device);

#endif
