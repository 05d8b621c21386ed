/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * pictures: all pictures of a video in memory, as a screen holds them: what an encoder of
 * the agent gets in place of a captured screen.
 *
 * They are decoded and converted beforehand, so that neither is measured when they are
 * encoded. Immutable once they are loaded; any thread may read them.
 */
#ifndef SIM_AGENT_PICTURES_H
#define SIM_AGENT_PICTURES_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* 10 s of 1080p60 take 5 GB. */
#define PICTURES_MAX_BYTES (INT64_C(6) << 30)

struct pictures;

struct picture_at {
    const uint8_t *bgrx;
    size_t stride_bytes;
    unsigned width_px, height_px;
};

/* The `count` pictures of the file, in the order of their access units. NULL and `error`
 * ("path: what: what to do") if it has another number of them, if they cannot be decoded,
 * have odd sizes, which an encoder of 4:2:0 cannot take, or need more than
 * PICTURES_MAX_BYTES. */
struct pictures *pictures_load(const char *path, unsigned count, GError **error);
void pictures_destroy(struct pictures *pictures); /* NULL is allowed */

struct picture_at pictures_at(const struct pictures *pictures, unsigned index);

DEFINE_AUTO_DESTROY(pictures, pictures_destroy)

#endif
