/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * x11: the screen and the cursor of an X server on this machine.
 *
 * XDamage reports that something was drawn, and only those rows of the screen are fetched
 * (MIT-SHM) into one picture that is kept. XFixes gives the cursor, which is not in the
 * picture; XInput 2 reports that it was moved; RandR that a monitor has changed. What is
 * captured is one monitor, without its last column or row where their number is odd: H.264
 * has one colour for two pixels.
 *
 * One thread at a time, in the order open, (wait, picture, cursor)*, close, and again.
 * While it is closed there is no connection. Errors are negative errno; x11_error() then
 * has one line that names the thing and what to do.
 */
#ifndef AGENT_LINUX_X11_H
#define AGENT_LINUX_X11_H

#include "agent/os/wake.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct x11;

/* What x11_wait() reports. */
enum x11_condition {
    X11_PICTURE = 1u << 0, /* something was drawn */
    X11_CURSOR = 1u << 1,  /* its shape or place is another */
    X11_MODE = 1u << 2,    /* size or monitor have changed: close and open */
    X11_WOKEN = 1u << 3,   /* the wake is set */
};

struct x11_picture {
    const uint8_t *bgrx; /* valid, and unchanged, until the next x11_picture() or x11_close() */
    size_t stride_bytes;
    int64_t noticed_ns; /* when x11_wait() first had it; of a still screen, when it last had */
};

struct x11_cursor {
    uint32_t serial;     /* another one with another shape */
    const uint8_t *bgra; /* not premultiplied; valid until the next x11_cursor() or close */
    uint16_t width_px, height_px;
    uint16_t hot_x_px, hot_y_px;
    int x_px, y_px; /* of the hot spot, in the picture; outside of it: not visible */
};

/* `server`: as in DISPLAY, NULL: DISPLAY. `monitor`: its name in RandR, NULL: the primary
 * one, or the first. Both are copied. Connects to nothing. NULL: memory is short. */
struct x11 *x11_create(const char *server, const char *monitor);

/* Connects. -ECONNREFUSED: there is no server or it refuses; -ENODEV: no such monitor;
 * -EOPNOTSUPP: an extension is missing, the server is remote, or its colours are not 8:8:8. */
int x11_open(struct x11 *x11, uint32_t *ret_width_px, uint32_t *ret_height_px);

/* Waits until one of the conditions is the case, or os_now_ns() is `deadline_ns`. Bits of
 * enum x11_condition, 0 at the deadline, -ENOTCONN: the server is gone. X11_PICTURE comes
 * at once after x11_open(). */
int x11_wait(struct x11 *x11, int64_t deadline_ns, struct os_wake *wake);

/* Fetches what was drawn since the last time. -EAGAIN: the screen has become smaller, for
 * which x11_wait() will report X11_MODE; -ENOTCONN. */
int x11_picture(struct x11 *x11, struct x11_picture *ret_picture);

/* 0 or -ENOTCONN. */
int x11_cursor(struct x11 *x11, struct x11_cursor *ret_cursor);

/* The last error's line. Never NULL. */
const char *x11_error(const struct x11 *x11);

void x11_close(struct x11 *x11);

/* Closes and frees. NULL is allowed. */
void x11_destroy(struct x11 *x11);

#endif
