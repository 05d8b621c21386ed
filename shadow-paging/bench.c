/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * shadow-paging-bench: what the policies cost here, as a table for each trap back end. A cycle
 * is W writes, spread over the hot pages, and a submission; all policies take turns in
 * each round. Medians of the rounds, in time of the processor, which on an idle machine is
 * time of the clock, as nothing waits.
 *
 * --trap NAME (all that work here), --policies A,B,..., --writes W,W,..., --hot-pages N,
 * --rounds N, --rebuild: through a tree p2m, as the paper does.
 */
#include "shadow-paging/shadowed-guest.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLICIES_MAX 16
#define WRITES_MAX 65536
#define ROUNDS_MAX 1000
/* Of each policy in a round, after one that is not counted. */
#define CYCLES 2
/* Submissions of which nothing has changed, to know what one costs. */
#define IDLE_SUBMISSIONS 20000

struct settings {
    const char *trap, *policies, *writes;
    unsigned hot_pages, rounds;
    bool rebuild;
};

/* Of this thread: nothing here waits, and a busy machine does not count. */
static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static struct shadowed_guest *create(const struct settings *settings, const char *trap,
                                     const char *policy, const uint32_t *profile)
{
    struct trap_reason reason;
    struct shadowed_guest *guest = shadowed_guest_create(
        &(struct shadowed_guest_settings){
            .policy = policy,
            .trap = trap,
            .reconstruction = settings->rebuild ? SHADOW_REBUILD : SHADOW_DIFF,
            .p2m = settings->rebuild ? P2M_TREE : P2M_ARRAY,
            .profile = profile,
        },
        &reason);

    if (!guest)
        fprintf(stderr, "shadow-paging-bench: %s\n", reason.text);
    return guest;
}

/* Entries that change each time, round and round the hot pages. */
static void make_writes(struct guest_write *writes, unsigned count, unsigned hot_pages)
{
    static uint32_t frame;

    for (unsigned i = 0; i < count; i++)
        writes[i] = guest_write_entry(
            i % hot_pages * (TABLE_PAGES / hot_pages), i / hot_pages % TABLE_PAGE_ENTRIES,
            entry_make(++frame % SHADOWED_GUEST_FRAMES_DEFAULT, ENTRY_PRESENT));
}

static double cycle_us(struct shadowed_guest *guest, struct guest_write *writes, unsigned count,
                       unsigned hot_pages)
{
    make_writes(writes, count, hot_pages);
    const double begin_us = now_us();
    shadow_write(guest->shadow, writes, count);
    shadow_submit(guest->shadow, NULL, 0);
    return now_us() - begin_us;
}

/* A profiling run, by strict. */
static bool profile(const struct settings *settings, const char *trap, struct guest_write *writes,
                    unsigned count, uint32_t *ret_page_traps)
{
    struct shadowed_guest *guest = create(settings, trap, "strict", NULL);

    if (!guest)
        return false;
    cycle_us(guest, writes, count, settings->hot_pages);
    memcpy(ret_page_traps, shadow_page_traps(guest->shadow), TABLE_PAGES * sizeof *ret_page_traps);
    shadowed_guest_destroy(guest);
    return true;
}

static double idle_ns(struct shadowed_guest *guest)
{
    const double begin_us = now_us();

    for (unsigned i = 0; i < IDLE_SUBMISSIONS; i++)
        shadow_submit(guest->shadow, NULL, 0);
    return (now_us() - begin_us) * 1e3 / IDLE_SUBMISSIONS;
}

