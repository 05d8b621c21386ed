/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms-pixels: the pixels of a screen's framebuffer, as the processor reads them.
 *
 * Pure: no ioctl, no allocation. Formats and modifiers are those of drm_fourcc.h; what the
 * fields mean is said in drm_mode.h, struct drm_mode_fb_cmd2.
 */
#ifndef AGENT_LINUX_KMS_PIXELS_H
#define AGENT_LINUX_KMS_PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A framebuffer of one plane of memory. */
struct kms_buffer {
    uint32_t format; /* DRM_FORMAT_... */
    bool modified;   /* the framebuffer has a modifier */
    uint64_t modifier;
    bool tiled; /* the driver reports it, although there is no modifier */
    uint32_t width_px;
    uint32_t height_px;
    uint32_t stride_bytes;
    uint32_t offset_bytes; /* of the first pixel in the memory */
    size_t size_bytes;     /* of the memory that is mapped */
};

/* What the plane shows of its framebuffer, which may be larger than the mode. */
struct kms_crop {
    uint32_t x_px;
    uint32_t y_px;
    uint32_t width_px;
    uint32_t height_px;
};

/* Rows of a part: `first`, and each `step`th one from there. */
struct kms_rows {
    struct kms_crop crop;
    uint32_t first;
    uint32_t step;
};

/* How many there are. */
static inline uint32_t kms_rows_count(const struct kms_rows *rows)
{
    return rows->first >= rows->crop.height_px
               ? 0
               : (rows->crop.height_px - rows->first - 1) / rows->step + 1;
}

/* Whether its pixels lie one row after another, as far as the kernel reports. */
bool kms_buffer_is_linear(const struct kms_buffer *buffer);

/* Whether this part of the buffer can be captured at all: 0; -EOPNOTSUPP where the format is
 * unknown; -EINVAL where the part is empty or not inside the buffer. On failure one line (at most
 * `error_size` bytes with the NUL) that names what it is and what to do. */
int kms_pixels_check_part(const struct kms_buffer *buffer, const struct kms_crop *crop,
                          char *ret_error, size_t error_size);

/* Whether, besides, the processor can read it: 0; -EOPNOTSUPP where the
 * buffer is tiled or compressed; -EINVAL where it is not inside its memory. */
int kms_pixels_check(const struct kms_buffer *buffer, const struct kms_crop *crop, char *ret_error,
                     size_t error_size);

/* Copies a part that kms_pixels_check() accepts as BGRx, 4 bytes a pixel, over an earlier copy of
 * it. Of colours with 10 bits the upper 8 remain. Returns whether any pixel differed. */
bool kms_pixels_update(const struct kms_buffer *buffer, const struct kms_crop *crop,
                       const void *memory, uint8_t *bgrx, size_t stride_bytes);

/* A look at a screen that seems unchanged compares one row of so many, so that it is cheap: 0.25 MB
 * of 1080p. So many looks in turn compare every row once, and what is drawn over n rows is
 * noticed by one of each KMS_PHASES / n looks. */
#define KMS_PHASES 32

/* The rows of this look, which counts from 0. */
struct kms_rows kms_rows_of_look(const struct kms_crop *crop, unsigned look);

/* Whether the part differs from its copy in the rows of this look. */
bool kms_pixels_differ(const struct kms_buffer *buffer, const struct kms_crop *crop,
                       const void *memory, const uint8_t *bgrx, size_t stride_bytes, unsigned look);

#endif
