/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/hot-set.h"

#include "shadow-paging/table.h"

#include <glib.h>

struct hot_set {
    uint16_t pages[TABLE_PAGES];
    unsigned hot;
    unsigned next;        /* the hot page that becomes cold next */
    unsigned percent_due; /* hundredths of a page that have not drifted yet */
    uint64_t state;
};

/* SplitMix64: its sequence is the same on each machine. */
static uint64_t next_random(struct hot_set *hot)
{
    uint64_t z = hot->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t hot_set_random(struct hot_set *hot, uint32_t bound)
{
    return (uint32_t)((next_random(hot) >> 32) * bound >> 32);
}

static void swap(struct hot_set *hot, unsigned a, unsigned b)
{
    uint16_t page = hot->pages[a];
    hot->pages[a] = hot->pages[b];
    hot->pages[b] = page;
}

struct hot_set *hot_set_create(unsigned pages, uint64_t seed)
{
    struct hot_set *hot = g_new0(struct hot_set, 1);

    hot->hot = MIN(pages, TABLE_PAGES);
    hot->state = seed;
    for (unsigned i = 0; i < TABLE_PAGES; i++)
        hot->pages[i] = (uint16_t)i;
    for (unsigned i = TABLE_PAGES - 1; i > 0; i--)
        swap(hot, i, hot_set_random(hot, i + 1));
    return hot;
}

void hot_set_destroy(struct hot_set *hot)
{
    g_free(hot);
}

const uint16_t *hot_set_pages(const struct hot_set *hot)
{
    return hot->pages;
}

/* A cold page that has become hot is out of reach for the next one: each is another one. */
void hot_set_drift(struct hot_set *hot, unsigned pct)
{
    const unsigned cold = TABLE_PAGES - hot->hot;

    hot->percent_due += hot->hot * pct;
    unsigned count = MIN(hot->percent_due / 100, cold);
    hot->percent_due %= 100;
    for (unsigned i = 0; i < count; i++) {
        unsigned chosen = hot->hot + i + hot_set_random(hot, cold - i);
        swap(hot, hot->hot + i, chosen);
        swap(hot, hot->next, hot->hot + i);
        hot->next = (hot->next + 1) % hot->hot;
    }
}
