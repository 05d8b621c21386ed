/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The engine, with the fake back end: what it does for each page, and what bad input leads to. */
#include "shadow-paging/shadowed-guest.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PRESENT ENTRY_PRESENT

static struct shadowed_guest *create(const char *policy, enum shadow_reconstruction reconstruction)
{
    struct trap_reason reason;
    struct shadowed_guest *guest =
        shadowed_guest_create(&(struct shadowed_guest_settings){.policy = policy,
                                                                .trap = "fake",
                                                                .reconstruction = reconstruction,
                                                                .p2m = P2M_TREE,
                                                                .checks = true},
                              &reason);
    assert_non_null(guest);
    return guest;
}

static void write_entry(struct shadowed_guest *guest, unsigned page, unsigned entry, uint64_t value)
{
    const struct guest_write write = guest_write_entry(page, entry, value);
    assert_int_equal(shadow_write(guest->shadow, &write, 1), 0);
}

static void write_bytes(struct shadowed_guest *guest, uint32_t offset_bytes, uint32_t size_bytes,
                        uint64_t value)
{
    const struct guest_write write = {value, offset_bytes, size_bytes};
    assert_int_equal(shadow_write(guest->shadow, &write, 1), 0);
}

static void submit(struct shadowed_guest *guest)
{
    assert_int_equal(shadow_submit(guest->shadow, NULL, 0), 0);
}

static void expect_shadow_of(struct shadowed_guest *guest, unsigned page, unsigned entry,
                             uint64_t value)
{
    assert_int_equal(guest->trap->table[page * TABLE_PAGE_ENTRIES + entry], value);
    assert_int_equal(shadow_pte(guest->shadow, page, entry), p2m_reference(guest->p2m, value));
}

/* --- strict and relaxed -------------------------------------------------------- */

static void strict_shadows_each_write_at_once(void **state)
{
    (void)state;
    struct shadowed_guest *guest = create("strict", SHADOW_DIFF);
    write_entry(guest, 3, 9, entry_make(77, PRESENT));
    expect_shadow_of(guest, 3, 9, entry_make(77, PRESENT));
    assert_int_not_equal(shadow_pte(guest->shadow, 3, 9), ENTRY_NONE);
    assert_int_equal(shadow_counters(guest->shadow).traps, 1);
    submit(guest);
    assert_int_equal(shadow_counters(guest->shadow).pages_reconstructed, 0);
    shadowed_guest_destroy(guest);
}

static void relaxed_writes_wait_for_the_submission(void **state)
{
    (void)state;
    for (enum shadow_reconstruction by = SHADOW_DIFF; by <= SHADOW_REBUILD; by++) {
        struct shadowed_guest *guest = create("full", by);
        write_entry(guest, 3, 9, entry_make(77, PRESENT));
        write_entry(guest, 3, 9, entry_make(78, PRESENT));
        assert_int_equal(shadow_pte(guest->shadow, 3, 9), ENTRY_NONE);
        submit(guest);
        expect_shadow_of(guest, 3, 9, entry_make(78, PRESENT));
        const struct shadow_counters counters = shadow_counters(guest->shadow);
        assert_int_equal(counters.traps, 0);
        assert_int_equal(counters.pages_reconstructed, TABLE_PAGES);
        assert_int_equal(counters.entries_changed, 1);
        shadowed_guest_destroy(guest);
    }
}

static void segmented_reconstructs_what_it_has_relaxed(void **state)
{
    (void)state;
    struct shadowed_guest *guest = create("segmented-2", SHADOW_DIFF);
    for (unsigned i = 0; i < 10; i++)
        write_entry(guest, 40, i, entry_make(i, PRESENT));
    assert_true(shadow_is_relaxed(guest->shadow, 40));
    submit(guest);
    assert_false(shadow_is_relaxed(guest->shadow, 40));
    const struct shadow_counters counters = shadow_counters(guest->shadow);
    assert_int_equal(counters.traps, 2);
    assert_int_equal(counters.pages_relaxed, 1);
    assert_int_equal(counters.pages_protected, 1);
    assert_int_equal(counters.pages_reconstructed, 1);
    assert_int_equal(counters.entries_changed, 8); /* the other two were shadowed by their traps */
    for (unsigned i = 0; i < 10; i++)
        expect_shadow_of(guest, 40, i, entry_make(i, PRESENT));
    assert_int_equal(shadow_page_traps(guest->shadow)[40], 2);
    shadowed_guest_destroy(guest);
}

