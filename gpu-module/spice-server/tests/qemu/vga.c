/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/qemu/vga.h"

#include <glib.h>
#include <stdint.h>

#define WIDTH_PX 640
#define HEIGHT_PX 480
#define BITS 32

#define DISPI_INDEX 0x1ce
#define DISPI_DATA 0x1cf
enum { DISPI_XRES = 1, DISPI_YRES, DISPI_BPP, DISPI_ENABLE };
#define DISPI_ENABLED 1

/* The attribute controller's index register: bit 5 shows the picture. */
#define VGA_ATTRIBUTE 0x3c0
#define VGA_ATTRIBUTE_SHOW 0x20
/* 64 KiB of the picture's beginning. */
#define VGA_WINDOW 0xa0000
#define VGA_WINDOW_BYTES 65536
#define STRIPE_PIXELS 1600

static void dispi(struct qtest *qtest, uint16_t index, uint16_t value)
{
    qtest_out16(qtest, DISPI_INDEX, index);
    qtest_out16(qtest, DISPI_DATA, value);
}

static void draw(struct qtest *qtest)
{
    g_autofree uint32_t *pixels = g_malloc(VGA_WINDOW_BYTES);

    for (unsigned i = 0; i < VGA_WINDOW_BYTES / sizeof *pixels; i++)
        pixels[i] = 0x123456u * (1 + i / STRIPE_PIXELS) & 0xffffff;
    qtest_write(qtest, VGA_WINDOW, pixels, VGA_WINDOW_BYTES);
}

void vga_show(struct qtest *qtest)
{
    dispi(qtest, DISPI_XRES, WIDTH_PX);
    dispi(qtest, DISPI_YRES, HEIGHT_PX);
    dispi(qtest, DISPI_BPP, BITS);
    dispi(qtest, DISPI_ENABLE, DISPI_ENABLED);
    qtest_out8(qtest, VGA_ATTRIBUTE, VGA_ATTRIBUTE_SHOW);
    draw(qtest);
}
