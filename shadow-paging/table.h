/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * table: what a guest's GPU page table looks like, and what its guest may do to it.
 *
 * The table is the last level alone: TABLE_PAGES pages of TABLE_PAGE_ENTRIES entries
 * of 8 bytes, 2 MiB, which map 1 GiB of the GPU's addresses. The upper levels are
 * written once when a guest's driver starts, so no policy differs in them. An entry is
 * laid out as those of Intel's GPUs since Gen8: bit 0 is set in a present one, bits 1
 * to 11 are flags that the hypervisor copies, bits 12 to 47 are the frame. A guest's
 * entry has a guest frame, the shadow PTE that the GPU sees has the host frame which the
 * p2m gives for it.
 */
#ifndef SHADOW_PAGING_TABLE_H
#define SHADOW_PAGING_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define TABLE_PAGES 512
#define TABLE_PAGE_ENTRIES 512
#define TABLE_ENTRIES (TABLE_PAGES * TABLE_PAGE_ENTRIES)
#define TABLE_ENTRY_BYTES 8
#define TABLE_PAGE_BYTES (TABLE_PAGE_ENTRIES * TABLE_ENTRY_BYTES)
#define TABLE_BYTES (TABLE_PAGES * TABLE_PAGE_BYTES)

#define ENTRY_PRESENT UINT64_C(1)
#define ENTRY_FLAGS UINT64_C(0xfff) /* with ENTRY_PRESENT */
#define ENTRY_FRAME_SHIFT 12
#define ENTRY_FRAME_MAX UINT64_C(0xfffffffff) /* 36 bits; bits 48 to 63 are ignored */
/* A shadow PTE through which the GPU reaches nothing. */
#define ENTRY_NONE UINT64_C(0)

static inline uint64_t entry_make(uint64_t frame, uint64_t flags)
{
    return (frame & ENTRY_FRAME_MAX) << ENTRY_FRAME_SHIFT | (flags & ENTRY_FLAGS);
}

static inline uint64_t entry_frame(uint64_t entry)
{
    return entry >> ENTRY_FRAME_SHIFT & ENTRY_FRAME_MAX;
}

static inline bool entry_is_present(uint64_t entry)
{
    return entry & ENTRY_PRESENT;
}

/* One store of the guest: the low size_bytes of value, at offset_bytes of its table.
 * Legal ones are an aligned entry, or an aligned half of one. The others are bad input
 * and have a defined result, too, see shadow.h. */
struct guest_write {
    uint64_t value;
    uint32_t offset_bytes;
    uint32_t size_bytes; /* 4 or 8; other sizes are refused with -EINVAL */
};

static inline struct guest_write guest_write_entry(unsigned page, unsigned entry, uint64_t value)
{
    return (struct guest_write){
        .value = value,
        .offset_bytes = page * TABLE_PAGE_BYTES + entry * TABLE_ENTRY_BYTES,
        .size_bytes = TABLE_ENTRY_BYTES,
    };
}

#endif
