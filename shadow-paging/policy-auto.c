/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Each page is a ski rental of its own. A page has two states, and each one costs
 * something in each submission: protected one trap for each write, relaxed one scan. A
 * page's regret is what it would have cost less in the other state. As soon as the
 * regret has reached what changing the state costs, there and back, it is changed. So a
 * page never pays more than about twice what the better state and the way to it would
 * have cost, whatever the guest does, and after a change of the load it follows once it
 * has lost as much as that.
 *
 * The costs are those that were measured on this host for this back end and this
 * reconstruction. If a scan is much cheaper than a trap (diff), pages that are written
 * rarely stay relaxed; if it is dearer (rebuild through a tree), only pages that are
 * written often do.
 */
#include "shadow-paging/policy-auto.h"

#include "shadow-paging/policy-state.h"

static bool begins_relaxed(const struct policy *policy, unsigned page)
{
    return false;
}

static float round_trip_ns(const struct policy *policy)
{
    return (float)(policy->costs.unprotect_ns + policy->costs.protect_ns);
}

/* A trap of a protected page. The submissions since its last one would each have cost a
 * scan, if it had been relaxed; and the next one will, so that has to be earned, too. */
static bool relaxes(struct policy *policy, unsigned page, unsigned traps)
{
    struct policy_page *own = &policy->pages[page];
    const float scan_ns = (float)policy->costs.scan_ns;

    own->regret_ns -= scan_ns * (float)(policy->submissions - own->submissions);
    own->submissions = policy->submissions;
    if (own->regret_ns < 0)
        own->regret_ns = 0;
    own->regret_ns += (float)policy->costs.trap_ns;
    if (own->regret_ns < round_trip_ns(policy) + scan_ns)
        return false;
    own->regret_ns = 0;
    own->relaxed = true;
    return true;
}

/* By what the scans before this one have found. */
static bool protects(struct policy *policy, unsigned page)
{
    struct policy_page *own = &policy->pages[page];

    if (own->regret_ns < round_trip_ns(policy))
        return false;
    own->regret_ns = 0;
    own->relaxed = false;
    own->submissions = policy->submissions;
    return true;
}

static void reconstructed(struct policy *policy, unsigned page, unsigned changed)
{
    struct policy_page *own = &policy->pages[page];

    if (!own->relaxed)
        return;
    /* An entry that was written twice is seen once: it were at least so many traps. */
    own->regret_ns += (float)(policy->costs.scan_ns - changed * policy->costs.trap_ns);
    if (own->regret_ns < 0)
        own->regret_ns = 0;
}

static void submitted(struct policy *policy)
{
    policy->submissions++;
}

const struct policy_ops policy_auto = {
    "auto", begins_relaxed, relaxes, protects, reconstructed, submitted,
};
