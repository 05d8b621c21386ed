/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * changed-tiles: measures how much changes from frame to frame, for a recording's
 * provenance.
 *
 *     ... | changed-tiles 1280x720
 *
 * Raw frames of 32-bit BGRx pixels on standard input; on standard output the
 * lines changed_tiles_median_pct= and changed_tiles_mean_pct=, over all frames
 * but the first. Ends with a non-zero status when the input is no whole number
 * of frames, or fewer than two.
 */
#include "harness/statistics/stats.h"
#include "sim-agent/tile-changes.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest H.264 picture there is (see port-protocol.h). */
#define SIDE_MAX_PX 8192
/* As many as the barcode can number. */
#define FRAMES_MAX 65536

static double shares_pct[FRAMES_MAX];

static int complain(const char *what, const char *hint)
{
    fprintf(stderr, "changed-tiles: %s: standard input: %s\n", what, hint);
    return EXIT_FAILURE;
}

static int print_shares(size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += shares_pct[i];
    printf("changed_tiles_median_pct=%.1f\nchanged_tiles_mean_pct=%.1f\n",
           stats_median(shares_pct, n), sum / (double)n);
    if (fflush(stdout) != 0) {
        fprintf(stderr, "changed-tiles: cannot write: standard output: is the disk full?\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

static int measure(uint8_t *frame, uint8_t *before, unsigned width_px, unsigned height_px)
{
    size_t stride_bytes = (size_t)width_px * 4, frame_bytes = stride_bytes * height_px, got, n = 0;
    int first = 1;

    while ((got = fread(frame, 1, frame_bytes, stdin)) == frame_bytes) {
        if (n == FRAMES_MAX)
            return complain("too many frames", "give at most 65536");
        if (!first)
            shares_pct[n++] = tile_changes_pct(before, frame, stride_bytes, width_px, height_px);
        first = 0;
        memcpy(before, frame, frame_bytes);
    }
    if (ferror(stdin) || got > 0)
        return complain("the last frame is incomplete", "give BGRx frames of that size");
    return n > 0 ? print_shares(n) : complain("fewer than two frames", "give a film");
}

int main(int argc, char **argv)
{
    unsigned width_px, height_px;
    char rest;

    if (argc != 2 || strspn(argv[1], "0123456789x") != strlen(argv[1]) ||
        sscanf(argv[1], "%4ux%4u%c", &width_px, &height_px, &rest) != 2 || width_px < 1 ||
        height_px < 1 || width_px > SIDE_MAX_PX || height_px > SIDE_MAX_PX) {
        fprintf(stderr, "changed-tiles: give the frames' size, up to %dx%d: 1280x720\n",
                SIDE_MAX_PX, SIDE_MAX_PX);
        return EXIT_FAILURE;
    }

    size_t frame_bytes = (size_t)width_px * height_px * 4;
    uint8_t *frame = malloc(frame_bytes), *before = malloc(frame_bytes);
    int status = frame && before ? measure(frame, before, width_px, height_px)
                                 : complain("no memory", "give a smaller size");
    free(frame);
    free(before);
    return status;
}
