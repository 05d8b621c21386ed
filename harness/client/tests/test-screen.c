/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "auto-destroy.h"
#include "harness/client/event-row.h"
#include "harness/client/screen.h"
#include "media/barcode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define WIDTH (BARCODE_WIDTH_PX + 16)
#define HEIGHT 40
#define STRIDE (WIDTH * 4)

static uint8_t picture[HEIGHT * STRIDE];

static const uint8_t *picture_of(enum barcode_source source)
{
    barcode_draw(picture, STRIDE, source, 9);
    return picture;
}

static const uint8_t *black(void)
{
    memset(picture, 0, sizeof picture);
    return picture;
}

static void show(struct screen *screen, int channel, const uint8_t *bgrx, unsigned width_px,
                 unsigned height_px)
{
    screen_show(screen, 77, channel, EVENT_ROW_EMPTY, EVENT_ROW_EMPTY, bgrx, STRIDE, width_px,
                height_px, 0, false);
}

/* Notices go to standard output, which is a file during a test. */
static FILE *notices;
static int terminal;

static int catch_notices(void **state)
{
    notices = tmpfile();
    fflush(stdout);
    terminal = dup(STDOUT_FILENO);
    *state = screen_create(NULL, SCREEN_CHANNEL_NONE);
    return notices && terminal >= 0 && dup2(fileno(notices), STDOUT_FILENO) >= 0 ? 0 : -1;
}

static void restore_output(void)
{
    fflush(stdout);
    dup2(terminal, STDOUT_FILENO);
    close(terminal);
}

/* The notices without their times: "source=vgpu channel=0 ...;..." */
static char *noticed(void)
{
    restore_output();
    char line[256];
    GString *all = g_string_new(NULL);
    rewind(notices);
    while (fgets(line, sizeof line, notices)) {
        assert_true(g_str_has_prefix(line, "shown "));
        const char *rest = strstr(line, "source=");
        g_string_append_printf(all, "%s;", g_strchomp((char *)rest));
    }
    fclose(notices);
    return g_string_free(all, false);
}

