/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * video-codecs: what libspice-server encodes the videos on the vGPU with.
 *
 * Left alone the server takes something else in silence when it cannot do what
 * it was told: unknown names are left out, and an encoder that GStreamer does
 * not have shows only when the first video begins. What is measured must be
 * what was asked for. Main thread.
 */
#ifndef VDIBENCH_VM_SIM_VIDEO_CODECS_H
#define VDIBENCH_VM_SIM_VIDEO_CODECS_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* Can each "encoder:codec" of `list` (separated by ';') be had on this
 * machine? False and `error`, one line, when not. */
bool video_codecs_check(const char *list, GError **error);

/* Tells the server. False and `error` when it has taken something else. After
 * spice_server_init(), which sets its own choice. */
bool video_codecs_set(SpiceServer *server, const char *list, GError **error);

#endif
