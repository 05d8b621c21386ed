/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The film and its screen draw what the recording shows. */
#include "auto-destroy.h"
#include "harness/evaluate/reference.h"
#include "harness/instrument/folder.h"
#include "harness/tests/clip.h"
#include "harness/vm/sim/film-screen.h"
#include "media/barcode.h"
#include "media/picture.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define DEADLINE_S 60
/* The last row and column of tiles are cut off. */
#define SIZE "520x248"
#define WIDTH_PX 520
#define HEIGHT_PX 248
#define PICTURES 12
#define H264 CLIP_SOURCE(SIZE) " -frames:v 12 -c:v libx264 -preset ultrafast -bf 0 -g 6 "

static char *folder;

static int set_up(void **state)
{
    alarm(DEADLINE_S);
    folder = g_dir_make_tmp("test-film-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int tear_down(void **state)
{
    folder_remove(folder);
    g_clear_pointer(&folder, g_free);
    alarm(0);
    return 0;
}

static struct film *load(const char *file)
{
    g_autoptr(GError) error = NULL;
    struct film *film = film_load(file, WIDTH_PX, HEIGHT_PX, &error);
    if (!film)
        fail_msg("%s", error->message);
    return film;
}

static struct framebuffer *draw_all(struct film *film, unsigned index)
{
    struct tile_grid grid = film_grid(film);
    g_autofree uint8_t *all = g_malloc(grid.columns * grid.rows);
    struct framebuffer *picture = framebuffer_create(WIDTH_PX, HEIGHT_PX);

    memset(all, 1, grid.columns * grid.rows);
    film_draw(film, index, all, picture);
    return picture;
}

static double psnr_db(const struct framebuffer *drawn, const struct picture *expected)
{
    auto_destroy(picture) picture = picture_copy(
        drawn->pixels, drawn->stride_bytes, (unsigned)drawn->width_px, (unsigned)drawn->height_px);
    struct picture_difference difference;
    assert_true(picture_compare(picture, expected, &difference, NULL));
    return difference.psnr_db;
}

static void pictures_are_those_of_the_recording(void **state)
{
    static const struct {
        const char *name, *arguments;
        double psnr_db_min; /* between two conversions of the same picture */
    } cases[] = {
        {"lossy.mp4", H264 "-pix_fmt yuv420p", 38},
        {"bt709.mp4", H264 "-pix_fmt yuv420p -colorspace bt709", 38},
        {"smpte240m.mp4", H264 "-pix_fmt yuv420p -colorspace smpte240m", 38},
        {"bt2020.mp4", H264 "-pix_fmt yuv420p -colorspace bt2020nc", 38},
        {"full-range.mp4", H264 "-pix_fmt yuvj420p", 38},
        {"444.mp4", H264 "-pix_fmt yuv444p", 38},
        {"lossless-rgb.mkv",
         CLIP_SOURCE(SIZE) " -frames:v 12 -c:v libx264rgb -preset ultrafast -qp 0 -pix_fmt rgb24",
         99},
        {"raw.h264", H264 "-pix_fmt yuv420p", 38},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *file = clip_make(folder, cases[i].name, cases[i].arguments);
        auto_destroy(film) film = load(file);
        unsigned num, den;
        assert_int_equal(film_pictures(film), PICTURES);
        film_rate(film, &num, &den);
        assert_int_equal(num, 30 * den);
        for (unsigned index = 0; index < PICTURES; index += 5) {
            auto_destroy(picture) expected = reference_decode(file, index, NULL);
            auto_destroy(framebuffer) drawn = draw_all(film, index);
            assert_non_null(expected);
            double db = psnr_db(drawn, expected);
            if (db < cases[i].psnr_db_min)
                fail_msg("%s: picture %u: %g dB", cases[i].name, index, db);
        }
    }
}

/* Packed RGB, which other lossless codecs use, is drawn like RGB planes. */
static void packed_pixels_are_drawn_too(void **state)
{
    g_autofree char *packed =
        clip_make(folder, "packed.mkv", CLIP_SOURCE(SIZE) " -frames:v 3 -c:v ffv1 -pix_fmt bgr0");
    g_autofree char *planes =
        clip_make(folder, "planes.mkv",
                  CLIP_SOURCE(SIZE) " -frames:v 3 -c:v libx264rgb -qp 0 -pix_fmt rgb24");
    auto_destroy(film) film = load(packed);
    auto_destroy(framebuffer) drawn = draw_all(film, 2);
    auto_destroy(picture) expected = reference_decode(planes, 2, NULL);

    assert_non_null(expected);
    assert_true(psnr_db(drawn, expected) > 60);
}

static void copy_file_twice(const char *first, const char *second, const char *to)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const char *const files[] = {first, second};

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = NULL;
        size_t length;
        assert_true(g_file_get_contents(files[i], &text, &length, NULL));
        g_byte_array_append(bytes, (uint8_t *)text, (unsigned)length);
    }
    assert_true(g_file_set_contents(to, (char *)bytes->data, bytes->len, NULL));
}

