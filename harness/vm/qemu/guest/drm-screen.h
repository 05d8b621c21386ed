/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * drm-screen: the guest's vGPU as a program in the guest draws on it: a card of the Linux kernel
 * (DRM), of which this process is the master.
 *
 * One thread. A failed call of the kernel is an `error` of one line.
 */
#ifndef VDIBENCH_DRM_SCREEN_H
#define VDIBENCH_DRM_SCREEN_H

#include "auto-destroy.h"
#include "harness/vm/sim/damage.h"

#include <stdbool.h>

struct drm_screen;

/* Opens the card with this driver ("qxl"). Nothing is shown before drm_screen_set_mode(). */
struct drm_screen *drm_screen_open(const char *driver, GError **error);

/* Shows this picture, in a mode of its size. */
bool drm_screen_set_mode(struct drm_screen *screen, const struct framebuffer *picture,
                         GError **error);

/* Draws what has changed in `picture`, which has the mode's size; returns when the driver has
 * passed it on to the device. */
bool drm_screen_draw(struct drm_screen *screen, const struct framebuffer *picture,
                     const struct damage *damage, GError **error);

/* The kernel's console is shown again. NULL is allowed. */
void drm_screen_destroy(struct drm_screen *screen);

DEFINE_AUTO_DESTROY(drm_screen, drm_screen_destroy)

#endif
