/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * policy: which pages of a guest's table are relaxed, and for how long.
 *
 * | name      | relaxed are                                                              |
 * |-----------|--------------------------------------------------------------------------|
 * | native    | no shadow at all: what the same guest costs without a hypervisor         |
 * | strict    | none: each write traps                                                   |
 * | full      | all, always                                                              |
 * | static    | the N pages that trapped most often in a profiling run, always           |
 * | dynamic   | each page from its T-th trap on, always                                  |
 * | segmented | each page from its T-th trap on until the next submission                |
 * | auto      | each page while that is cheaper, by measured costs and what it has learnt |
 *
 * strict to segmented are gHyvi's (its section 3); segmented with T = 2 is what Linux'
 * i915 GVT-g calls out-of-sync. auto is ours: policy-auto.c describes it.
 * A policy is called by one thread at a time and by its engine only.
 */
#ifndef SHADOW_PAGING_POLICY_H
#define SHADOW_PAGING_POLICY_H

#include "shadow-paging/table.h"

#include <stdint.h>

/* T where the name has none: i915's. */
#define POLICY_TRAPS_DEFAULT 2
#define POLICY_TRAPS_MAX 4096
/* N where the name has none: the best one of the paper. */
#define POLICY_STATIC_DEFAULT 200

/* What auto weighs; measured, in nanoseconds. */
struct policy_costs {
    double trap_ns;      /* one trapped write, with its emulation */
    double unprotect_ns; /* to relax a page */
    double protect_ns;   /* to protect it again */
    double scan_ns;      /* to reconstruct a page of which nothing has changed */
};

struct policy;

struct policy_ops {
    const char *name;
    /* Whether the page is relaxed from the beginning. */
    bool (*begins_relaxed)(const struct policy *policy, unsigned page);
    /* A write to the protected page has trapped, the traps-th since it was protected. True:
     * relax it now. */
    bool (*relaxes)(struct policy *policy, unsigned page, unsigned traps);
    /* A submission, and the page is relaxed. True: protect it, then reconstruct it. */
    bool (*protects)(struct policy *policy, unsigned page);
    /* The relaxed page has been reconstructed, and changed entries were different. */
    void (*reconstructed)(struct policy *policy, unsigned page, unsigned changed);
    /* A submission is over. */
    void (*submitted)(struct policy *policy);
};

/* By its name, which may have a number: strict, static-200, segmented-2. NULL: there is
 * no such policy, or no memory. static without a profile has pages 0 to N - 1. */
struct policy *policy_create(const char *name);
void policy_destroy(struct policy *policy);

/* How often each of the TABLE_PAGES pages has trapped in a profiling run: a run of the
 * same workload by strict, shadow_page_traps(). Before the engine is created. */
void policy_set_profile(struct policy *policy, const uint32_t *page_traps);
void policy_set_costs(struct policy *policy, struct policy_costs costs);

const struct policy_ops *policy_ops(const struct policy *policy);
/* Its name, with the number if it has one. */
const char *policy_name(const struct policy *policy);
/* False for native alone. */
bool policy_shadows(const struct policy *policy);
/* The name of each kind, without a number; NULL beyond the last one. */
const char *policy_kind(unsigned index);

#endif
