/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-words: sends orders to a VM, and receives its events, in the words of
 * harness/instrument/control.h: commands and notices.
 *
 * For the classes (vm.h) of VMs that are programs of this project.
 */
#ifndef VDIBENCH_VM_WORDS_H
#define VDIBENCH_VM_WORDS_H

#include "harness/vm/vm.h"

#include <stdbool.h>

bool vm_words_order(struct vm *vm, enum vm_order order, const char *argument, GError **error);
bool vm_words_next(struct vm *vm, enum vm_event_kind kind, struct vm_event *ret_event);

#endif
