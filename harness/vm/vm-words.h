/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-words: orders and events of a VM that is a program of ours, and so takes
 * commands and gives notices (harness/instrument/control.h).
 *
 * For the classes of such VMs; see vm.h.
 */
#ifndef VDIBENCH_VM_WORDS_H
#define VDIBENCH_VM_WORDS_H

#include "harness/vm/vm.h"

#include <stdbool.h>

bool vm_words_order(struct vm *vm, enum vm_order order, const char *argument, GError **error);
bool vm_words_next(struct vm *vm, enum vm_event_kind kind, struct vm_event *ret_event);

#endif
