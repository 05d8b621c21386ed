/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recorded-settings: the settings with which a recording was encoded, so that its pictures
 * can be encoded again in the same way.
 *
 * They are read from its provenance, NAME.ini ([encoder] options=, as ffmpeg takes them).
 * A recording without one gets those of sim-agent/record, and its own bitrate. Pure but
 * for reading that file; any thread.
 */
#ifndef SIM_AGENT_RECORDED_SETTINGS_H
#define SIM_AGENT_RECORDED_SETTINGS_H

#include "auto-destroy.h"
#include "sim-agent/recording.h"

#include <glib.h>
#include <stdint.h>

struct recorded_settings {
    char **options; /* names and values, as x264_create() takes them */
    uint32_t kbps;  /* the bitrate that was not exceeded */
};

/* Of the recording that was loaded from `path`, but with this preset, unless it is NULL.
 * NULL and `error` if the provenance cannot be understood. */
struct recorded_settings *recorded_settings_load(const char *path,
                                                 const struct recording *recording,
                                                 const char *preset, GError **error);
void recorded_settings_destroy(struct recorded_settings *settings); /* NULL is allowed */

DEFINE_AUTO_DESTROY(recorded_settings, recorded_settings_destroy)

#endif