static void native_shadows_nothing(void **state)
{
    (void)state;
    struct shadowed_guest *guest = create("native", SHADOW_DIFF);
    write_entry(guest, 3, 9, entry_make(77, PRESENT));
    submit(guest);
    assert_int_equal(shadow_counters(guest->shadow).traps, 0);
    assert_int_equal(shadow_counters(guest->shadow).entries_checked, 0);
    assert_int_equal(guest->trap->table[3 * TABLE_PAGE_ENTRIES + 9], entry_make(77, PRESENT));
    shadowed_guest_destroy(guest);
}

/* --- the invariant ---------------------------------------------------------------- */

/* A write that no trap has reported, as a broken back end would have it. */
static void a_stale_entry_is_named(void **state)
{
    (void)state;
    struct shadowed_guest *guest = create("segmented-2", SHADOW_DIFF);
    const uint16_t others[] = {0, 1, 511}, page[] = {12};
    struct shadow_violation violation;
    char text[256];

    submit(guest);
    guest->trap->table[12 * TABLE_PAGE_ENTRIES + 34] = entry_make(5, PRESENT);
    assert_int_equal(shadow_submit(guest->shadow, others, 3), 0); /* the GPU does not use it */
    assert_false(shadow_violation(guest->shadow, &violation));
    assert_int_equal(shadow_submit(guest->shadow, page, 1), -ESTALE);
    assert_int_equal(shadow_submit(guest->shadow, NULL, 0), -ESTALE);
    assert_true(shadow_violation(guest->shadow, &violation));
    assert_int_equal(violation.page, 12);
    assert_int_equal(violation.entry, 34);
    assert_int_equal(violation.submission, 3);
    assert_int_equal(shadow_counters(guest->shadow).violations, 2);
    shadow_violation_text(&violation, text, sizeof text);
    assert_non_null(
        strstr(text, "page 12, entry 34 is stale at submission 3 with policy segmented-2"));
    shadowed_guest_destroy(guest);
}

static void a_page_that_does_not_exist_is_refused(void **state)
{
    (void)state;
    struct shadowed_guest *guest = create("full", SHADOW_DIFF);
    const uint16_t pages[] = {0, TABLE_PAGES};
    assert_int_equal(shadow_submit(guest->shadow, pages, 2), -EINVAL);
    assert_int_equal(shadow_counters(guest->shadow).submissions, 0);
    shadowed_guest_destroy(guest);
}

/* --- the guest writes in the middle of a submission --------------------------------- */

/* The fake back end, of which each protection comes together with writes of the guest:
 * into the page that is being protected, before it is, and into another relaxed one. */
static struct trap_ops interrupted;
static bool writes_now;

static int protect_while_the_guest_writes(struct trap *trap, unsigned first_page, unsigned pages)
{
    const struct trap_ops *fake = trap_by_name("fake");

    if (writes_now) {
        const struct guest_write before =
            guest_write_entry(first_page, 100, entry_make(40, PRESENT));
        fake->write(trap, &before, 1);
    }
    return fake->protect(trap, first_page, pages);
}

static void writes_before_the_protection_are_shadowed(void **state)
{
    (void)state;
    struct trap_reason reason;
    interrupted = *trap_by_name("fake");
    interrupted.protect = protect_while_the_guest_writes;
    struct trap *trap = trap_create(&interrupted, &reason);
    struct policy *policy = policy_create("segmented-1");
    struct p2m *p2m = p2m_create(P2M_ARRAY, 100);
    p2m_fill(p2m, 1);
    struct shadow *shadow = shadow_create(&(struct shadow_parts){
        .trap = trap, .policy = policy, .p2m = p2m, .checks = true, .guest_runs = true});
    const struct guest_write write = guest_write_entry(9, 0, entry_make(1, PRESENT));

    assert_int_equal(shadow_write(shadow, &write, 1), 0);
    writes_now = true;
    assert_int_equal(shadow_submit(shadow, NULL, 0), 0);
    writes_now = false;
    assert_int_equal(shadow_pte(shadow, 9, 100), p2m_reference(p2m, entry_make(40, PRESENT)));
    shadow_destroy(shadow);
    trap_destroy(trap);
    policy_destroy(policy);
    p2m_destroy(p2m);
}

/* Without a change of what was read it is stale, also if the guest runs. */
static void a_running_guest_is_no_excuse(void **state)
{
    (void)state;
    struct trap_reason reason;
    struct shadowed_guest *guest = shadowed_guest_create(
        &(struct shadowed_guest_settings){
            .policy = "strict", .trap = "fake", .checks = true, .guest_runs = true},
        &reason);
    guest->trap->table[5] = entry_make(5, PRESENT);
    assert_int_equal(shadow_submit(guest->shadow, NULL, 0), -ESTALE);
    shadowed_guest_destroy(guest);
}

