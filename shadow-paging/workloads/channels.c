/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/channels.h"

#include "shadow-paging/workloads/address-window.h"
#include "shadow-paging/workloads/recorded-bindings.h"

#include <gio/gio.h>

/* 26 MiB of addresses: 8 pictures of 1080p. With 15 channels the windows are 195 page table pages:
 * in the paper 200 were the working set of its massive updates. */
#define WINDOW_PAGES 13
/* The channels are at different places of the recording. */
#define FRAMES_APART 7
/* Guest frames from one surface to the next: a prime number, so that they lie everywhere. */
#define FRAMES_STEP 1021

struct channels {
    unsigned n;
    uint64_t submission;
    uint32_t frames;
    struct address_window *windows[LOAD_CHANNELS_MAX];
    struct transcoder *transcoders[LOAD_CHANNELS_MAX]; /* NULL: as recorded */
    GArray *writes;                                    /* struct guest_write */
    uint16_t pages[TABLE_PAGES];
};

struct channels *channels_create(unsigned count, const char *recording, uint32_t frames,
                                 GError **error)
{
    struct channels *channels = g_new0(struct channels, 1);
    bool ok = true;

    channels->n = MIN(count, LOAD_CHANNELS_MAX);
    channels->frames = frames;
    channels->writes = g_array_new(false, false, sizeof(struct guest_write));
    for (unsigned i = 0; i < channels->n && ok; i++) {
        channels->windows[i] = address_window_create(i * WINDOW_PAGES, WINDOW_PAGES);
        ok = !recording || (channels->transcoders[i] = transcoder_create(recording, error));
    }
    if (ok)
        return channels;
    channels_destroy(channels);
    return NULL;
}

void channels_destroy(struct channels *channels)
{
    if (!channels)
        return;
    for (unsigned i = 0; i < channels->n; i++) {
        address_window_destroy(channels->windows[i]);
        transcoder_destroy(channels->transcoders[i]);
    }
    g_array_unref(channels->writes);
    g_free(channels);
}

static size_t collect_pages(struct channels *channels, const struct address_window *window,
                            const struct surface_uses *uses)
{
    bool seen[TABLE_PAGES] = {false};
    size_t n = 0;

    for (unsigned i = 0; i < uses->n; i++) {
        int first = address_window_find(window, uses->uses[i].surface);
        unsigned entry = (unsigned)MAX(first, 0), end = entry + uses->uses[i].entries;
        for (unsigned page = entry / TABLE_PAGE_ENTRIES;
             first >= 0 && page * TABLE_PAGE_ENTRIES < end; page++) {
            if (!seen[page])
                channels->pages[n++] = (uint16_t)page;
            seen[page] = true;
        }
    }
    return n;
}

/* The surfaces of the next frame, and what they took. */
static bool next_uses(struct channels *channels, unsigned channel, struct surface_uses *ret_uses,
                      int64_t *ret_guest_ns, GError **error)
{
    const unsigned frame = (unsigned)(channels->submission / channels->n);
    int64_t begin_us = g_get_monotonic_time();

    *ret_guest_ns = 0;
    if (!channels->transcoders[channel]) {
        recorded_bindings_at(frame + channel * FRAMES_APART, ret_uses);
        return true;
    }
    bool ok = transcoder_next(channels->transcoders[channel], ret_uses, error);
    *ret_guest_ns = (g_get_monotonic_time() - begin_us) * 1000;
    return ok;
}

bool channels_next(struct channels *channels, struct load_submission *ret_submission,
                   GError **error)
{
    const unsigned channel = (unsigned)(channels->submission % channels->n);
    struct address_window *window = channels->windows[channel];
    struct surface_uses uses;
    int64_t guest_ns;

    if (!next_uses(channels, channel, &uses, &guest_ns, error))
        return false;
    g_array_set_size(channels->writes, 0);
    for (unsigned i = 0; i < uses.n; i++) {
        const struct surface_use *use = &uses.uses[i];
        uint32_t first = (channel * SURFACES + use->surface) * FRAMES_STEP % channels->frames;
        if (address_window_use(window, use->surface, use->entries, first, channels->frames,
                               channels->writes))
            continue;
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                    "a picture of %u pages is larger than a channel's window of GPU addresses, %u "
                    "pages: take a recording of 1080p or less",
                    use->entries, WINDOW_PAGES * TABLE_PAGE_ENTRIES);
        return false;
    }
    channels->submission++;
    *ret_submission = (struct load_submission){
        .writes = (const struct guest_write *)channels->writes->data,
        .write_count = channels->writes->len,
        .pages = channels->pages,
        .page_count = collect_pages(channels, window, &uses),
        .guest_ns = guest_ns,
    };
    return true;
}
