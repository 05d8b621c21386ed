/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The vectors' scans against the scalar one. */
#include "shadow-paging/diff.h"
#include "shadow-paging/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static uint64_t page[TABLE_PAGE_ENTRIES] __attribute__((aligned(64)));
static uint64_t snapshot[TABLE_PAGE_ENTRIES] __attribute__((aligned(64)));

static void expect_as_scalar(diff_scan scan)
{
    uint16_t expected[TABLE_PAGE_ENTRIES], found[TABLE_PAGE_ENTRIES];
    const unsigned count = diff_scan_scalar(page, snapshot, expected);

    assert_int_equal(scan(page, snapshot, found), count);
    assert_memory_equal(found, expected, count * sizeof *found);
}

static void compare(diff_scan scan)
{
    uint64_t chance = 3;

    memset(snapshot, 0x5a, sizeof snapshot);
    memcpy(page, snapshot, sizeof page);
    expect_as_scalar(scan);
    for (unsigned i = 0; i < TABLE_PAGE_ENTRIES;
         i++) { /* each one alone, by its highest or lowest bit */
        page[i] ^= i % 2 ? UINT64_C(1) << 63 : 1;
        expect_as_scalar(scan);
        page[i] = snapshot[i];
    }
    for (unsigned repeat = 0; repeat < 500; repeat++) {
        for (unsigned i = 0; i < TABLE_PAGE_ENTRIES; i++) {
            chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            page[i] = snapshot[i] ^ (chance >> 40 < UINT64_C(1) << 24 >> repeat % 12);
        }
        expect_as_scalar(scan);
    }
    for (unsigned i = 0; i < TABLE_PAGE_ENTRIES; i++)
        page[i] = ~snapshot[i];
    expect_as_scalar(scan);
}

static void the_scalar_one_finds_what_differs(void **state)
{
    (void)state;
    uint16_t found[TABLE_PAGE_ENTRIES];

    memset(page, 0, sizeof page);
    memset(snapshot, 0, sizeof snapshot);
    assert_int_equal(diff_scan_scalar(page, snapshot, found), 0);
    page[0] = page[511] = 1;
    snapshot[77] = UINT64_C(1) << 40;
    assert_int_equal(diff_scan_scalar(page, snapshot, found), 3);
    assert_int_equal(found[0], 0);
    assert_int_equal(found[1], 77);
    assert_int_equal(found[2], 511);
}

static void avx2_finds_the_same(void **state)
{
    (void)state;
    diff_scan scan = diff_by_name("avx2");
    if (!scan)
        skip();
    compare(scan);
}

static void avx512_finds_the_same(void **state)
{
    (void)state;
    diff_scan scan = diff_by_name("avx512");
    if (!scan)
        skip();
    compare(scan);
}

static void one_is_chosen(void **state)
{
    (void)state;
    const char *name = NULL;
    diff_scan chosen = diff_choose(&name);
    assert_non_null(chosen);
    assert_ptr_equal(chosen, diff_by_name(name));
    assert_null(diff_by_name("mmx"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scalar_one_finds_what_differs),
        cmocka_unit_test(avx2_finds_the_same),
        cmocka_unit_test(avx512_finds_the_same),
        cmocka_unit_test(one_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
