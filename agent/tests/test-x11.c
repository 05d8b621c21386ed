/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The X11 screen against a real X server, Xvfb, and another client that draws there. */
#include "agent/linux/x11.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/randr.h>
#include <xcb/render.h>
#include <xcb/xcb.h>
#include <xcb/xtest.h>
#include <cmocka.h>

#define FOREVER INT64_MAX

static pid_t server;
static char name[16];
static xcb_connection_t *client;
static xcb_window_t root;
static struct os_wake *wake;
static struct x11 *x11;
static uint32_t width_px, height_px;

/* Starts Xvfb at a free display, whose number it writes once it accepts connections. False
 * where there is none. */
static bool start(const char *screen)
{
    int ends[2];
    char fd[16], number[8] = "";

    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    snprintf(fd, sizeof fd, "%d", ends[1]);
    server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
        execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", screen, "-nolisten", "tcp",
               "-noreset", NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while (length < sizeof number - 1 && !strchr(number, '\n') &&
           (got = read(ends[0], number + length, sizeof number - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    snprintf(name, sizeof name, ":%ld", strtol(number, NULL, 10));
    return length > 0;
}

static void stop(void)
{
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
    }
    server = 0;
}

static void connect_client(void)
{
    client = xcb_connect(name, NULL);
    assert_int_equal(xcb_connection_has_error(client), 0);
    root = xcb_setup_roots_iterator(xcb_get_setup(client)).data->root;
}

/* All that the client has sent was done. */
static void settle(void)
{
    free(xcb_get_input_focus_reply(client, xcb_get_input_focus(client), NULL));
}

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
    if (!start("641x361x24"))
        return 0;
    connect_client();
    x11 = x11_create(name, NULL);
    return wake && x11 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    x11_destroy(x11);
    x11 = NULL;
    if (client)
        xcb_disconnect(client);
    client = NULL;
    stop();
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

static void fill(uint32_t colour, int16_t x, int16_t y, uint16_t width, uint16_t height)
{
    const xcb_rectangle_t rectangle = {x, y, width, height};
    const uint32_t values[] = {colour, XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS};
    xcb_gcontext_t gc = xcb_generate_id(client);

    xcb_create_gc(client, gc, root, XCB_GC_FOREGROUND | XCB_GC_SUBWINDOW_MODE, values);
    xcb_poly_fill_rectangle(client, root, gc, 1, &rectangle);
    xcb_free_gc(client, gc);
    settle();
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

    fill(0x102030, 0, 0, 641, 361);
    open_settled(&picture);
    assert_int_equal(width_px, 640); /* of 641 */
    assert_int_equal(height_px, 360);
    assert_int_equal(pixel(&picture, 639, 359), 0x102030);

    fill(0xfedcba, 100, 50, 20, 10);
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_PICTURE);
    assert_int_equal(x11_picture(x11, &picture), 0);
    assert_int_equal(pixel(&picture, 100, 50), 0xfedcba);
    assert_int_equal(pixel(&picture, 119, 59), 0xfedcba);
    assert_int_equal(pixel(&picture, 120, 59), 0x102030);
    assert_int_equal(pixel(&picture, 99, 50), 0x102030);
    assert_int_equal(pixel(&picture, 100, 60), 0x102030);

    /* The column that is left out; nothing of the picture changes, and nothing breaks. */
    fill(0xffffff, 640, 0, 1, 361);
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
    settle();
    assert_int_equal(x11_wait(x11, 0, wake), 0);
    os_wake_set(wake);
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_WOKEN);
}

/* A cursor of 2x1 pixels: half transparent red, and blue. Premultiplied, as X has it. */
static void show_cursor(void)
{
    static const uint32_t argb[] = {0x80800000, 0xff0000ff};
    xcb_render_query_pict_formats_reply_t *formats =
        xcb_render_query_pict_formats_reply(client, xcb_render_query_pict_formats(client), NULL);
    xcb_render_pictformat_t format = 0;

    for (xcb_render_pictforminfo_iterator_t each =
             xcb_render_query_pict_formats_formats_iterator(formats);
         each.rem; xcb_render_pictforminfo_next(&each))
        if (each.data->depth == 32 && each.data->direct.alpha_shift == 24 &&
            each.data->direct.red_shift == 16)
            format = each.data->id;
    free(formats);
    assert_int_not_equal(format, 0);

    xcb_pixmap_t pixmap = xcb_generate_id(client);
    xcb_gcontext_t gc = xcb_generate_id(client);
    xcb_render_picture_t picture = xcb_generate_id(client);
    xcb_cursor_t cursor = xcb_generate_id(client);
    xcb_create_pixmap(client, 32, pixmap, root, 2, 1);
    xcb_create_gc(client, gc, pixmap, 0, NULL);
    xcb_put_image(client, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, gc, 2, 1, 0, 0, 0, 32, sizeof argb,
                  (const uint8_t *)argb);
    xcb_render_create_picture(client, picture, pixmap, format, 0, NULL);
    xcb_render_create_cursor(client, cursor, picture, 1, 0);
    xcb_change_window_attributes(client, root, XCB_CW_CURSOR, &cursor);
    settle();
}

