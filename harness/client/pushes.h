/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pushes: sees each access unit at the moment at which the library pushes it
 * into a pipeline's appsrc.
 *
 * On the far side of the appsrc would be too late: with the appsink the
 * pipeline stands still while a frame waits for its time, and units queue up
 * in the appsrc. So this program defines gst_app_src_push_buffer(), which
 * libspice-client-glib calls: a program's own symbols come before those of the
 * libraries it is linked with (ELF, "symbol resolution"; it is what LD_PRELOAD
 * does, without the environment). The call goes on to GStreamer's function.
 */
#ifndef VDIBENCH_PUSHES_H
#define VDIBENCH_PUSHES_H

#include <gst/app/gstappsrc.h>

/* Called in the pushing thread, the main one. */
struct pushes_watcher {
    /* Before the push. */
    void (*before)(GstBuffer *buffer, void *data);
    /* Right after it, when the pipeline is at work: the place for what takes
     * time. The buffer is still valid, for reading. */
    void (*after)(GstBuffer *buffer, void *data);
};

/* From now on, what is pushed into `appsrc` is seen. `watcher` is borrowed and
 * must live as long as the appsrc; `free_data` is called at its end. */
void pushes_watch(GstAppSrc *appsrc, const struct pushes_watcher *watcher, void *data,
                  GDestroyNotify free_data);

#endif
