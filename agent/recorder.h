/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * recorder: writes down what is sent, so that the simulated agent can send it again: the access
 * units as one byte stream (H.264, H.265: Annex B) in FILE, and when each was captured in
 * FILE.index, which is text: RECORDER_INDEX_COLUMNS, then a row for each access unit. Its
 * columns are the time since the first one in microseconds, and its size in bytes.
 *
 * One thread at a time. It does not wait for the disk, but for the page cache.
 */
#ifndef AGENT_RECORDER_H
#define AGENT_RECORDER_H

#include "agent/frame.h"

#include <stdint.h>

#define RECORDER_INDEX_SUFFIX ".index"
#define RECORDER_INDEX_COLUMNS "time_us,bytes"

struct recorder;

/* Creates or overwrites both files. `codec` (enum port_codec) is of the frames. NULL and
 * *ret_error (negative errno) on failure. */
struct recorder *recorder_create(const char *file, uint8_t codec, int *ret_error);

/* The next frame, whole, without its trailer. A row of the index is written when its access
 * unit is, so that what was recorded up to a failure can be used. 0, or negative errno, once:
 * from then on nothing more is written, and 0 returned. */
int recorder_add(struct recorder *recorder, const struct frame *frame);

/* Closes the files and frees. 0, or negative errno as above. NULL is allowed. */
int recorder_destroy(struct recorder *recorder);

#endif
