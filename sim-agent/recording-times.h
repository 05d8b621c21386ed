/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recording-times: how long each frame of a recording is shown.
 *
 * The agent captures in slots of one length. A recording at one rate has a slot
 * for each frame. Where the file's time stamps lie unevenly the slots are those
 * of the grid on which the stamps lie (to half a slot), and a frame lasts as many
 * as pass until the next one; at less than a frame a second, too. Pure, any thread.
 */
#ifndef SIM_AGENT_RECORDING_TIMES_H
#define SIM_AGENT_RECORDING_TIMES_H

#include "sim-agent/recording.h"

#include <stdbool.h>
#include <stdint.h>

struct recording_times {
    unsigned fps_num, fps_den;   /* frames a second as the file says; 0: it does not */
    unsigned grid_num, grid_den; /* that of the stamps; 0: unknown */
    GArray *stamps_us;           /* int64_t, one a unit */
    bool stamped;                /* all units have a time */
    int64_t last_duration_us;    /* of the last one, 0: unknown */
};

void recording_times_init(struct recording_times *times);
void recording_times_finish(struct recording_times *times);

/* The next unit's; VIDEO_FILE_NO_TIME and 0 where the file says nothing. */
void recording_times_add(struct recording_times *times, int64_t time_us, int64_t duration_us);

/* Sets the recording's rate and its units' slots: at `fps_num`/`fps_den` frames a
 * second where that is given (else 0), or as the file says. NULL; or why that
 * cannot be played, and what to do; free it. */
char *recording_times_apply(const struct recording_times *times, unsigned fps_num, unsigned fps_den,
                            struct recording *recording);

#endif
