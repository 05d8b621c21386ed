/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * reference: the picture that an access unit of a recording should show.
 *
 * Decoded by libavcodec from the recording's file, apart from everything that
 * is being measured. Any thread.
 */
#ifndef VDIBENCH_REFERENCE_H
#define VDIBENCH_REFERENCE_H

#include "media/picture.h"

/* The picture of the `unit`-th access unit (from 0, in the file's order) of
 * the video in `recording`. Where the recording does not say which colours its
 * numbers mean, what a SPICE client assumes is taken: BT.709 for HD, BT.601
 * below. NULL and `error` when there is no such picture. */
struct picture *reference_decode(const char *recording, unsigned unit, GError **error);

#endif