static bool measure(const struct settings *settings, const char *trap, char **policies,
                    unsigned policies_count, unsigned writes_count)
{
    static struct guest_write writes[WRITES_MAX];
    static double us[POLICIES_MAX][ROUNDS_MAX];
    struct shadowed_guest *guests[POLICIES_MAX] = {NULL};
    uint32_t page_traps[TABLE_PAGES];
    double native_us = 0;
    bool done = profile(settings, trap, writes, writes_count, page_traps);

    for (unsigned i = 0; i < policies_count && done; i++)
        done = (guests[i] = create(settings, trap, policies[i], page_traps)) != NULL;
    for (unsigned round = 0; round < settings->rounds && done; round++) {
        for (unsigned i = 0; i < policies_count; i++) {
            double cycles[CYCLES];
            cycle_us(guests[i], writes, writes_count, settings->hot_pages);
            for (unsigned cycle = 0; cycle < CYCLES; cycle++)
                cycles[cycle] = cycle_us(guests[i], writes, writes_count, settings->hot_pages);
            us[i][round] = median(cycles, CYCLES);
        }
    }
    if (done) {
        const struct policy_costs costs = shadow_costs(guests[policies_count - 1]->shadow);
        printf(
            "\n%s: %u writes over %u pages, %s. A trap %.0f ns, unprotect %.0f ns, protect %.0f ns, scan %.0f ns (%s)\n",
            trap, writes_count, settings->hot_pages,
            settings->rebuild ? "rebuild through a tree" : "diff", costs.trap_ns,
            costs.unprotect_ns, costs.protect_ns, costs.scan_ns,
            shadow_diff_name(guests[0]->shadow));
        printf("%-14s %12s %12s %12s %14s %10s\n", "policy", "us a cycle", "over native",
               "traps/cycle", "idle ns/submit", "KiB");
    }
    for (unsigned i = 0; i < policies_count && done; i++) {
        const double policy_us = median(us[i], settings->rounds);
        const struct shadow_counters counters = shadow_counters(guests[i]->shadow);
        if (!policy_shadows(guests[i]->policy))
            native_us = policy_us;
        printf("%-14s %12.1f %12.1f %12.0f", policies[i], policy_us, policy_us - native_us,
               (double)counters.traps / (double)counters.submissions);
        printf(" %14.0f %10zu\n", idle_ns(guests[i]), shadow_bytes(guests[i]->shadow) / 1024);
    }
    fflush(stdout);
    for (unsigned i = 0; i < policies_count; i++)
        shadowed_guest_destroy(guests[i]);
    return done;
}

/* Cuts at the commas. */
static unsigned split(char *text, char **ret_parts, unsigned parts_max)
{
    unsigned count = 0;

    for (char *part = strtok(text, ","); part && count < parts_max; part = strtok(NULL, ","))
        ret_parts[count++] = part;
    return count;
}

static bool bench(const struct settings *settings)
{
    char *policies[POLICIES_MAX], *writes[POLICIES_MAX];
    char *policies_text = strdup(settings->policies), *writes_text = strdup(settings->writes);
    const unsigned policies_count = split(policies_text, policies, POLICIES_MAX);
    const unsigned writes_count = split(writes_text, writes, POLICIES_MAX);
    bool done = policies_count > 0 && writes_count > 0;

    for (const struct trap_ops *const *ops = trap_all(); *ops && done; ops++) {
        struct trap_reason reason;
        if (settings->trap ? strcmp((*ops)->name, settings->trap) != 0
                           : strcmp((*ops)->name, "fake") == 0)
            continue;
        struct trap *trap = trap_create(*ops, &reason);
        if (!trap) {
            printf("\nnot here: %s\n", reason.text);
            continue;
        }
        trap_destroy(trap);
        for (unsigned i = 0; i < writes_count && done; i++) {
            const unsigned long count = strtoul(writes[i], NULL, 10);
            done = count > 0 && count <= WRITES_MAX &&
                   measure(settings, (*ops)->name, policies, policies_count, (unsigned)count);
        }
    }
    free(policies_text);
    free(writes_text);
    return done;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"trap", required_argument, NULL, 't'},
                                            {"policies", required_argument, NULL, 'p'},
                                            {"writes", required_argument, NULL, 'w'},
                                            {"hot-pages", required_argument, NULL, 'h'},
                                            {"rounds", required_argument, NULL, 'r'},
                                            {"rebuild", no_argument, NULL, 'b'},
                                            {NULL, 0, NULL, 0}};
    struct settings settings = {
        .policies = "native,strict,full,static-50,static-200,dynamic-2,segmented-2,auto",
        .writes = "64,4096,32768",
        .hot_pages = 200,
        .rounds = 5,
    };
    bool understood = true;

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
        switch (option) {
        case 't':
            settings.trap = optarg;
            break;
        case 'p':
            settings.policies = optarg;
            break;
        case 'w':
            settings.writes = optarg;
            break;
        case 'h':
            settings.hot_pages = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'r':
            settings.rounds = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'b':
            settings.rebuild = true;
            break;
        default:
            understood = false;
        }
    }
    if (!understood || settings.hot_pages == 0 || settings.hot_pages > TABLE_PAGES ||
        settings.rounds == 0 || settings.rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: shadow-paging-bench [--trap NAME] [--policies A,B] [--writes W,W] "
                        "[--hot-pages N] [--rounds N] [--rebuild]\n");
        return 2;
    }
    return bench(&settings) ? 0 : 1;
}
