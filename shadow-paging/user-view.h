/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * user-view: a guest's table in user space. Its memory is mapped twice: what the guest
 * writes can be protected, what the hypervisor sees never is. Protected or not, stores of
 * the guest that fault with SIGSEGV or SIGBUS are given to the trap's handler, and left out.
 *
 * The guest's stores are made by two functions of one instruction each, so the
 * signal's handler finds value and size in the registers and need not decode anything.
 * Faults of anything else go to whoever handled the signal before. Linux on x86-64.
 */
#ifndef SHADOW_PAGING_USER_VIEW_H
#define SHADOW_PAGING_USER_VIEW_H

#include "shadow-paging/trap.h"

struct user_view {
    struct trap *trap;
    uint8_t *guest; /* TABLE_BYTES, and a page beyond them that is never there */
    int memory_fd;
};

/* Tables at a time in one process: each is a guest. */
#define USER_VIEWS_MAX 256

/* Sets trap->table. */
bool user_view_start(struct user_view *view, struct trap *trap, struct trap_reason *ret_reason);
/* No thread writes any more. */
void user_view_stop(struct user_view *view);
/* The guest's stores, on this thread: trap_ops.write. */
void user_view_write(struct user_view *view, const struct guest_write *writes, size_t count);

#endif
