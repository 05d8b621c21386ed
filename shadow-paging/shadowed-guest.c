/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/shadowed-guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fails(struct trap_reason *ret_reason, const char *what, const char *name)
{
    snprintf(ret_reason->text, sizeof ret_reason->text, "%s%s", what, name);
    return false;
}

/* The first back end that works, and in ret_reason why not those before it. */
static struct trap *create_preferred(struct trap_reason *ret_reason)
{
    struct trap *trap = NULL;
    size_t length = 0;

    ret_reason->text[0] = '\0';
    for (const struct trap_ops *const *ops = trap_all(); *ops && !trap; ops++) {
        struct trap_reason reason;
        trap = trap_create(*ops, &reason);
        if (!trap && length < sizeof ret_reason->text)
            length += (size_t)snprintf(ret_reason->text + length, sizeof ret_reason->text - length,
                                       "%s%s", length > 0 ? "; " : "", reason.text);
    }
    return trap;
}

static struct trap *create_by_name(const char *name, struct trap_reason *ret_reason)
{
    const struct trap_ops *ops = trap_by_name(name);

    if (ops)
        return trap_create(ops, ret_reason);
    fails(ret_reason, "no trap back end has the name ", name);
    return NULL;
}

static bool create_parts(struct shadowed_guest *guest,
                         const struct shadowed_guest_settings *settings,
                         struct trap_reason *ret_reason)
{
    const char *policy = settings->policy ? settings->policy : "auto";

    guest->policy = policy_create(policy);
    if (!guest->policy)
        return fails(ret_reason, "there is no policy ", policy);
    if (settings->profile)
        policy_set_profile(guest->policy, settings->profile);
    guest->p2m = p2m_create(settings->p2m,
                            settings->frames ? settings->frames : SHADOWED_GUEST_FRAMES_DEFAULT);
    if (!guest->p2m)
        return fails(ret_reason, "a p2m of so many frames cannot be made", "");
    p2m_fill(guest->p2m, settings->seed);
    guest->trap =
        settings->trap ? create_by_name(settings->trap, ret_reason) : create_preferred(ret_reason);
    if (!guest->trap)
        return false;
    guest->shadow = shadow_create(&(struct shadow_parts){
        .trap = guest->trap,
        .policy = guest->policy,
        .p2m = guest->p2m,
        .reconstruction = settings->reconstruction,
        .checks = settings->checks,
        .guest_runs = settings->guest_runs,
    });
    return guest->shadow ||
           fails(ret_reason, "no memory for the shadow, or its pages cannot be protected", "");
}

struct shadowed_guest *shadowed_guest_create(const struct shadowed_guest_settings *settings,
                                             struct trap_reason *ret_reason)
{
    struct shadowed_guest *guest = calloc(1, sizeof *guest);

    ret_reason->text[0] = '\0';
    if (guest && !create_parts(guest, settings, ret_reason)) {
        shadowed_guest_destroy(guest);
        return NULL;
    }
    return guest;
}

void shadowed_guest_destroy(struct shadowed_guest *guest)
{
    if (!guest)
        return;
    shadow_destroy(guest->shadow);
    trap_destroy(guest->trap);
    policy_destroy(guest->policy);
    p2m_destroy(guest->p2m);
    free(guest);
}
