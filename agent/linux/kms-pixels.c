/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms-pixels.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BYTES_PER_PIXEL 4

/* Where the 8 bits that remain of each colour begin in a pixel of 32 bits. */
struct layout {
    uint32_t format;
    uint8_t red;
    uint8_t green;
    uint8_t blue;
};

static const struct layout layouts[] = {
    {DRM_FORMAT_XRGB8888, 16, 8, 0},     {DRM_FORMAT_ARGB8888, 16, 8, 0},
    {DRM_FORMAT_XBGR8888, 0, 8, 16},     {DRM_FORMAT_ABGR8888, 0, 8, 16},
    {DRM_FORMAT_XRGB2101010, 22, 12, 2}, {DRM_FORMAT_ARGB2101010, 22, 12, 2},
    {DRM_FORMAT_XBGR2101010, 2, 12, 22}, {DRM_FORMAT_ABGR2101010, 2, 12, 22},
};

static const struct layout *find_layout(uint32_t format)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].format == format)
            return &layouts[i];
    return NULL;
}

bool kms_buffer_is_linear(const struct kms_buffer *buffer)
{
    return !buffer->tiled && (!buffer->modified || buffer->modifier == DRM_FORMAT_MOD_LINEAR);
}

static uint64_t right_of(const struct kms_crop *crop)
{
    return (uint64_t)crop->x_px + crop->width_px;
}

static uint64_t bottom_of(const struct kms_crop *crop)
{
    return (uint64_t)crop->y_px + crop->height_px;
}

int kms_pixels_check_part(const struct kms_buffer *buffer, const struct kms_crop *crop,
                          char *ret_error, size_t error_size)
{
    if (find_layout(buffer->format) == NULL) {
        snprintf(ret_error, error_size,
                 "the screen's pixel format 0x%08" PRIx32
                 " cannot be captured; let the desktop use 8 bits "
                 "a colour without HDR",
                 buffer->format);
        return -EOPNOTSUPP;
    }
    if (crop->width_px == 0 || crop->height_px == 0 || right_of(crop) > buffer->width_px ||
        bottom_of(crop) > buffer->height_px) {
        snprintf(ret_error, error_size,
                 "the screen shows %" PRIu32 "x%" PRIu32 " pixels at %" PRIu32 ",%" PRIu32
                 " of a buffer of %" PRIu32 "x%" PRIu32 "; the mode is changing, try again",
                 crop->width_px, crop->height_px, crop->x_px, crop->y_px, buffer->width_px,
                 buffer->height_px);
        return -EINVAL;
    }
    return 0;
}

int kms_pixels_check(const struct kms_buffer *buffer, const struct kms_crop *crop, char *ret_error,
                     size_t error_size)
{
    const int result = kms_pixels_check_part(buffer, crop, ret_error, error_size);

    if (result < 0)
        return result;
    if (!kms_buffer_is_linear(buffer)) {
        snprintf(ret_error, error_size,
                 "the screen's buffer is tiled or compressed (modifier 0x%016" PRIx64
                 "), which the processor cannot read",
                 buffer->modifier);
        return -EOPNOTSUPP;
    }
    /* In 64 bits nothing of this overflows. */
    if (buffer->stride_bytes % BYTES_PER_PIXEL != 0 ||
        buffer->offset_bytes % BYTES_PER_PIXEL != 0 ||
        (uint64_t)buffer->width_px * BYTES_PER_PIXEL > buffer->stride_bytes ||
        buffer->offset_bytes + (bottom_of(crop) - 1) * buffer->stride_bytes +
                right_of(crop) * BYTES_PER_PIXEL >
            buffer->size_bytes) {
        snprintf(ret_error, error_size,
                 "the screen's buffer of %" PRIu32 "x%" PRIu32 " pixels, %" PRIu32
                 " bytes a row, does not fit its %zu bytes of memory; report this driver",
                 buffer->width_px, buffer->height_px, buffer->stride_bytes, buffer->size_bytes);
        return -EINVAL;
    }
    return 0;
}

static const uint32_t *row_of(const struct kms_buffer *buffer, const struct kms_crop *crop,
                              const void *memory, uint32_t y_px)
{
    const uint8_t *bytes = memory;
    return (const uint32_t *)(bytes + buffer->offset_bytes +
                              ((size_t)crop->y_px + y_px) * buffer->stride_bytes) +
           crop->x_px;
}

static bool is_bgrx(const struct layout *layout)
{
    return layout->red == 16 && layout->green == 8 && layout->blue == 0;
}

static uint32_t bgrx_of(const struct layout *layout, uint32_t pixel)
{
    return 0xff000000 | (pixel >> layout->red & 0xff) << 16 | (pixel >> layout->green & 0xff) << 8 |
           (pixel >> layout->blue & 0xff);
}

bool kms_pixels_update(const struct kms_buffer *buffer, const struct kms_crop *crop,
                       const void *memory, uint8_t *bgrx, size_t stride_bytes)
{
    const struct layout *layout = find_layout(buffer->format);
    const size_t row_bytes = (size_t)crop->width_px * BYTES_PER_PIXEL;
    bool changed = false;

    for (uint32_t y_px = 0; y_px < crop->height_px; y_px++) {
        const uint32_t *row = row_of(buffer, crop, memory, y_px);
        uint32_t *to = (uint32_t *)(bgrx + y_px * stride_bytes);
        if (is_bgrx(layout)) {
            if (memcmp(to, row, row_bytes) == 0)
                continue;
            memcpy(to, row, row_bytes);
            changed = true;
            continue;
        }
        for (uint32_t x_px = 0; x_px < crop->width_px; x_px++) {
            const uint32_t pixel = bgrx_of(layout, row[x_px]);
            changed = changed || to[x_px] != pixel;
            to[x_px] = pixel;
        }
    }
    return changed;
}

static bool row_differs(const struct layout *layout, const uint32_t *row, const uint32_t *copy,
                        uint32_t width_px)
{
    if (is_bgrx(layout))
        return memcmp(row, copy, (size_t)width_px * BYTES_PER_PIXEL) != 0;
    for (uint32_t x_px = 0; x_px < width_px; x_px++)
        if (bgrx_of(layout, row[x_px]) != copy[x_px])
            return true;
    return false;
}

/* The bits of the number backwards: each look lies in the middle of what the ones before left. */
static uint32_t phase_of(unsigned look)
{
    uint32_t phase = 0;

    for (unsigned bit = 1; bit < KMS_PHASES; bit <<= 1, look >>= 1)
        phase = phase << 1 | (look & 1);
    return phase;
}

struct kms_rows kms_rows_of_look(const struct kms_crop *crop, unsigned look)
{
    return (struct kms_rows){.crop = *crop, .first = phase_of(look), .step = KMS_PHASES};
}

bool kms_pixels_differ(const struct kms_buffer *buffer, const struct kms_crop *crop,
                       const void *memory, const uint8_t *bgrx, size_t stride_bytes, unsigned look)
{
    const struct layout *layout = find_layout(buffer->format);

    const struct kms_rows rows = kms_rows_of_look(crop, look);

    for (uint32_t y_px = rows.first; y_px < crop->height_px; y_px += rows.step)
        if (row_differs(layout, row_of(buffer, crop, memory, y_px),
                        (const uint32_t *)(bgrx + y_px * stride_bytes), crop->width_px))
            return true;
    return false;
}
