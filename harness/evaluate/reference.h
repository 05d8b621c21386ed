/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * reference: the picture that an access unit of a recording should show.
 *
 * Decoded by libavcodec from the recording's file, independently of everything that
 * is measured. Any thread.
 */
#ifndef VDIBENCH_REFERENCE_H
#define VDIBENCH_REFERENCE_H

#include "media/decoder.h"
#include "media/picture.h"

/* The picture of the `unit`-th access unit (from 0, in the file's order) of
 * the video in `recording`. If the recording does not declare its colour matrix, the
 * one that a SPICE client assumes is used: BT.709 for HD, BT.601 below. NULL and
 * `error` if there is no such picture. */
struct picture *reference_decode(const char *recording, unsigned unit, GError **error);

/* The same with a decoder that has not come to it yet. */
struct picture *reference_decode_next(struct decoder *decoder, const char *recording, unsigned unit,
                                      GError **error);

#endif
