/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * notes: what the harness itself knows of a repeat, and no process writes into its
 * samples.
 *
 * It is kept beside the samples, as notes.json, so that a repeat can be evaluated
 * again. Any thread, one at a time.
 */
#ifndef VDIBENCH_NOTES_H
#define VDIBENCH_NOTES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define NOTES_FILE "notes.json"

/* A picture of the pGPU that the client saved. */
struct saved_picture {
    char *file;
    int64_t time_ns;
    double psnr_db; /* of it and the recording's; NAN: not yet compared */
};

struct notes {
    char *status, *reason; /* how the timeline ended, in the words of a repeat's outcome; NULL:
                            * not yet, and no reason */
    double wrong_pixels;   /* the most of all comparisons with the vGPU; NAN: none made */
    int64_t frozen_begin_ns, frozen_end_ns; /* when the second client ran no more; 0: never */
    bool undrained;   /* what was played had not all arrived when the wait for it ended */
    GPtrArray *saved; /* struct saved_picture, to be compared with the recording */
    char *library;    /* what the VM loaded; NULL: no library, or not known */
};

void notes_init(struct notes *notes);
void notes_finish(struct notes *notes);

struct saved_picture *notes_add_picture(struct notes *notes, const char *file, int64_t time_ns);

/* Writes FOLDER/notes.json. */
bool notes_write(const struct notes *notes, const char *folder, GError **error);

/* Reads it into initialised notes. False and `error`, one line, when it is missing or
 * lacks something. */
bool notes_read(struct notes *notes, const char *folder, GError **error);

#endif
