/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/policy.h"

#include "shadow-paging/policy-auto.h"
#include "shadow-paging/policy-state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool never(const struct policy *policy, unsigned page)
{
    return false;
}

static bool always(const struct policy *policy, unsigned page)
{
    return true;
}

static bool is_chosen(const struct policy *policy, unsigned page)
{
    return policy->chosen[page];
}

static bool does_not_relax(struct policy *policy, unsigned page, unsigned traps)
{
    return false;
}

static bool relaxes_at_threshold(struct policy *policy, unsigned page, unsigned traps)
{
    return traps >= policy->number;
}

static bool stays_relaxed(struct policy *policy, unsigned page)
{
    return false;
}

static bool is_protected(struct policy *policy, unsigned page)
{
    return true;
}

static void learns_nothing(struct policy *policy, unsigned page, unsigned changed) {}

static void goes_on(struct policy *policy) {}

/* clang-format off */
static const struct policy_ops native =
    {"native", always, does_not_relax, stays_relaxed, learns_nothing, goes_on};
static const struct policy_ops strict =
    {"strict", never, does_not_relax, is_protected, learns_nothing, goes_on};
static const struct policy_ops full =
    {"full", always, does_not_relax, stays_relaxed, learns_nothing, goes_on};
static const struct policy_ops static_pages =
    {"static", is_chosen, does_not_relax, stays_relaxed, learns_nothing, goes_on};
static const struct policy_ops dynamic =
    {"dynamic", never, relaxes_at_threshold, stays_relaxed, learns_nothing, goes_on};
static const struct policy_ops segmented =
    {"segmented", never, relaxes_at_threshold, is_protected, learns_nothing, goes_on};

static const struct {
    const struct policy_ops *ops;
    unsigned number_default, number_max; /* 0: it has no number */
} kinds[] = {
    {&native, 0, 0},
    {&strict, 0, 0},
    {&full, 0, 0},
    {&static_pages, POLICY_STATIC_DEFAULT, TABLE_PAGES},
    {&dynamic, POLICY_TRAPS_DEFAULT, POLICY_TRAPS_MAX},
    {&segmented, POLICY_TRAPS_DEFAULT, POLICY_TRAPS_MAX},
    {&policy_auto, 0, 0},
};
/* clang-format on */
#define KINDS (sizeof kinds / sizeof kinds[0])

/* "-200": the number behind the kind's name, 0 if it is not one. */
static unsigned number_of(const char *behind, unsigned number_default, unsigned number_max)
{
    if (*behind == '\0')
        return number_default;
    if (behind[0] != '-' || strspn(behind + 1, "0123456789") != strlen(behind + 1) ||
        strlen(behind + 1) > 4)
        return 0;
    const unsigned number = (unsigned)strtoul(behind + 1, NULL, 10);
    return number <= number_max ? number : 0;
}

struct policy *policy_create(const char *name)
{
    for (unsigned i = 0; i < KINDS; i++) {
        const size_t length = strlen(kinds[i].ops->name);
        if (strncmp(name, kinds[i].ops->name, length) != 0)
            continue;
        const unsigned number =
            number_of(name + length, kinds[i].number_default, kinds[i].number_max);
        if (number == 0 && (kinds[i].number_max > 0 || name[length] != '\0'))
            continue;
        struct policy *policy = calloc(1, sizeof *policy);
        if (!policy)
            return NULL;
        policy->ops = kinds[i].ops;
        policy->number = number;
        for (unsigned page = 0; page < number && page < TABLE_PAGES; page++)
            policy->chosen[page] = true;
        snprintf(policy->name, sizeof policy->name, number > 0 ? "%s-%u" : "%s", policy->ops->name,
                 number);
        return policy;
    }
    return NULL;
}

void policy_destroy(struct policy *policy)
{
    free(policy);
}

void policy_set_profile(struct policy *policy, const uint32_t *page_traps)
{
    memset(policy->chosen, 0, sizeof policy->chosen);
    for (unsigned n = 0; n < policy->number && n < TABLE_PAGES; n++) {
        unsigned best = TABLE_PAGES;
        for (unsigned page = 0; page < TABLE_PAGES; page++) {
            if (!policy->chosen[page] &&
                (best == TABLE_PAGES || page_traps[page] > page_traps[best]))
                best = page;
        }
        policy->chosen[best] = true;
    }
}

void policy_set_costs(struct policy *policy, struct policy_costs costs)
{
    policy->costs = costs;
}

const struct policy_ops *policy_ops(const struct policy *policy)
{
    return policy->ops;
}

const char *policy_name(const struct policy *policy)
{
    return policy->name;
}

bool policy_shadows(const struct policy *policy)
{
    return policy->ops != &native;
}

const char *policy_kind(unsigned index)
{
    return index < KINDS ? kinds[index].ops->name : NULL;
}
