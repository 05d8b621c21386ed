/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * load: what the guest's programs write before each submission, one submission after the other.
 *
 * load-name.h has the names. A load is a model: with the same name and seed it is the same each
 * time. One thread at a time.
 */
#ifndef VDIBENCH_SHADOW_PAGING_LOAD_H
#define VDIBENCH_SHADOW_PAGING_LOAD_H

#include "auto-destroy.h"
#include "shadow-paging/table.h"
#include "shadow-paging/workloads/load-name.h"

#include <glib.h>
#include <stddef.h>

struct load;

#define LOAD_NEVER_CHANGES (-1)

/* Borrowed from the load until its next submission. */
struct load_submission {
    const struct guest_write *writes; /* in their order */
    size_t write_count;
    const uint16_t *pages; /* that the GPU uses; each once */
    size_t page_count;
    int64_t guest_ns; /* what the programs took for it, as measured */
    int64_t gpu_ns;   /* what the modelled GPU takes for it */
    int since_change; /* submissions since the load became another one; LOAD_NEVER_CHANGES */
};

/* Of the guest frames 0 to `frames` - 1. `recording`: a file that is decoded; NULL where the load
 * needs none. NULL and `error`, one line, when there is no such load, or the recording cannot
 * be used. */
struct load *load_create(const char *name, const char *recording, uint32_t frames, uint64_t seed,
                         GError **error);
void load_destroy(struct load *load);

/* False and `error` when a recording breaks off or cannot be decoded. */
bool load_next(struct load *load, struct load_submission *ret_submission, GError **error);

DEFINE_AUTO_DESTROY(load, load_destroy)

#endif
