/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/shadow.h"

#include "shadow-paging/diff.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Measurements of a scan when an engine is created, of which the median counts; pages in one. */
#define SCANS_TIMED 9
#define SCAN_PAGES 16

struct shadow {
    pthread_mutex_t lock; /* over all below; a trap's handler takes it, too */
    struct shadow_parts parts;
    uint64_t *ptes;                     /* TABLE_ENTRIES: what the GPU reads */
    uint64_t *snapshots;                /* of the relaxed pages, as they were read last */
    bool has_snapshot[TABLE_PAGES];     /* ever: its memory is there */
    uint64_t relaxed[TABLE_PAGES / 64]; /* a bit for each page */
    uint32_t traps[TABLE_PAGES];        /* since the page was protected */
    uint32_t page_traps[TABLE_PAGES];
    diff_scan scan;
    const char *scan_name;
    struct policy_costs costs;
    struct shadow_counters counters;
    struct shadow_violation violation; /* the first; submission is 0 if there is none */
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* What this thread has computed: a busy machine does not count. */
static uint64_t thread_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* --- one entry, one page ------------------------------------------------------ */

/* Of the guest's table, which the guest may be writing. */
static uint64_t read_guest(const struct shadow *shadow, unsigned index)
{
    return __atomic_load_n(&shadow->parts.trap->table[index], __ATOMIC_RELAXED);
}

/* Which the GPU may be reading. */
static void set_pte(struct shadow *shadow, unsigned index, uint64_t pte)
{
    __atomic_store_n(&shadow->ptes[index], pte, __ATOMIC_RELAXED);
}

static uint64_t translate(struct shadow *shadow, uint64_t entry)
{
    const uint64_t pte = p2m_translate(shadow->parts.p2m, entry);

    if (pte == ENTRY_NONE && entry_is_present(entry))
        shadow->counters.frames_missing++;
    return pte;
}

static bool is_relaxed(const struct shadow *shadow, unsigned page)
{
    return shadow->relaxed[page / 64] >> page % 64 & 1;
}

static void set_relaxed(struct shadow *shadow, unsigned page, bool relaxed)
{
    const uint64_t bit = UINT64_C(1) << page % 64;

    if (relaxed)
        shadow->relaxed[page / 64] |= bit;
    else
        shadow->relaxed[page / 64] &= ~bit;
}

/* Makes the shadow of a whole page, and its snapshot. */
static unsigned rebuild(struct shadow *shadow, unsigned page)
{
    unsigned changed = 0;

    shadow->has_snapshot[page] = true;
    for (unsigned i = page * TABLE_PAGE_ENTRIES; i < (page + 1) * TABLE_PAGE_ENTRIES; i++) {
        const uint64_t entry = read_guest(shadow, i), pte = translate(shadow, entry);
        changed += pte != shadow->ptes[i];
        set_pte(shadow, i, pte);
        shadow->snapshots[i] = entry;
    }
    return changed;
}

static unsigned reconstruct_by_diff(struct shadow *shadow, unsigned page)
{
    const unsigned first = page * TABLE_PAGE_ENTRIES;
    uint16_t changed[TABLE_PAGE_ENTRIES];
    const unsigned count =
        shadow->scan(&shadow->parts.trap->table[first], &shadow->snapshots[first], changed);

    for (unsigned i = 0; i < count; i++) {
        /* Read once more, and once: what is kept is what has been shadowed. */
        const uint64_t entry = read_guest(shadow, first + changed[i]);
        set_pte(shadow, first + changed[i], translate(shadow, entry));
        shadow->snapshots[first + changed[i]] = entry;
    }
    return count;
}

static unsigned reconstruct(struct shadow *shadow, unsigned page)
{
    return shadow->parts.reconstruction == SHADOW_DIFF ? reconstruct_by_diff(shadow, page)
                                                       : rebuild(shadow, page);
}

/* From now on the page's writes are found by its reconstruction. While it is protected
 * nobody writes it but traps, which wait for the lock: the snapshot is what was shadowed. */
static void relax(struct shadow *shadow, unsigned page)
{
    const unsigned first = page * TABLE_PAGE_ENTRIES;

    memcpy(&shadow->snapshots[first], &shadow->parts.trap->table[first], TABLE_PAGE_BYTES);
    shadow->has_snapshot[page] = true;
    if (trap_unprotect(shadow->parts.trap, page, 1) != 0) {
        shadow->counters.protection_errors++;
        return;
    }
    set_relaxed(shadow, page, true);
    shadow->counters.pages_relaxed++;
}

/* --- traps ---------------------------------------------------------------------- */

/* Byte by byte if it is not aligned. */
static void store(uint64_t *table, const struct guest_write *write)
{
    uint8_t *at = (uint8_t *)table + write->offset_bytes;

    if (write->size_bytes == 8 && write->offset_bytes % 8 == 0) {
        __atomic_store_n((uint64_t *)at, write->value, __ATOMIC_RELAXED);
    } else if (write->size_bytes == 4 && write->offset_bytes % 4 == 0) {
        __atomic_store_n((uint32_t *)at, (uint32_t)write->value, __ATOMIC_RELAXED);
    } else {
        for (unsigned i = 0; i < write->size_bytes; i++)
            __atomic_store_n(at + i, (uint8_t)(write->value >> 8 * i), __ATOMIC_RELAXED);
    }
}

static void count_trap(struct shadow *shadow, unsigned page)
{
    struct policy *policy = shadow->parts.policy;

    if (is_relaxed(shadow, page))
        return;
    shadow->page_traps[page]++;
    if (policy_ops(policy)->relaxes(policy, page, ++shadow->traps[page]))
        relax(shadow, page);
}

static void emulate(struct shadow *shadow, const struct guest_write *write)
{
    shadow->counters.traps++;
    if (write->offset_bytes > TABLE_BYTES - write->size_bytes) {
        shadow->counters.writes_outside++;
        return;
    }
    const unsigned first = write->offset_bytes / TABLE_ENTRY_BYTES;
    const unsigned last = (write->offset_bytes + write->size_bytes - 1) / TABLE_ENTRY_BYTES;

    store(shadow->parts.trap->table, write);
    /* A relaxed page that a straddling write touches, or that another thread's trap has
     * relaxed meanwhile, is found by its reconstruction. */
    for (unsigned i = first; i <= last; i++) {
        if (!is_relaxed(shadow, i / TABLE_PAGE_ENTRIES))
            set_pte(shadow, i, translate(shadow, read_guest(shadow, i)));
    }
    count_trap(shadow, first / TABLE_PAGE_ENTRIES);
    if (last / TABLE_PAGE_ENTRIES != first / TABLE_PAGE_ENTRIES)
        count_trap(shadow, last / TABLE_PAGE_ENTRIES);
}

static void on_write(void *data, const struct guest_write *write)
{
    struct shadow *shadow = data;

    pthread_mutex_lock(&shadow->lock);
    emulate(shadow, write);
    pthread_mutex_unlock(&shadow->lock);
}

int shadow_write(struct shadow *shadow, const struct guest_write *writes, size_t count)
{
    return trap_write(shadow->parts.trap, writes, count);
}

/* --- submissions ------------------------------------------------------------------ */

/* Protects a run of pages, or leaves them relaxed. */
static void protect_run(struct shadow *shadow, unsigned first_page, unsigned pages)
{
    if (pages == 0)
        return;
    if (trap_protect(shadow->parts.trap, first_page, pages) != 0) {
        shadow->counters.protection_errors++;
        return;
    }
    for (unsigned page = first_page; page < first_page + pages; page++) {
        set_relaxed(shadow, page, false);
        shadow->traps[page] = 0;
    }
    shadow->counters.pages_protected += pages;
}

/* A log has what was written, so no page is protected and no policy asked. Without the log, all. */
static void reconstruct_logged(struct shadow *shadow)
{
    struct trap *trap = shadow->parts.trap;
    struct trap_pages dirty = {{0}};

    if (trap->ops->read_dirty(trap, &dirty) != 0) {
        shadow->counters.protection_errors++;
        memset(&dirty, 0xff, sizeof dirty);
    }
    for (unsigned word = 0; word < TABLE_PAGES / 64; word++) {
        for (uint64_t bits = dirty.bits[word]; bits != 0; bits &= bits - 1) {
            shadow->counters.entries_changed +=
                reconstruct(shadow, word * 64 + (unsigned)__builtin_ctzll(bits));
            shadow->counters.pages_reconstructed++;
        }
    }
}

/* Protects first: what the guest writes afterwards traps, and waits for the lock; what it
 * has written before is found by the reconstruction. Neighbours are protected at once. */
static void reconstruct_all(struct shadow *shadow)
{
    struct policy *policy = shadow->parts.policy;
    const struct policy_ops *ops = policy_ops(policy);
    uint64_t work[TABLE_PAGES / 64];
    unsigned first = 0, run = 0;

    memcpy(work, shadow->relaxed, sizeof work);
    for (unsigned word = 0; word < TABLE_PAGES / 64; word++) {
        for (uint64_t bits = work[word]; bits != 0; bits &= bits - 1) {
            const unsigned page = word * 64 + (unsigned)__builtin_ctzll(bits);
            if (!ops->protects(policy, page))
                continue;
            if (run > 0 && page == first + run) {
                run++;
                continue;
            }
            protect_run(shadow, first, run);
            first = page;
            run = 1;
        }
    }
    protect_run(shadow, first, run);

    for (unsigned word = 0; word < TABLE_PAGES / 64; word++) {
        for (uint64_t bits = work[word]; bits != 0; bits &= bits - 1) {
            const unsigned page = word * 64 + (unsigned)__builtin_ctzll(bits);
            const unsigned changed = reconstruct(shadow, page);
            shadow->counters.pages_reconstructed++;
            shadow->counters.entries_changed += changed;
            ops->reconstructed(policy, page, changed);
        }
    }
    ops->submitted(policy);
}

static void report_violation(struct shadow *shadow, unsigned index, uint64_t guest,
                             uint64_t expected)
{
    if (shadow->counters.violations++ > 0)
        return;
    shadow->violation = (struct shadow_violation){
        .submission = shadow->counters.submissions,
        .page = index / TABLE_PAGE_ENTRIES,
        .entry = index % TABLE_PAGE_ENTRIES,
        .guest = guest,
        .shadow = shadow->ptes[index],
        .expected = expected,
        .policy = policy_name(shadow->parts.policy),
    };
}

/* True: no entry is stale. */
static bool check_page(struct shadow *shadow, unsigned page)
{
    const uint64_t violations = shadow->counters.violations;
    const bool may_be_written = shadow->parts.guest_runs && is_relaxed(shadow, page);

    for (unsigned i = page * TABLE_PAGE_ENTRIES; i < (page + 1) * TABLE_PAGE_ENTRIES; i++) {
        const uint64_t guest = read_guest(shadow, i);
        const uint64_t expected = p2m_reference(shadow->parts.p2m, guest);
        if (shadow->ptes[i] == expected)
            continue;
        if (may_be_written && shadow->snapshots[i] != guest)
            shadow->counters.entries_in_flight++;
        else
            report_violation(shadow, i, guest, expected);
    }
    shadow->counters.entries_checked += TABLE_PAGE_ENTRIES;
    return shadow->counters.violations == violations;
}

static bool check(struct shadow *shadow, const uint16_t *pages, size_t count)
{
    const uint64_t begin_ns = now_ns();
    bool holds = true;

    for (size_t i = 0; i < (pages ? count : TABLE_PAGES); i++)
        holds = check_page(shadow, pages ? pages[i] : (unsigned)i) && holds;
    shadow->counters.check_ns += now_ns() - begin_ns;
    return holds;
}

int shadow_submit(struct shadow *shadow, const uint16_t *pages, size_t count)
{
    for (size_t i = 0; pages && i < count; i++) {
        if (pages[i] >= TABLE_PAGES)
            return -EINVAL;
    }
    bool holds = true;

    pthread_mutex_lock(&shadow->lock);
    shadow->counters.submissions++;
    if (policy_shadows(shadow->parts.policy)) {
        const uint64_t begin_ns = now_ns();
        if (shadow->parts.trap->ops->read_dirty)
            reconstruct_logged(shadow);
        else
            reconstruct_all(shadow);
        shadow->counters.reconstruct_ns += now_ns() - begin_ns;
        if (shadow->parts.checks)
            holds = check(shadow, pages, count);
    }
    pthread_mutex_unlock(&shadow->lock);
    return holds ? 0 : -ESTALE;
}

/* --- the engine ----------------------------------------------------------------- */

/* Every page relaxed or protected, as the policy has it at its beginning. A page changes
 * from relaxed to protected only with its shadow made. */
static int begin_policy(struct shadow *shadow)
{
    const struct policy *policy = shadow->parts.policy;

    for (unsigned page = 0; page < TABLE_PAGES; page++) {
        const bool relaxed =
            shadow->parts.trap->ops->read_dirty || policy_ops(policy)->begins_relaxed(policy, page);
        if (relaxed && !is_relaxed(shadow, page)) {
            relax(shadow, page);
        } else if (!relaxed && is_relaxed(shadow, page)) {
            protect_run(shadow, page, 1);
            reconstruct(shadow, page);
        }
        shadow->traps[page] = 0;
    }
    return shadow->counters.protection_errors == 0 ? 0 : -EIO;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* What a reconstruction costs that finds nothing. */
static double measure_scan_ns(struct shadow *shadow)
{
    double scan_ns[SCANS_TIMED];

    for (unsigned page = 0; page < SCAN_PAGES; page++)
        rebuild(shadow, page);
    for (unsigned i = 0; i < SCANS_TIMED; i++) {
        const uint64_t begin_ns = thread_ns();
        for (unsigned page = 0; page < SCAN_PAGES; page++)
            reconstruct(shadow, page);
        scan_ns[i] = (double)(thread_ns() - begin_ns) / SCAN_PAGES;
    }
    qsort(scan_ns, SCANS_TIMED, sizeof *scan_ns, by_value);
    return scan_ns[SCANS_TIMED / 2];
}

/* Of what the table has when the engine is created, which usually is nothing. */
static void make_shadow(struct shadow *shadow)
{
    static const uint64_t nothing[TABLE_PAGE_ENTRIES] __attribute__((aligned(64)));
    uint16_t changed[TABLE_PAGE_ENTRIES];

    memset(shadow->ptes, 0, TABLE_BYTES); /* ENTRY_NONE */
    for (unsigned page = 0; page < TABLE_PAGES; page++) {
        if (shadow->scan(&shadow->parts.trap->table[page * TABLE_PAGE_ENTRIES], nothing, changed) >
            0)
            rebuild(shadow, page);
    }
}

struct shadow *shadow_create(const struct shadow_parts *parts)
{
    struct shadow *shadow = calloc(1, sizeof *shadow);
    const struct trap_costs *costs = &parts->trap->costs;

    if (!shadow)
        return NULL;
    pthread_mutex_init(&shadow->lock, NULL);
    shadow->parts = *parts;
    shadow->scan = diff_choose(&shadow->scan_name);
    shadow->ptes = aligned_alloc(TABLE_PAGE_BYTES, TABLE_BYTES);
    shadow->snapshots = aligned_alloc(TABLE_PAGE_BYTES, TABLE_BYTES);
    if (!shadow->ptes || !shadow->snapshots) {
        shadow_destroy(shadow);
        return NULL;
    }
    trap_set_handler(parts->trap, (struct trap_handler){on_write, shadow});
    if (!policy_shadows(parts->policy))
        return shadow;

    /* Not one page can be written without a trap before its shadow is made. */
    if (trap_protect(parts->trap, 0, TABLE_PAGES) != 0) {
        shadow_destroy(shadow);
        return NULL;
    }
    make_shadow(shadow);
    shadow->costs = (struct policy_costs){
        .trap_ns = costs->trap_ns,
        .unprotect_ns = costs->unprotect_ns,
        .protect_ns = costs->protect_ns,
        .scan_ns = measure_scan_ns(shadow),
    };
    policy_set_costs(parts->policy, shadow->costs);
    if (begin_policy(shadow) != 0) {
        shadow_destroy(shadow);
        return NULL;
    }
    shadow->counters = (struct shadow_counters){0};
    return shadow;
}

void shadow_destroy(struct shadow *shadow)
{
    if (!shadow)
        return;
    trap_unprotect(shadow->parts.trap, 0, TABLE_PAGES);
    free(shadow->ptes);
    free(shadow->snapshots);
    pthread_mutex_destroy(&shadow->lock);
    free(shadow);
}

void shadow_set_policy(struct shadow *shadow, struct policy *policy)
{
    pthread_mutex_lock(&shadow->lock);
    shadow->parts.policy = policy;
    policy_set_costs(policy, shadow->costs);
    begin_policy(shadow);
    pthread_mutex_unlock(&shadow->lock);
}

int shadow_set_frame(struct shadow *shadow, uint64_t guest_frame, uint32_t host_frame)
{
    pthread_mutex_lock(&shadow->lock);
    const int result = p2m_set(shadow->parts.p2m, guest_frame, host_frame);

    for (unsigned i = 0; result == 0 && i < TABLE_ENTRIES; i++) {
        /* Of a relaxed page what has been read last: the rest is found later. */
        const uint64_t entry = is_relaxed(shadow, i / TABLE_PAGE_ENTRIES) ? shadow->snapshots[i]
                                                                          : read_guest(shadow, i);
        if (entry_is_present(entry) && entry_frame(entry) == guest_frame)
            set_pte(shadow, i, translate(shadow, entry));
    }
    pthread_mutex_unlock(&shadow->lock);
    return result;
}

struct shadow_counters shadow_counters(struct shadow *shadow)
{
    pthread_mutex_lock(&shadow->lock);
    const struct shadow_counters counters = shadow->counters;
    pthread_mutex_unlock(&shadow->lock);
    return counters;
}

const uint32_t *shadow_page_traps(const struct shadow *shadow)
{
    return shadow->page_traps;
}

bool shadow_violation(const struct shadow *shadow, struct shadow_violation *ret_violation)
{
    *ret_violation = shadow->violation;
    return shadow->counters.violations > 0;
}

void shadow_violation_text(const struct shadow_violation *violation, char *ret_text, size_t size)
{
    snprintf(
        ret_text, size,
        "page %u, entry %u is stale at submission %llu with policy %s: the guest's entry is %#llx, "
        "the shadow PTE %#llx instead of %#llx",
        violation->page, violation->entry, (unsigned long long)violation->submission,
        violation->policy, (unsigned long long)violation->guest,
        (unsigned long long)violation->shadow, (unsigned long long)violation->expected);
}

bool shadow_is_relaxed(const struct shadow *shadow, unsigned page)
{
    return is_relaxed(shadow, page);
}

uint64_t shadow_pte(const struct shadow *shadow, unsigned page, unsigned entry)
{
    return __atomic_load_n(&shadow->ptes[page * TABLE_PAGE_ENTRIES + entry], __ATOMIC_RELAXED);
}

struct policy_costs shadow_costs(const struct shadow *shadow)
{
    return shadow->costs;
}

const char *shadow_diff_name(const struct shadow *shadow)
{
    return shadow->scan_name;
}

size_t shadow_bytes(const struct shadow *shadow)
{
    size_t bytes = sizeof *shadow + TABLE_BYTES + p2m_bytes(shadow->parts.p2m);

    for (unsigned page = 0; page < TABLE_PAGES; page++)
        bytes += shadow->has_snapshot[page] ? TABLE_PAGE_BYTES : 0;
    return bytes;
}
