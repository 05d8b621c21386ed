/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Fuzzes the engine with a random sequence of writes, submissions, changes of the policy
 * and of the p2m, by the fake back end. A model keeps the guest's table beside it, and
 * rebuilds each page that was touched:
 *
 *   - after each submission the shadow is the model's, and the check finds nothing;
 *   - the guest's table is the model's, always;
 *   - a write that does not lie in the table as a whole changes nothing, and is counted;
 *   - a host frame that was taken away is not in the shadow any more.
 *
 * Input: the first byte has the reconstruction and the p2m, then one event after another: its
 * kind in the low three bits, and what its kind needs.
 */
#include "protocol/fuzz/must.h"
#include "shadow-paging/shadowed-guest.h"

#include <string.h>

#define FRAMES 64
/* The pages that are written: few, so that they are written often; the last one has the end. */
static const uint16_t pages[8] = {0, 1, 2, 3, 64, 65, 510, 511};

static const char *const policies[8] = {"strict",      "full",        "static-2",  "dynamic-1",
                                        "segmented-2", "segmented-1", "dynamic-2", "auto"};

enum event {
    WRITE,
    WRITE_MANY,
    WRITE_ANYWHERE,
    SUBMIT,
    SUBMIT_SOME,
    CHANGE_POLICY,
    CHANGE_FRAME,
    EVENTS
};

static uint64_t model[TABLE_ENTRIES];
static uint64_t writes_outside;

struct input {
    const uint8_t *at, *end;
};

static uint8_t next(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static void write_one(struct shadowed_guest *guest, const struct guest_write *write)
{
    const bool inside = write->offset_bytes <= TABLE_BYTES - write->size_bytes;

    must(shadow_write(guest->shadow, write, 1) == 0);
    if (inside)
        memcpy((char *)model + write->offset_bytes, &write->value, write->size_bytes);
    writes_outside += !inside;
}

static uint64_t entry_of(uint8_t byte)
{
    return entry_make(byte % (FRAMES + 8), byte >> 6);
}

static void must_be_shadowed(struct shadowed_guest *guest)
{
    struct shadow_violation violation;

    must(!shadow_violation(guest->shadow, &violation));
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t *page = &model[pages[i] * TABLE_PAGE_ENTRIES];
        must(memcmp(&guest->trap->table[pages[i] * TABLE_PAGE_ENTRIES], page, TABLE_PAGE_BYTES) ==
             0);
        for (unsigned entry = 0; entry < TABLE_PAGE_ENTRIES; entry++)
            must(shadow_pte(guest->shadow, pages[i], entry) ==
                 p2m_reference(guest->p2m, page[entry]));
    }
}

static void must_not_reach(struct shadowed_guest *guest, uint32_t host_frame)
{
    for (unsigned i = 0; i < 8; i++) {
        for (unsigned entry = 0; entry < TABLE_PAGE_ENTRIES; entry++)
            must(entry_frame(shadow_pte(guest->shadow, pages[i], entry)) != host_frame);
    }
}

static void change_policy(struct shadowed_guest *guest, uint8_t which)
{
    struct policy *before = guest->policy;

    guest->policy = policy_create(policies[which % 8]);
    must(guest->policy);
    shadow_set_policy(guest->shadow, guest->policy);
    policy_destroy(before);
}

static void happen(struct shadowed_guest *guest, uint8_t kind, struct input *input)
{
    const unsigned page = pages[kind >> 3 & 7];
    uint16_t some[8];

    switch (kind % 8) {
    case WRITE: {
        const struct guest_write write =
            guest_write_entry(page, next(input) * 2u, entry_of(next(input)));
        write_one(guest, &write);
        break;
    }
    case WRITE_MANY: {
        const uint8_t value = next(input);
        for (unsigned i = 0; i < 16; i++) {
            const struct guest_write write =
                guest_write_entry(page, i * 3, entry_of((uint8_t)(value + i)));
            write_one(guest, &write);
        }
        break;
    }
    case WRITE_ANYWHERE: { /* a half, a straddling one, one that ends outside */
        const uint8_t where = next(input);
        struct guest_write write = {.size_bytes = where & 1 ? 8 : 4};
        write.offset_bytes =
            page * TABLE_PAGE_BYTES + (where & 2 ? TABLE_PAGE_BYTES - 8 : 0) + (where >> 2) % 24;
        for (unsigned i = 0; i < write.size_bytes; i += 2)
            write.value = write.value << 16 | next(input);
        write_one(guest, &write);
        break;
    }
    case SUBMIT:
        must(shadow_submit(guest->shadow, pages, 8) == 0);
        must_be_shadowed(guest);
        break;
    case SUBMIT_SOME:
        for (unsigned i = 0; i < 8; i++)
            some[i] = pages[(kind + i) % 8];
        must(shadow_submit(guest->shadow, some, kind >> 3 & 7) == 0);
        must_be_shadowed(guest);
        break;
    case CHANGE_POLICY:
        change_policy(guest, kind >> 3);
        break;
    case CHANGE_FRAME: {
        const uint8_t frame = next(input) % (FRAMES + 4);
        const uint32_t host_frame = p2m_lookup(guest->p2m, frame);
        const int result =
            shadow_set_frame(guest->shadow, frame, kind & 8 ? P2M_NO_FRAME : 0x100000u + kind);
        must((result == 0) == (frame < FRAMES));
        if (result == 0 && kind & 8 && host_frame != P2M_NO_FRAME && host_frame < 0x100000)
            must_not_reach(guest, host_frame);
        break;
    }
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {bytes, bytes + size};
    const uint8_t first = next(&input);
    struct trap_reason reason;
    struct shadowed_guest *guest = shadowed_guest_create(
        &(struct shadowed_guest_settings){.policy = policies[first >> 5],
                                          .trap = "fake",
                                          .reconstruction =
                                              first & 1 ? SHADOW_REBUILD : SHADOW_DIFF,
                                          .p2m = first & 2 ? P2M_TREE : P2M_ARRAY,
                                          .frames = FRAMES,
                                          .seed = first,
                                          .checks = true},
        &reason);

    must(guest);
    memset(model, 0, sizeof model);
    writes_outside = 0;
    while (input.at < input.end)
        happen(guest, next(&input), &input);
    must(shadow_submit(guest->shadow, pages, 8) == 0);
    must_be_shadowed(guest);
    must(shadow_counters(guest->shadow).writes_outside == writes_outside);
    shadowed_guest_destroy(guest);
    return 0;
}
