/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * coded-frames: moving pictures with a barcode each, encoded by ffmpeg's own
 * encoders as an agent would.
 *
 * Tests only. Frame n carries the number n as media/barcode.h draws it.
 */
#ifndef GPU_MODULE_TESTS_CODED_FRAMES_H
#define GPU_MODULE_TESTS_CODED_FRAMES_H

#include <glib.h>

/* All packets of the pictures 0 to `count` - 1, as GBytes; a packet is what one
 * DATA carries. `encoder`: ffmpeg's name of it, and its options; they must not
 * leave out pictures or change their order. NULL where ffmpeg has none such.
 * Works in `folder`; free with g_ptr_array_unref(). */
GPtrArray *coded_frames_make(const char *encoder, unsigned width_px, unsigned height_px,
                             unsigned count, const char *folder);

#endif
