/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/load.h"

#include "shadow-paging/workloads/channels.h"
#include "shadow-paging/workloads/hot-set.h"

#include <gio/gio.h>

/* LOAD_ADVERSARIAL: the writes of a page alternate between as many as make a threshold of two
 * relax it and many; after so many submissions all pages are others. */
#define ADVERSARIAL_FEW 2
#define ADVERSARIAL_MANY 96
#define ADVERSARIAL_STAYS 16

/* LOAD_CHANGING: the light and the heavy half of it. */
#define CHANGING_LIGHT 1
#define CHANGING_HEAVY 64

/* With `burst_every`: of the pages. */
#define BURST_TIMES 8

struct load {
    struct load_shape shape;
    struct hot_set *hot;       /* of the generated loads */
    struct channels *channels; /* of transcoding */
    uint64_t submission;       /* from 0 */
    uint32_t frames;
    GArray *writes; /* struct guest_write */
};

static unsigned writes_per_page(const struct load *load)
{
    switch (load->shape.kind) {
    case LOAD_ADVERSARIAL:
        return load->submission % 2 ? ADVERSARIAL_MANY : ADVERSARIAL_FEW;
    case LOAD_CHANGING:
        return load->submission / LOAD_CHANGING_STAYS % 2 ? CHANGING_HEAVY : CHANGING_LIGHT;
    default:
        return load->shape.writes_per_page;
    }
}

static unsigned churn_pct(const struct load *load)
{
    if (load->shape.kind == LOAD_ADVERSARIAL)
        return load->submission % ADVERSARIAL_STAYS == 0 ? 100 : 0;
    return load->shape.churn_pct;
}

static bool bursts(const struct load *load)
{
    unsigned every = load->shape.burst_every;
    return every && load->submission % every == every - 1;
}

/* A run of neighbouring entries, as for a surface that is bound. */
static void write_page(struct load *load, unsigned page, unsigned count)
{
    unsigned first = hot_set_random(load->hot, TABLE_PAGE_ENTRIES);

    for (unsigned i = 0; i < count; i++) {
        uint64_t frame = hot_set_random(load->hot, load->frames);
        struct guest_write write = guest_write_entry(page, (first + i) % TABLE_PAGE_ENTRIES,
                                                     entry_make(frame, ENTRY_PRESENT));
        g_array_append_val(load->writes, write);
    }
}

struct load *load_create(const char *name, const char *recording, uint32_t frames, uint64_t seed,
                         GError **error)
{
    auto_destroy(load) load = g_new0(struct load, 1);

    load->writes = g_array_new(false, false, sizeof(struct guest_write));
    load->frames = frames;
    if (!load_shape_find(name, &load->shape)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "load %s: there is none of that name; see shadow-paging-run --help", name);
        return NULL;
    }
    if (load->shape.kind == LOAD_TRANSCODE && !recording) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "load %s: it needs a recording to decode; bindings-N has one recorded", name);
        return NULL;
    }
    if (load->shape.channels > 0)
        load->channels =
            channels_create(load->shape.channels,
                            load->shape.kind == LOAD_TRANSCODE ? recording : NULL, frames, error);
    else
        load->hot = hot_set_create(load->shape.hot_pages, seed);
    return load->channels || load->hot ? g_steal_pointer(&load) : NULL;
}

void load_destroy(struct load *load)
{
    if (!load)
        return;
    hot_set_destroy(load->hot);
    channels_destroy(load->channels);
    g_array_unref(load->writes);
    g_free(load);
}

static void generate(struct load *load, struct load_submission *ret_submission)
{
    const unsigned pages =
        MIN(load->shape.hot_pages * (bursts(load) ? BURST_TIMES : 1), TABLE_PAGES);
    const unsigned count = writes_per_page(load);

    if (load->submission > 0)
        hot_set_drift(load->hot, churn_pct(load));
    const uint16_t *hot = hot_set_pages(load->hot);
    g_array_set_size(load->writes, 0);
    for (unsigned i = 0; i < pages; i++)
        write_page(load, hot[i], count);
    *ret_submission = (struct load_submission){
        .writes = (const struct guest_write *)load->writes->data,
        .write_count = load->writes->len,
        .pages = hot,
        .page_count = pages,
    };
}

bool load_next(struct load *load, struct load_submission *ret_submission, GError **error)
{
    const bool changes = load->shape.kind == LOAD_CHANGING;

    if (load->channels && !channels_next(load->channels, ret_submission, error))
        return false;
    if (!load->channels)
        generate(load, ret_submission);
    ret_submission->gpu_ns = (int64_t)load->shape.gpu_us * 1000;
    ret_submission->since_change =
        changes ? (int)(load->submission % LOAD_CHANGING_STAYS) : LOAD_NEVER_CHANGES;
    load->submission++;
    return true;
}
