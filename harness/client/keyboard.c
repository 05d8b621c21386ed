/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/keyboard.h"

#include "harness/client/event-row.h"
#include "harness/instrument/control.h"

/* Scan codes of set 1: Q, W, E ... P. */
#define FIRST_KEY 0x10
#define KEYS 10

struct keyboard {
    SpiceInputsChannel *inputs; /* NULL once it has ended */
    bool is_open;
    unsigned presses;
};

/* Before it is open the library drops keys without a word. */
static void on_event(SpiceChannel *channel, SpiceChannelEvent event, void *data)
{
    struct keyboard *keyboard = data;

    if (SPICE_CHANNEL(keyboard->inputs) == channel)
        keyboard->is_open = event == SPICE_CHANNEL_OPENED;
}

struct keyboard *keyboard_create(void)
{
    return g_new0(struct keyboard, 1);
}

void keyboard_destroy(struct keyboard *keyboard)
{
    if (!keyboard)
        return;
    if (keyboard->inputs)
        g_signal_handlers_disconnect_by_data(keyboard->inputs, keyboard);
    g_clear_weak_pointer(&keyboard->inputs);
    g_free(keyboard);
}

void keyboard_watch(struct keyboard *keyboard, SpiceChannel *channel)
{
    if (!SPICE_IS_INPUTS_CHANNEL(channel))
        return;
    if (keyboard->inputs)
        g_signal_handlers_disconnect_by_data(keyboard->inputs, keyboard);
    g_set_weak_pointer(&keyboard->inputs, SPICE_INPUTS_CHANNEL(channel));
    keyboard->is_open = false;
    g_signal_connect(channel, "channel-event", G_CALLBACK(on_event), keyboard);
}

bool keyboard_press(struct keyboard *keyboard, struct samples *samples)
{
    unsigned key = FIRST_KEY + keyboard->presses % KEYS;

    if (!keyboard->inputs || !keyboard->is_open)
        return false;
    struct event_row row = event_row("press", samples_now_ns());
    row.number = (int)key;
    spice_inputs_channel_key_press(keyboard->inputs, key);
    spice_inputs_channel_key_release(keyboard->inputs, key);
    event_row_write(&row, samples);
    keyboard->presses++;
    control_notice_at("pressed", row.t_ns, "number=%u", key);
    return true;
}