/* --- bad input ------------------------------------------------------------------------ */

static const char *const policies[] = {"strict",      "full",        "static-2", "dynamic-1",
                                       "segmented-1", "segmented-2", "auto"};
#define POLICIES (sizeof policies / sizeof policies[0])

static void writes_outside_do_not_happen(void **state)
{
    (void)state;
    const struct guest_write outside[] = {
        {entry_make(3, PRESENT), TABLE_BYTES, 8},     {entry_make(3, PRESENT), TABLE_BYTES - 4, 8},
        {entry_make(3, PRESENT), TABLE_BYTES - 1, 4}, {1, TABLE_BYTES + 4, 4},
        {entry_make(3, PRESENT), UINT32_MAX, 8},      {entry_make(3, PRESENT), UINT32_MAX - 7, 8},
    };
    for (unsigned i = 0; i < POLICIES; i++) {
        struct shadowed_guest *guest = create(policies[i], SHADOW_DIFF);
        assert_int_equal(shadow_write(guest->shadow, outside, 6), 0);
        submit(guest);
        assert_int_equal(shadow_counters(guest->shadow).writes_outside, 6);
        for (unsigned entry = 0; entry < TABLE_ENTRIES; entry++)
            assert_int_equal(guest->trap->table[entry], 0);
        shadowed_guest_destroy(guest);
    }
}

static void a_list_with_another_size_is_refused(void **state)
{
    (void)state;
    struct shadowed_guest *guest = create("strict", SHADOW_DIFF);
    static const uint32_t sizes[] = {0, 1, 2, 3, 5, 16, UINT32_MAX};
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const struct guest_write writes[] = {{1, 0, 8}, {1, 8, sizes[i]}};
        assert_int_equal(shadow_write(guest->shadow, writes, 2), -EINVAL);
    }
    assert_int_equal(guest->trap->table[0], 0);
    shadowed_guest_destroy(guest);
}

static void halves_are_shadowed_one_by_one(void **state)
{
    (void)state;
    const uint64_t value = entry_make(UINT64_C(0x12345), PRESENT) & ~(UINT64_C(0xffff) << 32);
    for (unsigned i = 0; i < POLICIES; i++) {
        struct shadowed_guest *guest = create(policies[i], SHADOW_DIFF);
        write_entry(guest, 1, 1, UINT64_C(0xffffffffffffffff));
        write_bytes(guest, TABLE_PAGE_BYTES + 8, 4, value & UINT32_MAX);
        submit(guest);
        expect_shadow_of(guest, 1, 1, (value & UINT32_MAX) | UINT64_C(0xffffffff00000000));
        write_bytes(guest, TABLE_PAGE_BYTES + 12, 4, value >> 32);
        submit(guest);
        expect_shadow_of(guest, 1, 1, value);
        shadowed_guest_destroy(guest);
    }
}

/* Over two entries, and over two pages, of which one, the other, or both are relaxed. */
static void a_straddling_write_reaches_both(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POLICIES; i++) {
        for (unsigned relaxes = 0; relaxes < 4; relaxes++) {
            struct shadowed_guest *guest = create(policies[i], SHADOW_DIFF);
            for (unsigned write = 0; write < 3; write++) {
                if (relaxes & 1)
                    write_entry(guest, 1, 5, entry_make(write, PRESENT));
                if (relaxes & 2)
                    write_entry(guest, 2, 5, entry_make(write, PRESENT));
            }
            const uint64_t value = UINT64_C(0x0000500100006001);
            write_bytes(guest, 2 * TABLE_PAGE_BYTES - 4, 8, value);
            write_bytes(guest, TABLE_PAGE_BYTES + 12, 8, value);
            submit(guest);
            expect_shadow_of(guest, 1, 511, value << 32);
            expect_shadow_of(guest, 2, 0, value >> 32);
            expect_shadow_of(guest, 1, 1, value << 32);
            expect_shadow_of(guest, 1, 2, value >> 32);
            write_bytes(guest, 2 * TABLE_PAGE_BYTES - 3, 8, UINT64_MAX);
            submit(guest);
            expect_shadow_of(guest, 2, 0, (value >> 32) | UINT64_C(0xffffffffff));
            shadowed_guest_destroy(guest);
        }
    }
}

