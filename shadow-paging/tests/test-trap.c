/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Each trap back end, by the same lists. What this machine does not have is skipped, and
 * the reason printed.
 */
#include "shadow-paging/shadowed-guest.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PRESENT ENTRY_PRESENT

static const char *const policies[] = {"strict",    "full",        "static-20",
                                       "dynamic-2", "segmented-2", "auto"};
#define POLICIES (sizeof policies / sizeof policies[0])

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 24;
}

/* Skips the test without it. */
static struct shadowed_guest *create(const char *trap, const char *policy, bool guest_runs)
{
    struct trap_reason reason;
    struct shadowed_guest *guest = shadowed_guest_create(
        &(struct shadowed_guest_settings){
            .policy = policy, .trap = trap, .checks = true, .guest_runs = guest_runs},
        &reason);
    if (!guest) {
        print_message("# %s\n", reason.text);
        skip();
    }
    return guest;
}

/* The table of each story, as a guest's writes have made it. */
static void play(struct shadowed_guest *guest, uint64_t chance, uint64_t *reference)
{
    struct guest_write writes[64];

    for (unsigned submission = 0; submission < 30; submission++) {
        const unsigned hot = 1 + (unsigned)(next(&chance) % 30);
        for (unsigned i = 0; i < 64; i++) {
            writes[i] = guest_write_entry((unsigned)(next(&chance) % hot * 11),
                                          (unsigned)(next(&chance) % TABLE_PAGE_ENTRIES),
                                          entry_make(next(&chance) % 70000, next(&chance)));
            writes[i].size_bytes = next(&chance) % 5 ? 8 : 4;
            writes[i].offset_bytes += next(&chance) % 9 ? 0 : (uint32_t)(next(&chance) % 8);
            memcpy((char *)reference + writes[i].offset_bytes, &writes[i].value,
                   writes[i].size_bytes);
        }
        assert_int_equal(shadow_write(guest->shadow, writes, 64), 0);
        assert_int_equal(shadow_submit(guest->shadow, NULL, 0), 0);
    }
}

static void same_lists(void **state)
{
    static uint64_t reference[TABLE_ENTRIES + 1]; /* what straddles the end of a page has room */

    for (unsigned i = 0; i < POLICIES; i++) {
        struct shadowed_guest *guest = create(*state, policies[i], false);
        memset(reference, 0, TABLE_BYTES);
        play(guest, 5 + i, reference);
        assert_memory_equal(guest->trap->table, reference, TABLE_BYTES);
        for (unsigned entry = 0; entry < TABLE_ENTRIES; entry++)
            assert_int_equal(
                shadow_pte(guest->shadow, entry / TABLE_PAGE_ENTRIES, entry % TABLE_PAGE_ENTRIES),
                p2m_reference(guest->p2m, reference[entry]));
        const struct shadow_counters counters = shadow_counters(guest->shadow);
        assert_true(guest->trap->ops->read_dirty || strcmp(policies[i], "strict") != 0 ||
                    counters.traps == 30 * 64);
        shadowed_guest_destroy(guest);
    }
}

static void bad_writes(void **state)
{
    const struct guest_write writes[] = {
        {entry_make(3, PRESENT), TABLE_BYTES, 8},
        {entry_make(3, PRESENT), TABLE_BYTES - 4, 8},
        {entry_make(3, PRESENT), UINT32_MAX - 7, 8},
        {entry_make(3, PRESENT), UINT32_MAX, 4},
        {entry_make(3, PRESENT), 700 << 20, 8},
        {UINT64_C(0x0000500100006001), 2 * TABLE_PAGE_BYTES - 4, 8}, /* two pages */
        {UINT64_C(0x0000500100006001), 3, 8},                        /* two entries */
        {UINT64_C(0x5001), 4 * TABLE_PAGE_BYTES + 8, 4},
    };

    for (unsigned i = 0; i < POLICIES; i++) {
        struct shadowed_guest *guest = create(*state, policies[i], false);
        for (unsigned repeat = 0; repeat < 4; repeat++) {
            assert_int_equal(shadow_write(guest->shadow, writes, 8), 0);
            assert_int_equal(shadow_submit(guest->shadow, NULL, 0), 0);
        }
        assert_int_equal(shadow_counters(guest->shadow).writes_outside, 4 * 5);
        assert_int_equal(guest->trap->table[TABLE_ENTRIES - 1], 0);
        assert_int_equal(guest->trap->table[2 * TABLE_PAGE_ENTRIES - 1],
                         UINT64_C(0x0000600100000000));
        assert_int_equal(guest->trap->table[2 * TABLE_PAGE_ENTRIES], 0x5001);
        assert_int_equal(guest->trap->table[0], UINT64_C(0x5001000060010000) << 8);
        shadowed_guest_destroy(guest);
    }
}

/* A second guest's writes do not reach the first one's engine. */
static void two_guests(void **state)
{
    struct shadowed_guest *one = create(*state, "segmented-1", false),
                          *other = create(*state, "strict", false);
    const struct guest_write a = guest_write_entry(4, 4, entry_make(1, PRESENT));
    const struct guest_write b = guest_write_entry(4, 4, entry_make(2, PRESENT));

    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(shadow_write(one->shadow, &a, 1), 0);
        assert_int_equal(shadow_write(other->shadow, &b, 1), 0);
        assert_int_equal(shadow_submit(one->shadow, NULL, 0), 0);
        assert_int_equal(shadow_submit(other->shadow, NULL, 0), 0);
    }
    assert_int_equal(shadow_pte(one->shadow, 4, 4), p2m_reference(one->p2m, a.value));
    assert_int_equal(shadow_pte(other->shadow, 4, 4), p2m_reference(other->p2m, b.value));
    shadowed_guest_destroy(one);
    assert_int_equal(shadow_write(other->shadow, &b, 1), 0);
    shadowed_guest_destroy(other);
}

