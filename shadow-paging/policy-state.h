/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* policy-state: what a policy keeps; for policy.c and policy-auto.c alone. */
#ifndef SHADOW_PAGING_POLICY_STATE_H
#define SHADOW_PAGING_POLICY_STATE_H

#include "shadow-paging/policy.h"

/* Lengths of a rest, in submissions: 0 to 16 have a class each, the others share theirs. */
#define POLICY_REST_CLASSES 52

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
        bool written;               /* since the beginning */
        uint32_t regret_submission; /* protected: until when its regret knows */
        uint32_t last_write;        /* in which submission */
    } pages[TABLE_PAGES];
    uint32_t submissions;
    struct policy_learned {
        struct policy_rests {
            float count, submissions;
        } rests[POLICY_REST_CLASSES];
        float writes;      /* with a rest before them */
        bool is_known;     /* else each page is a ski rental */
        bool traps;        /* no page is relaxed */
        uint32_t rest_max; /* a page that rests for longer is protected */
    } learned;
};

#endif
