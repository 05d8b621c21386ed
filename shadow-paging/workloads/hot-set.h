/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * hot-set: the page table pages that a load writes at present, and how they drift.
 *
 * Random, and the same for the same seed. One thread at a time.
 */
#ifndef VDIBENCH_SHADOW_PAGING_HOT_SET_H
#define VDIBENCH_SHADOW_PAGING_HOT_SET_H

#include <stdint.h>

struct hot_set;

/* `pages` of the table's pages, at most all of them. */
struct hot_set *hot_set_create(unsigned pages, uint64_t seed);
void hot_set_destroy(struct hot_set *hot);

/* All of the table's pages, each once; the hot ones are the first. Valid until the next drift. */
const uint16_t *hot_set_pages(const struct hot_set *hot);

/* So many percent of the hot pages become cold, and others hot in their place. Parts of a page
 * are kept for the next time. Where there are too few cold pages all of them become hot. */
void hot_set_drift(struct hot_set *hot, unsigned pct);

/* From 0 to below `bound`. */
uint32_t hot_set_random(struct hot_set *hot, uint32_t bound);

#endif
