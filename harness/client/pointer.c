/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/pointer.h"

#include "harness/instrument/control.h"

#include <zlib.h>

#define BYTES_PER_PIXEL 4

struct pointer {
    /* NULL once the channel has ended. */
    SpiceMainChannel *main;
    SpiceInputsChannel *inputs;
    SpiceChannel *cursor;
};

static void on_set(GObject *channel, GParamSpec *property, void *data)
{
    SpiceCursorShape *shape = NULL;

    g_object_get(channel, "cursor", &shape, NULL);
    if (!shape)
        return;
    unsigned bytes = (unsigned)shape->width * shape->height * BYTES_PER_PIXEL;
    control_notice("cursor", "event=set width=%u height=%u hot_x=%u hot_y=%u crc=%08lx",
                   shape->width, shape->height, shape->hot_spot_x, shape->hot_spot_y,
                   crc32(0, shape->data, bytes));
    g_boxed_free(SPICE_TYPE_CURSOR_SHAPE, shape);
}

static void on_move(SpiceCursorChannel *channel, int x, int y, void *data)
{
    control_notice("cursor", "event=move x=%d y=%d", x, y);
}

static void on_hide(SpiceCursorChannel *channel, void *data)
{
    control_notice("cursor", "event=hide");
}

static void on_reset(SpiceCursorChannel *channel, void *data)
{
    control_notice("cursor", "event=reset");
}

static void on_mode(GObject *channel, GParamSpec *property, void *data)
{
    int mode;

    g_object_get(channel, "mouse-mode", &mode, NULL);
    control_notice("mouse", "mode=%s", mode == SPICE_MOUSE_MODE_CLIENT ? "client" : "server");
}

struct pointer *pointer_create(void)
{
    return g_new0(struct pointer, 1);
}

void pointer_destroy(struct pointer *pointer)
{
    if (!pointer)
        return;
    g_clear_weak_pointer(&pointer->main);
    g_clear_weak_pointer(&pointer->inputs);
    g_clear_weak_pointer(&pointer->cursor);
    g_free(pointer);
}

void pointer_watch(struct pointer *pointer, SpiceChannel *channel)
{
    if (SPICE_IS_CURSOR_CHANNEL(channel)) {
        g_set_weak_pointer(&pointer->cursor, channel);
        g_signal_connect(channel, "notify::cursor", G_CALLBACK(on_set), NULL);
        g_signal_connect(channel, "cursor-move", G_CALLBACK(on_move), NULL);
        g_signal_connect(channel, "cursor-hide", G_CALLBACK(on_hide), NULL);
        g_signal_connect(channel, "cursor-reset", G_CALLBACK(on_reset), NULL);
    } else if (SPICE_IS_INPUTS_CHANNEL(channel)) {
        g_set_weak_pointer(&pointer->inputs, SPICE_INPUTS_CHANNEL(channel));
    } else if (SPICE_IS_MAIN_CHANNEL(channel)) {
        g_set_weak_pointer(&pointer->main, SPICE_MAIN_CHANNEL(channel));
        g_signal_connect(channel, "notify::mouse-mode", G_CALLBACK(on_mode), NULL);
    }
}

void pointer_open_cursor(struct pointer *pointer)
{
    if (pointer->cursor)
        spice_channel_connect(pointer->cursor);
}

void pointer_point(struct pointer *pointer, int x_px, int y_px)
{
    if (pointer->inputs)
        spice_inputs_channel_position(pointer->inputs, x_px, y_px, 0, 0);
}

void pointer_set_mode(struct pointer *pointer, bool server)
{
    if (pointer->main)
        spice_main_channel_request_mouse_mode(pointer->main, server ? SPICE_MOUSE_MODE_SERVER
                                                                    : SPICE_MOUSE_MODE_CLIENT);
}
