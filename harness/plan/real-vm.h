/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * real-vm: which cases make sense with a real VM (harness/vm/qemu).
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_REAL_VM_H
#define VDIBENCH_REAL_VM_H

#include "harness/plan/case.h"

#include <stdbool.h>

/* False and `error`, one line that names the reason, where the case has a real VM and cannot be
 * run with it, or has the port of one without it. `own_guest`: its guest is on a disk
 * (run --guest), which may have an X server. */
bool real_vm_admits(const struct plan_case *c, bool own_guest, GError **error);

/* A table of Markdown: of each scenario the routes that run with a real VM, and what keeps the others
 * from it. Free it. */
char *real_vm_table(const GPtrArray *scenarios);

#endif
