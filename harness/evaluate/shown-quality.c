/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/shown-quality.h"

#include "harness/evaluate/reference.h"
#include "harness/evaluate/similarity.h"
#include "media/barcode.h"
#include "media/decoder.h"

#include <inttypes.h>

struct kept {
    int64_t time_ns;
    unsigned unit; /* index of the master's picture */
};

bool shown_quality_keeps(const struct rows *client)
{
    for (unsigned i = 0; i < rows_count(client); i++) {
        if (rows_is(client, i, "kept"))
            return true;
    }
    return false;
}

static const struct frame *first_shown_at(const struct join *join, int64_t time_ns)
{
    for (unsigned i = 0; i < join->frames->len; i++) {
        const struct frame *frame = &g_array_index(join->frames, struct frame, i);
        if (frame->t7_ns == time_ns)
            return frame;
    }
    return NULL;
}

static int compare_units(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Those of steady frames, in the order of the master's pictures. */
static GArray *identify(const struct join *join, const struct rows *client,
                        unsigned *ret_unidentified)
{
    GArray *all = g_array_new(false, false, sizeof(struct kept));

    for (unsigned i = 0; i < rows_count(client); i++) {
        if (!rows_is(client, i, "kept"))
            continue;
        const struct frame *frame = first_shown_at(join, rows_time_ns(client, i));
        struct kept one = {rows_time_ns(client, i), frame ? frame->unit : 0};
        if (!frame)
            ++*ret_unidentified;
        else if (!frame->startup)
            g_array_append_val(all, one);
    }
    g_array_sort(all, compare_units);
    return all;
}

/* The barcode is the vGPU's in one picture and the recording's in the other. */
static void cover_barcode(struct picture *picture)
{
    unsigned height_px = MIN(picture->height_px, BARCODE_HEIGHT_PX);
    size_t bytes = (size_t)MIN(picture->width_px, BARCODE_WIDTH_PX) * 4;

    for (unsigned y = 0; y < height_px; y++)
        memset(picture->bgrx + y * picture->stride_bytes, 0, bytes);
}

static bool measure_one(const struct kept *one, const char *folder, const struct picture *master,
                        struct similarity *ret_similarity, GError **error)
{
    g_autofree char *file = g_strdup_printf("%s/kept-%" PRId64 ".png", folder, one->time_ns);
    auto_destroy(picture) shown = picture_load(file, error);

    if (!shown)
        return false;
    cover_barcode(shown);
    if (similarity_measure(shown, master, ret_similarity, error))
        return true;
    g_prefix_error(error, "%s: ", file);
    return false;
}

/* Compares all of them, and writes the figures to `file`. */
static bool compare(const GArray *all, const char *folder, const char *master, const char *file,
                    GError **error)
{
    g_autoptr(GString) text = g_string_new("event,t_ns,unit,mse,ssim\n");
    auto_destroy(decoder) decoder = decoder_open(master, 1, error);
    auto_destroy(picture) picture = NULL;

    if (!decoder)
        return false;
    for (unsigned i = 0; i < all->len; i++) {
        const struct kept *one = &g_array_index(all, struct kept, i);
        char mse[G_ASCII_DTOSTR_BUF_SIZE], ssim[G_ASCII_DTOSTR_BUF_SIZE];
        struct similarity similarity;

        if (i == 0 || one->unit != one[-1].unit) { /* a recording is repeated */
            picture_destroy(picture);
            picture = reference_decode_next(decoder, master, one->unit, error);
            if (!picture)
                return false;
            cover_barcode(picture);
        }
        if (!measure_one(one, folder, picture, &similarity, error))
            return false;
        g_string_append_printf(text, "compared,%" PRId64 ",%u,%s,%s\n", one->time_ns, one->unit,
                               g_ascii_dtostr(mse, sizeof mse, similarity.mse),
                               g_ascii_dtostr(ssim, sizeof ssim, similarity.ssim));
    }
    return g_file_set_contents(file, text->str, (ssize_t)text->len, error);
}

static double figure(const struct rows *compared, unsigned row, const char *column)
{
    return g_ascii_strtod(rows_text(compared, row, column), NULL);
}

bool shown_quality_measure(struct metrics *metrics, const struct join *join,
                           const struct rows *client, const char *folder, const char *master,
                           GError **error)
{
    g_autofree char *file = g_build_filename(folder, "compared.csv", NULL);
    unsigned unidentified = 0;
    double mse = 0, ssim = 0;

    if (!shown_quality_keeps(client))
        return true;
    g_autoptr(GArray) all = identify(join, client, &unidentified);
    if (master && !compare(all, folder, master, file, error))
        return false;
    auto_destroy(rows) compared = rows_read(file, error);
    if (!compared)
        return false;
    for (unsigned i = 0; i < rows_count(compared); i++) {
        mse += figure(compared, i, "mse");
        ssim += figure(compared, i, "ssim");
    }
    unsigned n = rows_count(compared);
    metrics->value[METRIC_SHOWN_COMPARED] = n;
    metrics->value[METRIC_SHOWN_UNIDENTIFIED] = unidentified;
    if (n > 0) {
        metrics->value[METRIC_SHOWN_PSNR_DB] = similarity_psnr_db(mse / n);
        metrics->value[METRIC_SHOWN_SSIM] = ssim / n;
    }
    return true;
}
