/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/instrument/folder.h"
#include "media/picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("test-picture-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    g_free(folder);
    return 0;
}

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* Each byte different from its neighbours, the x bytes noise. */
static struct picture *pattern(unsigned width_px, unsigned height_px)
{
    struct picture *picture = picture_create(width_px, height_px);
    for (size_t i = 0; i < picture->stride_bytes * height_px; i++)
        picture->bgrx[i] = (uint8_t)(i * 31 + i / 251);
    return picture;
}

static void a_saved_picture_is_read_back(void **state)
{
    (void)state;
    auto_destroy(picture) saved = pattern(37, 11);
    g_autofree char *path = path_of("back.png");
    assert_true(picture_save(saved, path, NULL));

    auto_destroy(picture) loaded = picture_load(path, NULL);
    assert_non_null(loaded);
    struct picture_difference difference;
    assert_true(picture_compare(saved, loaded, &difference, NULL));
    assert_int_equal(difference.wrong_pixels, 0);
    assert_true(isinf(difference.psnr_db));
}

static void the_colours_keep_their_order(void **state)
{
    (void)state;
    /* In a file that picture_save() wrote, red and blue exchanged twice would go
     * unnoticed. So this is one red pixel, composed by hand (zlib and CRCs by Python). */
    static const uint8_t red_png[] = {
        0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,   0,    0,    13,   'I',  'H',
        'D',  'R',  0,    0,    0,    1,    0,    0,    0,   1,    8,    2,    0,    0,
        0,    0x90, 0x77, 0x53, 0xde, 0,    0,    0,    12,  'I',  'D',  'A',  'T',  0x78,
        0xda, 0x63, 0xf8, 0xcf, 0xc0, 0,    0,    3,    1,   1,    0,    0xf7, 0x03, 0x41,
        0x43, 0,    0,    0,    0,    'I',  'E',  'N',  'D', 0xae, 0x42, 0x60, 0x82};
    g_autofree char *path = path_of("red.png");
    assert_true(g_file_set_contents(path, (const char *)red_png, sizeof red_png, NULL));

    g_autoptr(GError) error = NULL;
    auto_destroy(picture) red = picture_load(path, &error);
    if (!red)
        fail_msg("%s", error->message);
    const uint8_t expected[] = {0, 0, 255};
    assert_memory_equal(red->bgrx, expected, sizeof expected);
}

static void wrong_pixels_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int byte; /* of the second pixel */
        int change;
        unsigned wrong;
        double squares;
    } cases[] = {
        {"blue", 0, 1, 1, 1},
        {"green", 1, 3, 1, 9},
        {"red", 2, 255, 1, 65025},
        {"x", 3, 9, 0, 0},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(picture) a = picture_create(3, 2), b = picture_create(3, 2);
        b->bgrx[4 + cases[i].byte] = (uint8_t)cases[i].change;
        struct picture_difference difference;
        assert_true(picture_compare(a, b, &difference, NULL));
        assert_int_equal(difference.wrong_pixels, cases[i].wrong);
        if (cases[i].squares == 0)
            assert_true(isinf(difference.psnr_db));
        else
            assert_true(fabs(difference.psnr_db - 10 * log10(65025.0 * 3 * 6 / cases[i].squares)) <
                        1e-9);
    }
}

static void a_cropped_picture_is_the_corner(void **state)
{
    (void)state;
    auto_destroy(picture) picture = pattern(37, 11), whole = pattern(37, 11);

    picture_crop(picture, 5, 3);
    assert_int_equal(picture->width_px, 5);
    assert_int_equal(picture->height_px, 3);
    for (unsigned y = 0; y < 3; y++)
        assert_memory_equal(picture->bgrx + y * picture->stride_bytes,
                            whole->bgrx + y * whole->stride_bytes, 20);
}

static void other_sizes_are_an_error(void **state)
{
    (void)state;
    auto_destroy(picture) a = picture_create(3, 2), b = picture_create(2, 3);
    g_autoptr(GError) error = NULL;
    struct picture_difference difference;
    assert_false(picture_compare(a, b, &difference, &error));
    assert_non_null(strstr(error->message, "3x2 and 2x3"));
}

static void a_stride_is_followed(void **state)
{
    (void)state;
    const uint8_t rows[2][12] = {{1, 2, 3, 0, 99, 99, 99, 99, 99, 99, 99, 99}, {4, 5, 6, 0, 99}};
    auto_destroy(picture) copy = picture_copy(rows[0], sizeof rows[0], 1, 2);
    assert_memory_equal(copy->bgrx, rows[0], 4);
    assert_memory_equal(copy->bgrx + 4, rows[1], 4);
}

static void bad_files_are_refused(void **state)
{
    (void)state;
    auto_destroy(picture) good = pattern(64, 64);
    g_autofree char *whole = path_of("whole.png");
    g_autofree char *bytes = NULL;
    size_t size;
    assert_true(picture_save(good, whole, NULL));
    assert_true(g_file_get_contents(whole, &bytes, &size, NULL));

    const struct {
        const char *name;
        ssize_t length;
        int damage_at; /* -1: nowhere */
        const char *message;
    } cases[] = {
        {"empty", 0, -1, "no whole PNG"},
        {"signature only", 8, -1, "no whole PNG"},
        {"half", (ssize_t)size / 2, -1, "no whole PNG"},
        {"not a PNG", (ssize_t)size, 1, "no whole PNG"},
        /* A wrong width fails the checksum before it is used. */
        {"other width", (ssize_t)size, 16, "no whole PNG"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = path_of("bad.png");
        g_autofree char *copy = g_memdup2(bytes, size);
        g_autoptr(GError) error = NULL;
        if (cases[i].damage_at >= 0)
            copy[cases[i].damage_at] ^= 0x40;
        assert_true(g_file_set_contents(path, copy, cases[i].length, NULL));
        assert_null(picture_load(path, &error));
        if (!error || !strstr(error->message, cases[i].message))
            fail_msg("%s: %s", cases[i].name, error ? error->message : "no error");
    }

    g_autofree char *missing = path_of("missing.png");
    g_autoptr(GError) error = NULL;
    assert_null(picture_load(missing, &error));
    assert_non_null(strstr(error->message, "cannot read the picture"));
}

static void a_place_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    auto_destroy(picture) picture = picture_create(1, 1);
    g_autofree char *path = g_build_filename(folder, "nowhere", "a.png", NULL);
    g_autoptr(GError) error = NULL;
    assert_false(picture_save(picture, path, &error));
    assert_non_null(strstr(error->message, "cannot write the picture"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_picture_is_read_back),
        cmocka_unit_test(the_colours_keep_their_order),
        cmocka_unit_test(wrong_pixels_are_counted),
        cmocka_unit_test(a_cropped_picture_is_the_corner),
        cmocka_unit_test(other_sizes_are_an_error),
        cmocka_unit_test(a_stride_is_followed),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(a_place_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
