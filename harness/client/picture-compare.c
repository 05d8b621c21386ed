/*
 * picture-compare: says how many pixels of two PNG files differ.
 *
 * Exit status 0 when they could be compared, whatever the outcome.
 */
#include "media/picture.h"

#include <stdio.h>
#include <stdlib.h>

static int trouble(GError *error)
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
        return trouble(error);
    if (argc != 3) {
        fprintf(stderr, "picture-compare: two PNG files are needed: see --help\n");
        return EXIT_FAILURE;
    }

    g_autoptr(Picture) a = picture_load(argv[1], &error);
    g_autoptr(Picture) b = a ? picture_load(argv[2], &error) : NULL;
    PictureDifference difference;
    if (!b || !picture_compare(a, b, &difference, &error))
        return trouble(error);

    printf("wrong_pixels=%" G_GUINT64_FORMAT " width=%u height=%u", difference.wrong_pixels,
           a->width_px, a->height_px);
    if (psnr)
        printf(" psnr_db=%.2f", difference.psnr_db);
    printf("\n");
    if (fflush(stdout) != 0) {
        fprintf(stderr, "picture-compare: cannot write to standard output: is the disk full?\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
