/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * source: a screen of the guest, from which a live capture (agent/live.h) takes its pictures.
 *
 * What all sources have in common: an X server's screen, a plane of the kernel's mode
 * setting, a desktop that Windows duplicates. The capturing thread alone calls a source, in
 * the order open, (wait, (acquire, release), cursor)*, close, and again; error() directly after
 * a failure. While it is closed it holds nothing of the system: nothing is captured for
 * nobody.
 *
 * All errors are negative errno; after any but -EAGAIN the source must be closed, and may be
 * opened again later: the world may have changed.
 */
#ifndef AGENT_SOURCE_H
#define AGENT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct os_wake;
struct source;

struct source_mode {
    uint32_t width_px, height_px; /* of each picture until close; even */
};

/* What wait() reports; bits. */
enum source_condition {
    SOURCE_PICTURE = 1u << 0, /* something was drawn since the last acquire(), or may have been */
    SOURCE_CURSOR = 1u << 1,  /* the cursor's shape, place or visibility are others */
    SOURCE_MODE = 1u << 2,    /* the size or the display has changed: close, and open again */
    SOURCE_WOKEN = 1u << 3,   /* the wake is set */
};

/* One of the two is set. 32 bits a pixel, blue first, the fourth byte without meaning. */
struct source_picture {
    const uint8_t *bgrx; /* in the system's memory */
    size_t stride_bytes;
    void *texture; /* an ID3D11Texture2D of that format */
};

struct source_cursor {
    bool visible;
    int32_t x_px, y_px;  /* of the hot spot, in the picture */
    uint32_t serial;     /* another one with another shape; never 0 */
    const uint8_t *bgra; /* not premultiplied; the source's, until the next cursor() or close() */
    uint16_t width_px, height_px; /* at most CURSOR_MAX_PX of protocol/cursor-shape.h */
    uint16_t hot_x_px, hot_y_px;  /* inside */
};

struct source_class {
    /* Begins. SOURCE_PICTURE is the case at once. */
    int (*open)(struct source *source, struct source_mode *ret_mode);

    /* Waits until one of the conditions is the case, or os_now_ns() is `deadline_ns`. Bits
     * of enum source_condition, 0 at the deadline; it may return 0 early. Reported once:
     * what is reported again has happened again. */
    int (*wait)(struct source *source, int64_t deadline_ns, struct os_wake *wake);

    /* The screen as it is, which stays as it is until release(). -EAGAIN: its mode has
     * changed, for which wait() reports SOURCE_MODE; or, unless `in_any_case`, it has turned
     * out to be unchanged. Then nothing is to be released. */
    int (*acquire)(struct source *source, bool in_any_case, struct source_picture *ret_picture);
    void (*release)(struct source *source);

    /* The cursor as it is. 0 or negative errno. NULL: the source has none, its pictures may. */
    int (*cursor)(struct source *source, struct source_cursor *ret_cursor);

    /* One line on the last error: what, where, what to do. Never NULL. */
    const char *(*error)(const struct source *source);

    void (*close)(struct source *source); /* also while it is closed */
    void (*destroy)(struct source *source);
};

struct source {
    const struct source_class *class;
};

#endif
