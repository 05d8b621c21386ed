/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * video-codecs: the encoders that libspice-server uses for videos on the vGPU.
 *
 * Without these checks the server would silently use something else when it cannot do
 * what was requested: it ignores unknown names, and a GStreamer encoder that is missing
 * is noticed only when the first video begins. But what is measured must be what was
 * requested. Main thread.
 */
#ifndef VDIBENCH_VM_SIM_VIDEO_CODECS_H
#define VDIBENCH_VM_SIM_VIDEO_CODECS_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* Whether each "encoder:codec" of `list` (separated by ';') is available on this
 * machine. False and `error` (one line) when not. */
bool video_codecs_check(const char *list, GError **error);

/* Sets the server's list. False and `error` when it has chosen something else. To be
 * called after spice_server_init(), which sets the server's own choice. */
bool video_codecs_set(SpiceServer *server, const char *list, GError **error);

#endif
