/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * codecs: what this client's machine can decode.
 *
 * The library advertises a codec when GStreamer offers a decoder for it.
 * Main thread, after gst_init() and before the first connection.
 */
#ifndef VDIBENCH_CLIENT_CODECS_H
#define VDIBENCH_CLIENT_CODECS_H

/* Takes every decoder of H.264, whatever plugin it comes from, out of
 * GStreamer's registry in this process, as if it were not installed. Rank NONE
 * (GST_PLUGIN_FEATURE_RANK) would not be enough: the library advertises the
 * decoders it finds at any rank, and would then fail to decode. */
void codecs_hide_h264(void);

/* Gives every decoder of H.264 the rank NONE: the library advertises the codec
 * and then fails to decode it. */
void codecs_break_h264(void);

#endif
