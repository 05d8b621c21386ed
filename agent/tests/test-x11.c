/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The X11 screen against a real X server, Xvfb, and another client that draws there. */
#include "agent/linux/x11.h"
#include "agent/tests/x-server.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define FOREVER INT64_MAX

static struct os_wake *wake;
static struct x11 *x11;
static uint32_t width_px, height_px;

static void skip_without_server(void)
{
    if (x11)
        return;
    print_message("Xvfb is missing\n");
    skip();
}

static int set_up(void **state)
{
    (void)state;
    int error;

    wake = os_wake_create(&error);
    if (!x_server_start("641x361x24"))
        return 0;
    x11 = x11_create(x_server.name, NULL);
    return wake && x11 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    x11_destroy(x11);
    x11 = NULL;
    x_server_stop();
    os_wake_destroy(wake);
    return 0;
}

/* Until the screen has nothing that is new: what a server draws by itself at its beginning. */
static void open_settled(struct x11_picture *ret_picture)
{
    int conditions;

    assert_int_equal(x11_open(x11, &width_px, &height_px), 0);
    do {
        assert_int_equal(x11_picture(x11, ret_picture), 0);
        conditions = x11_wait(x11, 0, wake);
        assert_true(conditions >= 0);
    } while (conditions);
}

static uint32_t pixel(const struct x11_picture *picture, unsigned x, unsigned y)
{
    const uint8_t *at = picture->bgrx + y * picture->stride_bytes + 4 * x;

    return (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static void what_is_drawn_is_fetched(void **state)
{
    (void)state;
    skip_without_server();
    struct x11_picture picture;

    x_server_fill(0x102030, 0, 0, 641, 361);
    open_settled(&picture);
    assert_int_equal(width_px, 640); /* of 641 */
    assert_int_equal(height_px, 360);
    assert_int_equal(pixel(&picture, 639, 359), 0x102030);

    x_server_fill(0xfedcba, 100, 50, 20, 10);
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_PICTURE);
    assert_int_equal(x11_picture(x11, &picture), 0);
    assert_int_equal(pixel(&picture, 100, 50), 0xfedcba);
    assert_int_equal(pixel(&picture, 119, 59), 0xfedcba);
    assert_int_equal(pixel(&picture, 120, 59), 0x102030);
    assert_int_equal(pixel(&picture, 99, 50), 0x102030);
    assert_int_equal(pixel(&picture, 100, 60), 0x102030);

    /* The column that is left out; nothing of the picture changes, and nothing breaks. */
    x_server_fill(0xffffff, 640, 0, 1, 361);
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_PICTURE);
    assert_int_equal(x11_picture(x11, &picture), 0);
    assert_int_equal(pixel(&picture, 639, 0), 0x102030);
}

static void a_still_screen_is_no_picture(void **state)
{
    (void)state;
    skip_without_server();
    struct x11_picture picture;

    open_settled(&picture);
    assert_int_equal(x11_wait(x11, 0, wake), 0);
    os_wake_set(wake);
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_WOKEN);
}

static void the_cursor_has_its_shape_and_place(void **state)
{
    (void)state;
    skip_without_server();
    struct x11_picture picture;
    struct x11_cursor cursor;

    open_settled(&picture);
    x_server_set_cursor();
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_CURSOR);
    assert_int_equal(x11_cursor(x11, &cursor), 0);
    assert_int_equal(cursor.width_px, 2);
    assert_int_equal(cursor.height_px, 1);
    assert_int_equal(cursor.hot_x_px, 1);
    assert_int_equal(cursor.hot_y_px, 0);
    assert_memory_equal(cursor.bgra, x_server_cursor_bgra, X_SERVER_CURSOR_BYTES);

    uint32_t serial = cursor.serial;
    x_server_move_mouse(123, 45);
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_CURSOR); /* and no picture */
    assert_int_equal(x11_cursor(x11, &cursor), 0);
    assert_int_equal(cursor.serial, serial);
    assert_int_equal(cursor.x_px, 123);
    assert_int_equal(cursor.y_px, 45);
}

static void a_screen_that_shrinks_is_another_mode(void **state)
{
    (void)state;
    skip_without_server();
    struct x11_picture picture;

    open_settled(&picture);
    x_server_fill(0x123456, 0, 0, 641, 361);
    x_server_set_size(320, 240);
    assert_int_equal(x11_picture(x11, &picture), -EAGAIN); /* what was drawn is out of bounds */
    int conditions;
    do {
        conditions = x11_wait(x11, FOREVER, wake);
        assert_true(conditions > 0);
    } while (!(conditions & X11_MODE));

    x11_close(x11);
    open_settled(&picture);
    assert_int_equal(width_px, 320);
    assert_int_equal(height_px, 240);
    x_server_fill(0x654321, 0, 0, 320, 240);
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_PICTURE);
    assert_int_equal(x11_picture(x11, &picture), 0);
    assert_int_equal(pixel(&picture, 319, 239), 0x654321);
}

static void a_server_that_goes_is_an_error(void **state)
{
    (void)state;
    skip_without_server();
    struct x11_picture picture;
    struct x11_cursor cursor;

    open_settled(&picture);
    x_server_stop();
    int result;
    do
        result = x11_wait(x11, FOREVER, wake);
    while (result > 0);
    assert_int_equal(result, -ENOTCONN);
    assert_string_equal(strchr(x11_error(x11), ':') + strlen(x_server.name),
                        " is gone: it is connected again when it is back");
    assert_int_equal(x11_picture(x11, &picture), -ENOTCONN);
    assert_int_equal(x11_cursor(x11, &cursor), -ENOTCONN);
    x11_close(x11);
    assert_int_equal(x11_open(x11, &width_px, &height_px), -ECONNREFUSED);
    assert_non_null(strstr(x11_error(x11), "is it running, and is its XAUTHORITY here?"));
}

static void an_unknown_monitor_is_refused(void **state)
{
    (void)state;
    skip_without_server();
    x11_destroy(x11);
    x11 = x11_create(x_server.name, "HDMI-9");
    assert_int_equal(x11_open(x11, &width_px, &height_px), -ENODEV);
    assert_non_null(strstr(x11_error(x11), "has no monitor HDMI-9: see --list"));
}

static int set_up_depth_16(void **state)
{
    (void)state;
    if (!x_server_start("640x360x16"))
        return 0;
    x11 = x11_create(x_server.name, NULL);
    return x11 ? 0 : -1;
}

static void other_colours_are_refused(void **state)
{
    (void)state;
    skip_without_server();
    assert_int_equal(x11_open(x11, &width_px, &height_px), -EOPNOTSUPP);
    assert_non_null(strstr(x11_error(x11), "has colours of 16 bits in another order than 8:8:8"));
}

static int tear_down_depth_16(void **state)
{
    (void)state;
    x11_destroy(x11);
    x11 = NULL;
    x_server_stop();
    return 0;
}

#define UNDER_XVFB(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNDER_XVFB(what_is_drawn_is_fetched),
        UNDER_XVFB(a_still_screen_is_no_picture),
        UNDER_XVFB(the_cursor_has_its_shape_and_place),
        UNDER_XVFB(a_screen_that_shrinks_is_another_mode),
        UNDER_XVFB(a_server_that_goes_is_an_error),
        UNDER_XVFB(an_unknown_monitor_is_refused),
        cmocka_unit_test_setup_teardown(other_colours_are_refused, set_up_depth_16,
                                        tear_down_depth_16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
