/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * A page has two states, and each one costs something in each submission: protected one trap
 * for each write, relaxed one scan. auto changes the state of a page where that pays, by the
 * costs that were measured on this host for this back end and this reconstruction.
 *
 * What it does not know is the future. While it knows nothing of the guest, each page is a
 * ski rental of its own: its regret is what it would have cost less in the other state, and
 * as soon as the regret has reached what changing the state costs, there and back, it is
 * changed. So a page never pays more than about twice what the better state and the way to it
 * would have cost, whatever the guest does.
 *
 * Meanwhile it learns from all pages how this guest writes: how much to a page in one submission,
 * and for how many submissions the page rests before. It sees both in either state. Every
 * LEARNING_SUBMISSIONS it computes what the rests would have cost, had a page been relaxed at its
 * first trap and protected after a rest of so many submissions, and what the writes would have cost
 * as traps, and takes the cheapest. Older ones count less and less, so that it follows a load that
 * changes. (Rests of random length: Karlin, Manasse, McGeoch, Owicki, Competitive randomized
 * algorithms for nonuniform problems, 1990.)
 */
#include "shadow-paging/policy-auto.h"

#include "shadow-paging/policy-state.h"

#include <string.h>

#define LEARNING_SUBMISSIONS 8
/* What is left of an observation's weight each time: half after some 50 submissions. */
#define REMEMBERED 0.9F
/* Fewer observations say nothing. */
#define OBSERVATIONS_MIN 32
/* The classes of rests up to here have one length each. */
#define REST_EXACT 16

static bool begins_relaxed(const struct policy *policy, unsigned page)
{
    return false;
}

static float round_trip_ns(const struct policy *policy)
{
    return (float)(policy->costs.unprotect_ns + policy->costs.protect_ns);
}

/* --- what it learns ----------------------------------------------------------------- */

/* The longest rest of the class behind the one whose longest this is: beyond REST_EXACT each class
 * is a quarter longer than the one before. */
static float next_longest(float longest)
{
    return longest < REST_EXACT ? longest + 1 : longest * 1.25F;
}

static unsigned rest_class(uint32_t submissions)
{
    unsigned class = submissions < REST_EXACT ? submissions : REST_EXACT;
    float longest = (float)class;

    for (; class < POLICY_REST_CLASSES - 1 && longest < (float)submissions; class ++)
        longest = next_longest(longest);
    return class;
}

/* What it costs that a page was protected when it is written: a trap, and the way there and
 * back. */
static float return_ns(const struct policy *policy)
{
    return round_trip_ns(policy) + (float)policy->costs.trap_ns;
}

static void learn_rest(struct policy_rests *rests, uint32_t submissions)
{
    struct policy_rests *of = &rests[rest_class(submissions)];

    of->count++;
    of->submissions += (float)submissions;
}

/* The page was written in this submission, so often as is known. */
static void learn_write(struct policy *policy, struct policy_page *page, unsigned writes)
{
    const uint32_t passed = policy->submissions - page->last_write;

    if (page->written && passed > 0)
        learn_rest(policy->learned.rests, passed - 1);
    if (page->written)
        policy->learned.writes += (float)writes;
    page->written = true;
    page->last_write = policy->submissions;
}

/* With those that are not over, as if they were: else only short rests were known at first. */
static void all_rests(const struct policy *policy, struct policy_rests *ret_rests)
{
    memcpy(ret_rests, policy->learned.rests, sizeof policy->learned.rests);
    for (unsigned i = 0; i < TABLE_PAGES; i++) {
        const struct policy_page *page = &policy->pages[i];
        if (page->written && policy->submissions - page->last_write > 1)
            learn_rest(ret_rests, policy->submissions - page->last_write - 1);
    }
}

/* The rest up to which a page is best left relaxed, and what all rests cost then. Those that are
 * longer cost that many scans and a return. 0: it is protected at each submission. */
