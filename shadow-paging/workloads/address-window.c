/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/address-window.h"

#include "shadow-paging/table.h"

struct bound {
    unsigned surface, first, entries; /* entries of the window */
};

struct address_window {
    unsigned first, entries; /* of the table */
    GArray *bound;           /* struct bound, the one that was used last at the end */
};

static struct bound *bound_at(const struct address_window *window, unsigned index)
{
    return &g_array_index(window->bound, struct bound, index);
}

struct address_window *address_window_create(unsigned first_page, unsigned pages)
{
    struct address_window *window = g_new0(struct address_window, 1);

    window->first = first_page * TABLE_PAGE_ENTRIES;
    window->entries = pages * TABLE_PAGE_ENTRIES;
    window->bound = g_array_new(false, false, sizeof(struct bound));
    return window;
}

void address_window_destroy(struct address_window *window)
{
    if (!window)
        return;
    g_array_unref(window->bound);
    g_free(window);
}

/* Where the next surface lies at or behind `entry`; the window's end: nowhere. */
static const struct bound *next_bound(const struct address_window *window, unsigned entry)
{
    const struct bound *next = NULL;

    for (unsigned i = 0; i < window->bound->len; i++) {
        const struct bound *one = bound_at(window, i);
        if (one->first + one->entries > entry && (!next || one->first < next->first))
            next = one;
    }
    return next;
}

/* The first gap that is large enough; the window's end: there is none. */
static unsigned find_gap(const struct address_window *window, unsigned entries)
{
    unsigned at = 0;

    while (at + entries <= window->entries) {
        const struct bound *next = next_bound(window, at);
        if (!next || next->first >= at + entries)
            return at;
        at = next->first + next->entries;
    }
    return window->entries;
}

static int find(const struct address_window *window, unsigned surface)
{
    for (unsigned i = 0; i < window->bound->len; i++) {
        if (bound_at(window, i)->surface == surface)
            return (int)i;
    }
    return -1;
}

static void write_entries(const struct address_window *window, const struct bound *bound,
                          uint32_t first_frame, uint32_t frames, GArray *writes)
{
    for (unsigned i = 0; i < bound->entries; i++) {
        unsigned entry = window->first + bound->first + i;
        struct guest_write write =
            guest_write_entry(entry / TABLE_PAGE_ENTRIES, entry % TABLE_PAGE_ENTRIES,
                              entry_make((first_frame + i) % frames, ENTRY_PRESENT));
        g_array_append_val(writes, write);
    }
}

bool address_window_use(struct address_window *window, unsigned surface, unsigned entries,
                        uint32_t first_frame, uint32_t frames, GArray *writes)
{
    struct bound bound = {surface, 0, entries};
    int at = find(window, surface);

    if (entries > window->entries)
        return false;
    if (at >= 0) {
        bound = *bound_at(window, (unsigned)at);
        g_array_remove_index(window->bound, (unsigned)at);
    } else {
        while ((bound.first = find_gap(window, entries)) == window->entries)
            g_array_remove_index(window->bound, 0);
        write_entries(window, &bound, first_frame, frames, writes);
    }
    g_array_append_val(window->bound, bound);
    return true;
}

int address_window_find(const struct address_window *window, unsigned surface)
{
    int at = find(window, surface);
    return at < 0 ? -1 : (int)(window->first + bound_at(window, (unsigned)at)->first);
}