static void only_changes_are_noticed(void **state)
{
    auto_destroy(screen) screen = *state;
    show(screen, 0, black(), WIDTH, HEIGHT);
    show(screen, 0, black(), WIDTH, HEIGHT);
    show(screen, 0, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    show(screen, 0, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    show(screen, 0, picture_of(BARCODE_SOURCE_RECORDING), WIDTH, HEIGHT);
    show(screen, 0, picture_of(BARCODE_SOURCE_RECORDING), WIDTH, HEIGHT - 1);
    show(screen, 0, picture_of(BARCODE_SOURCE_RECORDING), WIDTH - 1, HEIGHT - 1);
    g_autofree char *all = noticed();
    assert_string_equal(all, "source=blank channel=0 width=400 height=40;"
                             "source=vgpu channel=0 width=400 height=40;"
                             "source=pgpu channel=0 width=400 height=40;"
                             "source=pgpu channel=0 width=400 height=39;"
                             "source=pgpu channel=0 width=399 height=39;");
}

static void a_channel_behind_is_not_seen(void **state)
{
    auto_destroy(screen) screen = *state;
    show(screen, 0, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    show(screen, 1, picture_of(BARCODE_SOURCE_RECORDING), WIDTH, HEIGHT);
    show(screen, 0, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    show(screen, 1, picture_of(BARCODE_SOURCE_RECORDING), WIDTH, HEIGHT);
    int in_front = screen_showing_channel(screen);
    screen_forget(screen, 1);
    int behind = screen_showing_channel(screen);
    enum picture_source source = screen_showing_source(screen);
    screen_forget(screen, 0);
    int none = screen_showing_channel(screen);
    g_autofree char *all = noticed();
    assert_string_equal(all, "source=vgpu channel=0 width=400 height=40;"
                             "source=pgpu channel=1 width=400 height=40;"
                             "source=vgpu channel=0 width=400 height=40;");
    assert_int_equal(in_front, 1);
    assert_int_equal(behind, 0);
    assert_int_equal(source, PICTURE_SOURCE_VGPU);
    assert_int_equal(none, SCREEN_CHANNEL_NONE);
}

static void a_watched_channel_has_none_before_it(void **state)
{
    screen_destroy(*state);
    auto_destroy(screen) screen = screen_create(NULL, 0);
    show(screen, 1, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    int none = screen_showing_channel(screen);
    show(screen, 0, picture_of(BARCODE_SOURCE_RECORDING), WIDTH, HEIGHT);
    show(screen, 1, picture_of(BARCODE_SOURCE_RECORDING), WIDTH, HEIGHT);
    int watched = screen_showing_channel(screen);
    g_autofree char *all = noticed();
    assert_string_equal(all, "source=pgpu channel=0 width=400 height=40;");
    assert_int_equal(none, SCREEN_CHANNEL_NONE);
    assert_int_equal(watched, 0);
}

static void after_no_picture_comes_a_first_one(void **state)
{
    auto_destroy(screen) screen = *state;
    show(screen, 0, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    screen_forget(screen, 0);
    show(screen, 0, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    g_autofree char *all = noticed();
    assert_string_equal(all, "source=vgpu channel=0 width=400 height=40;"
                             "source=vgpu channel=0 width=400 height=40;");
}

static const uint8_t *grey(uint8_t level)
{
    memset(picture, level, sizeof picture);
    picture[0] ^= 1; /* not one colour, which would be a blank picture */
    return picture;
}

static void the_last_picture_at_another_size_is_kept(void **state)
{
    auto_destroy(screen) screen = *state;
    show(screen, 0, grey(100), WIDTH, HEIGHT);
    screen_keep_last(screen, 0, grey(100), STRIDE, WIDTH, HEIGHT);
    screen_forget(screen, 0);
    show(screen, 0, grey(105), WIDTH - 100, HEIGHT - 10);
    show(screen, 0, grey(200), WIDTH - 100, HEIGHT - 10);
    show(screen, 0, grey(105), WIDTH - 100, HEIGHT - 10); /* too late: a new one was shown */
    g_autofree char *all = noticed();
    assert_string_equal(all, "source=other channel=0 width=400 height=40;"
                             "source=kept channel=0 width=300 height=30;"
                             "source=other channel=0 width=300 height=30;");
}

static void a_new_surface_is_no_source_until_it_is_painted(void **state)
{
    auto_destroy(screen) screen = *state;
    static const struct {
        uint8_t level; /* 0: with the vGPU's barcode */
        bool unfinished;
    } steps[] = {{50, true}, {60, true}, {0, true}, {70, false}};

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        screen_show(screen, 77, 0, EVENT_ROW_EMPTY, EVENT_ROW_EMPTY,
                    steps[i].level ? grey(steps[i].level) : picture_of(BARCODE_SOURCE_VGPU), STRIDE,
                    WIDTH, HEIGHT, steps[i].unfinished, steps[i].unfinished);
    g_autofree char *all = noticed();
    assert_string_equal(all, "source=unfinished channel=0 width=400 height=40;"
                             "source=vgpu channel=0 width=400 height=40;"
                             "source=other channel=0 width=400 height=40;");
}

static void a_channel_out_of_range_does_no_harm(void **state)
{
    auto_destroy(screen) screen = *state;
    show(screen, 255, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    show(screen, -1, picture_of(BARCODE_SOURCE_VGPU), WIDTH, HEIGHT);
    screen_forget(screen, 255);
    g_autofree char *all = noticed();
    assert_string_equal(all, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_changes_are_noticed, catch_notices),
        cmocka_unit_test_setup(a_channel_behind_is_not_seen, catch_notices),
        cmocka_unit_test_setup(a_watched_channel_has_none_before_it, catch_notices),
        cmocka_unit_test_setup(after_no_picture_comes_a_first_one, catch_notices),
        cmocka_unit_test_setup(the_last_picture_at_another_size_is_kept, catch_notices),
        cmocka_unit_test_setup(a_new_surface_is_no_source_until_it_is_painted, catch_notices),
        cmocka_unit_test_setup(a_channel_out_of_range_does_no_harm, catch_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
