/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* Each policy's table of transitions, for one page; and what auto learns of many. */
#include "shadow-paging/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define PAGE 7

/* A story, an event each: w a write (which traps if the page is protected), s a submission.
 * After each event: P protected, R relaxed. The first letter is the beginning. */
struct story {
    const char *policy, *events, *pages;
};

/* Costs with which the sums are easy: relaxing and protecting again is worth 4 traps, a
 * scan half a trap. So auto relaxes at the fifth trap in one submission (4 + 0.5), and
 * protects after 8 scans that find nothing. */
static const struct policy_costs costs = {
    .trap_ns = 1000, .unprotect_ns = 2500, .protect_ns = 1500, .scan_ns = 500};

static void play(const struct story *story)
{
    struct policy *policy = policy_create(story->policy);
    const struct policy_ops *ops = policy_ops(policy);
    char pages[64] = "";
    unsigned traps = 0, changed = 0;

    policy_set_costs(policy, costs);
    bool relaxed = ops->begins_relaxed(policy, PAGE);
    pages[0] = relaxed ? 'R' : 'P';
    for (size_t i = 0; story->events[i]; i++) {
        if (story->events[i] == 'w') {
            changed++;
            if (!relaxed)
                relaxed = ops->relaxes(policy, PAGE, ++traps);
        } else {
            if (relaxed) {
                relaxed = !ops->protects(policy, PAGE);
                ops->reconstructed(policy, PAGE, changed);
                traps = relaxed ? traps : 0;
            }
            changed = 0;
            ops->submitted(policy);
        }
        pages[i + 1] = relaxed ? 'R' : 'P';
    }
    assert_string_equal(pages, story->pages);
    policy_destroy(policy);
}

static void strict_never_relaxes(void **state)
{
    (void)state;
    play(&(struct story){"strict", "wwwwswws", "PPPPPPPPP"});
}

static void full_is_always_relaxed(void **state)
{
    (void)state;
    play(&(struct story){"full", "wwsswss", "RRRRRRRR"});
}

static void static_pages_stay_what_they_are(void **state)
{
    (void)state;
    play(&(struct story){"static-8", "wwssww", "RRRRRRR"}); /* without a profile pages 0 to 7 */
    play(&(struct story){"static-7", "wwssww", "PPPPPPP"});
}

static void dynamic_relaxes_at_t_and_stays_so(void **state)
{
    (void)state;
    play(&(struct story){"dynamic-2", "wwwsssw", "PPRRRRRR"});
    play(&(struct story){"dynamic-1", "wss", "PRRR"});
    /* Its traps are counted over the submissions. */
    play(&(struct story){"dynamic-3", "wswsws", "PPPPPRR"});
}

static void segmented_relaxes_until_the_submission(void **state)
{
    (void)state;
    play(&(struct story){"segmented-2", "wwwswws", "PPRRPPRP"});
    play(&(struct story){"segmented-1", "wsws", "PRPRP"});
    /* i915's write_cnt: it is not reset by a submission that finds the page protected. */
    play(&(struct story){"segmented-2", "wsws", "PPPRP"});
}

static void auto_relaxes_what_has_cost_too_much(void **state)
{
    (void)state;
    play(&(struct story){"auto", "wwwwww", "PPPPPRR"});
    /* A submission in between would have cost a scan: one trap less counts. */
    play(&(struct story){"auto", "wwwwsww", "PPPPPPRR"});
    play(&(struct story){"auto", "wwwwssw", "PPPPPPPP"});
    play(&(struct story){"auto", "wwwwsssw", "PPPPPPPPP"});
}

static void auto_protects_what_is_scanned_for_nothing(void **state)
{
    (void)state;
    play(&(struct story){"auto", "wwwwwsssssssssss", "PPPPPRRRRRRRRRRPP"});
    /* What is found is saved traps. */
    play(&(struct story){"auto", "wwwwwsssswssssssss", "PPPPPRRRRRRRRRRRRRP"});
}

/* A page that is written half as often as a scan costs is cheapest with its traps. */
static void auto_leaves_rare_writes_strict(void **state)
{
    (void)state;
    play(&(struct story){"auto", "wsswsswsswsswsswss", "PPPPPPPPPPPPPPPPPPP"});
}

/* A guest whose pages are written in `burst` submissions and then rest, `period` in all, each page at
 * another time; and what an engine would do with them. */
#define GUEST_PAGES 64
struct guest {
    struct policy *policy;
    unsigned submissions;
    bool relaxed[GUEST_PAGES];
    unsigned traps; /* in the last submissions that were played */
};

static void submit(struct guest *guest, unsigned burst, unsigned period, unsigned submissions)
{
    const struct policy_ops *ops = policy_ops(guest->policy);

    guest->traps = 0;
    for (unsigned i = 0; i < submissions; i++, guest->submissions++) {
        bool written[GUEST_PAGES];
        for (unsigned page = 0; page < GUEST_PAGES; page++) {
            written[page] = (guest->submissions + page * 7) % period < burst;
            if (!written[page] || guest->relaxed[page])
                continue;
            guest->traps++;
            guest->relaxed[page] = ops->relaxes(guest->policy, page, 1);
        }
        for (unsigned page = 0; page < GUEST_PAGES; page++) {
            if (!guest->relaxed[page])
                continue;
            guest->relaxed[page] = !ops->protects(guest->policy, page);
            ops->reconstructed(guest->policy, page, written[page]);
        }
        ops->submitted(guest->policy);
    }
}

