/*
 * codecs: what this client's machine can decode.
 *
 * The library advertises a codec when GStreamer offers a decoder for it.
 * Main thread, after gst_init() and before the first connection.
 */
#ifndef VDIBENCH_CLIENT_CODECS_H
#define VDIBENCH_CLIENT_CODECS_H

/* Gives every decoder of H.264, whatever plugin it comes from, the rank by
 * which GStreamer never takes it by itself: the same as naming each of them in
 * GST_PLUGIN_FEATURE_RANK, and for the library as if it were not installed. */
void codecs_hide_h264(void);

#endif
