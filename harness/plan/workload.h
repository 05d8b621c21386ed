/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * workload: a recording that a name stands for, and what it is like.
 *
 * Any thread.
 */
#ifndef VDIBENCH_WORKLOAD_H
#define VDIBENCH_WORKLOAD_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>

struct workload {
    char *name, *file;
    char *film; /* the same pictures without loss, for a vGPU to draw; or `file` */
    unsigned width_px, height_px; /* of its first picture */
    bool resizes;                 /* and others later */
    bool varies;                  /* its frames last differently long, or more than a second */
    unsigned frames, keyframes;
    unsigned fps_num, fps_den;
    char *trouble; /* NULL; else why it cannot be played, then only name is set */
};

/* The file NAME.mp4, .mkv, .ts, .h264 or .264 in PROGRAMS/recordings, then in
 * TOP/sim-agent/captures; free it. NULL and `error` when there is none. */
char *workload_find(const char *name, const char *programs, const char *top, GError **error);

/* The names of all that there are in these folders, sorted; free it. */
char **workload_names(const char *programs, const char *top);

/* Where a recording's pictures lie without loss, in NAME.film beside NAME.mp4, a
 * vGPU draws those: a codec's noise is dearer to code than what it was made of.
 * Reads the whole file as the simulated agent will. NULL and `error`, one
 * line, when it could not be played. */
struct workload *workload_load(const char *name, const char *file, GError **error);
/* Whether all its pictures can be decoded whole: damage that its container does
 * not show would be taken for the module's. As long as decoding takes. False and
 * `error`, one line, when not. */
bool workload_check(const struct workload *workload, GError **error);
/* One that is only named, with the reason. */
struct workload *workload_troubled(const char *name, const char *reason);
void workload_destroy(struct workload *workload);

/* Whether a vGPU of that size (0: as the workload) can show it, if it is to
 * draw it (`film`). False and `error`, one line, when not. */
bool workload_fits_vgpu(const struct workload *workload, unsigned width_px, unsigned height_px,
                        bool film, GError **error);

DEFINE_AUTO_DESTROY(workload, workload_destroy)

#endif
