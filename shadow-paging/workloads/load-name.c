/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/load-name.h"

#include <stdio.h>
#include <string.h>

/* The modelled GPU's time for one frame of transcoding from 1080p to 720p: 800 frames a second,
 * of all channels together. */
#define TRANSCODE_GPU_US 1250

static const struct {
    const char *name;
    struct load_shape shape;
} loads[] = {
    {"light-2d", {LOAD_SYNTHETIC, 4, 2, 5, 0, 2000, 0}},
    {"light-3d", {LOAD_SYNTHETIC, 12, 4, 10, 50, 8000, 0}},
    {"massive", {LOAD_SYNTHETIC, 200, TABLE_PAGE_ENTRIES, 0, 0, 20000, 0}},
    {"adversarial", {LOAD_ADVERSARIAL, 64, 0, 0, 0, 2000, 0}},
    {"changing", {LOAD_CHANGING, 64, 0, 0, 0, 2000, 0}},
    {"map", {LOAD_MAP, 64, 0, 0, 0, 0, 0}},
    {"transcode-1", {LOAD_TRANSCODE, 0, 0, 0, 0, 0, 1}},
    {"transcode-2", {LOAD_TRANSCODE, 0, 0, 0, 0, 0, 2}},
    {"transcode-4", {LOAD_TRANSCODE, 0, 0, 0, 0, 0, 4}},
    {"transcode-8", {LOAD_TRANSCODE, 0, 0, 0, 0, 0, 8}},
    {"transcode-15", {LOAD_TRANSCODE, 0, 0, 0, 0, 0, 15}},
    {"bindings-1", {LOAD_BINDINGS, 0, 0, 0, 0, TRANSCODE_GPU_US, 1}},
    {"bindings-2", {LOAD_BINDINGS, 0, 0, 0, 0, TRANSCODE_GPU_US, 2}},
    {"bindings-4", {LOAD_BINDINGS, 0, 0, 0, 0, TRANSCODE_GPU_US, 4}},
    {"bindings-8", {LOAD_BINDINGS, 0, 0, 0, 0, TRANSCODE_GPU_US, 8}},
    {"bindings-15", {LOAD_BINDINGS, 0, 0, 0, 0, TRANSCODE_GPU_US, 15}},
};
#define LOADS (sizeof loads / sizeof *loads)

const char *load_name_at(unsigned index)
{
    return index < LOADS ? loads[index].name : NULL;
}

/* Without signs and blanks, which sscanf() would let through. */
static bool has_synthetic_form(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static bool parse_synthetic(const char *name, struct load_shape *ret_shape)
{
    struct load_shape shape = {.kind = LOAD_SYNTHETIC};
    int length = 0;

    if (!has_synthetic_form(name) ||
        sscanf(name, "synthetic-%3up-%4uw-%3uc%n", &shape.hot_pages, &shape.writes_per_page,
               &shape.churn_pct, &length) != 3 ||
        length == 0 || name[length] || shape.hot_pages < 1 || shape.hot_pages > TABLE_PAGES ||
        shape.writes_per_page < 1 || shape.writes_per_page > LOAD_WRITES_MAX ||
        shape.churn_pct > 100)
        return false;
    *ret_shape = shape;
    return true;
}

bool load_is_synthetic(const char *name)
{
    struct load_shape shape;
    return parse_synthetic(name, &shape);
}

bool load_shape_find(const char *name, struct load_shape *ret_shape)
{
    for (unsigned i = 0; i < LOADS; i++) {
        if (strcmp(loads[i].name, name) == 0) {
            *ret_shape = loads[i].shape;
            return true;
        }
    }
    return parse_synthetic(name, ret_shape);
}
