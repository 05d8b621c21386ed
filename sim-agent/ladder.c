/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/ladder.h"

#include <gio/gio.h>
#include <stdlib.h>

uint32_t ladder_kbps(const struct recording *recording)
{
    double bytes = 0;

    for (unsigned i = 0; i < recording->units->len; i++)
        bytes += (double)recording_unit(recording, i)->size;
    return (uint32_t)(bytes * 8 / 1000 / recording->slots * recording->fps_num /
                      recording->fps_den);
}

static int by_bitrate(const void *a, const void *b)
{
    uint32_t first = ladder_kbps(*(struct recording *const *)a),
             second = ladder_kbps(*(struct recording *const *)b);

    return (first > second) - (first < second);
}

/* What differs, or NULL. */
static const char *difference(const struct recording *one, const struct recording *other)
{
    if (one->fps_num != other->fps_num || one->fps_den != other->fps_den)
        return "frame rates";
    if (one->units->len != other->units->len)
        return "numbers of frames";
    for (unsigned i = 0; i < one->units->len; i++) {
        const struct recording_unit *here = recording_unit(one, i);
        const struct recording_unit *there = recording_unit(other, i);
        if (here->width_px != there->width_px || here->height_px != there->height_px)
            return "sizes of the picture";
        if (here->slots != there->slots)
            return "times of frames";
        if (here->key != there->key)
            return "places of key frames";
    }
    return NULL;
}

bool ladder_check(const struct ladder *ladder, GError **error)
{
    for (unsigned i = 1; i < ladder->count; i++) {
        const char *what = difference(ladder->steps[0], ladder->steps[i]);
        if (what) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                        "%s and %s have different %s: encode both from one film, with the same "
                        "key frames (x264: keyint, min-keyint, scenecut=0)",
                        ladder->steps[0]->name, ladder->steps[i]->name, what);
            return false;
        }
    }
    return true;
}

bool ladder_load(struct ladder *ladder, const char *const *paths,
                 const struct recording_options *options, GError **error)
{
    ladder->count = 0;
    for (; *paths; paths++) {
        if (ladder->count == BITRATE_STEPS_MAX) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "more than %d recordings: leave some out", BITRATE_STEPS_MAX);
            return false;
        }
        struct recording *recording = recording_load(*paths, options, error);
        if (!recording)
            return false;
        ladder->steps[ladder->count++] = recording;
    }
    qsort(ladder->steps, ladder->count, sizeof *ladder->steps, by_bitrate);
    return ladder_check(ladder, error);
}

void ladder_clear(struct ladder *ladder)
{
    while (ladder->count > 0)
        recording_destroy(ladder->steps[--ladder->count]);
}
