/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/thumbnail.h"

#include <pixman.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define SIDE_MAX 640

static uint8_t pixels[SIDE_MAX][SIDE_MAX][4];

/* A picture with a gradient and a bright square in it, at any size. */
static struct thumbnail of_picture(unsigned width_px, unsigned height_px, uint8_t square)
{
    struct thumbnail thumbnail;

    memset(pixels, 0xff, sizeof pixels); /* pixels outside must not count */
    for (unsigned y = 0; y < height_px; y++) {
        for (unsigned x = 0; x < width_px; x++) {
            unsigned across = x * 256 / width_px, down = y * 256 / height_px;
            int inside = across >= 64 && across < 128 && down >= 64 && down < 128;
            pixels[y][x][0] = (uint8_t)across;
            pixels[y][x][1] = (uint8_t)down;
            pixels[y][x][2] = inside ? square : 0;
            pixels[y][x][3] = (uint8_t)(x * y); /* has no meaning */
        }
    }
    thumbnail_make(&thumbnail, &pixels[0][0][0], sizeof pixels[0], width_px, height_px);
    return thumbnail;
}

static void stretched_it_is_the_same(void **state)
{
    (void)state;
    struct thumbnail a = of_picture(512, 384, 120), b = of_picture(637, 501, 120);
    assert_true(thumbnail_same(&a, &b));
}

/* Stretches as the library's canvas does. */
static void stretch(const uint32_t *from, int width_px, int height_px, uint32_t *to,
                    int to_width_px, int to_height_px)
{
    pixman_image_t *source = pixman_image_create_bits(PIXMAN_x8r8g8b8, width_px, height_px,
                                                      (uint32_t *)from, width_px * 4);
    pixman_image_t *target =
        pixman_image_create_bits(PIXMAN_x8r8g8b8, to_width_px, to_height_px, to, to_width_px * 4);
    pixman_transform_t transform;

    pixman_transform_init_scale(&transform, pixman_double_to_fixed((double)width_px / to_width_px),
                                pixman_double_to_fixed((double)height_px / to_height_px));
    pixman_image_set_transform(source, &transform);
    pixman_image_set_filter(source, PIXMAN_FILTER_GOOD, NULL, 0);
    pixman_image_composite32(PIXMAN_OP_SRC, source, NULL, target, 0, 0, 0, 0, 0, 0, to_width_px,
                             to_height_px);
    pixman_image_unref(source);
    pixman_image_unref(target);
}

/* The picture must be recognised at any size. At 64x64 a screen of text once became
 * "other", because the library reads only four of each 12 by 16 pixels. */
static void however_small_it_is_the_same(void **state)
{
    (void)state;
    enum { WIDTH = 1024, HEIGHT = 768, TO_MAX = 1920 * 1080 };
    static const int sizes[][2] = {{64, 64},   {16, 16},    {320, 240},  {64, 1080},
                                   {800, 600}, {1023, 767}, {1920, 1080}};
    static uint32_t text[WIDTH * HEIGHT], other[WIDTH * HEIGHT], stretched[TO_MAX];
    unsigned dice = 1;

    for (int i = 0; i < WIDTH * HEIGHT; i++) { /* black on white, in lines */
        dice = dice * 1103515245 + 12345;
        text[i] = i / WIDTH % 16 < 10 && dice >> 30 == 0 ? 0 : 0xffffff;
        other[i] = i % WIDTH < WIDTH / 8 && i / WIDTH < HEIGHT / 8 ? 0x808080 : text[i];
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const unsigned width = (unsigned)sizes[i][0], height = (unsigned)sizes[i][1];
        struct thumbnail is, expected, wrong;

        stretch(text, WIDTH, HEIGHT, stretched, sizes[i][0], sizes[i][1]);
        thumbnail_make(&is, (const uint8_t *)stretched, width * 4, width, height);
        thumbnail_make_stretched(&expected, (const uint8_t *)text, WIDTH * 4, WIDTH, HEIGHT, width,
                                 height);
        thumbnail_make_stretched(&wrong, (const uint8_t *)other, WIDTH * 4, WIDTH, HEIGHT, width,
                                 height);
        if (!thumbnail_same(&is, &expected))
            fail_msg("not recognised at %ux%u", width, height);
        if (thumbnail_same(&is, &wrong))
            fail_msg("a different picture is taken for it at %ux%u", width, height);
    }
}

/* Enlarged too: the library blends what lies beyond the border into the edges. */
static void however_large_it_is_the_same(void **state)
{
    (void)state;
    enum { SIDE = 64, TO_MAX = 1920 * 1080 };
    static const int sizes[][2] = {{65, 65}, {1024, 768}, {1920, 1080}};
    static uint32_t small[SIDE * SIDE], stretched[TO_MAX];

    for (int i = 0; i < SIDE * SIDE; i++) /* bright to the borders, in squares */
        small[i] = (i / SIDE / 16 + i % SIDE / 16) % 2 ? 0xffff00 : 0x8080ff;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const unsigned width = (unsigned)sizes[i][0], height = (unsigned)sizes[i][1];
        struct thumbnail is, expected;

        stretch(small, SIDE, SIDE, stretched, sizes[i][0], sizes[i][1]);
        thumbnail_make(&is, (const uint8_t *)stretched, width * 4, width, height);
        thumbnail_make_stretched(&expected, (const uint8_t *)small, SIDE * 4, SIDE, SIDE, width,
                                 height);
        if (!thumbnail_same(&is, &expected))
            fail_msg("not recognised at %ux%u", width, height);
    }
}

static void a_part_that_changed_is_seen(void **state)
{
    (void)state;
    struct thumbnail a = of_picture(512, 384, 120), b = of_picture(512, 384, 60);
    assert_false(thumbnail_same(&a, &b));
}

static void smaller_than_its_cells_it_is_black(void **state)
{
    (void)state;
    struct thumbnail tiny = of_picture(7, 100, 255), black;
    memset(&black, 0, sizeof black);
    assert_memory_equal(&tiny, &black, sizeof tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stretched_it_is_the_same),
        cmocka_unit_test(however_small_it_is_the_same),
        cmocka_unit_test(however_large_it_is_the_same),
        cmocka_unit_test(a_part_that_changed_is_seen),
        cmocka_unit_test(smaller_than_its_cells_it_is_black),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
