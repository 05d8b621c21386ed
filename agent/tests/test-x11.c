/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The X11 screen against a real X server, Xvfb, and another client that draws there. */
#include "agent/linux/x11.h"
#include "agent/os/clock.h"
#include "agent/os/wake.h"
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
static struct source *x11;
static struct source_mode mode;

static void skip_without_server(void)
{
    if (x11)
        return;
    print_message("Xvfb is missing\n");
    skip();
}

static void destroy_x11(void)
{
    if (x11)
        x11->class->destroy(x11);
    x11 = NULL;
}

static int open_x11(void)
{
    return x11->class->open(x11, &mode);
}

static int wait_x11(int64_t deadline_ns)
{
    return x11->class->wait(x11, deadline_ns, wake);
}

static int acquire(struct source_picture *ret_picture)
{
    int result = x11->class->acquire(x11, false, ret_picture);

    if (result == 0)
        x11->class->release(x11);
    return result;
}

/* What is the case by then; SOURCE_CURSOR, for example. */
static int wait_at_most_s(int seconds)
{
    int64_t deadline_ns = os_now_ns() + seconds * INT64_C(1000000000);
    int conditions;

    do
        conditions = wait_x11(deadline_ns);
    while (conditions == 0 && os_now_ns() < deadline_ns);
    return conditions;
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
    destroy_x11();
    x_server_stop();
    os_wake_destroy(wake);
    return 0;
}

/* Until the screen has nothing that is new: what a server draws by itself at its beginning. */
static void open_settled(struct source_picture *ret_picture)
{
    int conditions;

    assert_int_equal(open_x11(), 0);
    do {
        assert_int_equal(acquire(ret_picture), 0);
        conditions = wait_x11(0);
        assert_true(conditions >= 0);
    } while (conditions);
}

