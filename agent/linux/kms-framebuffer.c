/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms-framebuffer.h"

#include <amdgpu_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

/* GETFB2 makes a handle for each plane of memory; those in one buffer share it. One that stays
 * open keeps the buffer of a program that has ended. */
static void close_handles(int fd, const uint32_t handles[SCANOUT_PLANES])
{
    for (unsigned i = 0; i < SCANOUT_PLANES; i++) {
        bool closed = handles[i] == 0;
        for (unsigned j = 0; j < i; j++)
            closed = closed || handles[j] == handles[i];
        if (!closed)
            drmCloseBufferHandle(fd, handles[i]);
    }
}

/* Up to GFX8 amdgpu's framebuffers have no modifiers, and are tiled nevertheless; what the
 * driver knows is with the buffer. Not run on hardware. */
static bool amdgpu_is_linear(int fd, uint32_t handle)
{
    struct drm_amdgpu_gem_metadata metadata = {.handle = handle,
                                               .op = AMDGPU_GEM_METADATA_OP_GET_METADATA};

    if (drmCommandWriteRead(fd, DRM_AMDGPU_GEM_METADATA, &metadata, sizeof metadata) != 0)
        return false;
    return AMDGPU_TILING_GET(metadata.data.tiling_info, ARRAY_MODE) <= 1; /* LINEAR_ALIGNED */
}

static int map_dma_buf(int fd, uint32_t handle, struct kms_mapping *mapping)
{
    const struct dma_buf_sync begin = {.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ};

    if (drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC, &mapping->buffer_fd) != 0)
        return -errno;
    const off_t size = lseek(mapping->buffer_fd, 0, SEEK_END);
    void *pages = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, mapping->buffer_fd, 0)
                           : MAP_FAILED;
    if (pages == MAP_FAILED) {
        close(mapping->buffer_fd);
        mapping->buffer_fd = -1;
        return -EOPNOTSUPP;
    }
    mapping->pages = pages;
    mapping->pages_bytes = (size_t)size;
    drmIoctl(mapping->buffer_fd, DMA_BUF_IOCTL_SYNC, (void *)&begin); /* waits for the drawing */
    return 0;
}

/* For drivers that cannot map what they export: qxl and bochs of Linux 6.1. */
static int map_dumb(int fd, uint32_t handle, struct kms_mapping *mapping)
{
    struct drm_mode_map_dumb dumb = {.handle = handle};
    const struct kms_buffer *buffer = &mapping->buffer;
    const size_t size = buffer->offset_bytes + (size_t)buffer->stride_bytes * buffer->height_px;

    if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb) != 0)
        return -errno;
    void *pages = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, (off_t)dumb.offset);
    if (pages == MAP_FAILED)
        return -errno;
    mapping->pages = pages;
    mapping->pages_bytes = size;
    return 0;
}

static int map_handle(const struct kms_framebuffers *card, uint32_t handle,
                      struct kms_mapping *mapping)
{
    if (mapping->buffer.tiled) /* nothing in it can be read */
        return 0;
    int result = map_dma_buf(card->fd, handle, mapping);
    if (result < 0)
        result = map_dumb(card->fd, handle, mapping);
    mapping->memory = mapping->pages;
    mapping->buffer.size_bytes = mapping->pages_bytes;
    return result;
}

/* Without a modifier a GPU's framebuffer may be tiled nevertheless. */
static bool is_tiled(const struct kms_framebuffers *card, const drmModeFB2 *framebuffer)
{
    if (!card->has_gpu || framebuffer->flags & DRM_MODE_FB_MODIFIERS)
        return false;
    return !card->amdgpu || !amdgpu_is_linear(card->fd, framebuffer->handles[0]);
}

/* The framebuffer with handles, for close_framebuffer(). */
static int open_framebuffer(const struct kms_framebuffers *card, uint32_t id,
                            drmModeFB2 **ret_framebuffer, struct kms_buffer *ret_buffer)
{
    drmModeFB2 *framebuffer = drmModeGetFB2(card->fd, id);

    if (!framebuffer)
        return -errno;
    if (framebuffer->handles[0] == 0) {
        drmModeFreeFB2(framebuffer);
        return -EPERM;
    }
    const bool modified = framebuffer->flags & DRM_MODE_FB_MODIFIERS;
    *ret_buffer = (struct kms_buffer){
        .format = framebuffer->pixel_format,
        .modified = modified,
        .modifier = modified ? framebuffer->modifier : 0,
        .tiled = is_tiled(card, framebuffer),
        .width_px = framebuffer->width,
        .height_px = framebuffer->height,
        .stride_bytes = framebuffer->pitches[0],
        .offset_bytes = framebuffer->offsets[0],
    };
    *ret_framebuffer = framebuffer;
    return 0;
}

static void close_framebuffer(const struct kms_framebuffers *card, drmModeFB2 *framebuffer)
{
    close_handles(card->fd, framebuffer->handles);
    drmModeFreeFB2(framebuffer);
}

int kms_framebuffer_map(const struct kms_framebuffers *card, uint32_t id,
                        struct kms_mapping *ret_mapping)
{
    drmModeFB2 *framebuffer;

    *ret_mapping = (struct kms_mapping){.buffer_fd = -1};
    int result = open_framebuffer(card, id, &framebuffer, &ret_mapping->buffer);
    if (result < 0)
        return result;
    result = map_handle(card, framebuffer->handles[0], ret_mapping);
    close_framebuffer(card, framebuffer);
    return result;
}

void kms_framebuffer_unmap(struct kms_mapping *mapping)
{
    const struct dma_buf_sync end = {.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ};

    if (mapping->pages)
        munmap(mapping->pages, mapping->pages_bytes);
    if (mapping->buffer_fd >= 0) {
        drmIoctl(mapping->buffer_fd, DMA_BUF_IOCTL_SYNC, (void *)&end);
        close(mapping->buffer_fd);
    }
    *mapping = (struct kms_mapping){.buffer_fd = -1};
}

void kms_framebuffer_unexport(struct scanout *scanout)
{
    for (unsigned i = 0; i < scanout->planes; i++)
        close(scanout->fds[i]);
    scanout->planes = 0;
}

int kms_framebuffer_export(const struct kms_framebuffers *card, uint32_t id,
                           struct scanout *ret_scanout)
{
    drmModeFB2 *framebuffer;

    *ret_scanout = (struct scanout){.planes = 0};
    int result = open_framebuffer(card, id, &framebuffer, &ret_scanout->buffer);
    if (result < 0)
        return result;
    for (unsigned i = 0; i < SCANOUT_PLANES && framebuffer->handles[i] != 0; i++) {
        ret_scanout->strides_bytes[i] = framebuffer->pitches[i];
        ret_scanout->offsets_bytes[i] = framebuffer->offsets[i];
        if (drmPrimeHandleToFD(card->fd, framebuffer->handles[i], DRM_CLOEXEC,
                               &ret_scanout->fds[i]) != 0) {
            result = -errno;
            break;
        }
        ret_scanout->planes++;
    }
    close_framebuffer(card, framebuffer);
    if (result < 0)
        kms_framebuffer_unexport(ret_scanout);
    return result;
}
