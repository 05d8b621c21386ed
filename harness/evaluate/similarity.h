/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * similarity: how near a shown picture is to the one it should be, by FFmpeg's filters
 * psnr and ssim, on planes of G, B and R of 8 bits.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_SIMILARITY_H
#define VDIBENCH_SIMILARITY_H

#include "media/picture.h"

/* Equal pictures have an infinite PSNR, which JSON cannot hold. */
#define SIMILARITY_PSNR_MAX_DB 99.0

struct similarity {
    double mse;  /* mean square error over all planes; 0: equal */
    double ssim; /* the mean of all planes; 1: equal */
};

/* The PSNR of a mean square error, SIMILARITY_PSNR_MAX_DB at most. */
double similarity_psnr_db(double mse);

/* False and `error` if the sizes differ, or this machine's libavfilter lacks a filter. */
bool similarity_measure(const struct picture *shown, const struct picture *master,
                        struct similarity *ret_similarity, GError **error);

#endif