static uint32_t pixel(const struct source_picture *picture, unsigned x, unsigned y)
{
    const uint8_t *at = picture->bgrx + y * picture->stride_bytes + 4 * x;

    return (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* It is what the server has. */
static void expect_screen(const struct source_picture *picture)
{
    uint32_t *pixels = x_server_pixels((uint16_t)mode.width_px, (uint16_t)mode.height_px);

    for (unsigned y = 0; y < mode.height_px; y++)
        for (unsigned x = 0; x < mode.width_px; x++)
            if (pixel(picture, x, y) != (pixels[y * mode.width_px + x] & 0xffffff))
                fail_msg("pixel %u,%u: %06x, the server has %06x", x, y, pixel(picture, x, y),
                         pixels[y * mode.width_px + x] & 0xffffff);
    free(pixels);
}

static void what_is_drawn_is_fetched(void **state)
{
    (void)state;
    skip_without_server();
    struct source_picture picture;

    x_server_fill(0x102030, 0, 0, 641, 361);
    open_settled(&picture);
    assert_int_equal(mode.width_px, 640); /* of 641 */
    assert_int_equal(mode.height_px, 360);
    assert_int_equal(pixel(&picture, 639, 359), 0x102030);

    x_server_fill(0xfedcba, 100, 50, 20, 10);
    assert_int_equal(wait_x11(FOREVER), SOURCE_PICTURE);
    assert_int_equal(acquire(&picture), 0);
    assert_int_equal(pixel(&picture, 100, 50), 0xfedcba);
    assert_int_equal(pixel(&picture, 119, 59), 0xfedcba);
    assert_int_equal(pixel(&picture, 120, 59), 0x102030);
    assert_int_equal(pixel(&picture, 99, 50), 0x102030);
    assert_int_equal(pixel(&picture, 100, 60), 0x102030);

    /* The column that is left out; nothing of the picture changes, and nothing breaks. */
    x_server_fill(0xffffff, 640, 0, 1, 361);
    assert_int_equal(wait_x11(FOREVER), SOURCE_PICTURE);
    assert_int_equal(acquire(&picture), 0);
    assert_int_equal(pixel(&picture, 639, 0), 0x102030);
}

static void a_still_screen_is_no_picture(void **state)
{
    (void)state;
    skip_without_server();
    struct source_picture picture;

    open_settled(&picture);
    assert_int_equal(wait_x11(0), 0);
    os_wake_set(wake);
    assert_int_equal(wait_x11(FOREVER), SOURCE_WOKEN);
}

static void the_cursor_has_its_shape_and_place(void **state)
{
    (void)state;
    skip_without_server();
    struct source_picture picture;
    struct source_cursor cursor;

    open_settled(&picture);
    x_server_set_cursor();
    assert_int_equal(wait_x11(FOREVER), SOURCE_CURSOR);
    assert_int_equal(x11->class->cursor(x11, &cursor), 0);
    assert_int_equal(cursor.width_px, 2);
    assert_int_equal(cursor.height_px, 1);
    assert_int_equal(cursor.hot_x_px, 1);
    assert_int_equal(cursor.hot_y_px, 0);
    assert_memory_equal(cursor.bgra, x_server_cursor_bgra, X_SERVER_CURSOR_BYTES);

    uint32_t serial = cursor.serial;
    x_server_move_mouse(123, 45);
    assert_int_equal(wait_x11(FOREVER), SOURCE_CURSOR); /* and no picture */
    assert_int_equal(x11->class->cursor(x11, &cursor), 0);
    assert_int_equal(cursor.serial, serial);
    assert_int_equal(cursor.x_px, 123);
    assert_int_equal(cursor.y_px, 45);
}

static void a_screen_that_shrinks_is_another_mode(void **state)
{
    (void)state;
    skip_without_server();
    struct source_picture picture;

    open_settled(&picture);
    x_server_fill(0x123456, 0, 0, 641, 361);
    x_server_set_size(320, 240);
    assert_int_equal(acquire(&picture), -EAGAIN); /* what was drawn is out of bounds */
    int conditions;
    do {
        conditions = wait_x11(FOREVER);
        assert_true(conditions > 0);
    } while (!(conditions & SOURCE_MODE));

    x11->class->close(x11);
    open_settled(&picture);
    assert_int_equal(mode.width_px, 320);
    assert_int_equal(mode.height_px, 240);
    x_server_fill(0x654321, 0, 0, 320, 240);
    assert_int_equal(wait_x11(FOREVER), SOURCE_PICTURE);
    assert_int_equal(acquire(&picture), 0);
    assert_int_equal(pixel(&picture, 319, 239), 0x654321);
}

/* Expected: what was drawn while the screen was too small to be fetched is reported again, until
 * it was fetched. The report of it was used up; a screen that had its size back before anybody
 * looked at the mode could then miss it. (Xvfb itself draws everything anew when it grows.) */
static void what_could_not_be_fetched_is_reported_again(void **state)
{
    (void)state;
    skip_without_server();
    struct source_picture picture;
    int conditions;

    open_settled(&picture);
    x_server_fill(0xfedcba, 0, 0, 641, 361);
    x_server_set_size(641, 300);
    do
        conditions = wait_at_most_s(10);
    while (!(conditions & SOURCE_MODE));
    while (wait_x11(0))
        ; /* nothing is left of all that */
    assert_int_equal(acquire(&picture), -EAGAIN);
    assert_int_equal(wait_x11(0), SOURCE_PICTURE);
    x_server_set_size(641, 361);
    assert_int_equal(acquire(&picture), 0);
    expect_screen(&picture);
}

static void a_pointer_that_a_program_moves_is_noticed(void **state)
{
    (void)state;
    skip_without_server();
    struct source_picture picture;
    struct source_cursor cursor;

    open_settled(&picture);
    for (int16_t x = 1; x <= 2; x++) {
        x_server_warp_pointer(x, 77);
        assert_int_equal(wait_at_most_s(10), SOURCE_CURSOR);
        assert_int_equal(x11->class->cursor(x11, &cursor), 0);
        assert_int_equal(cursor.x_px, x);
        assert_int_equal(cursor.y_px, 77);
        assert_int_equal(wait_x11(0) & ~SOURCE_CURSOR, 0);
        /* As a game does it: nobody else gets events then. */
        x_server_grab_pointer();
    }
}

static void a_server_that_goes_is_an_error(void **state)
{
    (void)state;
    skip_without_server();
    struct source_picture picture;
    struct source_cursor cursor;

    open_settled(&picture);
    x_server_stop();
    int result;
    do
        result = wait_x11(FOREVER);
    while (result > 0);
    assert_int_equal(result, -ENOTCONN);
    assert_string_equal(strchr(x11->class->error(x11), ':') + strlen(x_server.name),
                        " is gone: it is connected again when it is back");
    assert_int_equal(acquire(&picture), -ENOTCONN);
    assert_int_equal(x11->class->cursor(x11, &cursor), -ENOTCONN);
    x11->class->close(x11);
    assert_int_equal(open_x11(), -ECONNREFUSED);
    assert_non_null(strstr(x11->class->error(x11), "is it running, and is its XAUTHORITY here?"));
}

static void an_unknown_monitor_is_refused(void **state)
{
    (void)state;
    skip_without_server();
    destroy_x11();
    x11 = x11_create(x_server.name, "HDMI-9");
    assert_int_equal(open_x11(), -ENODEV);
    assert_non_null(strstr(x11->class->error(x11), "has no monitor HDMI-9: see --list"));
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
    assert_int_equal(open_x11(), -EOPNOTSUPP);
    assert_non_null(
        strstr(x11->class->error(x11), "has colours of 16 bits in another order than 8:8:8"));
}

static int tear_down_depth_16(void **state)
{
    (void)state;
    destroy_x11();
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
        UNDER_XVFB(what_could_not_be_fetched_is_reported_again),
        UNDER_XVFB(a_pointer_that_a_program_moves_is_noticed),
        UNDER_XVFB(a_server_that_goes_is_an_error),
        UNDER_XVFB(an_unknown_monitor_is_refused),
        cmocka_unit_test_setup_teardown(other_colours_are_refused, set_up_depth_16,
                                        tear_down_depth_16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
