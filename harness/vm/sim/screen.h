/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * screen: one of the pictures that the vGPU shows in the course of a boot.
 *
 * What a screen shows depends only on its kind, its size and the number of steps. It
 * leaves the barcode's place alone; where a rectangle that it reports includes some
 * of that place, the barcode of the update before is drawn again.
 */
#ifndef VDIBENCH_SCREEN_H
#define VDIBENCH_SCREEN_H

#include "harness/vm/sim/damage.h"

#include <stdbool.h>

struct vm_screen;

struct vm_screen {
    const char *name; /* in notices and samples */
    bool whole;       /* each step reports the whole picture, the barcode's place included */
    bool scanned_out; /* it is drawn on a vGPU's buffer, and not by drawing commands */
    /* Draws everything anew, from the first step. */
    void (*begin)(struct vm_screen *screen, struct framebuffer *picture);
    /* Draws the next step and adds the rectangles that it changed. */
    void (*step)(struct vm_screen *screen, struct framebuffer *picture, struct damage *damage);
    void (*destroy)(struct vm_screen *screen);
};

/* Rows of pixels at the top that belong to the barcode. */
#define SCREEN_TOP_PX 32

/* The console of a booting guest: lines that scroll up. */
struct vm_screen *console_create(void);

/* A desktop: windows, parts of which change at each step. */
struct vm_screen *desktop_create(void);

#endif
