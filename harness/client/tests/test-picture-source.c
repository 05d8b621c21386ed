/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/picture-source.h"
#include "media/barcode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define WIDTH 400
#define HEIGHT 40
#define STRIDE ((WIDTH + 5) * 4) /* the bytes between the rows must not count */

static uint8_t pixels[HEIGHT * STRIDE];

/* Makes all pixels black, and sets the bytes that are no part of a pixel (the x
 * bytes and those between the rows) to something else. */
static void blacken(void)
{
    memset(pixels, 0xee, sizeof pixels);
    for (unsigned y = 0; y < HEIGHT; y++)
        for (unsigned x = 0; x < WIDTH; x++)
            memset(pixels + y * STRIDE + x * 4, 0, 3);
}

static void the_pixels_decide(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int barcode; /* enum barcode_source or 0 */
        int lit;     /* index of the one byte that is not 0, or -1 */
        bool from_stream;
        enum picture_source source;
        int number;
    } cases[] = {
        {"vGPU", BARCODE_SOURCE_VGPU, -1, false, PICTURE_SOURCE_VGPU, 4711},
        {"vGPU through the server's streaming", BARCODE_SOURCE_VGPU, -1, true, PICTURE_SOURCE_VGPU,
         4711},
        {"recording", BARCODE_SOURCE_RECORDING, -1, true, PICTURE_SOURCE_PGPU, 4711},
        {"recording drawn as images", BARCODE_SOURCE_RECORDING, -1, false, PICTURE_SOURCE_PGPU,
         4711},
        {"new primary", 0, -1, false, PICTURE_SOURCE_BLANK, PICTURE_NUMBER_NONE},
        {"film that fades in", 0, -1, true, PICTURE_SOURCE_BLANK, PICTURE_NUMBER_NONE},
        {"first blue", 0, 0, true, PICTURE_SOURCE_PGPU, PICTURE_NUMBER_NONE},
        {"last green", 0, (HEIGHT - 1) * STRIDE + (WIDTH - 1) * 4 + 1, true, PICTURE_SOURCE_PGPU,
         PICTURE_NUMBER_NONE},
        {"last red, drawn", 0, (HEIGHT - 1) * STRIDE + (WIDTH - 1) * 4 + 2, false,
         PICTURE_SOURCE_OTHER, PICTURE_NUMBER_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int number = 12345;
        blacken();
        if (cases[i].barcode)
            barcode_draw(pixels, STRIDE, (enum barcode_source)cases[i].barcode, 4711);
        if (cases[i].lit >= 0)
            pixels[cases[i].lit] = 1;
        enum picture_source source =
            picture_source_of(pixels, STRIDE, WIDTH, HEIGHT, cases[i].from_stream, &number);
        if (source != cases[i].source || number != cases[i].number)
            fail_msg("%s: %s, number %d", cases[i].name, picture_source_name(source), number);
    }
}

static void any_one_colour_is_blank(void **state)
{
    int number;
    (void)state;
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i % 4 * 70);
    assert_int_equal(picture_source_of(pixels, STRIDE, WIDTH, HEIGHT, true, &number),
                     PICTURE_SOURCE_BLANK);
    pixels[STRIDE + 1]++;
    assert_int_equal(picture_source_of(pixels, STRIDE, WIDTH, HEIGHT, true, &number),
                     PICTURE_SOURCE_PGPU);
}

static void each_source_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(picture_source_name(PICTURE_SOURCE_VGPU), "vgpu");
    assert_string_equal(picture_source_name(PICTURE_SOURCE_PGPU), "pgpu");
    assert_string_equal(picture_source_name(PICTURE_SOURCE_BLANK), "blank");
    assert_string_equal(picture_source_name(PICTURE_SOURCE_OTHER), "other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pixels_decide),
        cmocka_unit_test(any_one_colour_is_blank),
        cmocka_unit_test(each_source_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
