/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The engine by each policy, with a guest of the fake and of the segv back end. */
#include "shadow-paging/shadowed-guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *const policies[] = {"strict",    "full",        "static-50",
                                       "dynamic-2", "segmented-2", "auto"};
#define POLICIES (sizeof policies / sizeof policies[0])

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 24;
}

static void play(const char *trap, const char *policy, enum shadow_reconstruction reconstruction)
{
    struct trap_reason reason;
    struct shadowed_guest *guest = shadowed_guest_create(
        &(struct shadowed_guest_settings){
            .policy = policy, .trap = trap, .reconstruction = reconstruction, .checks = true},
        &reason);
    uint64_t chance = 7;

    assert_non_null(guest);
    for (unsigned submission = 0; submission < 60; submission++) {
        for (unsigned i = 0; i < 200; i++) {
            const struct guest_write write = guest_write_entry(
                (unsigned)(next(&chance) % 90), (unsigned)(next(&chance) % TABLE_PAGE_ENTRIES),
                entry_make(next(&chance) % 70000, next(&chance)));
            assert_int_equal(shadow_write(guest->shadow, &write, 1), 0);
        }
        assert_int_equal(shadow_submit(guest->shadow, NULL, 0), 0);
    }
    assert_int_equal(shadow_counters(guest->shadow).violations, 0);
    shadowed_guest_destroy(guest);
}

static void no_entry_is_stale_by_diff(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POLICIES; i++) {
        play("fake", policies[i], SHADOW_DIFF);
        play("segv", policies[i], SHADOW_DIFF);
    }
}

static void no_entry_is_stale_by_rebuild(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POLICIES; i++) {
        play("fake", policies[i], SHADOW_REBUILD);
        play("segv", policies[i], SHADOW_REBUILD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_entry_is_stale_by_diff),
        cmocka_unit_test(no_entry_is_stale_by_rebuild),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
