/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The share of changed tiles, for known changes. */
#include "media/barcode.h"
#include "sim-agent/tile-changes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* 40 columns of which the last is 8 pixels wide, 4 rows of which the last is 2 high. */
#define WIDTH_PX (39 * 16 + 8)
#define HEIGHT_PX (3 * 16 + 2)
#define STRIDE_BYTES (WIDTH_PX * 4 + 12)
#define TILES (40 * 4 - 24 * 2) /* without the barcode's */

static uint8_t before[STRIDE_BYTES * HEIGHT_PX], after[STRIDE_BYTES * HEIGHT_PX];

static int set_up(void **state)
{
    (void)state;
    memset(before, 77, sizeof before);
    memset(after, 77, sizeof after);
    return 0;
}

static void change(unsigned x, unsigned y, unsigned byte)
{
    after[y * STRIDE_BYTES + x * 4 + byte]++;
}

static void assert_changed(double tiles)
{
    double pct = tile_changes_pct(before, after, STRIDE_BYTES, WIDTH_PX, HEIGHT_PX);
    assert_true(pct > tiles * 100 / TILES - 1e-9 && pct < tiles * 100 / TILES + 1e-9);
}

static void nothing_changes(void **state)
{
    (void)state;
    assert_changed(0);
}

static void any_pixel_changes_its_tile_once(void **state)
{
    (void)state;
    change(0, 32, 0);
    change(15, 47, 2);
    assert_changed(1);
    change(16, 32, 1);
    assert_changed(2);
}

static void the_narrow_tiles_at_the_edges_count(void **state)
{
    (void)state;
    change(WIDTH_PX - 1, HEIGHT_PX - 1, 0);
    assert_changed(1);
}

static void neither_barcode_nor_padding_counts(void **state)
{
    (void)state;
    change(0, 0, 0);
    change(BARCODE_WIDTH_PX - 1, BARCODE_HEIGHT_PX - 1, 0);
    change(WIDTH_PX, 40, 0); /* between two rows */
    change(100, 40, 3);      /* the x byte, which is ignored */
    assert_changed(0);
    change(BARCODE_WIDTH_PX, BARCODE_HEIGHT_PX - 1, 0);
    assert_changed(1);
}

static void all_that_is_counted_can_change(void **state)
{
    (void)state;
    memset(after, 78, sizeof after);
    assert_changed(TILES);
}

static void a_picture_of_nothing_but_the_barcode_has_no_share(void **state)
{
    (void)state;
    assert_true(tile_changes_pct(before, after, STRIDE_BYTES, 384, 32) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_changes, set_up),
        cmocka_unit_test_setup(any_pixel_changes_its_tile_once, set_up),
        cmocka_unit_test_setup(the_narrow_tiles_at_the_edges_count, set_up),
        cmocka_unit_test_setup(neither_barcode_nor_padding_counts, set_up),
        cmocka_unit_test_setup(all_that_is_counted_can_change, set_up),
        cmocka_unit_test_setup(a_picture_of_nothing_but_the_barcode_has_no_share, set_up),
    };
    return cmocka_run_group_tests_name("tile-changes", tests, NULL, NULL);
}