/* --- a writer on another thread, in the middle of reconstructions --------------------- */

#define WRITER_PAGES 12
#define WRITER_ENTRIES 40
#define WRITER_SUBMISSIONS 150

struct writer {
    struct shadowed_guest *guest;
    _Atomic uint32_t
        published[WRITER_PAGES][WRITER_ENTRIES]; /* frames that were written, ascending */
    atomic_bool ends;
};

static void *keep_writing(void *data)
{
    struct writer *writer = data;
    uint64_t chance = 9;

    for (uint32_t frame = 1; !atomic_load(&writer->ends); frame = frame % 60000 + 1) {
        const unsigned page = (unsigned)(next(&chance) % WRITER_PAGES);
        const unsigned entry = (unsigned)(next(&chance) % WRITER_ENTRIES);
        const struct guest_write write = guest_write_entry(page, entry, entry_make(frame, PRESENT));
        shadow_write(writer->guest->shadow, &write, 1);
        atomic_store(&writer->published[page][entry], frame);
        if (frame == 60000) /* the order of the frames begins anew */
            break;
    }
    return NULL;
}

/* What was written before the submission is in the shadow after it, or what came later. */
static void race(const char *trap, const char *policy)
{
    struct shadowed_guest *guest = create(trap, policy, true);
    struct writer *writer = calloc(1, sizeof *writer);
    uint32_t(*before)[WRITER_ENTRIES] = calloc(WRITER_PAGES, sizeof *before);
    uint32_t *guest_frame_of = calloc(2 * P2M_FRAMES_MAX, sizeof *guest_frame_of);
    pthread_t thread;

    writer->guest = guest;
    struct shadow *shadow = writer->guest->shadow;
    for (uint32_t i = 0; i < SHADOWED_GUEST_FRAMES_DEFAULT; i++)
        guest_frame_of[p2m_lookup(writer->guest->p2m, i)] = i;
    assert_int_equal(pthread_create(&thread, NULL, keep_writing, writer), 0);
    for (unsigned submission = 0; submission < WRITER_SUBMISSIONS; submission++) {
        for (unsigned i = 0; i < WRITER_PAGES * WRITER_ENTRIES; i++)
            before[i / WRITER_ENTRIES][i % WRITER_ENTRIES] =
                atomic_load(&writer->published[i / WRITER_ENTRIES][i % WRITER_ENTRIES]);
        assert_int_equal(shadow_submit(shadow, NULL, 0), 0);
        for (unsigned page = 0; page < WRITER_PAGES; page++) {
            for (unsigned entry = 0; entry < WRITER_ENTRIES; entry++) {
                const uint32_t frame = guest_frame_of[entry_frame(shadow_pte(shadow, page, entry))];
                if (frame < before[page][entry])
                    fail_msg("%s: page %u, entry %u: %u is older than %u", policy, page, entry,
                             frame, before[page][entry]);
            }
        }
    }
    atomic_store(&writer->ends, true);
    pthread_join(thread, NULL);
    assert_int_equal(shadow_submit(shadow, NULL, 0), 0);
    for (unsigned i = 0; i < WRITER_PAGES * WRITER_ENTRIES; i++)
        assert_int_equal(
            guest_frame_of[entry_frame(shadow_pte(shadow, i / WRITER_ENTRIES, i % WRITER_ENTRIES))],
            writer->published[i / WRITER_ENTRIES][i % WRITER_ENTRIES]);
    shadowed_guest_destroy(writer->guest);
    free(guest_frame_of);
    free(before);
    free(writer);
}

static void a_writer_in_the_middle(void **state)
{
    for (unsigned i = 0; i < POLICIES; i++)
        race(*state, policies[i]);
}

/* --- what is not there ------------------------------------------------------------------ */

static void costs_are_measured(void **state)
{
    struct shadowed_guest *guest = create(*state, "auto", false);
    const struct policy_costs costs = shadow_costs(guest->shadow);

    assert_true(costs.trap_ns > 0 && costs.scan_ns > 0);
    assert_true(guest->trap->ops->read_dirty || (costs.protect_ns > 0 && costs.unprotect_ns > 0));
    shadowed_guest_destroy(guest);
}

static void what_is_preferred_is_what_works(void **state)
{
    (void)state;
    struct trap_reason reason;
    struct shadowed_guest *guest =
        shadowed_guest_create(&(struct shadowed_guest_settings){0}, &reason);

    assert_non_null(guest);
    if (reason.text[0])
        print_message("# not available: %s\n", reason.text);
    assert_string_not_equal(guest->trap->ops->name, "fake");
    shadowed_guest_destroy(guest);
}

#define TESTS_OF(trap)                                                                   \
    {"same_lists_" trap, same_lists, NULL, NULL, (void *)trap},                          \
        {"bad_writes_" trap, bad_writes, NULL, NULL, (void *)trap},                      \
        {"two_guests_" trap, two_guests, NULL, NULL, (void *)trap},                      \
        {"costs_are_measured_" trap, costs_are_measured, NULL, NULL, (void *)trap},      \
    {                                                                                    \
        "a_writer_in_the_middle_" trap, a_writer_in_the_middle, NULL, NULL, (void *)trap \
    }

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TESTS_OF("segv"),
        TESTS_OF("userfaultfd"),
        TESTS_OF("kvm"),
        TESTS_OF("kvm-dirty-log"),
        cmocka_unit_test(what_is_preferred_is_what_works),
    };
    if (argc == 2) /* which tests, as a pattern: '*_kvm' */
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
