/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* kept-pictures: which pictures are kept, and how many. */
#include "harness/client/kept-pictures.h"
#include "harness/instrument/folder.h"
#include "media/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static uint8_t pixels[64 * 64 * 4];

static void offer(struct kept_pictures *kept, int64_t time_ns, int64_t what)
{
    memset(pixels, (int)time_ns, sizeof pixels);
    kept_pictures_offer(kept, time_ns, 0, what, pixels, 64 * 4, 64, 64);
}

static void one_in_13_new_pictures_is_kept(void **state)
{
    auto_destroy(kept_pictures) kept = kept_pictures_create();
    g_autofree char *folder = g_dir_make_tmp("test-kept-XXXXXX", NULL);

    for (int i = 1; i <= 30; i++) {
        offer(kept, 10 * i, i);
        offer(kept, 10 * i + 1, i); /* the same again is not new */
    }
    assert_int_equal(kept_pictures_write(kept, folder, NULL, NULL), 2);
    g_autofree char *first = g_build_filename(folder, "kept-130.png", NULL);
    g_autofree char *second = g_build_filename(folder, "kept-260.png", NULL);
    auto_destroy(picture) picture = picture_load(first, NULL);
    assert_non_null(picture);
    assert_int_equal(picture->bgrx[0], 130);
    assert_true(g_file_test(second, G_FILE_TEST_EXISTS));
    folder_remove(folder);
}

static void no_more_is_kept_than_there_is_room_for(void **state)
{
    auto_destroy(kept_pictures) kept = kept_pictures_create();
    const unsigned side_px = 2048, room = KEPT_PICTURES_BYTES_MAX / (side_px * side_px * 4);
    g_autofree uint8_t *large = g_malloc0((size_t)side_px * side_px * 4);
    g_autofree char *folder = g_dir_make_tmp("test-kept-XXXXXX", NULL);

    for (unsigned i = 0; i < (room + 2) * KEPT_PICTURES_EVERY; i++)
        kept_pictures_offer(kept, i, 0, i, large, (size_t)side_px * 4, side_px, side_px);
    assert_int_equal(kept_pictures_write(kept, folder, NULL, NULL), (int)room);
    folder_remove(folder);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    auto_destroy(kept_pictures) kept = kept_pictures_create();
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < KEPT_PICTURES_EVERY; i++)
        offer(kept, i, i);
    assert_int_equal(kept_pictures_write(kept, "/nonexistent", NULL, &error), -1);
    assert_non_null(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_in_13_new_pictures_is_kept),
        cmocka_unit_test(no_more_is_kept_than_there_is_room_for),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
