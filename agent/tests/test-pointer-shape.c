/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The pointer's shapes of Windows as the port's messages have them. */
#include "agent/windows/pointer-shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* Pixels in a picture of characters: black, white, transparent, another colour. */
static char letter(const uint8_t *bgra)
{
    static const uint8_t black[] = {0, 0, 0, 255}, white[] = {255, 255, 255, 255}, none[4];

    return memcmp(bgra, black, 4) == 0   ? 'B'
           : memcmp(bgra, white, 4) == 0 ? 'W'
           : memcmp(bgra, none, 4) == 0  ? '.'
                                         : '?';
}

static void assert_looks(const struct pointer_shape *shape, const char *expected)
{
    uint8_t bgra[32 * 32 * 4];
    char seen[32 * 32 + 1] = "";

    assert_true(pointer_shape_usable(shape));
    pointer_shape_convert(shape, bgra);
    for (uint32_t i = 0; i < shape->width_px * shape->height_px; i++)
        seen[i] = letter(bgra + i * 4u);
    assert_string_equal(seen, expected);
}

static void the_four_monochrome_pixels(void **state)
{
    static const uint8_t rows[] = {
        0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, /* black in the corner, the rest keeps */
        0xef, 0xff,                         /* white in the fourth column */
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* */
        0x10, 0x80,                         /* white; what inverts in the ninth column */
    };
    const struct pointer_shape shape = {POINTER_MONOCHROME, 9, 4, 2, rows, sizeof rows};

    (void)state;
    assert_looks(&shape, "B........"
                         "........."
                         ".......WW"
                         "...W...WB");
}

/* As Windows' pointer over text: it inverts only, and must be visible on white and black. */
static void what_inverts_is_black_with_a_white_outline(void **state)
{
    static const uint8_t bytes[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0, 0x10, 0x10, 0, 0};
    const struct pointer_shape shape = {POINTER_MONOCHROME, 8, 5, 1, bytes, sizeof bytes};

    (void)state;
    assert_looks(&shape, "..WWW..."
                         "..WBW..."
                         "..WBW..."
                         "..WWW..."
                         "........");
}

static void colours_stay_as_they_are(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 99, 99, 99, 99,
                                    9, 8, 7, 6, 5, 4, 3, 2, 99, 99, 99, 99};
    static const uint8_t expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, 2};
    const struct pointer_shape shape = {POINTER_COLOUR, 2, 2, 12, bytes, sizeof bytes};
    uint8_t bgra[sizeof expected];

    (void)state;
    assert_true(pointer_shape_usable(&shape));
    pointer_shape_convert(&shape, bgra);
    assert_memory_equal(bgra, expected, sizeof expected);
}

static void masked_colours_cover_keep_or_invert(void **state)
{
    static const uint8_t bytes[] = {
        10, 20, 30, 0, 0, 0, 0, 255, 0, 0, 0, 255, /* a colour, two that keep */
        0,  0,  0,  0, 0, 0, 0, 255, 9, 9, 9, 255, /* black, keeps, inverts */
    };
    const struct pointer_shape shape = {POINTER_MASKED_COLOUR, 3, 2, 12, bytes, sizeof bytes};
    static const uint8_t first[] = {10, 20, 30, 255};
    uint8_t bgra[24];

    (void)state;
    assert_looks(&shape, "?WW"
                         "BWB");
    pointer_shape_convert(&shape, bgra);
    assert_memory_equal(bgra, first, 4);
}

static void what_is_no_shape_is_not_usable(void **state)
{
    static const uint8_t bytes[64];
    static const struct {
        const char *what;
        struct pointer_shape shape;
    } bad[] = {
        {"an unknown kind", {3, 2, 2, 8, bytes, sizeof bytes}},
        {"no kind", {0, 2, 2, 8, bytes, sizeof bytes}},
        {"no width", {POINTER_COLOUR, 0, 2, 8, bytes, sizeof bytes}},
        {"no height", {POINTER_MONOCHROME, 8, 0, 1, bytes, sizeof bytes}},
        {"too wide", {POINTER_COLOUR, 1025, 1, 4100, bytes, SIZE_MAX}},
        {"too high", {POINTER_MONOCHROME, 8, 1025, 1, bytes, SIZE_MAX}},
        {"rows that overlap", {POINTER_COLOUR, 4, 2, 12, bytes, sizeof bytes}},
        {"bits that overlap", {POINTER_MONOCHROME, 9, 2, 1, bytes, sizeof bytes}},
        {"a byte is missing", {POINTER_COLOUR, 4, 4, 16, bytes, 63}},
        {"half a mask is missing", {POINTER_MONOCHROME, 8, 33, 1, bytes, 64}},
        {"sizes that overflow", {POINTER_MONOCHROME, 8, 1024, UINT32_MAX, bytes, 64}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (pointer_shape_usable(&bad[i].shape))
            fail_msg("usable: %s", bad[i].what);
    const struct pointer_shape largest = {POINTER_MONOCHROME, 8, 32, 1, bytes, 64};
    assert_true(pointer_shape_usable(&largest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_four_monochrome_pixels),
        cmocka_unit_test(what_inverts_is_black_with_a_white_outline),
        cmocka_unit_test(colours_stay_as_they_are),
        cmocka_unit_test(masked_colours_cover_keep_or_invert),
        cmocka_unit_test(what_is_no_shape_is_not_usable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
