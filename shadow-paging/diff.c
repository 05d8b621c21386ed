/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/diff.h"

#include "shadow-paging/table.h"

#include <immintrin.h>
#include <stddef.h>
#include <string.h>

/* Of the guest's page, which its other threads may be writing: whole entries, as the
 * processor's. The vectors' lanes are whole, too, because they are aligned. */
static inline uint64_t read_entry(const uint64_t *entry)
{
    return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

unsigned diff_scan_scalar(const uint64_t *page, const uint64_t *snapshot, uint16_t *ret_changed)
{
    unsigned count = 0;

    for (unsigned i = 0; i < TABLE_PAGE_ENTRIES; i++) {
        if (read_entry(&page[i]) != snapshot[i])
            ret_changed[count++] = (uint16_t)i;
    }
    return count;
}

/* Appends the indices of the bits that are set, from `first` on. */
static inline unsigned append(unsigned bits, unsigned first, uint16_t *changed, unsigned count)
{
    for (; bits != 0; bits &= bits - 1)
        changed[count++] = (uint16_t)(first + (unsigned)__builtin_ctz(bits));
    return count;
}

/* ThreadSanitizer would call a vector of entries that another thread writes a race. */
__attribute__((target("avx2"), no_sanitize("thread"))) static unsigned
diff_scan_avx2(const uint64_t *page, const uint64_t *snapshot, uint16_t *ret_changed)
{
    unsigned count = 0;

    for (unsigned i = 0; i < TABLE_PAGE_ENTRIES; i += 8) {
        const __m256i a = _mm256_load_si256((const __m256i *)(page + i));
        const __m256i b = _mm256_load_si256((const __m256i *)(page + i + 4));
        const __m256i same_a =
            _mm256_cmpeq_epi64(a, _mm256_load_si256((const __m256i *)(snapshot + i)));
        const __m256i same_b =
            _mm256_cmpeq_epi64(b, _mm256_load_si256((const __m256i *)(snapshot + i + 4)));
        const unsigned same = (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(same_a)) |
                              (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(same_b)) << 4;
        if (same != 0xff)
            count = append(~same & 0xff, i, ret_changed, count);
    }
    return count;
}

__attribute__((target("avx512f"), no_sanitize("thread"))) static unsigned
diff_scan_avx512(const uint64_t *page, const uint64_t *snapshot, uint16_t *ret_changed)
{
    unsigned count = 0;

    for (unsigned i = 0; i < TABLE_PAGE_ENTRIES; i += 8) {
        const __mmask8 changed =
            _mm512_cmpneq_epi64_mask(_mm512_load_si512(page + i), _mm512_load_si512(snapshot + i));
        if (changed)
            count = append(changed, i, ret_changed, count);
    }
    return count;
}

diff_scan diff_by_name(const char *name)
{
    if (strcmp(name, "avx512") == 0)
        return __builtin_cpu_supports("avx512f") ? diff_scan_avx512 : NULL;
    if (strcmp(name, "avx2") == 0)
        return __builtin_cpu_supports("avx2") ? diff_scan_avx2 : NULL;
    return strcmp(name, "scalar") == 0 ? diff_scan_scalar : NULL;
}

diff_scan diff_choose(const char **ret_name)
{
    static const char *const names[] = {"avx512", "avx2", "scalar"};
    unsigned i = 0;

    while (!diff_by_name(names[i]))
        i++;
    *ret_name = names[i];
    return diff_by_name(names[i]);
}
