/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/kept-pictures.h"

#include "harness/client/event-row.h"
#include "media/picture.h"

#include <inttypes.h>

struct kept_picture {
    int64_t time_ns;
    int channel;
    struct picture *picture;
};

struct kept_pictures {
    GArray *pictures; /* struct kept_picture */
    size_t bytes;
    int64_t last;  /* what the last picture was */
    unsigned news; /* new pictures since one was kept */
};

static void clear(void *data)
{
    picture_destroy(((struct kept_picture *)data)->picture);
}

struct kept_pictures *kept_pictures_create(void)
{
    struct kept_pictures *kept = g_new0(struct kept_pictures, 1);

    kept->pictures = g_array_new(false, false, sizeof(struct kept_picture));
    g_array_set_clear_func(kept->pictures, clear);
    kept->last = INT64_MIN;
    return kept;
}

void kept_pictures_destroy(struct kept_pictures *kept)
{
    if (!kept)
        return;
    g_array_unref(kept->pictures);
    g_free(kept);
}

void kept_pictures_offer(struct kept_pictures *kept, int64_t time_ns, int channel, int64_t what,
                         const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                         unsigned height_px)
{
    size_t bytes = (size_t)width_px * height_px * 4;
    bool is_new = what != kept->last;

    kept->last = what;
    kept->news += is_new;
    if (!is_new || kept->news < KEPT_PICTURES_EVERY ||
        kept->bytes + bytes > KEPT_PICTURES_BYTES_MAX || !bytes)
        return;
    struct kept_picture one = {time_ns, channel,
                               picture_copy(bgrx, stride_bytes, width_px, height_px)};
    g_array_append_val(kept->pictures, one);
    kept->bytes += bytes;
    kept->news = 0;
}

int kept_pictures_write(const struct kept_pictures *kept, const char *folder,
                        struct samples *samples, GError **error)
{
    for (unsigned i = 0; i < kept->pictures->len; i++) {
        const struct kept_picture *one = &g_array_index(kept->pictures, struct kept_picture, i);
        struct event_row row = event_row("kept", one->time_ns);
        g_autofree char *file = g_strdup_printf("%s/kept-%" PRId64 ".png", folder, one->time_ns);
        if (!picture_save(one->picture, file, error))
            return -1;
        row.channel = one->channel;
        row.width_px = (int)one->picture->width_px;
        row.height_px = (int)one->picture->height_px;
        event_row_write(&row, samples);
    }
    return (int)kept->pictures->len;
}
