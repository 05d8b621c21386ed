/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * barcode-frames: a filter that writes each frame's index into its pixels.
 *
 *     ... | barcode-frames 1280x720 | ...
 *
 * Raw frames of 32-bit BGRx pixels on standard input and output. Ends with a
 * non-zero status when the input is no whole number of frames.
 */
#include "media/barcode.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest H.264 picture there is (see port-protocol.h). */
#define SIDE_MAX_PX 8192

static int complain(const char *what, const char *where, const char *hint)
{
    fprintf(stderr, "barcode-frames: %s: %s: %s\n", what, where, hint);
    return EXIT_FAILURE;
}

static int filter(uint8_t *frame, unsigned width_px, unsigned height_px)
{
    size_t stride_bytes = (size_t)width_px * 4, frame_bytes = stride_bytes * height_px, got;

    for (unsigned number = 0; (got = fread(frame, 1, frame_bytes, stdin)) > 0; number++) {
        if (got < frame_bytes)
            return complain("the last frame is incomplete", "standard input",
                            "give BGRx frames of that size");
        if (number > UINT16_MAX)
            return complain("too many frames", "standard input", "the barcode counts to 65535");
        barcode_draw(frame, stride_bytes, BARCODE_SOURCE_RECORDING, (uint16_t)number);
        if (fwrite(frame, 1, frame_bytes, stdout) < frame_bytes)
            return complain("cannot write", "standard output", strerror(errno));
    }
    if (ferror(stdin))
        return complain("cannot read", "standard input", strerror(errno));
    if (fflush(stdout) != 0)
        return complain("cannot write", "standard output", strerror(errno));
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    unsigned width_px, height_px;
    char rest;

    if (argc != 2 || strspn(argv[1], "0123456789x") != strlen(argv[1]) ||
        sscanf(argv[1], "%4ux%4u%c", &width_px, &height_px, &rest) != 2 ||
        width_px < BARCODE_WIDTH_PX || height_px < BARCODE_HEIGHT_PX || width_px > SIDE_MAX_PX ||
        height_px > SIDE_MAX_PX) {
        fprintf(stderr, "barcode-frames: give the frames' size, from %dx%d to %dx%d: 1280x720\n",
                BARCODE_WIDTH_PX, BARCODE_HEIGHT_PX, SIDE_MAX_PX, SIDE_MAX_PX);
        return EXIT_FAILURE;
    }

    uint8_t *frame = malloc((size_t)width_px * height_px * 4);
    int status = frame ? filter(frame, width_px, height_px)
                       : complain("no memory", argv[1], "give a smaller size");
    free(frame);
    return status;
}