static void the_cursor_has_its_shape_and_place(void **state)
{
    (void)state;
    skip_without_server();
    static const uint8_t bgra[] = {0, 0, 255, 128, 255, 0, 0, 255};
    struct x11_picture picture;
    struct x11_cursor cursor;

    open_settled(&picture);
    show_cursor();
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_CURSOR);
    assert_int_equal(x11_cursor(x11, &cursor), 0);
    assert_int_equal(cursor.width_px, 2);
    assert_int_equal(cursor.height_px, 1);
    assert_int_equal(cursor.hot_x_px, 1);
    assert_int_equal(cursor.hot_y_px, 0);
    assert_memory_equal(cursor.bgra, bgra, sizeof bgra);

    uint32_t serial = cursor.serial;
    xcb_test_fake_input(client, XCB_MOTION_NOTIFY, false, 0, root, 123, 45, 0);
    settle();
    assert_int_equal(x11_wait(x11, FOREVER, wake), X11_CURSOR); /* and no picture */
    assert_int_equal(x11_cursor(x11, &cursor), 0);
    assert_int_equal(cursor.serial, serial);
    assert_int_equal(cursor.x_px, 123);
    assert_int_equal(cursor.y_px, 45);
}

/* As xrandr does it: the monitor off, the screen's size, a mode, the monitor on. */
static void set_size(uint16_t width, uint16_t height)
{
    xcb_randr_mode_info_t mode = {.width = width, .height = height, .name_len = 4};
    xcb_randr_get_screen_resources_reply_t *all = xcb_randr_get_screen_resources_reply(
        client, xcb_randr_get_screen_resources(client, root), NULL);
    xcb_randr_crtc_t crtc = xcb_randr_get_screen_resources_crtcs(all)[0];
    xcb_randr_output_t output = xcb_randr_get_screen_resources_outputs(all)[0];
    xcb_timestamp_t time = all->config_timestamp;
    free(all);

    xcb_randr_create_mode_reply_t *made = xcb_randr_create_mode_reply(
        client, xcb_randr_create_mode(client, root, mode, mode.name_len, "test"), NULL);
    assert_non_null(made);
    xcb_randr_add_output_mode(client, output, made->mode);
    free(xcb_randr_set_crtc_config_reply(
        client,
        xcb_randr_set_crtc_config(client, crtc, XCB_CURRENT_TIME, time, 0, 0, XCB_NONE,
                                  XCB_RANDR_ROTATION_ROTATE_0, 0, NULL),
        NULL));
    xcb_generic_error_t *error = xcb_request_check(
        client, xcb_randr_set_screen_size_checked(client, root, width, height, 100, 100));
    assert_null(error);
    free(xcb_randr_set_crtc_config_reply(
        client,
        xcb_randr_set_crtc_config(client, crtc, XCB_CURRENT_TIME, time, 0, 0, made->mode,
                                  XCB_RANDR_ROTATION_ROTATE_0, 1, &output),
        NULL));
    free(made);
}

static void a_screen_that_shrinks_is_another_mode(void **state)
{
    (void)state;
    skip_without_server();
    struct x11_picture picture;

    open_settled(&picture);
    fill(0x123456, 0, 0, 641, 361);
    set_size(320, 240);
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
    fill(0x654321, 0, 0, 320, 240);
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
    stop();
    int result;
    do
        result = x11_wait(x11, FOREVER, wake);
    while (result > 0);
    assert_int_equal(result, -ENOTCONN);
    assert_string_equal(strchr(x11_error(x11), ':') + strlen(name),
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
    x11 = x11_create(name, "HDMI-9");
    assert_int_equal(x11_open(x11, &width_px, &height_px), -ENODEV);
    assert_non_null(strstr(x11_error(x11), "has no monitor HDMI-9: see --list"));
}

static int set_up_depth_16(void **state)
{
    (void)state;
    if (!start("640x360x16"))
        return 0;
    x11 = x11_create(name, NULL);
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
    stop();
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
