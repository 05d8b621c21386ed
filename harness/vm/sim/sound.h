/*
 * sound: a sound card on which the guest plays a tone, without a pause
 * (SpicePlaybackInterface of <spice.h>). Main loop only.
 */
#ifndef VDIBENCH_VM_SIM_SOUND_H
#define VDIBENCH_VM_SIM_SOUND_H

#include <spice.h>

typedef struct Sound Sound;

/* Adds the card to the server and begins to play. */
Sound *sound_create(SpiceServer *server);

/* Removes it from the server, which must still exist. NULL is allowed. */
void sound_destroy(Sound *sound);

#endif
