/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kvm-guest: a small guest in KVM, which does nothing but write its GPU page table.
 *
 * It runs in long mode at CPL 3, because there are hosts (PVM) whose KVM emulates what runs
 * at CPL 0. Its program takes a list of writes out of its memory, does them, and rings a
 * doorbell, an address without memory. All its addresses are physical ones:
 *   0        its program, page tables and list
 *   1 MiB    the doorbell: nothing is there
 *   2 MiB    the GPU page table
 *   4 MiB..  nothing: a write there is one outside the table
 *
 * A page of the table is protected by mprotect() on the memory behind it. KVM then ends
 * KVM_RUN with EFAULT, a real VM exit, and the guest's registers have what it wrote where.
 * A read-only memory slot would be KVM's own way, but changing a slot costs up to
 * milliseconds, so it is no way to change one page.
 */
#ifndef SHADOW_PAGING_KVM_GUEST_H
#define SHADOW_PAGING_KVM_GUEST_H

#include "shadow-paging/trap.h"

struct kvm_guest;

/* Sets trap->table; `logs`: KVM logs which pages are written. NULL: not possible here. */
struct kvm_guest *kvm_guest_create(struct trap *trap, bool logs, struct trap_reason *ret_reason);
void kvm_guest_destroy(struct kvm_guest *guest);

/* Any thread; the one virtual processor is taken in turns. -EIO: KVM has given up the guest. */
int kvm_guest_write(struct kvm_guest *guest, const struct guest_write *writes, size_t count);
int kvm_guest_protect(struct kvm_guest *guest, unsigned first_page, unsigned pages, bool protected);
/* Which pages have been written since the last call. */
int kvm_guest_read_log(struct kvm_guest *guest, struct trap_pages *ret_dirty);

#endif
