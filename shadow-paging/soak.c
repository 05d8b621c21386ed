/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * shadow-paging-soak [--trap NAME] [--submissions N]: N submissions, a share by each policy and
 * reconstruction, with random and with adversarial guests, each one checked. Prints
 * one line for each share; fails if an entry was stale.
 *
 * The guests: random writes, with halves and straddling ones; one that writes each page just
 * as often as a policy's threshold, and then leaves it alone; one that writes a page
 * only while it is protected. All are models.
 */
#include "shadow-paging/shadowed-guest.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUBMISSIONS_DEFAULT 1000000
/* Each submission writes so many pages, and uses them; every so often all are checked. */
#define PAGES_EACH 6
#define ALL_CHECKED_EACH 2000

static const char *const policies[] = {"strict",    "full",        "static-200",
                                       "dynamic-2", "segmented-2", "auto"};
#define POLICIES (sizeof policies / sizeof policies[0])
static const char *const guests[] = {"random", "at the threshold", "while protected"};
#define GUESTS 3

static uint64_t next(uint64_t *chance)
{
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    return *chance;
}

static struct guest_write any_write(unsigned page, uint64_t *chance)
{
    const uint64_t bits = next(chance);
    struct guest_write write = guest_write_entry(page, bits % TABLE_PAGE_ENTRIES,
                                                 entry_make(bits >> 20 & 0x1ffff, bits >> 50));

    if ((bits >> 40) % 16 == 0)
        write.size_bytes = 4;
    if ((bits >> 10) % 16 == 0)
        write.offset_bytes += bits >> 14 & 7;
    return write;
}

/* What the guest writes before a submission: the pages, and how often each. */
static unsigned write_pages(const struct shadowed_guest *guest, unsigned kind, uint64_t submission,
                            uint64_t *chance, struct guest_write *writes, uint16_t *ret_pages)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PAGES_EACH; i++) {
        const unsigned page = kind == 0 ? (unsigned)(next(chance) % TABLE_PAGES)
                                        : (unsigned)(submission / 2 * PAGES_EACH + i) % TABLE_PAGES;
        const bool rests =
            (kind == 1 && submission % 2) || (kind == 2 && shadow_is_relaxed(guest->shadow, page));
        ret_pages[i] = (uint16_t)page;
        for (unsigned write = kind == 0 ? (unsigned)(next(chance) % 4)
                              : rests   ? 0
                                        : 2;
             write > 0; write--)
            writes[count++] = any_write(page, chance);
    }
    return count;
}

static bool play(struct shadowed_guest *guest, unsigned kind, uint64_t submissions,
                 uint64_t *chance)
{
    struct guest_write writes[PAGES_EACH * 4];
    uint16_t pages[PAGES_EACH];

    for (uint64_t i = 0; i < submissions; i++) {
        const unsigned count = write_pages(guest, kind, i, chance, writes, pages);
        if (shadow_write(guest->shadow, writes, count) != 0)
            return false;
        if (shadow_submit(guest->shadow, i % ALL_CHECKED_EACH ? pages : NULL, PAGES_EACH) != 0)
            return false;
    }
    return shadow_submit(guest->shadow, NULL, 0) == 0;
}

/* True: no entry was stale. */
static bool soak(const char *trap, const char *policy, enum shadow_reconstruction reconstruction,
                 unsigned kind, uint64_t submissions)
{
    struct trap_reason reason;
    struct shadow_violation violation;
    uint64_t chance = 88172645463325252u + kind;
    struct shadowed_guest *guest = shadowed_guest_create(
        &(struct shadowed_guest_settings){
            .policy = policy, .trap = trap, .reconstruction = reconstruction, .checks = true},
        &reason);

    if (!guest) {
        fprintf(stderr, "shadow-paging-soak: %s\n", reason.text);
        return false;
    }
    const bool holds = play(guest, kind, submissions, &chance);
    const struct shadow_counters counters = shadow_counters(guest->shadow);
    printf(
        "%-11s %-11s %-7s %-16s %8llu submissions %9llu traps %10llu pages reconstructed %4llu stale\n",
        guest->trap->ops->name, policy, reconstruction == SHADOW_DIFF ? "diff" : "rebuild",
        guests[kind], (unsigned long long)counters.submissions, (unsigned long long)counters.traps,
        (unsigned long long)counters.pages_reconstructed, (unsigned long long)counters.violations);
    fflush(stdout);
    if (shadow_violation(guest->shadow, &violation)) {
        char text[256];
        shadow_violation_text(&violation, text, sizeof text);
        fprintf(stderr, "shadow-paging-soak: %s\n", text);
    }
    shadowed_guest_destroy(guest);
    return holds;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"trap", required_argument, NULL, 't'},
                                            {"submissions", required_argument, NULL, 'n'},
                                            {NULL, 0, NULL, 0}};
    uint64_t submissions = SUBMISSIONS_DEFAULT;
    const char *trap = NULL;
    bool holds = true;

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
        if (option == 't')
            trap = optarg;
        else if (option != 'n' || (submissions = strtoull(optarg, NULL, 10)) == 0) {
            fprintf(stderr, "usage: shadow-paging-soak [--trap NAME] [--submissions N]\n");
            return 2;
        }
    }
    /* A rebuild of everything costs a thousand times a diff: it gets a hundredth. */
    const uint64_t share = submissions / (POLICIES * GUESTS) + 1;
    for (unsigned i = 0; i < POLICIES * GUESTS; i++) {
        holds = soak(trap, policies[i / GUESTS], SHADOW_DIFF, i % GUESTS, share) && holds;
        holds =
            soak(trap, policies[i / GUESTS], SHADOW_REBUILD, i % GUESTS, share / 100 + 1) && holds;
    }
    return holds ? 0 : 1;
}
