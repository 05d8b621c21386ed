/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * accelerator: what QEMU runs a guest with: KVM where it works, else TCG, which emulates.
 *
 * That /dev/kvm opens proves nothing: there are KVMs that an unmodified kernel dies on, and QEMU's
 * own fallback does not notice. So the processor must have virtualisation, and a guest
 * must have booted. Main thread.
 */
#ifndef VDIBENCH_ACCELERATOR_H
#define VDIBENCH_ACCELERATOR_H

#include <glib.h>
#include <stdbool.h>

struct accelerator_place {
    const char *device;     /* ACCELERATOR_DEVICE */
    const char *processors; /* ACCELERATOR_PROCESSORS */
    /* Boots a guest with KVM, which ends at once; false and one line when it did not. */
    bool (*boot)(void *data, char **ret_problem);
    void *data;
};

#define ACCELERATOR_DEVICE "/dev/kvm"
#define ACCELERATOR_PROCESSORS "/proc/cpuinfo"

/* Whether it is KVM; `ret_reason` is one line, free it: which was taken, and why. */
bool accelerator_is_kvm(const struct accelerator_place *place, char **ret_reason);

#endif
