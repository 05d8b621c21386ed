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

#include "harness/instrument/samples.h"

typedef struct FrameTimes FrameTimes;

/* Creates the sample file. NULL and `error` when it cannot. */
FrameTimes *frame_times_create(const char *file, GError **error);

/* Writes the rows and frees. False when they could not be written. */
gboolean frame_times_destroy(FrameTimes *times);

/* For each of these NULL is allowed and does nothing. */

/* The guest has opened the port: its bytes begin with a message. */
void frame_times_opened(FrameTimes *times);

/* These bytes were just read, after all earlier ones had been written. */
void frame_times_read(FrameTimes *times, const guint8 *bytes, gsize size);

/* So many of the bytes of the last read have been written by now. */
void frame_times_written(FrameTimes *times, gsize written);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameTimes, frame_times_destroy)

#endif
