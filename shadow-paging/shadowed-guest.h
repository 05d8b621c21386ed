/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * shadowed-guest: a guest whose GPU page table is shadowed, as a workload uses it: trap
 * back end, policy, p2m and engine, chosen by their names.
 *
 *     struct shadowed_guest *guest = shadowed_guest_create(&settings, &reason);
 *     shadow_write(guest->shadow, writes, count);
 *     shadow_submit(guest->shadow, NULL, 0);
 *     shadowed_guest_destroy(guest);
 */
#ifndef SHADOW_PAGING_SHADOWED_GUEST_H
#define SHADOW_PAGING_SHADOWED_GUEST_H

#include "shadow-paging/shadow.h"

/* Guest frames where the settings have none: 256 MiB for the GPU. */
#define SHADOWED_GUEST_FRAMES_DEFAULT 65536

/* Zeroed is auto by the preferred back end, diff and an array. */
struct shadowed_guest_settings {
    const char *policy; /* policy_create(); NULL: auto */
    const char *trap;   /* trap_by_name(); NULL: the first one that works here */
    enum shadow_reconstruction reconstruction;
    enum p2m_kind p2m;
    uint32_t frames;         /* 0: SHADOWED_GUEST_FRAMES_DEFAULT; all have a host frame */
    uint64_t seed;           /* of the p2m */
    const uint32_t *profile; /* policy_set_profile(); NULL: none */
    bool checks, guest_runs;
};

struct shadowed_guest {
    struct trap *trap;
    struct policy *policy;
    struct p2m *p2m;
    struct shadow *shadow;
};

/* NULL: not possible here, and ret_reason has why. If settings->trap is NULL, what did not
 * work before the back end that was taken is in ret_reason, too; else it is empty. */
struct shadowed_guest *shadowed_guest_create(const struct shadowed_guest_settings *settings,
                                             struct trap_reason *ret_reason);
void shadowed_guest_destroy(struct shadowed_guest *guest);

#endif
