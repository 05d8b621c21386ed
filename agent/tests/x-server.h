/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x-server: a real X server, Xvfb, for tests, and a client of it that draws there. What fails
 * fails the test.
 */
#ifndef AGENT_TESTS_X_SERVER_H
#define AGENT_TESTS_X_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <xcb/xcb.h>

/* The present test's; one at a time. */
extern struct x_server {
    char name[16]; /* for DISPLAY */
    pid_t pid;     /* 0: not running */
    xcb_connection_t *client;
    xcb_window_t root;
} x_server;

/* At a free display, with a screen of "WIDTHxHEIGHTxDEPTH". It dies with the test. False where
 * there is no Xvfb. */
bool x_server_start(const char *screen);
void x_server_stop(void); /* may follow itself */

/* Everything that follows is done when it returns. */
void x_server_fill(uint32_t colour, int16_t x, int16_t y, uint16_t width, uint16_t height);

/* The screen's pixels, red in bits 16 to 23; free() them. */
uint32_t *x_server_pixels(uint16_t width, uint16_t height);

/* The pointer's shape is 2x1 pixels, half transparent red and blue, its hot spot the right one;
 * these are its pixels in the port's protocol. */
#define X_SERVER_CURSOR_BYTES 8
extern const uint8_t x_server_cursor_bgra[X_SERVER_CURSOR_BYTES];
void x_server_set_cursor(void);
void x_server_move_mouse(int16_t x, int16_t y);   /* as the user does it */
void x_server_warp_pointer(int16_t x, int16_t y); /* as a program does it */
void x_server_grab_pointer(void);                 /* from then on the client alone has its events */

/* As xrandr does it: the monitor off, the screen's size, a mode, the monitor on. */
void x_server_set_size(uint16_t width, uint16_t height);

#endif
