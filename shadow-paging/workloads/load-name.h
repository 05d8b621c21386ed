/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * load-name: the models of what the guest's programs write into the GPU's page tables, by
 * name, and the numbers behind each.
 *
 * A load is a sequence of submissions. Before each one the guest writes page table entries,
 * and after it the GPU works. All loads are models, none is a trace of a real GPU:
 *
 *     light-2d      few entries on few pages, as a desktop's programs might
 *     light-3d      more of them, and now and then a batch, as a game that loads textures might
 *     massive       whole pages of entries for each submission: the paper's Massive Update Issue
 *     adversarial   a page's writes alternate between just enough to be taken for busy and many,
 *                   and the pages change: made to defeat a threshold
 *     changing      40 submissions of a light load, then 40 of a heavy one, and so on
 *     map           one load after the other over a grid of writes a page and churn
 *     transcode-N   libavcodec decodes and encodes the recording on N channels; each surface is
 *                   bound into the channel's window of GPU addresses when it is used
 *     bindings-N    the same bindings without libavcodec, as a program has recorded them
 *     synthetic-Pp-Ww-Cc  P hot pages with W writes each, of which C % are others the next time
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_SHADOW_PAGING_LOAD_NAME_H
#define VDIBENCH_SHADOW_PAGING_LOAD_NAME_H

#include "shadow-paging/table.h"

/* As many channels as the paper's largest case. */
#define LOAD_CHANNELS_MAX 15
/* More writes than a page has entries: some are written twice in a submission. */
#define LOAD_WRITES_MAX 4096

/* The load `changing`: each half of it lasts so many submissions. */
#define LOAD_CHANGING_STAYS 40

#define LOAD_PATTERN "synthetic-PAGESp-WRITESw-CHURNc (as synthetic-64p-16w-5c)"

enum load_kind {
    LOAD_SYNTHETIC,
    LOAD_ADVERSARIAL,
    LOAD_CHANGING,
    LOAD_MAP,
    LOAD_TRANSCODE,
    LOAD_BINDINGS,
};

/* What a name stands for. */
struct load_shape {
    enum load_kind kind;
    unsigned hot_pages;       /* that are written for each submission */
    unsigned writes_per_page; /* in each of them */
    unsigned churn_pct;       /* of them, others the next time */
    unsigned burst_every;     /* each so many submissions there are 8 times the pages; 0: never */
    unsigned gpu_us;          /* the modelled GPU's work on a submission */
    unsigned channels;        /* of transcoding */
};

/* The names, ended by NULL at index `n`, without those that follow LOAD_PATTERN. */
const char *load_name_at(unsigned index);

/* False when no load has that name. */
bool load_shape_find(const char *name, struct load_shape *ret_shape);

/* Whether the name follows LOAD_PATTERN, with numbers within its limits. */
bool load_is_synthetic(const char *name);

#endif