static struct guest guest_with(struct policy_costs its_costs)
{
    struct guest guest = {.policy = policy_create("auto")};

    policy_set_costs(guest.policy, its_costs);
    return guest;
}

/* A trap is worth 100 scans, a page that is protected and relaxed again 10. */
static const struct policy_costs cheap_scans = {
    .trap_ns = 1000, .unprotect_ns = 50, .protect_ns = 50, .scan_ns = 10};

static unsigned count_relaxed(const struct guest *guest)
{
    unsigned count = 0;

    for (unsigned page = 0; page < GUEST_PAGES; page++)
        count += guest->relaxed[page];
    return count;
}

static void auto_learns_that_short_rests_are_cheap(void **state)
{
    struct guest guest = guest_with(cheap_scans);

    (void)state;
    submit(&guest, 1, 50, 600);
    submit(&guest, 1, 50, 600); /* a ski rental would protect each page after 10 */
    assert_int_equal(guest.traps, 0);
    assert_int_equal(count_relaxed(&guest), GUEST_PAGES);
    policy_destroy(guest.policy);
}

static void auto_learns_that_long_rests_are_dear(void **state)
{
    struct guest guest = guest_with(cheap_scans);

    (void)state;
    submit(&guest, 10, 400, 2400);
    submit(&guest, 10, 400, 400);
    assert_int_equal(guest.traps, GUEST_PAGES); /* one a burst */
    assert_true(count_relaxed(&guest) <= 4);    /* those in their burst, none for 10 scans more */
    policy_destroy(guest.policy);
}

static void auto_learns_that_scans_are_dearer_than_traps(void **state)
{
    struct policy_costs dear_scans = cheap_scans;
    dear_scans.scan_ns = 5000;
    struct guest guest = guest_with(dear_scans);

    (void)state;
    submit(&guest, 1, 1, 50);
    submit(&guest, 1, 1, 50);
    assert_int_equal(guest.traps, 50 * GUEST_PAGES);
    policy_destroy(guest.policy);
}

static void auto_follows_a_load_that_changes(void **state)
{
    struct guest guest = guest_with(cheap_scans);

    (void)state;
    submit(&guest, 10, 400, 2400);
    submit(&guest, 1, 50, 200);
    submit(&guest, 1, 50, 200);
    assert_int_equal(guest.traps, 0);
    submit(&guest, 10, 400, 1600);
    submit(&guest, 10, 400, 400);
    assert_int_equal(guest.traps, GUEST_PAGES);
    policy_destroy(guest.policy);
}

static void names_have_numbers(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        {"strict", "strict"},
        {"static", "static-200"},
        {"static-50", "static-50"},
        {"dynamic", "dynamic-2"},
        {"segmented", "segmented-2"},
        {"segmented-16", "segmented-16"},
        {"auto", "auto"},
        {"full", "full"},
        {"native", "native"},
    };
    static const char *const bad[] = {"",
                                      "stric",
                                      "strict-2",
                                      "static-",
                                      "static-0",
                                      "static-513",
                                      "dynamic-4097",
                                      "segmented--2",
                                      "auto-",
                                      "Strict",
                                      "dynamic-2x",
                                      "static 50",
                                      "segmented-99999999999999999999"};
    for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct policy *policy = policy_create(good[i][0]);
        assert_non_null(policy);
        assert_string_equal(policy_name(policy), good[i][1]);
        assert_int_equal(policy_shadows(policy), strcmp(good[i][0], "native") != 0);
        policy_destroy(policy);
    }
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_null(policy_create(bad[i]));
    for (unsigned i = 0; policy_kind(i); i++) {
        struct policy *policy = policy_create(policy_kind(i));
        assert_non_null(policy);
        policy_destroy(policy);
    }
    policy_destroy(NULL);
}

static void a_profile_chooses_the_pages_that_trap_most(void **state)
{
    (void)state;
    struct policy *policy = policy_create("static-3");
    uint32_t page_traps[TABLE_PAGES] = {[500] = 9, [2] = 8, [77] = 10, [78] = 1};
    unsigned relaxed = 0;

    policy_set_profile(policy, page_traps);
    for (unsigned page = 0; page < TABLE_PAGES; page++)
        relaxed += policy_ops(policy)->begins_relaxed(policy, page);
    assert_int_equal(relaxed, 3);
    assert_true(policy_ops(policy)->begins_relaxed(policy, 500));
    assert_true(policy_ops(policy)->begins_relaxed(policy, 2));
    assert_true(policy_ops(policy)->begins_relaxed(policy, 77));
    policy_destroy(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strict_never_relaxes),
        cmocka_unit_test(full_is_always_relaxed),
        cmocka_unit_test(static_pages_stay_what_they_are),
        cmocka_unit_test(dynamic_relaxes_at_t_and_stays_so),
        cmocka_unit_test(segmented_relaxes_until_the_submission),
        cmocka_unit_test(auto_relaxes_what_has_cost_too_much),
        cmocka_unit_test(auto_protects_what_is_scanned_for_nothing),
        cmocka_unit_test(auto_leaves_rare_writes_strict),
        cmocka_unit_test(auto_learns_that_short_rests_are_cheap),
        cmocka_unit_test(auto_learns_that_long_rests_are_dear),
        cmocka_unit_test(auto_learns_that_scans_are_dearer_than_traps),
        cmocka_unit_test(auto_follows_a_load_that_changes),
        cmocka_unit_test(names_have_numbers),
        cmocka_unit_test(a_profile_chooses_the_pages_that_trap_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
