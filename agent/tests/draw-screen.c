/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * draw-screen: a program of a desktop that never rests: it draws a bar of another colour into
 * the root window of the X server DISPLAY, a hundred times a second, until it is killed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <xcb/xcb.h>

int main(void)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    xcb_connection_t *connection = xcb_connect(NULL, NULL);

    if (xcb_connection_has_error(connection)) {
        fprintf(stderr, "draw-screen: cannot connect to the X server\n");
        return EXIT_FAILURE;
    }
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
    xcb_gcontext_t gc = xcb_generate_id(connection);
    xcb_create_gc(connection, gc, screen->root, 0, NULL);
    for (uint32_t n = 0; !xcb_connection_has_error(connection); n++) {
        const uint32_t colour = (n * 0x010305) & 0xffffff;
        const xcb_rectangle_t bar = {0, (int16_t)(n % screen->height_in_pixels),
                                     screen->width_in_pixels, 8};
        xcb_change_gc(connection, gc, XCB_GC_FOREGROUND, &colour);
        xcb_poly_fill_rectangle(connection, screen->root, gc, 1, &bar);
        xcb_flush(connection);
        nanosleep(&pause, NULL);
    }
    return EXIT_SUCCESS;
}
