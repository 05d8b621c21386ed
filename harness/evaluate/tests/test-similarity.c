/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* similarity: pictures whose difference is known. */
#include "harness/evaluate/similarity.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define SIDE_PX 64

/* A pattern, to which `add` is added in the channels whose bit is set in `channels`. */
static struct picture *make(unsigned add, unsigned channels)
{
    struct picture *picture = picture_create(SIDE_PX, SIDE_PX);
    for (size_t i = 0; i < (size_t)SIDE_PX * SIDE_PX * 4; i++)
        picture->bgrx[i] = (uint8_t)(i * 7 % 200 + (channels >> i % 4 & 1) * add);
    return picture;
}

static void assert_near(double was, double expected, double tolerance)
{
    if (!(fabs(was - expected) <= tolerance))
        fail_msg("expected %g, got %g", expected, was);
}

static void the_error_is_that_of_all_planes(void **state)
{
    static const struct {
        unsigned add, channels;
        double mse;
    } cases[] = {
        {10, 7, 100}, /* each sample differs by 10 */
        {10, 1, 100.0 / 3},
        {10, 4, 100.0 / 3},
        {3, 7, 9},
    };
    auto_destroy(picture) master = make(0, 0);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_destroy(picture) shown = make(cases[i].add, cases[i].channels);
        struct similarity similarity;
        assert_true(similarity_measure(shown, master, &similarity, NULL));
        assert_near(similarity.mse, cases[i].mse, 0.01);
        assert_true(similarity.ssim < 1 && similarity.ssim > 0.9);
    }
}

static void equal_pictures_have_no_error(void **state)
{
    auto_destroy(picture) master = make(0, 0);
    auto_destroy(picture) shown = make(9, 8); /* the byte that has no meaning */
    struct similarity similarity;

    assert_true(similarity_measure(shown, master, &similarity, NULL));
    assert_near(similarity.mse, 0, 0);
    assert_near(similarity.ssim, 1, 0);
    assert_near(similarity_psnr_db(similarity.mse), 99, 0);
    assert_near(similarity_psnr_db(100), 28.1308, 0.0001);
}

/* The error is the same whether all samples are brighter or half of them each way. */
static void ssim_sees_the_structure(void **state)
{
    auto_destroy(picture) master = make(0, 0);
    auto_destroy(picture) brighter = make(10, 7);
    auto_destroy(picture) noisy = make(0, 0);
    struct similarity of_brighter, of_noisy;

    for (size_t i = 0; i < (size_t)SIDE_PX * SIDE_PX * 4; i++)
        noisy->bgrx[i] =
            (uint8_t)(noisy->bgrx[i] < 10 || i / 4 % 2 ? noisy->bgrx[i] + 10 : noisy->bgrx[i] - 10);
    assert_true(similarity_measure(brighter, master, &of_brighter, NULL));
    assert_true(similarity_measure(noisy, master, &of_noisy, NULL));
    assert_near(of_noisy.mse, of_brighter.mse, 0.001);
    assert_true(of_noisy.ssim < of_brighter.ssim);
}

static void other_sizes_are_refused(void **state)
{
    auto_destroy(picture) master = make(0, 0);
    auto_destroy(picture) shown = picture_create(SIDE_PX, SIDE_PX + 1);
    g_autoptr(GError) error = NULL;
    struct similarity similarity;

    assert_false(similarity_measure(shown, master, &similarity, &error));
    assert_non_null(strstr(error->message, "64x65 and 64x64"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_error_is_that_of_all_planes),
        cmocka_unit_test(equal_pictures_have_no_error),
        cmocka_unit_test(ssim_sees_the_structure),
        cmocka_unit_test(other_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
