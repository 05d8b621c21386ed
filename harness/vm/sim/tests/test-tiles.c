/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* tiles: which tiles count as changed, and into which rectangles they are merged. */
#include "auto-destroy.h"
#include "harness/vm/sim/tiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define COLUMNS 20
#define ROWS 12
#define WIDTH_PX (COLUMNS * TILE_PX)
#define HEIGHT_PX (ROWS * TILE_PX)

/* A grey block, in which `samples` samples are brighter by `difference`. */
static bool changed(unsigned samples, uint8_t difference, unsigned width, unsigned height)
{
    uint8_t before[TILE_PX * TILE_PX], after[TILE_PX * TILE_PX];

    memset(before, 100, sizeof before);
    memset(after, 100, sizeof after);
    for (unsigned i = 0; i < samples; i++) /* inside width x height, rows TILE_PX apart */
        after[i / width * TILE_PX + i % width] = (uint8_t)(100 + difference);
    if (width < TILE_PX)
        after[width] = 255; /* outside the block: must not count */
    return tile_has_changed((struct tile_block){before, TILE_PX},
                            (struct tile_block){after, TILE_PX}, width, height) &&
           tile_has_changed((struct tile_block){after, TILE_PX},
                            (struct tile_block){before, TILE_PX}, width, height);
}

static void what_is_above_the_tolerance_has_changed(void **state)
{
    static const struct {
        const char *name;
        unsigned samples;
        uint8_t difference;
        bool has_changed;
    } cases[] = {
        {"equal", 0, 0, false},
        {"all, just within the mean", 64, TILE_MEAN_MAX, false},
        {"all, just above it", 64, TILE_MEAN_MAX + 1, true},
        {"one, just within the peak", 1, TILE_PEAK_MAX, false},
        {"one, just above it", 1, TILE_PEAK_MAX + 1, true},
        {"the last one", 64, TILE_PEAK_MAX + 1, true},
    };
    static const unsigned widths[] = {TILE_PX, TILE_PX / 2, 5};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (size_t w = 0; w < G_N_ELEMENTS(widths); w++) {
            unsigned height = 8, all = widths[w] * height;
            unsigned samples = cases[i].samples == 64 ? all : cases[i].samples;
            if (changed(samples, cases[i].difference, widths[w], height) != cases[i].has_changed)
                fail_msg("%s, width %u", cases[i].name, widths[w]);
        }
    }
}

static bool covered(const struct damage *damage, int column, int row)
{
    for (unsigned i = 0; i < damage->n_rects; i++) {
        const struct rect *rect = &damage->rects[i];
        if (column * TILE_PX >= rect->x && (column + 1) * TILE_PX <= rect->x + rect->width &&
            row * TILE_PX >= rect->y && (row + 1) * TILE_PX <= rect->y + rect->height)
            return true;
    }
    return false;
}

static unsigned tiles_of(const struct damage *damage)
{
    unsigned area = 0;
    for (unsigned i = 0; i < damage->n_rects; i++)
        area += (unsigned)(damage->rects[i].width * damage->rects[i].height);
    return area / (TILE_PX * TILE_PX);
}

/* Merges the tiles, and checks what must hold for every map. */
static void merge(const uint8_t *map, const char *name, struct damage *damage)
{
    auto_destroy(framebuffer) picture = framebuffer_create(WIDTH_PX, HEIGHT_PX);

    *damage = (struct damage){.n_rects = 0};
    tiles_merge(map, tile_grid(WIDTH_PX, HEIGHT_PX), picture, damage);
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            if (map[row * COLUMNS + column] && !covered(damage, column, row))
                fail_msg("%s: tile %d,%d is not drawn", name, column, row);
    assert_true(damage->n_rects <= DAMAGE_RECTS_MAX);
}

static void without_a_codec_any_change_is_one(void **state)
{
    uint8_t before[TILE_PX * TILE_PX] = {0}, after[TILE_PX * TILE_PX] = {0};
    const struct tile_block a = {before, TILE_PX}, b = {after, TILE_PX};

    (void)state;
    assert_false(tile_differs(a, b, 8, 8));
    after[8] = 255; /* outside the block */
    assert_false(tile_differs(a, b, 8, 8));
    after[7 * TILE_PX + 7] = 1;
    assert_true(tile_differs(a, b, 8, 8));
    assert_false(tile_has_changed(a, b, 8, 8));
}

static void few_rectangles_hold_what_has_changed(void **state)
{
    static const struct {
        const char *name;
        const char *map[ROWS]; /* rows from the top; '#' is a changed tile */
        unsigned rects, tiles;
    } cases[] = {
        {"nothing", {NULL}, 0, 0},
        {"one", {"", "", "   #"}, 1, 1},
        {"a block", {"", " ####", " ####", " ####"}, 1, 12},
        {"a block with a hole", {"####", "# ##", "####"}, 1, 12},
        {"two far apart", {"##                ##", "##                ##"}, 2, 8},
        {"a line and a block", {"####################", "", "", "", "", "   ##", "   ##"}, 2, 24},
        {"neighbours of unlike height", {"#", "##", "##"}, 1, 6},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t map[COLUMNS * ROWS] = {0};
        struct damage damage;
        for (int row = 0; row < ROWS && cases[i].map[row]; row++)
            for (int column = 0; cases[i].map[row][column]; column++)
                map[row * COLUMNS + column] = cases[i].map[row][column] == '#';
        merge(map, cases[i].name, &damage);
        if (damage.n_rects != cases[i].rects || tiles_of(&damage) != cases[i].tiles)
            fail_msg("%s: %u rectangles of %u tiles, expected %u of %u", cases[i].name,
                     damage.n_rects, tiles_of(&damage), cases[i].rects, cases[i].tiles);
    }
}

static void any_map_is_covered_and_never_drawn_twice_over(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);

    for (int round = 0; round < 500; round++) {
        uint8_t map[COLUMNS * ROWS];
        double share = (double)(round % 20 + 1) / 20;
        struct damage damage;
        for (size_t i = 0; i < sizeof map; i++)
            map[i] = g_rand_double(random) < share;
        merge(map, "random", &damage);
        assert_true(tiles_of(&damage) <= COLUMNS * ROWS);
    }
}

static void a_checkerboard_becomes_one(void **state)
{
    uint8_t map[COLUMNS * ROWS];
    struct damage damage;

    for (unsigned i = 0; i < sizeof map; i++)
        map[i] = (i / COLUMNS + i % COLUMNS) % 2;
    merge(map, "checkerboard", &damage);
    assert_int_equal(damage.n_rects, 1);
}

static void grids_count_the_tiles_that_are_cut_off(void **state)
{
    struct tile_grid grid = tile_grid(1920, 1080);
    assert_int_equal(grid.columns, 120);
    assert_int_equal(grid.rows, 68);
    grid = tile_grid(801, 16);
    assert_int_equal(grid.columns, 51);
    assert_int_equal(grid.rows, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_above_the_tolerance_has_changed),
        cmocka_unit_test(without_a_codec_any_change_is_one),
        cmocka_unit_test(few_rectangles_hold_what_has_changed),
        cmocka_unit_test(any_map_is_covered_and_never_drawn_twice_over),
        cmocka_unit_test(a_checkerboard_becomes_one),
        cmocka_unit_test(grids_count_the_tiles_that_are_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
