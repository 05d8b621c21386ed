/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * qxl-device: the vGPU as libspice-server sees it: a QXL device of one memory
 * slot, one primary surface, a ring of commands and one for the pointer's
 * (QXLInterface of <spice.h>, structures of <spice/qxl_dev.h>).
 *
 * The slot is the whole address space of this process: the "guest's" drawables
 * lie on the heap, and a guest-physical address is a pointer.
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

/* What happens to a vGPU beside drawing. Main thread, while nobody draws. */

/* A driver's mode change: the primary surface is destroyed, where there is
 * one, and a black one of this size created. */
void qxl_device_set_mode(struct qxl_device *device, unsigned width_px, unsigned height_px);

/* The primary surface is destroyed and none created: between two modes, or
 * when a driver was unloaded. */
void qxl_device_destroy_primary(struct qxl_device *device);

/* The machine is reset, step by step as in QEMU's qxl_hard_reset(): neither
 * surfaces nor memory slots, cursor or images remain. The primary surface that
 * the firmware makes has the size of the last one. */
void qxl_device_reset(struct qxl_device *device);

/* A guest with 3D shows a picture of the primary's size: hands a buffer on
 * (spice_qxl_gl_scanout), the first time, and says that it was drawn. The
 * buffer is a memfd: where no client looks into it, it stands for the dma-buf of
 * a real GPU. "gl-drawn" when the server is done with the picture; until then
 * there may be no other. */
void qxl_device_gl_draw(struct qxl_device *device);

/* Hot-unplug: the server has no such display any more. Drawing fails. */
void qxl_device_unplug(struct qxl_device *device);

unsigned qxl_device_width_px(const struct qxl_device *device);
unsigned qxl_device_height_px(const struct qxl_device *device);

/* Draws `rect` of the picture into the primary: a QXL_DRAW_COPY with a copy of
 * the pixels. Waits while the ring is full, that is while the worker waits for
 * a client. False once the device is stopped. Drawing thread. */
bool qxl_device_draw(struct qxl_device *device, const struct framebuffer *picture,
                     const struct rect *rect);

/* The vGPU's pointer: a square shape with all bytes of `value`, hot spot at its
 * corner; its position; hidden until it is moved or set. They wait and fail as
 * qxl_device_draw() does. Main thread. */
bool qxl_device_set_cursor(struct qxl_device *device, unsigned size_px, uint8_t value);
bool qxl_device_move_cursor(struct qxl_device *device, int x_px, int y_px);
bool qxl_device_hide_cursor(struct qxl_device *device);

/* Returns when the worker has taken every command and drawn it into the
 * primary (a guest's QXL_IO_UPDATE_AREA); at once where it has none. Drawing
 * thread. */
void qxl_device_flush(struct qxl_device *device);

/* Lets a waiting qxl_device_draw() and all later ones return false. */
void qxl_device_stop(struct qxl_device *device);

/* Frees the device and the guest's memory: after spice_server_destroy(), as
 * the worker uses both until then. NULL is allowed. */
void qxl_device_destroy(struct qxl_device *device);

#endif
