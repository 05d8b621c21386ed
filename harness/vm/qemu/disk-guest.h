/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * disk-guest: a guest that is on a disk, in place of the small one (guest/prepare).
 *
 * The guest has vdibench installed. It finds a port `orders`, and starts guest/serve with its own
 * programs. What the small guest reads off its kernel's command line, this one reads in
 * DISK_GUEST_ARGUMENTS of the folder for samples, which it mounts by its tag.
 */
#ifndef VDIBENCH_DISK_GUEST_H
#define VDIBENCH_DISK_GUEST_H

#include "harness/vm/qemu/qemu-process.h"

#include <stdbool.h>

/* In the folder for samples. */
#define DISK_GUEST_ARGUMENTS "guest-arguments"

/* Beside the disk, in place of its ending: the firmware's variables of this guest. Without them the
 * firmware starts what lies on the disk as EFI/BOOT/BOOTX64.EFI. */
#define DISK_GUEST_VARIABLES "-vars.fd"

/* Writes what the guest and its firmware need into the folder for samples. False and `error` on
 * failure; when the firmware is not installed, as G_IO_ERROR_NOT_FOUND. */
bool disk_guest_prepare(const struct qemu_settings *settings, GError **error);

/* Adds machine, firmware and disks to QEMU's command line. Nothing is written to the guest's disk:
 * what it writes is lost with the VM. */
void disk_guest_add(GPtrArray *argv, const struct qemu_settings *settings);

#endif
