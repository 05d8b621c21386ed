/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sound: a sound card on which the guest plays a continuous tone
 * (SpicePlaybackInterface of <spice.h>). Main loop only.
 */
#ifndef VDIBENCH_VM_SIM_SOUND_H
#define VDIBENCH_VM_SIM_SOUND_H

#include <spice.h>

struct sound;

/* Adds the card to the server and begins to play. */
struct sound *sound_create(SpiceServer *server);

/* Removes it from the server, which must still exist. NULL is allowed. */
void sound_destroy(struct sound *sound);

#endif
