/*
 * workload: a recording that a name stands for, and what it is like.
 *
 * Any thread.
 */
#ifndef VDIBENCH_WORKLOAD_H
#define VDIBENCH_WORKLOAD_H

#include <glib.h>

typedef struct {
    char *name, *file;
    char *film; /* the same pictures without loss, for a vGPU to draw; or `file` */
    guint width_px, height_px; /* of its first picture */
    gboolean resizes;          /* and others later */
    gboolean varies;           /* its frames last differently long, or more than a second */
    guint frames, keyframes;
    guint fps_num, fps_den;
    char *trouble;             /* NULL; else why it cannot be played, then only name is set */
} Workload;

/* The file NAME.mp4, .mkv, .ts, .h264 or .264 in PROGRAMS/recordings, then in
 * TOP/sim-agent/captures; free it. NULL and `error` when there is none. */
char *workload_find(const char *name, const char *programs, const char *top, GError **error);

/* The names of all that there are in these folders, sorted; free it. */
char **workload_names(const char *programs, const char *top);

/* Where a recording's pictures lie without loss, in NAME.film beside NAME.mp4, a
 * vGPU draws those: a codec's noise is dearer to code than what it was made of.
 * Reads the whole file as the simulated agent will. NULL and `error`, one
 * line, when it could not be played. */
Workload *workload_load(const char *name, const char *file, GError **error);
/* Whether all its pictures can be decoded whole: damage that its container does
 * not show would be taken for the module's. As long as decoding takes. False and
 * `error`, one line, when not. */
gboolean workload_check(const Workload *workload, GError **error);
/* One that is only named, with the reason. */
Workload *workload_troubled(const char *name, const char *reason);
void workload_free(Workload *workload);

/* Whether a vGPU of that size (0: as the workload) can show it, if it is to
 * draw it (`film`). False and `error`, one line, when not. */
gboolean workload_fits_vgpu(const Workload *workload, guint width_px, guint height_px,
                            gboolean film, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workload, workload_free)

#endif
