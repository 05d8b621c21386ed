/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recording-times: how long each frame of a recording is shown.
 *
 * The agent captures in slots of one length. A recording with a constant rate has one
 * slot for each frame, or several if it has less than one frame per second. If the
 * file's time stamps are uneven, the slots are those of the grid on which the stamps lie
 * (within half a slot), and a frame lasts for all slots until the next frame. A live
 * capture's times are on no grid: they are played to the nearest of RECORDING_FPS_MAX slots
 * a second. Pure, any thread.
 */
#ifndef SIM_AGENT_RECORDING_TIMES_H
#define SIM_AGENT_RECORDING_TIMES_H

#include "sim-agent/recording.h"

#include <stdbool.h>
#include <stdint.h>

struct recording_times {
    unsigned fps_num, fps_den;   /* the file's frames per second; 0: unknown */
    unsigned grid_num, grid_den; /* the grid of the stamps; 0: unknown */
    GArray *stamps_us;           /* int64_t, one for each unit */
    bool stamped;                /* all units have a time */
    bool captured;               /* the times are a live capture's: they stay, even ones, too */
    int64_t last_duration_us;    /* of the last unit; 0: unknown */
};

void recording_times_init(struct recording_times *times);
void recording_times_finish(struct recording_times *times);

/* Adds the next unit's time and duration; VIDEO_FILE_NO_TIME and 0 if the file has none. */
void recording_times_add(struct recording_times *times, int64_t time_us, int64_t duration_us);

/* Sets the recording's rate and its units' slots, by `fps_num`/`fps_den` frames per second,
 * or by the file's times if these are 0. Returns NULL; or why that cannot be played and
 * what to do about it, which must be freed. */
char *recording_times_apply(const struct recording_times *times, unsigned fps_num, unsigned fps_den,
                            struct recording *recording);

#endif
