/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * frame-times: the clock points t2, t3 and t4 of the frames that the relay passes
 * on, defined as for the GPU module (results/README.md, module.csv).
 *
 * Follows the headers of the port's messages in the bytes that were read, without
 * changing them. Rows are kept in memory and written at the end, so that the
 * relay's cost hardly grows: the clock is read once for each read and each write.
 * One thread.
 */
#ifndef VDIBENCH_FRAME_TIMES_H
#define VDIBENCH_FRAME_TIMES_H

#include "auto-destroy.h"
#include "harness/instrument/samples.h"

#include <stdbool.h>
#include <stdint.h>

struct frame_times;

/* Creates the sample file. NULL and `error` when that fails. */
struct frame_times *frame_times_create(const char *file, GError **error);

/* Writes the rows and frees. False when they could not be written. */
bool frame_times_destroy(struct frame_times *times);

/* The functions below do nothing when `times` is NULL. */

/* The guest has opened the port: the next byte begins a message. */
void frame_times_opened(struct frame_times *times);

/* These bytes were just read, after all earlier ones had been written. */
void frame_times_read(struct frame_times *times, const uint8_t *bytes, size_t size);

/* `written` bytes of the last read have been written by now, in total. */
void frame_times_written(struct frame_times *times, size_t written);

DEFINE_AUTO_DESTROY(frame_times, frame_times_destroy)

#endif
