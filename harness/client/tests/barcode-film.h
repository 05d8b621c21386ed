/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * barcode-film: H.264 access units made for a test, each picture of which
 * carries its own index as a recording's barcode.
 */
#ifndef VDIBENCH_TESTS_BARCODE_FILM_H
#define VDIBENCH_TESTS_BARCODE_FILM_H

#include <glib.h>

#define BARCODE_FILM_WIDTH_PX 400
#define BARCODE_FILM_HEIGHT_PX 48

/* `count` GBytes, annex B, the first an IDR picture, no B-frames; 30 frames a
 * second in the stream's timing. NULL where libavcodec cannot encode H.264. */
GPtrArray *barcode_film_encode(unsigned count);

#endif
