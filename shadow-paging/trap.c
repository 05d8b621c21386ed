/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/trap.h"

#include "shadow-paging/trap-backends.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Repeats of a measurement, of which the median counts; and operations in one. */
#define REPEATS 9
#define OPERATIONS 16

static const struct trap_ops *const all[] = {
    &trap_kvm, &trap_segv, &trap_userfaultfd, &trap_kvm_dirty_log, &trap_fake, NULL,
};

const struct trap_ops *const *trap_all(void)
{
    return all;
}

const struct trap_ops *trap_by_name(const char *name)
{
    for (unsigned i = 0; all[i]; i++) {
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    }
    return NULL;
}

/* --- what it costs ---------------------------------------------------------- */

/* Of this thread: nothing here waits, and a busy machine does not count. */
static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, REPEATS, sizeof *values, by_value);
    return values[REPEATS / 2];
}

static void ignore(void *data, const struct guest_write *write) {}

static void count(void *data, const struct guest_write *write)
{
    ++*(unsigned *)data;
}

/* So that writes are noticed. A log of what was written is read, which clears it. */
static int arm(struct trap *trap, unsigned first_page, unsigned pages)
{
    struct trap_pages dirty;

    return trap->ops->read_dirty ? trap->ops->read_dirty(trap, &dirty)
                                 : trap_protect(trap, first_page, pages);
}

/* False: it does not do what it is for. */
static bool measure(struct trap *trap)
{
    unsigned traps = 0;
    double trap_ns[REPEATS], unprotect_ns[REPEATS], protect_ns[REPEATS];
    struct guest_write writes[OPERATIONS];

    for (unsigned i = 0; i < OPERATIONS; i++)
        writes[i] = guest_write_entry(2 * i, i, 0);
    trap->handler = (struct trap_handler){count, &traps};
    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        if (arm(trap, 0, TABLE_PAGES) != 0)
            return false;
        double begin_ns = now_ns();
        if (trap_write(trap, writes, OPERATIONS) != 0)
            return false;
        trap_ns[repeat] = (now_ns() - begin_ns) / OPERATIONS;
        begin_ns = now_ns();
        for (unsigned i = 0; i < OPERATIONS; i++) {
            if (trap_unprotect(trap, 2 * i, 1) != 0)
                return false;
        }
        unprotect_ns[repeat] = (now_ns() - begin_ns) / OPERATIONS;
        if (trap_write(trap, writes, OPERATIONS) != 0) /* so that the pages are there */
            return false;
        begin_ns = now_ns();
        for (unsigned i = 0; i < OPERATIONS; i++) {
            if (arm(trap, 2 * i, 1) != 0)
                return false;
        }
        protect_ns[repeat] = (now_ns() - begin_ns) / OPERATIONS;
    }
    trap->costs = (struct trap_costs){median(trap_ns), median(unprotect_ns), median(protect_ns)};
    trap->handler = (struct trap_handler){ignore, NULL};
    return trap_unprotect(trap, 0, TABLE_PAGES) == 0 &&
           traps == (trap->ops->read_dirty ? 0 : REPEATS * OPERATIONS);
}

/* --- the interface ----------------------------------------------------------- */

struct trap *trap_create(const struct trap_ops *ops, struct trap_reason *ret_reason)
{
    struct trap *trap = calloc(1, sizeof *trap);

    ret_reason->text[0] = '\0';
    if (!trap) {
        trap_fails(ret_reason, "no memory");
        return NULL;
    }
    trap->ops = ops;
    trap->handler.write = ignore;
    if (!ops->start(trap, ret_reason)) {
        free(trap);
        return NULL;
    }
    if (!measure(trap)) {
        trap_fails(ret_reason, "%s: it starts, but a write to a protected page does not trap",
                   ops->name);
        trap_destroy(trap);
        return NULL;
    }
    return trap;
}

void trap_destroy(struct trap *trap)
{
    if (!trap)
        return;
    trap->ops->stop(trap);
    free(trap);
}

void trap_set_handler(struct trap *trap, struct trap_handler handler)
{
    trap->handler = handler;
}

int trap_protect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return trap->ops->protect(trap, first_page, pages);
}

int trap_unprotect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return trap->ops->unprotect(trap, first_page, pages);
}

int trap_write(struct trap *trap, const struct guest_write *writes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (writes[i].size_bytes != 4 && writes[i].size_bytes != 8)
            return -EINVAL;
    }
    return trap->ops->write(trap, writes, count);
}
