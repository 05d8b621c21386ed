/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vga: gives the VM's display a picture, over qtest: the Bochs extension of VGA
 * (VBE DISPI, QEMU: docs/specs/standard-vga.txt), which qxl-vga and virtio-vga
 * have alike.
 */
#ifndef GPU_MODULE_TESTS_VGA_H
#define GPU_MODULE_TESTS_VGA_H

#include "gpu-module/spice-server/tests/qemu/qtest.h"

/* 640x480, 32 bits: stripes of colours at the top, black below. */
void vga_show(struct qtest *qtest);

#endif
