/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * import-formats CARD: whether a buffer of the card reads the same by the import (Mesa's software
 * renderer) and by the processor, in each format: a part of it, with longer rows than it needs and
 * not at its memory's beginning. A line for each; the status is 1 if one differs.
 */
#include "agent/linux/kms-pixels.h"
#include "agent/linux/scanout-import.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#define WIDTH_PX 96
#define HEIGHT_PX 80
#define ROW_PX 128    /* of the memory */
#define ROWS_BEFORE 2 /* the buffer in its memory */
#define BYTES_PER_PIXEL 4

static const struct kms_crop part = {.x_px = 5, .y_px = 3, .width_px = 70, .height_px = 66};

static struct memory {
    int card_fd, fd; /* the second is the dma-buf */
    uint32_t *pixels;
    uint32_t stride_bytes;
    size_t bytes;
} memory;

static const char *create_memory(const char *path)
{
    struct drm_mode_create_dumb create = {
        .width = ROW_PX, .height = HEIGHT_PX + ROWS_BEFORE, .bpp = 8 * BYTES_PER_PIXEL};
    struct drm_mode_map_dumb map = {0};

    memory.card_fd = open(path, O_RDWR | O_CLOEXEC);
    if (memory.card_fd < 0)
        return "open";
    drmDropMaster(memory.card_fd);
    if (drmIoctl(memory.card_fd, DRM_IOCTL_MODE_CREATE_DUMB, &create) != 0)
        return "CREATE_DUMB";
    map.handle = create.handle;
    if (drmIoctl(memory.card_fd, DRM_IOCTL_MODE_MAP_DUMB, &map) != 0)
        return "MAP_DUMB";
    memory.stride_bytes = create.pitch;
    memory.bytes = create.size;
    memory.pixels = mmap(NULL, memory.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.card_fd,
                         (off_t)map.offset);
    if (memory.pixels == MAP_FAILED)
        return "mmap";
    return drmPrimeHandleToFD(memory.card_fd, create.handle, DRM_CLOEXEC, &memory.fd) == 0
               ? NULL
               : "PRIME_HANDLE_TO_FD";
}

static struct scanout scanout_of(uint32_t format)
{
    const uint32_t offset_bytes = ROWS_BEFORE * memory.stride_bytes;

    return (struct scanout){
        .buffer = {.format = format,
                   .width_px = WIDTH_PX,
                   .height_px = HEIGHT_PX,
                   .stride_bytes = memory.stride_bytes,
                   .offset_bytes = offset_bytes,
                   .size_bytes = memory.bytes},
        .planes = 1,
        .fds = {memory.fd},
        .strides_bytes = {memory.stride_bytes},
        .offsets_bytes = {offset_bytes},
    };
}

/* Colours, without the byte that has no meaning. Of 10 bits the GPU rounds what the processor cuts. */
static bool is_same(const uint8_t *imported, const uint8_t *mapped, int difference_max)
{
    for (unsigned i = 0; i < 3; i++)
        if (abs(imported[i] - mapped[i]) > difference_max)
            return false;
    return true;
}

static bool compare(struct scanout_import *import, const struct scanout *scanout,
                    const struct kms_rows *rows, int difference_max)
{
    static uint8_t imported[WIDTH_PX * HEIGHT_PX * BYTES_PER_PIXEL], mapped[sizeof imported];
    const size_t row_bytes = (size_t)part.width_px * BYTES_PER_PIXEL;

    if (scanout_import_read(import, scanout, rows, imported) < 0) {
        printf("%s\n", scanout_import_error(import));
        return false;
    }
    kms_pixels_update(&scanout->buffer, &part, memory.pixels, mapped, row_bytes);
    for (uint32_t i = 0; i < kms_rows_count(rows); i++)
        for (uint32_t x_px = 0; x_px < part.width_px; x_px++) {
            const uint32_t y_px = rows->first + i * rows->step;
            const uint8_t *is = imported + i * row_bytes + x_px * BYTES_PER_PIXEL,
                          *should = mapped + y_px * row_bytes + x_px * BYTES_PER_PIXEL;
            if (!is_same(is, should, difference_max)) {
                printf("%u,%u: %u %u %u instead of %u %u %u\n", x_px, y_px, is[0], is[1], is[2],
                       should[0], should[1], should[2]);
                return false;
            }
        }
    return true;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        uint32_t format;
        int difference_max;
    } formats[] = {
        {"XR24", DRM_FORMAT_XRGB8888, 0},    {"AR24", DRM_FORMAT_ARGB8888, 0},
        {"XB24", DRM_FORMAT_XBGR8888, 0},    {"AB24", DRM_FORMAT_ABGR8888, 0},
        {"XR30", DRM_FORMAT_XRGB2101010, 1}, {"AR30", DRM_FORMAT_ARGB2101010, 1},
        {"XB30", DRM_FORMAT_XBGR2101010, 1}, {"AB30", DRM_FORMAT_ABGR2101010, 1},
    };
    const struct kms_rows all = {.crop = part, .step = 1}, look = kms_rows_of_look(&part, 3);
    const char *problem = argc == 2 ? create_memory(argv[1]) : "give it the card's path";
    int status = EXIT_SUCCESS;

    if (problem) {
        printf("import-formats: %s: %s\n", problem, strerror(errno));
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < memory.bytes / BYTES_PER_PIXEL; i++)
        memory.pixels[i] = (uint32_t)i * 2654435761u;
    struct scanout_import *import = scanout_import_create(memory.card_fd, true);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct scanout scanout = scanout_of(formats[i].format);
        printf("%s ", formats[i].name);
        if (compare(import, &scanout, &all, formats[i].difference_max) &&
            compare(import, &scanout, &look, formats[i].difference_max))
            printf("is the same\n");
        else
            status = EXIT_FAILURE;
    }
    scanout_import_destroy(import);
    return status;
}
