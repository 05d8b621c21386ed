/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * passthrough: a graphics card of the host's as a device of the VM, by VFIO
 * (QEMU: docs/pcie.txt; the kernel: Documentation/driver-api/vfio.rst).
 */
#ifndef VDIBENCH_PASSTHROUGH_H
#define VDIBENCH_PASSTHROUGH_H

#include <glib.h>

/* Adds the devices to QEMU's command line: `functions` are the PCI addresses of all functions of
 * the card, "0000:03:00.0,0000:03:00.1". In the VM they are those of one card again. The vGPU stays
 * the VM's first screen. */
void passthrough_add(GPtrArray *argv, const char *functions);

#endif
