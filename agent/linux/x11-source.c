/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/x11-source.h"

#include "agent/linux/x11.h"

#include <stdlib.h>

struct x11_source {
    struct source source;
    struct x11 *x11;
    struct source_mode mode;
};

static struct x11_source *self_of(struct source *source)
{
    return (struct x11_source *)source;
}

static int source_open(struct source *source, struct source_mode *ret_mode)
{
    struct x11_source *self = self_of(source);
    int result = x11_open(self->x11, &self->mode.width_px, &self->mode.height_px);

    *ret_mode = self->mode;
    return result;
}

static int source_wait(struct source *source, int64_t deadline_ns, struct os_wake *wake)
{
    static const struct {
        unsigned of_x11, of_source;
    } conditions[] = {
        {X11_PICTURE, SOURCE_PICTURE},
        {X11_CURSOR, SOURCE_CURSOR},
        {X11_MODE, SOURCE_MODE},
        {X11_WOKEN, SOURCE_WOKEN},
    };
    int got = x11_wait(self_of(source)->x11, deadline_ns, wake);
    unsigned result = 0;

    if (got < 0)
        return got;
    for (unsigned i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if ((unsigned)got & conditions[i].of_x11)
            result |= conditions[i].of_source;
    return (int)result;
}

/* What XDamage has reported was drawn: it is never unchanged. */
static int source_acquire(struct source *source, bool in_any_case,
                          struct source_picture *ret_picture)
{
    struct x11_picture picture;

    (void)in_any_case;
    int result = x11_picture(self_of(source)->x11, &picture);
    if (result == 0)
        *ret_picture =
            (struct source_picture){.bgrx = picture.bgrx, .stride_bytes = picture.stride_bytes};
    return result;
}

/* The picture stays until the next one. */
static void source_release(struct source *source)
{
    (void)source;
}

static int source_cursor(struct source *source, struct source_cursor *ret_cursor)
{
    const struct x11_source *self = self_of(source);
    struct x11_cursor cursor;
    int result = x11_cursor(self->x11, &cursor);

    if (result < 0)
        return result;
    *ret_cursor = (struct source_cursor){
        .visible = cursor.x_px >= 0 && cursor.y_px >= 0 && cursor.x_px < (int)self->mode.width_px &&
                   cursor.y_px < (int)self->mode.height_px,
        .x_px = cursor.x_px,
        .y_px = cursor.y_px,
        .serial = cursor.serial,
        .bgra = cursor.bgra,
        .width_px = cursor.width_px,
        .height_px = cursor.height_px,
        .hot_x_px = cursor.hot_x_px,
        .hot_y_px = cursor.hot_y_px,
    };
    return 0;
}

static const char *source_error(const struct source *source)
{
    return x11_error(((const struct x11_source *)source)->x11);
}

static void source_close(struct source *source)
{
    x11_close(self_of(source)->x11);
}

static void source_destroy(struct source *source)
{
    x11_destroy(self_of(source)->x11);
    free(source);
}

static const struct source_class source_class = {
    .open = source_open,
    .wait = source_wait,
    .acquire = source_acquire,
    .release = source_release,
    .cursor = source_cursor,
    .error = source_error,
    .close = source_close,
    .destroy = source_destroy,
};

struct source *x11_source_create(const char *server, const char *monitor)
{
    struct x11_source *self = calloc(1, sizeof *self);

    if (!self || !(self->x11 = x11_create(server, monitor))) {
        free(self);
        return NULL;
    }
    self->source.class = &source_class;
    return &self->source;
}
