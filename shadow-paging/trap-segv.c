/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Write-protected mappings: mprotect() and SIGSEGV. Works wherever Linux does. */
#include "shadow-paging/trap-backends.h"
#include "shadow-paging/user-view.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static bool start(struct trap *trap, struct trap_reason *ret_reason)
{
    struct user_view *view = calloc(1, sizeof *view);

    if (!view)
        return trap_fails(ret_reason, "segv: no memory");
    if (!user_view_start(view, trap, ret_reason)) {
        free(view);
        return false;
    }
    trap->own = view;
    return true;
}

static void stop(struct trap *trap)
{
    user_view_stop(trap->own);
    free(trap->own);
}

static int set(struct trap *trap, unsigned first_page, unsigned pages, int protection)
{
    const struct user_view *view = trap->own;
    uint8_t *first = view->guest + first_page * TABLE_PAGE_BYTES;

    return mprotect(first, pages * TABLE_PAGE_BYTES, protection) == 0 ? 0 : -errno;
}

static int protect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return set(trap, first_page, pages, PROT_READ);
}

static int unprotect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return set(trap, first_page, pages, PROT_READ | PROT_WRITE);
}

static int write_all(struct trap *trap, const struct guest_write *writes, size_t count)
{
    user_view_write(trap->own, writes, count);
    return 0;
}

const struct trap_ops trap_segv = {
    "segv",    "a store into a write-protected mapping: SIGSEGV, emulated and left out",
    start,     stop,
    protect,   unprotect,
    write_all, NULL,
};