static void unfit_films_are_refused(void **state)
{
    g_autofree char *good = clip_make(folder, "good.h264", H264 "-pix_fmt yuv420p");
    g_autofree char *small =
        clip_make(folder, "small.h264",
                  CLIP_SOURCE("480x240") " -frames:v 12 -c:v libx264 -preset ultrafast -bf 0 -g 6");
    g_autofree char *sound = clip_make(folder, "sound.mp4", "-f lavfi -i anullsrc -t 0.1 -c:a aac");
    g_autofree char *changing = g_build_filename(folder, "changing.h264", NULL);
    g_autofree char *empty = g_build_filename(folder, "empty.mp4", NULL);
    g_autofree char *text = g_build_filename(folder, "text.mp4", NULL);
    g_autofree char *missing = g_build_filename(folder, "missing.mp4", NULL);
    g_autofree char *no_key = g_build_filename(folder, "cut.mkv", NULL);
    copy_file_twice(good, small, changing);
    assert_true(g_file_set_contents(empty, "", 0, NULL));
    assert_true(g_file_set_contents(text, "no film at all\n", -1, NULL));
    g_autofree char *whole = clip_make(folder, "whole.mkv", H264 "-pix_fmt yuv420p");
    g_autofree char *head = NULL;
    assert_true(g_file_get_contents(whole, &head, NULL, NULL));
    assert_true(g_file_set_contents(no_key, head, 700, NULL)); /* its header, no picture */

    const struct {
        const char *file, *complaint;
    } cases[] = {
        {small, "picture 0 is 480x240, the vGPU's screen 520x248"},
        {changing, "picture 12 is 480x240"},
        {changing, "a film that changes its size cannot be drawn"},
        {sound, "has no video"},
        {empty, "is empty"},
        {text, "is no video"},
        {missing, "No such file"},
        {folder, "is not a file"},
        {no_key, "has no picture"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        if (film_load(cases[i].file, WIDTH_PX, HEIGHT_PX, &error))
            fail_msg("%s was accepted", cases[i].file);
        if (!g_str_has_prefix(error->message, cases[i].file) ||
            !strstr(error->message, cases[i].complaint) || strchr(error->message, '\n'))
            fail_msg("not '%s: ... %s' but: %s", cases[i].file, cases[i].complaint, error->message);
    }
}

static bool is_barcode(int x, int y)
{
    return x < BARCODE_WIDTH_PX && y < BARCODE_HEIGHT_PX;
}

static bool reported(const struct damage *damage, int x, int y)
{
    for (unsigned i = 0; i < damage->n_rects; i++) {
        const struct rect *rect = &damage->rects[i];
        if (x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height)
            return true;
    }
    return false;
}

/* Every pixel that changed must be reported, and each picture must be close to that of
 * the film; the barcode's place must not be touched. */
static void check_step(const struct framebuffer *before, const struct framebuffer *after,
                       const struct framebuffer *expected, const struct damage *damage,
                       unsigned index)
{
    for (int y = 0; y < HEIGHT_PX; y++) {
        for (int x = 0; x < WIDTH_PX; x++) {
            const uint8_t *now = framebuffer_pixel(after, x, y);
            const uint8_t *wanted = framebuffer_pixel(expected, x, y);
            bool same = memcmp(framebuffer_pixel(before, x, y), now, 4) == 0;
            if (!same && (is_barcode(x, y) || !reported(damage, x, y)))
                fail_msg("picture %u changed %d,%d without reporting it", index, x, y);
            /* The tolerance applies to Y, Cb and Cr; in RGB it is at most doubled. */
            for (int i = 0; i < 3 && !is_barcode(x, y); i++)
                if (abs(now[i] - wanted[i]) > 4 * TILE_PEAK_MAX)
                    fail_msg("picture %u at %d,%d: %d, not %d", index, x, y, now[i], wanted[i]);
        }
    }
}

static void dirty_rectangles_follow_the_film(void **state)
{
    /* In order, repeated, with skipped pictures, and with the same picture twice. */
    static const unsigned order[] = {1, 2, 3, 4, 7, 7, 11, 0, 1, 10, 0};
    g_autofree char *file = clip_make(folder, "film.mp4", H264 "-pix_fmt yuv420p -crf 35");
    auto_destroy(film) film = load(file);
    auto_destroy(framebuffer) before = framebuffer_create(WIDTH_PX, HEIGHT_PX);
    auto_destroy(framebuffer) shown = framebuffer_create(WIDTH_PX, HEIGHT_PX);
    auto_destroy(film_changes) changes = film_changes_create(film);
    struct vm_screen *screen = film_screen_create(film, changes);

    assert_false(screen->whole);
    screen->begin(screen, shown);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        struct damage damage = {.n_rects = 0};
        auto_destroy(framebuffer) expected = draw_all(film, order[i]);
        memcpy(before->pixels, shown->pixels, shown->stride_bytes * HEIGHT_PX);
        film_screen_choose(screen, order[i]);
        screen->step(screen, shown, &damage);
        check_step(before, shown, expected, &damage, order[i]);
        assert_true((damage.n_rects == 0) == (i > 0 && order[i] == order[i - 1]));
    }
    screen->destroy(screen);
}

