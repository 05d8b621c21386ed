/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * diff: which entries of a page differ from its snapshot.
 *
 * Pure functions. The page may be written meanwhile by the guest: an entry that changes
 * during the scan is found now or by the next one, which compares with what was read.
 */
#ifndef SHADOW_PAGING_DIFF_H
#define SHADOW_PAGING_DIFF_H

#include <stdint.h>

/* Compares TABLE_PAGE_ENTRIES entries. The indices of those that differ are in
 * ret_changed, ascending; their number is returned. Both pages are aligned to 64 bytes. */
typedef unsigned (*diff_scan)(const uint64_t *page, const uint64_t *snapshot,
                              uint16_t *ret_changed);

unsigned diff_scan_scalar(const uint64_t *page, const uint64_t *snapshot, uint16_t *ret_changed);

/* The fastest one of this processor, and its name: avx512, avx2 or scalar. */
diff_scan diff_choose(const char **ret_name);
/* One of that name; NULL if this processor does not have it. */
diff_scan diff_by_name(const char *name);

#endif
