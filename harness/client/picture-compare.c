/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * picture-compare: reports how many pixels differ between two PNG files.
 *
 * The exit status is 0 when they could be compared, whatever the result.
 */
#include "auto-destroy.h"
#include "media/picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int report_error(GError *error)
{
    fprintf(stderr, "picture-compare: %s\n", error->message);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    gboolean psnr = FALSE;
    const GOptionEntry entries[] = {
        {"psnr", 0, 0, G_OPTION_ARG_NONE, &psnr, "Print the peak signal-to-noise ratio too", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("A.png B.png");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        return report_error(error);
    if (argc != 3) {
        fprintf(stderr, "picture-compare: two PNG files are needed: see --help\n");
        return EXIT_FAILURE;
    }

    auto_destroy(picture) a = picture_load(argv[1], &error);
    auto_destroy(picture) b = a ? picture_load(argv[2], &error) : NULL;
    struct picture_difference difference;
    if (!b || !picture_compare(a, b, &difference, &error))
        return report_error(error);

    printf("wrong_pixels=%" PRIu64 " width=%u height=%u", difference.wrong_pixels, a->width_px,
           a->height_px);
    if (psnr)
        printf(" psnr_db=%.2f", difference.psnr_db);
    printf("\n");
    if (fflush(stdout) != 0) {
        fprintf(stderr, "picture-compare: cannot write to standard output: is the disk full?\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
