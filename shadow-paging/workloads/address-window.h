/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * address-window: the GPU addresses that a program has, and which of its surfaces are bound there.
 *
 * A surface is bound when it is used: its page table entries are written. Where there is no room
 * the surfaces go that were used the longest time ago. Nothing is written for these: their entries
 * stay until others take their place. One thread at a time.
 */
#ifndef VDIBENCH_SHADOW_PAGING_ADDRESS_WINDOW_H
#define VDIBENCH_SHADOW_PAGING_ADDRESS_WINDOW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct address_window;

/* `pages` of the table's last-level pages from the `first_page`-th on. */
struct address_window *address_window_create(unsigned first_page, unsigned pages);
void address_window_destroy(struct address_window *window);

/* The surface is used, which has so many `entries` and begins at a guest frame; its frames follow
 * each other modulo `frames`. Appends what has to be written (struct guest_write) to `writes`. False
 * when it is larger than the window; then nothing is changed. */
bool address_window_use(struct address_window *window, unsigned surface, unsigned entries,
                        uint32_t first_frame, uint32_t frames, GArray *writes);

/* The first of its entries, counted in the whole table; -1: it is not bound. */
int address_window_find(const struct address_window *window, unsigned surface);

#endif