static void a_missing_frame_is_not_present_for_the_gpu(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POLICIES; i++) {
        struct shadowed_guest *guest = create(policies[i], SHADOW_DIFF);
        write_entry(guest, 7, 7, entry_make(SHADOWED_GUEST_FRAMES_DEFAULT, PRESENT));
        write_entry(guest, 7, 8, entry_make(ENTRY_FRAME_MAX, PRESENT));
        submit(guest);
        assert_int_equal(shadow_pte(guest->shadow, 7, 7), ENTRY_NONE);
        assert_int_equal(shadow_pte(guest->shadow, 7, 8), ENTRY_NONE);
        assert_true(shadow_counters(guest->shadow).frames_missing >= 2);
        shadowed_guest_destroy(guest);
    }
}

static void a_frame_that_the_host_takes_is_gone_at_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POLICIES; i++) {
        struct shadowed_guest *guest = create(policies[i], SHADOW_DIFF);
        for (unsigned entry = 0; entry < 4; entry++)
            write_entry(guest, 7, entry, entry_make(60 + entry % 2, PRESENT));
        submit(guest);
        assert_int_equal(shadow_set_frame(guest->shadow, 60, P2M_NO_FRAME), 0);
        assert_int_equal(shadow_pte(guest->shadow, 7, 0), ENTRY_NONE);
        assert_int_equal(shadow_pte(guest->shadow, 7, 2), ENTRY_NONE);
        submit(guest);
        assert_int_equal(shadow_set_frame(guest->shadow, 60, 99), 0);
        assert_int_equal(shadow_pte(guest->shadow, 7, 2), entry_make(99, PRESENT));
        submit(guest);
        assert_int_equal(shadow_set_frame(guest->shadow, P2M_FRAMES_MAX, 99), -ERANGE);
        shadowed_guest_destroy(guest);
    }
}

static void more_hot_pages_than_any_window(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POLICIES; i++) {
        struct shadowed_guest *guest = create(policies[i], SHADOW_DIFF);
        for (unsigned repeat = 0; repeat < 3; repeat++) {
            for (unsigned page = 0; page < TABLE_PAGES; page++)
                for (unsigned entry = 0; entry < 4; entry++)
                    write_entry(guest, page, entry, entry_make(page + repeat, PRESENT));
            submit(guest);
        }
        shadowed_guest_destroy(guest);
    }
}

/* --- protection that the kernel refuses --------------------------------------------- */

static struct trap_ops refusing;
static bool refuses;

static int protect_or_not(struct trap *trap, unsigned first_page, unsigned pages)
{
    return refuses ? -ENOMEM : trap_by_name("fake")->protect(trap, first_page, pages);
}

static int unprotect_or_not(struct trap *trap, unsigned first_page, unsigned pages)
{
    return refuses ? -ENOMEM : trap_by_name("fake")->unprotect(trap, first_page, pages);
}

static void refused_protection_leaves_nothing_stale(void **state)
{
    (void)state;
    struct trap_reason reason;
    refusing = *trap_by_name("fake");
    refusing.protect = protect_or_not;
    refusing.unprotect = unprotect_or_not;
    for (unsigned i = 0; i < POLICIES; i++) {
        struct trap *trap = trap_create(&refusing, &reason);
        struct policy *policy = policy_create(policies[i]);
        struct p2m *p2m = p2m_create(P2M_ARRAY, 1000);
        p2m_fill(p2m, 1);
        struct shadow *shadow = shadow_create(
            &(struct shadow_parts){.trap = trap, .policy = policy, .p2m = p2m, .checks = true});
        for (unsigned repeat = 0; repeat < 8; repeat++) {
            for (unsigned write = 0; write < 6; write++) {
                const struct guest_write one =
                    guest_write_entry(3, write, entry_make(repeat + write, PRESENT));
                refuses = (repeat + write) % 4 < 2;
                assert_int_equal(shadow_write(shadow, &one, 1), 0);
            }
            refuses = repeat % 2;
            assert_int_equal(shadow_submit(shadow, NULL, 0), 0);
        }
        refuses = false;
        shadow_destroy(shadow);
        trap_destroy(trap);
        policy_destroy(policy);
        p2m_destroy(p2m);
    }
}

static void a_page_that_cannot_be_protected_makes_no_engine(void **state)
{
    (void)state;
    struct trap_reason reason;
    refusing = *trap_by_name("fake");
    refusing.protect = protect_or_not;
    refuses = true;
    assert_null(trap_create(&refusing, &reason));
    assert_non_null(strstr(reason.text, "does not trap"));
    refuses = false;
}

/* --- random lists ------------------------------------------------------------------------ */

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 24;
}

