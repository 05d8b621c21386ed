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

#include <glib.h>
#include <spice.h>

#include "harness/vm-sim/framebuffer.h"

typedef struct QxlDevice QxlDevice;

/* Adds the device to the server and creates its primary surface (black).
 * Main thread. */
QxlDevice *qxl_device_create(SpiceServer *server, unsigned width_px, unsigned height_px);

/* Draws `rect` of the picture into the primary: a QXL_DRAW_COPY with a copy of
 * the pixels. Waits while the ring is full, that is while the worker waits for
 * a client. False once the device is stopped. Drawing thread. */
gboolean qxl_device_draw(QxlDevice *device, const Framebuffer *picture, const Rect *rect);

/* The vGPU's pointer: a square shape with all bytes of `value`, hot spot at its
 * corner; its position; hidden until it is moved or set. They wait and fail as
 * qxl_device_draw() does. Main thread. */
gboolean qxl_device_set_cursor(QxlDevice *device, unsigned size_px, uint8_t value);
gboolean qxl_device_move_cursor(QxlDevice *device, int x_px, int y_px);
gboolean qxl_device_hide_cursor(QxlDevice *device);

/* Returns when the worker has taken every command and drawn it into the
 * primary (a guest's QXL_IO_UPDATE_AREA). Drawing thread. */
void qxl_device_flush(QxlDevice *device);

/* Lets a waiting qxl_device_draw() and all later ones return false. */
void qxl_device_stop(QxlDevice *device);

/* Frees the device and the guest's memory: after spice_server_destroy(), as
 * the worker uses both until then. NULL is allowed. */
void qxl_device_destroy(QxlDevice *device);

#endif
