/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vgpu: the guest's graphics driver and what draws with it: a thread called
 * vgpu-draw that updates the screen at a steady rate and hands each dirty
 * rectangle to the QXL device.
 *
 * Each update ends with its barcode, the count of updates modulo 65536, so
 * that a client which shows a number has been sent all of that update.
 * A film is played in slots, 1/fps s apart and planned when it begins (open
 * loop): what is drawn late does not move the next slot. A slot that has passed
 * when the one before is done is left out, as a video player drops frames.
 *
 * The functions may be called in any one thread; they only leave a message
 * for the drawing thread, which answers with notices (see control.h):
 * vgpu, paused, snapshot, playing, drained, mode.
 */
#ifndef VDIBENCH_VGPU_H
#define VDIBENCH_VGPU_H

#include "harness/instrument/samples.h"
#include "harness/vm/sim/film-screen.h"
#include "harness/vm/sim/qxl-device.h"

#include <glib.h>
#include <stdbool.h>

struct vgpu;

/* A snapshot could not be written; the message is one line. Called in the
 * drawing thread. */
typedef void (*vgpu_failed_fn)(const char *message, void *data);

/* Starts drawing the console. The device must outlive the vGPU; `samples`
 * may be NULL. */
struct vgpu *vgpu_create(struct qxl_device *device, int width_px, int height_px, unsigned fps,
                         struct samples *samples, vgpu_failed_fn failed, void *data);

/* From the next update on the desktop is shown; a film that plays is over. */
void vgpu_desktop(struct vgpu *vgpu);

/* Plays the film from its first picture on, round and round; "playing" when
 * that one is drawn. A paused vGPU goes on. `changes` NULL: each picture is
 * drawn whole. Film and changes outlive the vGPU. */
void vgpu_film(struct vgpu *vgpu, struct film *film, const struct film_changes *changes);

/* The film has no further slots; "drained" when the server has drawn it all.
 * The vGPU is paused then, and shows the last picture when it goes on. Without
 * a film that plays it does nothing. */
void vgpu_finish(struct vgpu *vgpu);

/* Stops after the current update; "paused" when the server has drawn it all. */
void vgpu_pause(struct vgpu *vgpu);
void vgpu_resume(struct vgpu *vgpu);

/* Stops after the current update; then `parked` is called once in the default
 * main context, and the device is its own until vgpu_unpark(). Without one the
 * vGPU never draws again. */
void vgpu_park(struct vgpu *vgpu, void (*parked)(void *data), void *data);

/* Goes on, on a screen of this size: the one that it showed, drawn anew, or the
 * console of a guest that boots, which no pause holds up. A film is over.
 * "mode" when it is drawn (of a paused vGPU: when the server has drawn it). */
void vgpu_unpark(struct vgpu *vgpu, unsigned width_px, unsigned height_px, bool boots);

/* Writes the vGPU's own picture as it is between two updates. */
void vgpu_snapshot(struct vgpu *vgpu, const char *path);

/* Ends the thread, stops the device and frees; NULL is allowed. */
void vgpu_destroy(struct vgpu *vgpu);

#endif
