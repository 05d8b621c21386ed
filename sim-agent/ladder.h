/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * ladder: recordings of the same content at several bitrates.
 *
 * Their key frames lie at the same places, where a session can switch from one to
 * another, like an encoder that changes its bitrate. Immutable once it is loaded; any
 * thread may read it.
 */
#ifndef SIM_AGENT_LADDER_H
#define SIM_AGENT_LADDER_H

#include "agent/bitrate.h"
#include "sim-agent/recording.h"

#include <stdbool.h>
#include <stdint.h>

struct ladder {
    unsigned count;                             /* 1 or more */
    struct recording *steps[BITRATE_STEPS_MAX]; /* the lowest bitrate first */
};

/* Loads 1 to BITRATE_STEPS_MAX files in any order. false and `error` if one
 * cannot be loaded, or if two differ in size, frame rate, number of frames or places of
 * key frames. */
bool ladder_load(struct ladder *ladder, const char *const *paths,
                 const struct recording_options *options, GError **error);

/* Whether the loaded recordings can be steps of one ladder; `error` if not. */
bool ladder_check(const struct ladder *ladder, GError **error);

void ladder_clear(struct ladder *ladder);

/* The bitrate of a recording, without the port's headers. */
uint32_t ladder_kbps(const struct recording *recording);

#endif
