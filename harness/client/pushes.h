/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pushes: sees each access unit at the moment at which the library pushes it
 * into a pipeline's appsrc.
 *
 * Downstream of the appsrc would be too late: with the appsink the pipeline
 * stands still while a frame waits for its time, and units queue up in the
 * appsrc. So this program defines gst_app_src_push_buffer(), which
 * libspice-client-glib calls: a program's own symbols take precedence over those
 * of the libraries it is linked with (ELF, "symbol resolution"; the same as
 * LD_PRELOAD, without the environment variable). The call is passed on to
 * GStreamer's function.
 */
#ifndef VDIBENCH_PUSHES_H
#define VDIBENCH_PUSHES_H

#include <gst/app/gstappsrc.h>

/* Called in the thread that pushes, which is the main thread. */
struct pushes_watcher {
    /* Before the push. */
    void (*before)(GstBuffer *buffer, void *data);
    /* Right after the push, when the pipeline is already at work: slow work belongs
     * here. The buffer may still be read. */
    void (*after)(GstBuffer *buffer, void *data);
};

/* From now on `watcher` is called for each push into `appsrc`. It is borrowed and
 * must outlive the appsrc; `free_data` is called when the appsrc is freed. */
void pushes_watch(GstAppSrc *appsrc, const struct pushes_watcher *watcher, void *data,
                  GDestroyNotify free_data);

#endif
