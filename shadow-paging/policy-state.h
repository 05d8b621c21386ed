/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* policy-state: what a policy keeps; for policy.c and policy-auto.c alone. */
#ifndef SHADOW_PAGING_POLICY_STATE_H
#define SHADOW_PAGING_POLICY_STATE_H

#include "shadow-paging/policy.h"

struct policy {
    const struct policy_ops *ops;
    char name[24];
    unsigned number;          /* static: N; dynamic and segmented: T */
    bool chosen[TABLE_PAGES]; /* static */
    struct policy_costs costs;
    /* auto */
    struct policy_page {
        float regret_ns; /* what the other state would have saved */
        bool relaxed;
        uint32_t submissions; /* protected: how many its regret knows of */
    } pages[TABLE_PAGES];
    uint32_t submissions;
};

#endif
