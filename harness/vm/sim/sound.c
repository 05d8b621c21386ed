/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/sound.h"

#include <glib.h>
#include <stdint.h>

/* A sound card's period, the same as that of QEMU's timer. */
#define PERIOD_MS 10
/* How many samples pass when the server offers no buffer. */
#define BUFFER_SAMPLES 480
#define TONE_PERIOD_SAMPLES 100
#define TONE_LEVEL 1000

struct sound {
    SpicePlaybackInstance instance;
    uint32_t samples_per_s;
    int64_t begun_us;
    uint64_t played; /* samples, including those for which no client listened */
    unsigned timer;
};

static const SpicePlaybackInterface interface = {
    .base =
        {
            .type = SPICE_INTERFACE_PLAYBACK,
            .description = "sound card",
            .major_version = SPICE_INTERFACE_PLAYBACK_MAJOR,
            .minor_version = SPICE_INTERFACE_PLAYBACK_MINOR,
        },
};

/* A sample's two channels, in one number. */
static uint32_t tone_at(uint64_t sample)
{
    int16_t level =
        sample % TONE_PERIOD_SAMPLES < TONE_PERIOD_SAMPLES / 2 ? TONE_LEVEL : -TONE_LEVEL;
    return (uint32_t)(uint16_t)level << 16 | (uint16_t)level;
}

static gboolean on_period(void *data)
{
    struct sound *sound = data;
    int64_t passed_us = g_get_monotonic_time() - sound->begun_us;
    uint64_t due = (uint64_t)passed_us * sound->samples_per_s / G_USEC_PER_SEC;

    while (sound->played < due) {
        uint32_t *buffer = NULL, samples = 0;
        spice_server_playback_get_buffer(&sound->instance, &buffer, &samples);
        if (buffer) {
            for (uint32_t i = 0; i < samples; i++)
                buffer[i] = tone_at(sound->played + i);
            spice_server_playback_put_samples(&sound->instance, buffer);
        }
        sound->played += buffer ? samples : BUFFER_SAMPLES; /* no buffer: no client listens */
    }
    return G_SOURCE_CONTINUE;
}

struct sound *sound_create(SpiceServer *server)
{
    struct sound *sound = g_new0(struct sound, 1);
    sound->instance.base.sif = &interface.base;
    spice_server_add_interface(server, &sound->instance.base);
    sound->samples_per_s = spice_server_get_best_playback_rate(&sound->instance);
    spice_server_set_playback_rate(&sound->instance, sound->samples_per_s);
    spice_server_playback_start(&sound->instance);
    sound->begun_us = g_get_monotonic_time();
    sound->timer = g_timeout_add(PERIOD_MS, on_period, sound);
    return sound;
}

void sound_destroy(struct sound *sound)
{
    if (!sound)
        return;
    g_source_remove(sound->timer);
    spice_server_remove_interface(&sound->instance.base);
    g_free(sound);
}
