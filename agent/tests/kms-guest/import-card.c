/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * import-card CARD CONNECTOR: what Mesa's software renderer imports from a card. A line for each of
 * the following; the status is 1 if one is wrong.
 *
 * In each format: whether a buffer reads the same by the import and by the processor: a part of it,
 * with longer rows than it needs and not at its memory's beginning.
 *
 * The screen: whether the KMS source, to which the card has a GPU, captures the known picture 0. For
 * that the program is linked with a double of scanout_import_create(), which allows the renderer.
 */
#include "agent/linux/kms-kernel.h"
#include "agent/linux/kms-pixels.h"
#include "agent/linux/kms.h"
#include "agent/linux/scanout-import.h"
#include "agent/tests/kms-guest/known-picture.h"

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

static bool compare_formats(struct scanout_import *import)
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
    bool same = true;

    for (size_t i = 0; i < memory.bytes / BYTES_PER_PIXEL; i++)
        memory.pixels[i] = (uint32_t)i * 2654435761u;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct scanout scanout = scanout_of(formats[i].format);
        printf("%s ", formats[i].name);
        if (compare(import, &scanout, &all, formats[i].difference_max) &&
            compare(import, &scanout, &look, formats[i].difference_max))
            printf("is the same\n");
        else
            same = false;
    }
    return same;
}

/* --- the screen ------------------------------------------------------------------------ */

struct scanout_import *__real_scanout_import_create(int card_fd, bool software);
struct scanout_import *__wrap_scanout_import_create(int card_fd, bool software);
struct scanout_import *__wrap_scanout_import_create(int card_fd, bool software)
{
    (void)software;
    return __real_scanout_import_create(card_fd, true);
}

static bool has_gpu(const struct kms_kernel *kernel)
{
    (void)kernel;
    return true;
}

static bool is_known(const struct source_mode *mode, const struct source_picture *picture)
{
    for (uint32_t y_px = 0; y_px < mode->height_px; y_px++)
        for (uint32_t x_px = 0; x_px < mode->width_px; x_px++) {
            const uint8_t *is = picture->bgrx + y_px * picture->stride_bytes + x_px * 4;
            const uint32_t colour = (uint32_t)is[2] << 16 | (uint32_t)is[1] << 8 | is[0];
            if (colour != known_colour(0, x_px, y_px)) {
                printf("%u,%u: %06x instead of %06x\n", x_px, y_px, colour,
                       known_colour(0, x_px, y_px));
                return false;
            }
        }
    return true;
}

static bool capture(const char *connector)
{
    struct kms_kernel *kernel = kms_kernel_create();
    struct kms_kernel_class class = *kernel->class;
    struct source_picture picture;
    struct source_mode mode;

    class.has_gpu = has_gpu;
    kernel->class = &class;
    struct source *source = kms_create_on(kernel, connector);
    bool known = false;
    printf("the screen ");
    if (source->class->open(source, &mode) < 0 ||
        source->class->acquire(source, true, &picture) < 0)
        printf("%s\n", source->class->error(source));
    else
        known = is_known(&mode, &picture);
    if (known)
        printf("of %ux%u is the same\n", mode.width_px, mode.height_px);
    source->class->destroy(source);
    return known;
}

int main(int argc, char **argv)
{
    const char *problem = argc == 3 ? create_memory(argv[1]) : "give it card and connector";

    if (problem) {
        printf("import-card: %s: %s\n", problem, strerror(errno));
        return EXIT_FAILURE;
    }
    struct scanout_import *import = scanout_import_create(memory.card_fd, true);
    const bool same = compare_formats(import);
    scanout_import_destroy(import);
    return capture(argv[2]) && same ? EXIT_SUCCESS : EXIT_FAILURE;
}
