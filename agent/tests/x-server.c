/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/tests/x-server.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/randr.h>
#include <xcb/render.h>
#include <xcb/xtest.h>
#include <cmocka.h>

/* A server ends when another one takes the free display that it has found. */
#define X_SERVER_TRIES 5u
#define NOT_INSTALLED 127

struct x_server x_server;

const uint8_t x_server_cursor_bgra[X_SERVER_CURSOR_BYTES] = {0, 0, 255, 128, 255, 0, 0, 255};

/* Replaces the process. */
static void become_server(const char *screen, int display_fd)
{
    char fd[16];
    int null = open("/dev/null", O_WRONLY);

    snprintf(fd, sizeof fd, "%d", display_fd);
    dup2(null, STDERR_FILENO);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", screen, "-nolisten", "tcp", "-noreset",
           NULL);
    _exit(NOT_INSTALLED);
}

/* False when it ended before it accepted a connection. */
static bool start_once(const char *screen)
{
    char number[8] = "";
    size_t length = 0;
    ssize_t got;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    x_server.pid = fork();
    assert_true(x_server.pid >= 0);
    if (x_server.pid == 0)
        become_server(screen, ends[1]);
    close(ends[1]);
    /* It writes the display's number once it accepts connections. */
    while (length < sizeof number - 1 && !strchr(number, '\n') &&
           (got = read(ends[0], number + length, sizeof number - 1 - length)) > 0)
        length += (size_t)got;
    close(ends[0]);
    snprintf(x_server.name, sizeof x_server.name, ":%ld", strtol(number, NULL, 10));
    return length > 0;
}

bool x_server_start(const char *screen)
{
    int status = 0;

    for (unsigned tries = X_SERVER_TRIES; !start_once(screen); tries--) {
        waitpid(x_server.pid, &status, 0);
        x_server.pid = 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_INSTALLED)
            return false;
        assert_int_not_equal(tries, 1);
    }
    x_server.client = xcb_connect(x_server.name, NULL);
    assert_int_equal(xcb_connection_has_error(x_server.client), 0);
    x_server.root = xcb_setup_roots_iterator(xcb_get_setup(x_server.client)).data->root;
    return true;
}

void x_server_stop(void)
{
    if (x_server.client)
        xcb_disconnect(x_server.client);
    if (x_server.pid > 0) {
        kill(x_server.pid, SIGTERM);
        waitpid(x_server.pid, NULL, 0);
    }
    x_server.client = NULL;
    x_server.pid = 0;
}

/* All that the client has sent was done. */
static void settle(void)
{
    free(xcb_get_input_focus_reply(x_server.client, xcb_get_input_focus(x_server.client), NULL));
}

void x_server_fill(uint32_t colour, int16_t x, int16_t y, uint16_t width, uint16_t height)
{
    const xcb_rectangle_t rectangle = {x, y, width, height};
    const uint32_t values[] = {colour, XCB_SUBWINDOW_MODE_INCLUDE_INFERIORS};
    xcb_gcontext_t gc = xcb_generate_id(x_server.client);

    xcb_create_gc(x_server.client, gc, x_server.root, XCB_GC_FOREGROUND | XCB_GC_SUBWINDOW_MODE,
                  values);
    xcb_poly_fill_rectangle(x_server.client, x_server.root, gc, 1, &rectangle);
    xcb_free_gc(x_server.client, gc);
    settle();
}

uint32_t *x_server_pixels(uint16_t width, uint16_t height)
{
    const size_t bytes = (size_t)width * height * sizeof(uint32_t);
    xcb_get_image_reply_t *reply =
        xcb_get_image_reply(x_server.client,
                            xcb_get_image(x_server.client, XCB_IMAGE_FORMAT_Z_PIXMAP, x_server.root,
                                          0, 0, width, height, ~0u),
                            NULL);
    uint32_t *pixels = malloc(bytes);

    assert_non_null(reply);
    assert_non_null(pixels);
    assert_int_equal(xcb_get_image_data_length(reply), bytes);
    memcpy(pixels, xcb_get_image_data(reply), bytes);
    free(reply);
    return pixels;
}