static uint32_t cheapest_rest(const struct policy *policy, const struct policy_rests *rests,
                              float *ret_ns)
{
    const float scan_ns = (float)policy->costs.scan_ns, back_ns = return_ns(policy);
    float longer = 0, within = 0, longest = 0,
          known = 0; /* the longest rest of which there was one */
    uint32_t best = 0;

    for (unsigned i = 0; i < POLICY_REST_CLASSES; i++, longest = next_longest(longest)) {
        longer += rests[i].count;
        if (rests[i].count > 0.5F)
            known = longest;
    }
    longest = 0;
    *ret_ns = back_ns * longer;
    longer -= rests[0].count;
    for (unsigned i = 1; i < POLICY_REST_CLASSES; i++) {
        longest = next_longest(longest);
        within += rests[i].submissions;
        longer -= rests[i].count;
        const float ns = scan_ns * within + (scan_ns * longest + back_ns) * longer;
        if (ns < *ret_ns) {
            *ret_ns = ns;
            best = (uint32_t)longest;
        }
    }
    /* No rest was too long. What a longer one will bring is not known: it is a rental. */
    if (best >= (uint32_t)known && (float)best * scan_ns < back_ns)
        best = (uint32_t)(back_ns / scan_ns);
    return best;
}

static void learn(struct policy *policy)
{
    struct policy_learned *learned = &policy->learned;
    struct policy_rests rests[POLICY_REST_CLASSES];
    float count = 0, relaxed_ns;

    all_rests(policy, rests);
    for (unsigned i = 0; i < POLICY_REST_CLASSES; i++)
        count += learned->rests[i].count;
    learned->is_known = count >= OBSERVATIONS_MIN;
    learned->rest_max = cheapest_rest(policy, rests, &relaxed_ns);
    learned->traps = learned->is_known && learned->writes * (float)policy->costs.trap_ns <
                                              relaxed_ns + count * (float)policy->costs.scan_ns;
    for (unsigned i = 0; i < POLICY_REST_CLASSES; i++) {
        learned->rests[i].count *= REMEMBERED;
        learned->rests[i].submissions *= REMEMBERED;
    }
    learned->writes *= REMEMBERED;
}

static void submitted(struct policy *policy)
{
    if (++policy->submissions % LEARNING_SUBMISSIONS == 0)
        learn(policy);
}

/* --- what it decides ---------------------------------------------------------------- */

/* The submissions since its last trap would each have cost a scan, if it had been relaxed; and
 * the next one will, so that has to be earned, too. */
static bool has_paid_rent(struct policy *policy, struct policy_page *page)
{
    const float scan_ns = (float)policy->costs.scan_ns;

    page->regret_ns -= scan_ns * (float)(policy->submissions - page->regret_submission);
    page->regret_submission = policy->submissions;
    if (page->regret_ns < 0)
        page->regret_ns = 0;
    page->regret_ns += (float)policy->costs.trap_ns;
    return page->regret_ns >= round_trip_ns(policy) + scan_ns;
}

/* A trap of a protected page. */
static bool relaxes(struct policy *policy, unsigned page, unsigned traps)
{
    struct policy_page *own = &policy->pages[page];
    const bool rented = has_paid_rent(policy, own);

    learn_write(policy, own, 1);
    if (policy->learned.is_known ? policy->learned.traps : !rented)
        return false;
    own->regret_ns = 0;
    own->relaxed = true;
    return true;
}

/* By what the scans before this one have found. */
static bool protects(struct policy *policy, unsigned page)
{
    struct policy_page *own = &policy->pages[page];
    const struct policy_learned *learned = &policy->learned;
    /* Whether it was written before this submission will be found afterwards. */
    const bool rested =
        learned->rest_max == 0 || policy->submissions - own->last_write > learned->rest_max + 1;

    if (learned->is_known ? !rested : own->regret_ns < round_trip_ns(policy))
        return false;
    own->regret_ns = 0;
    own->relaxed = false;
    own->regret_submission = policy->submissions;
    return true;
}

static void reconstructed(struct policy *policy, unsigned page, unsigned changed)
{
    struct policy_page *own = &policy->pages[page];

    if (changed > 0)
        learn_write(policy, own, changed);
    if (!own->relaxed)
        return;
    /* An entry that was written twice is seen once: it were at least so many traps. */
    own->regret_ns += (float)(policy->costs.scan_ns - changed * policy->costs.trap_ns);
    if (own->regret_ns < 0)
        own->regret_ns = 0;
}

const struct policy_ops policy_auto = {
    "auto", begins_relaxed, relaxes, protects, reconstructed, submitted,
};