static void full_frames_are_the_films_pictures(void **state)
{
    g_autofree char *file = clip_make(folder, "film.mp4", H264 "-pix_fmt yuv420p");
    auto_destroy(film) film = load(file);
    auto_destroy(framebuffer) shown = framebuffer_create(WIDTH_PX, HEIGHT_PX);
    struct vm_screen *screen = film_screen_create(film, NULL);

    assert_true(screen->whole);
    film_screen_choose(screen, 3);
    screen->begin(screen, shown);
    for (unsigned index = 3; index < 6; index++) {
        struct damage damage = {.n_rects = 0};
        auto_destroy(framebuffer) expected = draw_all(film, index);
        film_screen_choose(screen, index);
        screen->step(screen, shown, &damage);
        assert_int_equal(damage.n_rects, 1);
        assert_memory_equal(&damage.rects[0], (&(struct rect){0, 0, WIDTH_PX, HEIGHT_PX}),
                            sizeof(struct rect));
        for (int y = BARCODE_HEIGHT_PX; y < HEIGHT_PX; y++)
            assert_memory_equal(framebuffer_pixel(shown, 0, y), framebuffer_pixel(expected, 0, y),
                                (size_t)WIDTH_PX * 4);
    }
    screen->destroy(screen);
}

/* The noise of a lossy codec must not redraw a picture that does not change. */
static void a_still_picture_is_not_drawn_again(void **state)
{
    g_autofree char *file = clip_make(
        folder, "still.mp4",
        "-f lavfi -i testsrc2=rate=30:size=" SIZE
        " -vf loop=loop=12:size=1 -frames:v 12 -c:v libx264 -preset ultrafast -bf 0 -g 2 -crf 18 "
        "-pix_fmt yuv420p");
    auto_destroy(film) film = load(file);
    auto_destroy(framebuffer) shown = framebuffer_create(WIDTH_PX, HEIGHT_PX);
    auto_destroy(framebuffer) first = draw_all(film, 0), key = draw_all(film, 2);
    auto_destroy(film_changes) changes = film_changes_create(film);
    struct vm_screen *screen = film_screen_create(film, changes);

    assert_memory_not_equal(first->pixels, key->pixels, first->stride_bytes * HEIGHT_PX);
    screen->begin(screen, shown);
    for (unsigned index = 1; index < PICTURES; index++) {
        struct damage damage = {.n_rects = 0};
        film_screen_choose(screen, index);
        screen->step(screen, shown, &damage);
        assert_int_equal(damage.n_rects, 0);
    }
    screen->destroy(screen);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(pictures_are_those_of_the_recording),
        test(packed_pixels_are_drawn_too),
        test(unfit_films_are_refused),
        test(dirty_rectangles_follow_the_film),
        test(full_frames_are_the_films_pictures),
        test(a_still_picture_is_not_drawn_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
