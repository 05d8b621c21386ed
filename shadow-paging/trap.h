/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * trap: how the hypervisor gets to know that the guest writes its page table.
 *
 * A back end owns the table's memory. The guest writes through trap_write(); a store
 * into a protected page does not happen, but is reported to the handler, which
 * emulates it through the hypervisor's own view of the same memory. A store into an
 * unprotected page just happens.
 *
 * | back end      | a trap is                                         | where           |
 * |---------------|---------------------------------------------------|-----------------|
 * | fake          | a call: a double for tests                        | everywhere      |
 * | segv          | a write-protected mapping and SIGSEGV             | Linux on x86-64 |
 * | userfaultfd   | userfaultfd's write protection and SIGBUS         | where permitted |
 * | kvm           | a real VM exit of a small guest that runs in KVM  | /dev/kvm        |
 * | kvm-dirty-log | none: KVM logs which pages were written (a rival) | /dev/kvm        |
 *
 * trap_create() tries the back end by running it, and measures what it costs here.
 * Threads: any number may write; protect and unprotect are called by one at a time.
 */
#ifndef SHADOW_PAGING_TRAP_H
#define SHADOW_PAGING_TRAP_H

#include "shadow-paging/table.h"

#include <stddef.h>
#include <stdint.h>

/* Why something is not available here: one line without a full stop at its end. */
struct trap_reason {
    char text[256];
};

/* Who emulates. Called on the thread that writes, perhaps in a signal's handler: it
 * allocates nothing and calls no stdio. */
struct trap_handler {
    void (*write)(void *data, const struct guest_write *write);
    void *data;
};

/* Measured by trap_create() on this machine, in this process; medians. */
struct trap_costs {
    double
        trap_ns; /* a store that traps, without what the handler does; of a log the store that is logged */
    double unprotect_ns; /* of one page */
    double protect_ns;   /* of one page; of a log, of reading it all */
};

/* One bit for each page of the table. */
struct trap_pages {
    uint64_t bits[TABLE_PAGES / 64];
};

struct trap;

struct trap_ops {
    const char *name;
    const char *what; /* a trap is ..., for a person */
    /* False: not available here, for the reason that is then in ret_reason. */
    bool (*start)(struct trap *trap, struct trap_reason *ret_reason);
    void (*stop)(struct trap *trap);
    /* 0 or a negative errno. After an error the pages are as they were, or protected. */
    int (*protect)(struct trap *trap, unsigned first_page, unsigned pages);
    int (*unprotect)(struct trap *trap, unsigned first_page, unsigned pages);
    int (*write)(struct trap *trap, const struct guest_write *writes, size_t count);
    /* Which pages have been written since the last call. NULL: this one traps. */
    int (*read_dirty)(struct trap *trap, struct trap_pages *ret_dirty);
};

struct trap {
    const struct trap_ops *ops;
    uint64_t *table; /* the hypervisor's view: TABLE_ENTRIES entries, never protected */
    struct trap_handler handler;
    struct trap_costs costs;
    void *own; /* the back end's */
};

/* All of them, NULL at the end; the preferred ones first. */
const struct trap_ops *const *trap_all(void);
const struct trap_ops *trap_by_name(const char *name); /* NULL: there is none */

/* Of a zeroed, unprotected table. NULL: the back end is not available here, and
 * ret_reason has the reason. */
struct trap *trap_create(const struct trap_ops *ops, struct trap_reason *ret_reason);
void trap_destroy(struct trap *trap);

/* Before the first write; the handler outlives all writes. */
void trap_set_handler(struct trap *trap, struct trap_handler handler);
int trap_protect(struct trap *trap, unsigned first_page, unsigned pages);
int trap_unprotect(struct trap *trap, unsigned first_page, unsigned pages);
/* The guest performs these stores, in this order. Outside the table a store does not
 * happen, and is reported to the handler like one that traps. -EINVAL: a size is
 * neither 4 nor 8, and nothing has been written. */
int trap_write(struct trap *trap, const struct guest_write *writes, size_t count);

#endif