/* The reference has each write in a table of its own, and rebuilds everything. */
static void random_lists_agree_with_a_rebuilt_reference(void **state)
{
    (void)state;
    uint64_t *reference = calloc(TABLE_ENTRIES, sizeof *reference);
    uint64_t chance = 11;

    for (unsigned story = 0; story < 2 * POLICIES; story++) {
        struct shadowed_guest *guest =
            create(policies[story / 2], story % 2 ? SHADOW_REBUILD : SHADOW_DIFF);
        struct policy *before = NULL;
        memset(reference, 0, TABLE_BYTES);
        for (unsigned submission = 0; submission < 15; submission++) {
            const unsigned hot = 1 + (unsigned)(next(&chance) % 40);
            for (unsigned i = next(&chance) % 400; i > 0; i--) {
                struct guest_write write = guest_write_entry(
                    (unsigned)(next(&chance) % hot * 7 % TABLE_PAGES),
                    (unsigned)(next(&chance) % 64),
                    next(&chance) % 4 ? entry_make(next(&chance) % 70000, next(&chance))
                                      : next(&chance));
                write.size_bytes = next(&chance) % 5 ? 8 : 4;
                write.offset_bytes += next(&chance) % 9 ? 0 : (uint32_t)(next(&chance) % 8);
                assert_int_equal(shadow_write(guest->shadow, &write, 1), 0);
                memcpy((char *)reference + write.offset_bytes, &write.value, write.size_bytes);
            }
            if (next(&chance) % 8 == 0) {
                struct policy *policy = policy_create(policies[next(&chance) % POLICIES]);
                shadow_set_policy(guest->shadow, policy);
                policy_destroy(before ? before : guest->policy);
                guest->policy = before = policy;
            }
            submit(guest);
            for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
                const uint64_t expected = p2m_reference(guest->p2m, reference[i]);
                if (shadow_pte(guest->shadow, i / TABLE_PAGE_ENTRIES, i % TABLE_PAGE_ENTRIES) !=
                    expected)
                    fail_msg("%s: entry %u of page %u", policy_name(guest->policy),
                             i % TABLE_PAGE_ENTRIES, i / TABLE_PAGE_ENTRIES);
            }
        }
        shadowed_guest_destroy(guest);
    }
    free(reference);
}

/* --- memory ------------------------------------------------------------------------------ */

static void a_guest_costs_less_than_6_mib(void **state)
{
    (void)state;
    struct shadowed_guest *guest =
        create("full", SHADOW_DIFF); /* all snapshots, and the larger p2m */
    assert_true(shadow_bytes(guest->shadow) < 6 * 1024 * 1024);
    assert_true(shadow_bytes(guest->shadow) > 2 * TABLE_BYTES);
    shadowed_guest_destroy(guest);
}

static void what_does_not_exist_has_a_reason(void **state)
{
    (void)state;
    struct trap_reason reason;
    assert_null(
        shadowed_guest_create(&(struct shadowed_guest_settings){.policy = "lazy"}, &reason));
    assert_string_equal(reason.text, "there is no policy lazy");
    assert_null(shadowed_guest_create(&(struct shadowed_guest_settings){.trap = "smoke"}, &reason));
    assert_string_equal(reason.text, "no trap back end has the name smoke");
    assert_null(shadowed_guest_create(
        &(struct shadowed_guest_settings){.frames = P2M_FRAMES_MAX + 1}, &reason));
    assert_true(reason.text[0] != '\0');
    shadowed_guest_destroy(NULL);
    shadow_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strict_shadows_each_write_at_once),
        cmocka_unit_test(relaxed_writes_wait_for_the_submission),
        cmocka_unit_test(segmented_reconstructs_what_it_has_relaxed),
        cmocka_unit_test(native_shadows_nothing),
        cmocka_unit_test(a_stale_entry_is_named),
        cmocka_unit_test(a_page_that_does_not_exist_is_refused),
        cmocka_unit_test(writes_before_the_protection_are_shadowed),
        cmocka_unit_test(a_running_guest_is_no_excuse),
        cmocka_unit_test(writes_outside_do_not_happen),
        cmocka_unit_test(a_list_with_another_size_is_refused),
        cmocka_unit_test(halves_are_shadowed_one_by_one),
        cmocka_unit_test(a_straddling_write_reaches_both),
        cmocka_unit_test(a_missing_frame_is_not_present_for_the_gpu),
        cmocka_unit_test(a_frame_that_the_host_takes_is_gone_at_once),
        cmocka_unit_test(more_hot_pages_than_any_window),
        cmocka_unit_test(refused_protection_leaves_nothing_stale),
        cmocka_unit_test(a_page_that_cannot_be_protected_makes_no_engine),
        cmocka_unit_test(random_lists_agree_with_a_rebuilt_reference),
        cmocka_unit_test(a_guest_costs_less_than_6_mib),
        cmocka_unit_test(what_does_not_exist_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
