/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* A double for tests: looks at a list of what is protected, where the others have a MMU. */
#include "shadow-paging/trap-backends.h"

#include <stdlib.h>
#include <string.h>

struct fake {
    _Atomic bool protected[TABLE_PAGES];
};

static bool start(struct trap *trap, struct trap_reason *ret_reason)
{
    trap->table = aligned_alloc(TABLE_PAGE_BYTES, TABLE_BYTES);
    trap->own = calloc(1, sizeof(struct fake));
    if (trap->table && trap->own) {
        memset(trap->table, 0, TABLE_BYTES);
        return true;
    }
    free(trap->table);
    free(trap->own);
    return trap_fails(ret_reason, "fake: no memory");
}

static void stop(struct trap *trap)
{
    free(trap->table);
    free(trap->own);
}

static int set(struct trap *trap, unsigned first_page, unsigned pages, bool protected)
{
    struct fake *fake = trap->own;

    for (unsigned i = 0; i < pages; i++)
        fake->protected[first_page + i] = protected;
    return 0;
}

static int protect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return set(trap, first_page, pages, true);
}

static int unprotect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return set(trap, first_page, pages, false);
}

static int write_all(struct trap *trap, const struct guest_write *writes, size_t count)
{
    const struct fake *fake = trap->own;

    for (size_t i = 0; i < count; i++) {
        const struct guest_write *write = &writes[i];
        const uint32_t last = write->offset_bytes + write->size_bytes - 1;
        if (!trap_is_inside(write) || fake->protected[write->offset_bytes / TABLE_PAGE_BYTES] ||
            fake->protected[last / TABLE_PAGE_BYTES])
            trap->handler.write(trap->handler.data, write);
        else
            memcpy((char *)trap->table + write->offset_bytes, &write->value, write->size_bytes);
    }
    return 0;
}

const struct trap_ops trap_fake = {
    "fake", "a call of the double for tests", start, stop, protect, unprotect, write_all, NULL,
};
