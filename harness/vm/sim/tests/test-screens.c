/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The vGPU's screens: a client never sees a change that an update does not report. */
#include "auto-destroy.h"
#include "harness/vm/sim/font.h"
#include "harness/vm/sim/screen.h"
#include "media/barcode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* More steps than the console has lines, and than it takes to fill an editor line. */
#define STEPS 150

struct screen_case {
    const char *name;
    struct vm_screen *(*create)(void);
    int width_px, height_px;
};

static const struct screen_case cases[] = {
    {"console 1024x768", console_create, 1024, 768},
    {"console, smallest", console_create, BARCODE_WIDTH_PX, 200},
    {"console, odd", console_create, 801, 603},
    {"desktop 1024x768", desktop_create, 1024, 768},
    {"desktop 1920x1080", desktop_create, 1920, 1080},
    {"desktop, smallest", desktop_create, BARCODE_WIDTH_PX, 200},
    {"desktop, odd", desktop_create, 801, 603},
};

static size_t picture_bytes(const struct framebuffer *picture)
{
    return picture->stride_bytes * (size_t)picture->height_px;
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

/* The number of pixels that changed; each must be reported. */
static int changed_pixels(const struct screen_case *test, int step,
                          const struct framebuffer *before, const struct framebuffer *after,
                          const struct damage *damage)
{
    int changed = 0;

    for (int y = 0; y < after->height_px; y++) {
        for (int x = 0; x < after->width_px; x++) {
            if (!memcmp(framebuffer_pixel(before, x, y), framebuffer_pixel(after, x, y), 4))
                continue;
            changed++;
            if (!reported(damage, x, y))
                fail_msg("%s: step %d changed %d,%d without reporting it", test->name, step, x, y);
        }
    }
    return changed;
}

static void damage_covers_every_change(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct screen_case *test = &cases[i];
        auto_destroy(framebuffer) before = framebuffer_create(test->width_px, test->height_px);
        auto_destroy(framebuffer) after = framebuffer_create(test->width_px, test->height_px);
        struct vm_screen *screen = test->create();

        screen->begin(screen, after);
        for (int step = 0; step < STEPS; step++) {
            struct damage damage = {.n_rects = 0};
            memcpy(before->pixels, after->pixels, picture_bytes(after));
            screen->step(screen, after, &damage);
            assert_true(changed_pixels(test, step, before, after, &damage) > 0);
        }
        screen->destroy(screen);
    }
}

static void damage_is_inside_and_below_the_barcode(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct screen_case *test = &cases[i];
        auto_destroy(framebuffer) picture = framebuffer_create(test->width_px, test->height_px);
        struct vm_screen *screen = test->create();

        screen->begin(screen, picture);
        for (int step = 0; step < STEPS; step++) {
            struct damage damage = {.n_rects = 0};
            screen->step(screen, picture, &damage);
            for (unsigned r = 0; r < damage.n_rects; r++) {
                const struct rect *rect = &damage.rects[r];
                assert_true(rect->x >= 0 && rect->x + rect->width <= test->width_px);
                assert_true(rect->y >= SCREEN_TOP_PX);
                assert_true(rect->y + rect->height <= test->height_px);
                assert_true(rect->width > 0 && rect->height > 0);
            }
        }
        screen->destroy(screen);
    }
}

static void screens_are_deterministic(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct screen_case *test = &cases[i];
        auto_destroy(framebuffer) one = framebuffer_create(test->width_px, test->height_px);
        auto_destroy(framebuffer) other = framebuffer_create(test->width_px, test->height_px);
        struct vm_screen *first = test->create(), *second = test->create();
        struct damage ignored = {.n_rects = 0};

        memset(one->pixels, 0xaa, picture_bytes(one)); /* begin() must overwrite all */
        first->begin(first, one);
        second->begin(second, other);
        for (int step = 0; step < STEPS; step++) {
            first->step(first, one, &ignored);
            second->step(second, other, &ignored);
        }
        assert_memory_equal(one->pixels, other->pixels, picture_bytes(one));
        first->destroy(first);
        second->destroy(second);
    }
}

static void full_damage_grows_its_last_rectangle(void **state)
{
    auto_destroy(framebuffer) picture = framebuffer_create(400, 400);
    struct damage damage = {.n_rects = 0};

    for (int i = 0; i < DAMAGE_RECTS_MAX + 3; i++)
        damage_add(&damage, picture, (struct rect){i * 10, i * 20, 5, 5});
    assert_int_equal(damage.n_rects, DAMAGE_RECTS_MAX);
    for (int i = 0; i < DAMAGE_RECTS_MAX + 3; i++)
        assert_true(reported(&damage, i * 10 + 4, i * 20 + 4));
}

static void scroll_moves_the_inside_only(void **state)
{
    static const struct {
        int dx, dy;
    } ways[] = {{3, 0}, {-3, 0}, {0, 5}, {0, -5}, {2, -4}, {-2, 4}, {30, 0}, {0, -30}};
    const struct rect area = {4, 6, 20, 22};

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        auto_destroy(framebuffer) picture = framebuffer_create(40, 40);
        for (int y = 0; y < 40; y++)
            for (int x = 0; x < 40; x++)
                framebuffer_fill(picture, (struct rect){x, y, 1, 1}, (uint32_t)(y << 8 | x));
        framebuffer_scroll(picture, area, ways[i].dx, ways[i].dy);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 40; x++) {
                int from_x = x - ways[i].dx, from_y = y - ways[i].dy;
                bool moved = x >= 4 && x < 24 && y >= 6 && y < 28 && from_x >= 4 && from_x < 24 &&
                             from_y >= 6 && from_y < 28;
                assert_int_equal(framebuffer_pixel(picture, x, y)[0], moved ? from_x : x);
                assert_int_equal(framebuffer_pixel(picture, x, y)[1], moved ? from_y : y);
            }
        }
    }
}

static void each_character_has_a_glyph_of_its_own(void **state)
{
    auto_destroy(framebuffer) one = framebuffer_create(FONT_WIDTH_PX, FONT_HEIGHT_PX);
    auto_destroy(framebuffer) other = framebuffer_create(FONT_WIDTH_PX, FONT_HEIGHT_PX);

    for (char a = ' '; a <= '~'; a++) {
        for (char b = ' '; b < a; b++) {
            font_draw(one, 0, 0, (char[]){a, '\0'}, 0xffffff, 0);
            font_draw(other, 0, 0, (char[]){b, '\0'}, 0xffffff, 0);
            if (!memcmp(one->pixels, other->pixels, picture_bytes(one)))
                fail_msg("'%c' looks like '%c'", a, b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_covers_every_change),
        cmocka_unit_test(damage_is_inside_and_below_the_barcode),
        cmocka_unit_test(screens_are_deterministic),
        cmocka_unit_test(full_damage_grows_its_last_rectangle),
        cmocka_unit_test(scroll_moves_the_inside_only),
        cmocka_unit_test(each_character_has_a_glyph_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
