/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms-picture.h"

#include "agent/failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_PER_PIXEL 4
/* Of one of the two ways. */
#define WHY_NOT_BYTES 400

/* Notes the line, and returns the error. */
#define fail(self, number, ...) failure_set((self)->error, sizeof(self)->error, number, __VA_ARGS__)

static size_t bytes_of(const struct kms_rows *rows)
{
    return (size_t)rows->crop.width_px * kms_rows_count(rows) * BYTES_PER_PIXEL;
}

static struct kms_rows all_rows(const struct kms_crop *crop)
{
    return (struct kms_rows){.crop = *crop, .step = 1};
}

static void let_go(struct kms_picture *self)
{
    if (self->held && self->way == KMS_WAY_MAPPED)
        self->kernel->class->unmap(self->kernel, &self->mapping);
    else if (self->held)
        self->kernel->class->unexport(self->kernel, &self->scanout);
    self->held = false;
}

int kms_picture_hold(struct kms_picture *self, uint32_t framebuffer_id)
{
    const struct kms_kernel_class *kernel = self->kernel->class;

    let_go(self);
    const int result = self->way == KMS_WAY_MAPPED
                           ? kernel->map(self->kernel, framebuffer_id, &self->mapping)
                           : kernel->export(self->kernel, framebuffer_id, &self->scanout);
    self->held = result == 0;
    if (result == -EPERM || result == -EACCES)
        return fail(self, -EPERM,
                    "the kernel keeps the picture from this process: run it as root, or give it "
                    "CAP_SYS_ADMIN");
    if (result == -ENOENT)
        return fail(self, -EAGAIN, "the framebuffer is gone");
    if (result < 0)
        return fail(self, result,
                    "the kernel does not %s the picture: %s; capture with the source x11",
                    self->way == KMS_WAY_MAPPED ? "map" : "export", strerror(-result));
    return 0;
}

const struct kms_buffer *kms_picture_buffer(const struct kms_picture *self)
{
    return self->way == KMS_WAY_MAPPED ? &self->mapping.buffer : &self->scanout.buffer;
}

int kms_picture_check(struct kms_picture *self, const struct kms_crop *crop)
{
    const struct kms_buffer *buffer = kms_picture_buffer(self);

    return self->way == KMS_WAY_MAPPED
               ? kms_pixels_check(buffer, crop, self->error, sizeof self->error)
               : kms_pixels_check_part(buffer, crop, self->error, sizeof self->error);
}

static int import(struct kms_picture *self, const struct kms_rows *rows)
{
    const struct kms_kernel_class *kernel = self->kernel->class;
    const int result = kernel->import(self->kernel, &self->scanout, rows, self->next);

    if (result < 0)
        fail(self, result, "%s", kernel->import_error(self->kernel));
    return result;
}

int kms_picture_update(struct kms_picture *self, const struct kms_crop *crop, bool *ret_changed)
{
    const struct kms_rows rows = all_rows(crop);
    uint8_t *last = self->bgrx;

    if (self->way == KMS_WAY_MAPPED) {
        *ret_changed = kms_pixels_update(&self->mapping.buffer, crop, self->mapping.memory, last,
                                         (size_t)crop->width_px * BYTES_PER_PIXEL);
        return 0;
    }
    const int result = import(self, &rows);
    if (result < 0)
        return result;
    *ret_changed = memcmp(self->next, last, bytes_of(&rows)) != 0;
    self->bgrx = self->next;
    self->next = last;
    return 0;
}

bool kms_picture_differs(struct kms_picture *self, const struct kms_crop *crop, unsigned look)
{
    const struct kms_rows rows = kms_rows_of_look(crop, look);
    const size_t row_bytes = (size_t)crop->width_px * BYTES_PER_PIXEL;

    if (kms_picture_check(self, crop) < 0)
        return true;
    if (self->way == KMS_WAY_MAPPED)
        return kms_pixels_differ(&self->mapping.buffer, crop, self->mapping.memory, self->bgrx,
                                 row_bytes, look);
    if (bytes_of(&rows) == 0)
        return false;
    if (import(self, &rows) < 0)
        return true;
    for (uint32_t i = 0; i < kms_rows_count(&rows); i++)
        if (memcmp(self->next + i * row_bytes,
                   self->bgrx + (rows.first + (size_t)i * rows.step) * row_bytes, row_bytes) != 0)
            return true;
    return false;
}

/* --- open and close -------------------------------------------------------------------- */

static int try_way(struct kms_picture *self, enum kms_way way, uint32_t framebuffer_id,
                   const struct kms_crop *crop)
{
    const struct kms_rows rows = all_rows(crop), one_row = {.crop = *crop, .step = crop->height_px};

    let_go(self);
    self->way = way;
    int result = kms_picture_hold(self, framebuffer_id);
    if (result == 0)
        result = kms_picture_check(self, crop);
    if (result < 0)
        return result;
    if (!self->bgrx)
        self->bgrx = calloc(1, bytes_of(&rows));
    if (!self->next && way == KMS_WAY_IMPORTED)
        self->next = malloc(bytes_of(&rows));
    if (!self->bgrx || (!self->next && way == KMS_WAY_IMPORTED))
        return fail(self, -ENOMEM, "memory is short for a picture of %ux%u", crop->width_px,
                    crop->height_px);
    return way == KMS_WAY_IMPORTED ? import(self, &one_row) : 0;
}

/* Whether the other way may do better. */
static bool is_the_ways(int error)
{
    return error != -EAGAIN && error != -EPERM && error != -ENOMEM && error != -EINVAL;
}

int kms_picture_open(struct kms_picture *self, struct kms_kernel *kernel, uint32_t framebuffer_id,
                     const struct kms_crop *crop)
{
    char by_gpu[WHY_NOT_BYTES], by_processor[WHY_NOT_BYTES];

    kms_picture_close(self);
    self->kernel = kernel;
    if (!kernel->class->has_gpu(kernel)) /* what the processor cannot map nobody can read */
        return try_way(self, KMS_WAY_MAPPED, framebuffer_id, crop);
    int result = try_way(self, KMS_WAY_IMPORTED, framebuffer_id, crop);
    if (result == 0 || !is_the_ways(result))
        return result;
    snprintf(by_gpu, sizeof by_gpu, "%.*s", WHY_NOT_BYTES - 1, self->error);
    result = try_way(self, KMS_WAY_MAPPED, framebuffer_id, crop);
    if (result == 0 || !is_the_ways(result))
        return result;
    snprintf(by_processor, sizeof by_processor, "%.*s", WHY_NOT_BYTES - 1, self->error);
    if (strcmp(by_gpu, by_processor) == 0)
        return result;
    return fail(self, result,
                "its picture can be read neither by the GPU (%s) nor by the processor (%s); "
                "capture with the source x11",
                by_gpu, by_processor);
}

void kms_picture_close(struct kms_picture *self)
{
    let_go(self);
    free(self->bgrx);
    free(self->next);
    *self = (struct kms_picture){.held = false};
}

const char *kms_picture_error(const struct kms_picture *self)
{
    return self->error;
}
