/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * frame-times: the clock points t2, t3 and t4 of the frames that the relay
 * passes on, as the GPU module has them (results/README.md, module.csv).
 *
 * Follows the headers of the port's messages in the bytes as they were read,
 * and changes nothing in them. Rows are kept in memory and written at the end,
 * so that the floor stays where it was: a clock is read once a read and once a
 * write. One thread.
 */
#ifndef VDIBENCH_FRAME_TIMES_H
#define VDIBENCH_FRAME_TIMES_H

#include "auto-destroy.h"
#include "harness/instrument/samples.h"

#include <stdbool.h>
#include <stdint.h>

struct frame_times;

/* Creates the sample file. NULL and `error` when it cannot. */
struct frame_times *frame_times_create(const char *file, GError **error);

/* Writes the rows and frees. False when they could not be written. */
bool frame_times_destroy(struct frame_times *times);

/* For each of these NULL is allowed and does nothing. */

/* The guest has opened the port: its bytes begin with a message. */
void frame_times_opened(struct frame_times *times);

/* These bytes were just read, after all earlier ones had been written. */
void frame_times_read(struct frame_times *times, const uint8_t *bytes, size_t size);

/* So many of the bytes of the last read have been written by now. */
void frame_times_written(struct frame_times *times, size_t written);

DEFINE_AUTO_DESTROY(frame_times, frame_times_destroy)

#endif
