/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * keyboard: the user who presses keys.
 *
 * The keys are Q to P, the upper row of letters, one after the other, so that a key
 * which gets lost on its way is not taken for the next one. Each one is released at
 * once. Main thread only.
 */
#ifndef VDIBENCH_CLIENT_KEYBOARD_H
#define VDIBENCH_CLIENT_KEYBOARD_H

#include "harness/instrument/samples.h"

#include <spice-client.h>
#include <stdbool.h>

struct keyboard;

struct keyboard *keyboard_create(void);
/* NULL is allowed. */
void keyboard_destroy(struct keyboard *keyboard);

/* Follows a new channel until it ends, if it is an inputs channel. */
void keyboard_watch(struct keyboard *keyboard, SpiceChannel *channel);

/* Presses the next key. Writes a row `press` with its scan code (set 1) in `number` and
 * the time before the library is called, and reports it as the notice `pressed`. False
 * if no inputs channel is open. */
bool keyboard_press(struct keyboard *keyboard, struct samples *samples);

#endif