static xcb_render_pictformat_t argb_format(void)
{
    xcb_render_query_pict_formats_reply_t *formats = xcb_render_query_pict_formats_reply(
        x_server.client, xcb_render_query_pict_formats(x_server.client), NULL);
    xcb_render_pictformat_t format = 0;

    for (xcb_render_pictforminfo_iterator_t each =
             xcb_render_query_pict_formats_formats_iterator(formats);
         each.rem; xcb_render_pictforminfo_next(&each))
        if (each.data->depth == 32 && each.data->direct.alpha_shift == 24 &&
            each.data->direct.red_shift == 16)
            format = each.data->id;
    free(formats);
    assert_int_not_equal(format, 0);
    return format;
}

void x_server_set_cursor(void)
{
    static const uint32_t argb[] = {0x80800000, 0xff0000ff}; /* premultiplied, as X has it */
    xcb_connection_t *client = x_server.client;
    xcb_pixmap_t pixmap = xcb_generate_id(client);
    xcb_gcontext_t gc = xcb_generate_id(client);
    xcb_render_picture_t picture = xcb_generate_id(client);
    xcb_cursor_t cursor = xcb_generate_id(client);

    xcb_create_pixmap(client, 32, pixmap, x_server.root, 2, 1);
    xcb_create_gc(client, gc, pixmap, 0, NULL);
    xcb_put_image(client, XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, gc, 2, 1, 0, 0, 0, 32, sizeof argb,
                  (const uint8_t *)argb);
    xcb_render_create_picture(client, picture, pixmap, argb_format(), 0, NULL);
    xcb_render_create_cursor(client, cursor, picture, 1, 0);
    xcb_change_window_attributes(client, x_server.root, XCB_CW_CURSOR, &cursor);
    settle();
}

void x_server_move_mouse(int16_t x, int16_t y)
{
    xcb_test_fake_input(x_server.client, XCB_MOTION_NOTIFY, false, 0, x_server.root, x, y, 0);
    settle();
}

void x_server_warp_pointer(int16_t x, int16_t y)
{
    xcb_warp_pointer(x_server.client, XCB_NONE, x_server.root, 0, 0, 0, 0, x, y);
    settle();
}

void x_server_grab_pointer(void)
{
    xcb_grab_pointer_reply_t *reply = xcb_grab_pointer_reply(
        x_server.client,
        xcb_grab_pointer(x_server.client, false, x_server.root, XCB_EVENT_MASK_BUTTON_PRESS,
                         XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE,
                         XCB_CURRENT_TIME),
        NULL);

    assert_non_null(reply);
    assert_int_equal(reply->status, XCB_GRAB_STATUS_SUCCESS);
    free(reply);
}

void x_server_set_size(uint16_t width, uint16_t height)
{
    xcb_connection_t *client = x_server.client;
    xcb_randr_mode_info_t mode = {.width = width, .height = height};
    char name[16];
    xcb_randr_get_screen_resources_reply_t *all = xcb_randr_get_screen_resources_reply(
        client, xcb_randr_get_screen_resources(client, x_server.root), NULL);
    xcb_randr_crtc_t crtc = xcb_randr_get_screen_resources_crtcs(all)[0];
    xcb_randr_output_t output = xcb_randr_get_screen_resources_outputs(all)[0];
    xcb_timestamp_t time = all->config_timestamp;
    unsigned modes = all->num_modes;
    free(all);

    mode.name_len = (uint16_t)snprintf(name, sizeof name, "test-%u", modes); /* a name of its own */
    xcb_randr_create_mode_reply_t *made = xcb_randr_create_mode_reply(
        client, xcb_randr_create_mode(client, x_server.root, mode, mode.name_len, name), NULL);
    assert_non_null(made);
    xcb_randr_add_output_mode(client, output, made->mode);
    free(xcb_randr_set_crtc_config_reply(
        client,
        xcb_randr_set_crtc_config(client, crtc, XCB_CURRENT_TIME, time, 0, 0, XCB_NONE,
                                  XCB_RANDR_ROTATION_ROTATE_0, 0, NULL),
        NULL));
    xcb_generic_error_t *error = xcb_request_check(
        client, xcb_randr_set_screen_size_checked(client, x_server.root, width, height, 100, 100));
    assert_null(error);
    free(xcb_randr_set_crtc_config_reply(
        client,
        xcb_randr_set_crtc_config(client, crtc, XCB_CURRENT_TIME, time, 0, 0, made->mode,
                                  XCB_RANDR_ROTATION_ROTATE_0, 1, &output),
        NULL));
    free(made);
}
