/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vgpu: the guest's graphics driver and the program that draws with it: a thread
 * called vgpu-draw, which updates the screen at a steady rate and passes each dirty
 * rectangle to the QXL device.
 *
 * Each update ends with its barcode, the count of updates modulo 65536, so that a
 * client that shows a number has been sent all of that update. A film is played in
 * slots, which are 1/fps s apart and planned when it begins (open loop): a picture
 * that is drawn late does not delay the next slot. A slot that has already passed when
 * the one before is finished is skipped, as a video player drops frames.
 *
 * The functions must all be called in the same thread; they only queue a message for
 * the drawing thread, which answers with notices (see control.h):
 * vgpu, paused, snapshot, playing, drained, mode.
 */
#ifndef VDIBENCH_VGPU_H
#define VDIBENCH_VGPU_H

#include "harness/instrument/samples.h"
#include "harness/vm/sim/film-screen.h"
#include "harness/vm/sim/mediation.h"
#include "harness/vm/sim/qxl-device.h"

#include <glib.h>
#include <stdbool.h>

struct vgpu;

/* A snapshot could not be written, or a load broke off; the message is one line. Called in the
 * drawing thread. */
typedef void (*vgpu_failed_fn)(const char *message, void *data);

/* Starts drawing the console. The device must outlive the vGPU; `samples`
 * may be NULL. */
struct vgpu *vgpu_create(struct qxl_device *device, int width_px, int height_px, unsigned fps,
                         struct samples *samples, vgpu_failed_fn failed, void *data);

/* Shows the desktop from the next update on; ends a film that is playing. */
void vgpu_desktop(struct vgpu *vgpu);

/* Plays the film from its first picture, and repeats it; the notice "playing" follows
 * when the first picture has been drawn. Resumes a paused vGPU. `changes` NULL: each
 * picture is drawn whole, on its buffer where the device has 3D (qxl_device_use_scanout).
 * `mediation` is paid for before each picture (NULL: nothing is). All three must outlive the vGPU. */
void vgpu_film(struct vgpu *vgpu, struct film *film, const struct film_changes *changes,
               struct mediation *mediation);

/* Ends the film; the notice "drained" follows when the server has drawn everything.
 * The vGPU is paused then, and shows the last picture when it is resumed. Does nothing
 * when no film is playing. */
void vgpu_finish(struct vgpu *vgpu);

/* Stops after the current update; the notice "paused" follows when the server has
 * drawn everything. */
void vgpu_pause(struct vgpu *vgpu);
void vgpu_resume(struct vgpu *vgpu);

/* Stops after the current update and then calls `parked` once in the default main
 * context. From then on the vGPU does not touch the device until vgpu_unpark(); without
 * that call it never draws again. */
void vgpu_park(struct vgpu *vgpu, void (*parked)(void *data), void *data);

/* Continues on a screen of this size: with the same screen, drawn again, or, if
 * `boots`, with the console, also when the vGPU was paused. Ends a film. The notice
 * "mode" follows when the screen has been drawn (by the server, if the vGPU is
 * paused). */
void vgpu_unpark(struct vgpu *vgpu, unsigned width_px, unsigned height_px, bool boots);

/* Writes the vGPU's picture to a PNG file, between two updates. */
void vgpu_snapshot(struct vgpu *vgpu, const char *path);

/* Ends the thread, stops the device and frees; NULL is allowed. */
void vgpu_destroy(struct vgpu *vgpu);

#endif
