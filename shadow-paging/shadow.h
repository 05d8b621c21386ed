/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * shadow: the engine, which keeps the shadow of one guest's GPU page table.
 *
 * The guest writes its table, the GPU reads the shadow. A protected page is strict:
 * each write traps, is emulated, and its shadow PTE is made at once. A relaxed page is
 * written without a trap, and reconstructed at the submission, before the GPU runs. The
 * policy says which page is which, the trap back end protects them. With a back end that
 * logs what was written (trap_ops.read_dirty) all pages are relaxed, whatever the policy;
 * those in the log are reconstructed.
 * (gHyvi, USENIX ATC 2015, section 3; Linux drivers/gpu/drm/i915/gvt/gtt.c.)
 *
 * The invariant. At each submission, for all pages that the GPU may use, the shadow PTE
 * is p2m_translate() of the guest's entry. With checks it is examined against the p2m's
 * reference; what differs is a violation, and shadow_submit() returns -ESTALE.
 *
 * What the guest may do wrong, and what then happens:
 *  - it writes outside its table: the write does not happen, and is counted; also one that
 *    begins inside and ends outside;
 *  - it writes a half of an entry: the entry is shadowed as it is then, half new;
 *  - its write straddles two entries, perhaps of two pages: both are shadowed;
 *  - an entry has a frame that the p2m does not have: the shadow PTE is ENTRY_NONE;
 *  - it uses more pages than any policy relaxes: they stay strict;
 *  - it writes on another thread while it is reconstructed: what it has written before
 *    shadow_submit() is in the shadow afterwards. A later write is there, too, or is
 *    found by the next submission; it is never lost. Such writes are only legal for
 *    entries that this submission does not use, so the check counts them as
 *    entries_in_flight, if guest_runs, and as violations if not.
 *
 * Threads: any number may write. All other functions are called by one thread at a
 * time, except that shadow_create() and shadow_destroy() exclude all others.
 */
#ifndef SHADOW_PAGING_SHADOW_H
#define SHADOW_PAGING_SHADOW_H

#include "shadow-paging/p2m.h"
#include "shadow-paging/policy.h"
#include "shadow-paging/trap.h"

/* How a relaxed page is reconstructed. */
enum shadow_reconstruction {
    SHADOW_DIFF,    /* the entries that differ from a snapshot */
    SHADOW_REBUILD, /* all entries through the p2m, as the paper does */
};

/* What an engine is made of. All of it outlives the engine and is used by it alone. */
struct shadow_parts {
    struct trap *trap;
    struct policy *policy;
    struct p2m *p2m;
    enum shadow_reconstruction reconstruction;
    bool checks;     /* the invariant, at each submission; check_ns is what that takes */
    bool guest_runs; /* other threads may write during a submission */
};

/* Since the engine was created. */
struct shadow_counters {
    uint64_t submissions;
    uint64_t traps;               /* writes that trapped, also those outside the table */
    uint64_t writes_outside;      /* of these */
    uint64_t pages_relaxed;       /* how often a page was unprotected after a trap */
    uint64_t pages_protected;     /* how often a page was protected again */
    uint64_t pages_reconstructed; /* summed over the submissions */
    uint64_t entries_changed;     /* of these pages */
    uint64_t frames_missing;      /* shadow PTEs made of frames that the p2m does not have */
    uint64_t reconstruct_ns;      /* the submissions' time without the check */
    uint64_t check_ns;            /* the check's time: not a cost of the policy */
    uint64_t entries_checked;
    uint64_t entries_in_flight; /* written during the submission that checked them */
    uint64_t violations;        /* stale entries */
    uint64_t protection_errors; /* refused by the kernel; the pages stay as they were */
};

/* A stale entry. */
struct shadow_violation {
    uint64_t submission; /* counted from 1 */
    unsigned page, entry;
    uint64_t guest, shadow, expected;
    const char *policy; /* policy_name() */
};

struct shadow;

/* Protects the table and makes the shadow of what is in it. NULL: no memory, or the
 * pages cannot be protected. */
struct shadow *shadow_create(const struct shadow_parts *parts);
void shadow_destroy(struct shadow *shadow);

/* The guest writes: trap_write(). */
int shadow_write(struct shadow *shadow, const struct guest_write *writes, size_t count);

/* The guest submits work to the GPU, which may use these pages; NULL: all. All relaxed
 * pages are reconstructed, as i915 does; the list is what the check looks at. -ESTALE:
 * an entry was stale; -EINVAL: a page that does not exist, and nothing has been done. */
int shadow_submit(struct shadow *shadow, const uint16_t *pages, size_t count);

/* Another policy from now on. What is relaxed and does not begin so with it is
 * reconstructed and protected. The old one belongs to the caller again. */
void shadow_set_policy(struct shadow *shadow, struct policy *policy);
/* The host gives the guest another frame, or takes it away (P2M_NO_FRAME): p2m_set(), and all
 * shadow PTEs of that frame are made anew at once. */
int shadow_set_frame(struct shadow *shadow, uint64_t guest_frame, uint32_t host_frame);

struct shadow_counters shadow_counters(struct shadow *shadow);
/* The traps of each of the TABLE_PAGES pages: a profile for policy_set_profile(). */
const uint32_t *shadow_page_traps(const struct shadow *shadow);
/* The first stale entry. False: there was none. */
bool shadow_violation(const struct shadow *shadow, struct shadow_violation *ret_violation);
/* As a line: page, entry, policy, and what is there instead of what. */
void shadow_violation_text(const struct shadow_violation *violation, char *ret_text, size_t size);

bool shadow_is_relaxed(const struct shadow *shadow, unsigned page);
/* What the GPU sees. */
uint64_t shadow_pte(const struct shadow *shadow, unsigned page, unsigned entry);
/* Measured when the engine was created. */
struct policy_costs shadow_costs(const struct shadow *shadow);
/* The name of the diff, diff_choose(). */
const char *shadow_diff_name(const struct shadow *shadow);
/* What the hypervisor keeps for this guest, the p2m included, the guest's own table not. */
size_t shadow_bytes(const struct shadow *shadow);

#endif
