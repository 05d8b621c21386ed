/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kept-pictures: copies of some of the pictures that the client has shown, to be written
 * when nothing is played any more.
 *
 * Copying takes a millisecond or more for each picture: a client that keeps pictures is
 * not to be measured. Not for several threads at once.
 */
#ifndef VDIBENCH_KEPT_PICTURES_H
#define VDIBENCH_KEPT_PICTURES_H

#include "auto-destroy.h"
#include "harness/instrument/samples.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the new pictures one in so many is kept: a prime number, so that it falls on all
 * places of a group of pictures. */
#define KEPT_PICTURES_EVERY 13
/* No more is kept than this: 16 pictures of 1080p, 36 of 720p. */
#define KEPT_PICTURES_BYTES_MAX (128u << 20)

struct kept_pictures;

struct kept_pictures *kept_pictures_create(void);
void kept_pictures_destroy(struct kept_pictures *kept); /* NULL is allowed */

/* A picture was shown at that time. `what` names the picture: when it is another one
 * than the last time, the picture is a new one. */
void kept_pictures_offer(struct kept_pictures *kept, int64_t time_ns, int channel, int64_t what,
                         const uint8_t *bgrx, size_t stride_bytes, unsigned width_px,
                         unsigned height_px);

/* Writes FOLDER/kept-TIME.png for each, and a row "kept" with the same time. Returns
 * their number; -1 and `error` if a file cannot be written. */
int kept_pictures_write(const struct kept_pictures *kept, const char *folder,
                        struct samples *samples, GError **error);

DEFINE_AUTO_DESTROY(kept_pictures, kept_pictures_destroy)

#endif
