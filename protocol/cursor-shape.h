/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * cursor-shape: what a CURSOR_SET of the port contains, checked before anybody uses it.
 *
 * The body is StreamMsgCursorSet of <spice/stream-device.h> and the pixels
 * after it. Its size follows from width, height and type, and has to be
 * exactly that: clients read as many pixels as the header promises.
 *
 *   width or height 0            the pointer is hidden
 *   ALPHA                        4 bytes a pixel, alpha not premultiplied
 *   COLOR32                      4 bytes a pixel, then a mask of one bit each
 *   COLOR24 and all other types  passed over, the last shape stays: the
 *                                protocol allows COLOR24, but no client draws
 *                                it (spice-gtk shows nothing in its place)
 *
 * Pure: bytes in, a view of them or an error out, and the other way round. Any thread.
 */
#ifndef CURSOR_H
#define CURSOR_H

#include "protocol/port-protocol.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The limit of <spice/stream-device.h>, for width and for height. */
#define CURSOR_MAX_PX 1024

enum cursor_type { /* SpiceCursorType of <spice/enums.h> */
                   CURSOR_ALPHA = 0,
                   CURSOR_COLOR32 = 6,
};

struct cursor_shape {
    uint16_t width_px, height_px;
    uint16_t hot_x_px, hot_y_px; /* inside of the shape */
    uint8_t type;                /* enum cursor_type */
    const uint8_t *pixels;       /* in the body that was read */
    uint32_t pixels_bytes;       /* with the mask */
};

enum cursor_kind {
    CURSOR_SHAPE,   /* *ret_shape */
    CURSOR_HIDDEN,  /* no pixels */
    CURSOR_SKIPPED, /* of a type that is passed over */
    CURSOR_BAD,     /* *ret_error: static text, one line, for NOTIFY_ERROR */
};

/* Reads the body of a CURSOR_SET: `bytes` of it, any number. */
enum cursor_kind cursor_read(const uint8_t *body, size_t bytes, struct cursor_shape *ret_shape,
                             const char **ret_error);

/* The beginning of a CURSOR_SET message: all of it but the shape's pixels (and mask), which
 * are to follow and are not looked at here; 0x0 hides the pointer. Gives
 * CURSOR_COMPOSED_BYTES, or -ENOSPC, or -EINVAL where cursor_read() would not take it as a
 * shape or as hidden. */
int cursor_compose(uint8_t *to, size_t room, const struct cursor_shape *shape);
#define CURSOR_COMPOSED_BYTES (PORT_HEADER_BYTES + PORT_CURSOR_SET_MIN_BYTES)

#ifdef __cplusplus
}
#endif
#endif
