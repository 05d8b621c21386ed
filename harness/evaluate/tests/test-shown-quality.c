/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* shown-quality: which picture of the master a kept one is compared with. */
#include "harness/evaluate/reference.h"
#include "harness/evaluate/shown-quality.h"
#include "harness/instrument/folder.h"
#include "media/barcode.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MASTER "sim-agent/captures/office-720p30.film"

/* Units 2, 5 and, in the next round, 2 again; first shown at 120, 150 and 220. 7 is of the
 * first second. */
static struct join *make_join(void)
{
    static const struct {
        unsigned unit;
        int64_t t7_ns;
        bool startup;
    } shown[] = {{2, 120, false}, {5, 150, false}, {7, 170, true}, {2, 220, false}};
    struct join *join = g_new0(struct join, 1);

    join->frames = g_array_new(false, false, sizeof(struct frame));
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        struct frame frame = {
            .unit = shown[i].unit, .t7_ns = shown[i].t7_ns, .startup = shown[i].startup};
        g_array_append_val(join->frames, frame);
    }
    return join;
}

/* Keeps the master's picture `unit` as the one that was shown at that time. `dark`: a
 * sample below the barcode is changed by that. */
static void keep(const char *folder, const char *name, unsigned unit, unsigned dark)
{
    auto_destroy(picture) picture = reference_decode(MASTER, unit, NULL);
    g_autofree char *file = g_build_filename(folder, name, NULL);

    assert_non_null(picture);
    barcode_draw(picture->bgrx, picture->stride_bytes, BARCODE_SOURCE_VGPU, (uint16_t)(unit + 77));
    for (size_t i = 200 * picture->stride_bytes; i < 300 * picture->stride_bytes && dark; i++)
        picture->bgrx[i] = (uint8_t)(picture->bgrx[i] / dark);
    assert_true(picture_save(picture, file, NULL));
}

static void kept_pictures_are_compared_with_those_of_their_frames(void **state)
{
    g_autofree char *folder = g_dir_make_tmp("test-quality-XXXXXX", NULL);
    auto_destroy(rows) client = rows_parse(
        "event,t_ns\nkept,220\nkept,170\nkept,150\nkept,120\nkept,121\n", "client.csv", NULL);
    auto_destroy(join) join = make_join();
    g_autoptr(GError) error = NULL;
    struct metrics m;

    keep(folder, "kept-120.png", 2, 0);
    keep(folder, "kept-150.png", 5, 0);
    keep(folder, "kept-220.png", 2, 0);
    metrics_init(&m);
    assert_true(shown_quality_keeps(client));
    assert_true(shown_quality_measure(&m, join, client, folder, MASTER, &error));
    assert_true(m.value[METRIC_SHOWN_PSNR_DB] == 99);
    assert_true(m.value[METRIC_SHOWN_SSIM] == 1);
    assert_true(m.value[METRIC_SHOWN_COMPARED] == 3);
    assert_true(m.value[METRIC_SHOWN_UNIDENTIFIED] == 1); /* 121 */

    keep(folder, "kept-220.png", 2, 2);
    metrics_init(&m);
    assert_true(shown_quality_measure(&m, join, client, folder, MASTER, &error));
    /* A sixth of all samples, which are nearly white, lost a half: 127 * 127 * 100 / 720,
     * in one of three pictures. The PSNR is that of the mean error, not the mean of PSNRs. */
    assert_true(fabs(m.value[METRIC_SHOWN_PSNR_DB] - 10 * log10(255 * 255 * 7.2 * 3 / 16129)) < 3);
    assert_true(m.value[METRIC_SHOWN_SSIM] < 1);
    double before_db = m.value[METRIC_SHOWN_PSNR_DB];
    metrics_init(&m); /* again, of what was compared */
    assert_true(shown_quality_measure(&m, join, client, folder, NULL, &error));
    assert_true(m.value[METRIC_SHOWN_PSNR_DB] == before_db);
    folder_remove(folder);
}

static void a_picture_that_is_missing_is_an_error(void **state)
{
    auto_destroy(rows) client = rows_parse("event,t_ns\nkept,150\n", "client.csv", NULL);
    auto_destroy(join) join = make_join();
    g_autoptr(GError) error = NULL;
    struct metrics m;

    metrics_init(&m);
    assert_false(shown_quality_measure(&m, join, client, "/nonexistent", MASTER, &error));
    assert_non_null(error);
}

static void without_kept_pictures_there_is_nothing_to_do(void **state)
{
    auto_destroy(rows) client = rows_parse("event,t_ns\nshown,150\n", "client.csv", NULL);
    auto_destroy(join) join = make_join();
    struct metrics m;

    metrics_init(&m);
    assert_false(shown_quality_keeps(client));
    assert_true(shown_quality_measure(&m, join, client, "/nonexistent", "/nonexistent", NULL));
    assert_true(m.value[METRIC_SHOWN_COMPARED] != m.value[METRIC_SHOWN_COMPARED]); /* NAN */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_pictures_are_compared_with_those_of_their_frames),
        cmocka_unit_test(a_picture_that_is_missing_is_an_error),
        cmocka_unit_test(without_kept_pictures_there_is_nothing_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
