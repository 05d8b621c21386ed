/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms-framebuffer: the memory of a framebuffer, for the processor or for the GPU.
 *
 * All functions return 0 or a negative errno. -EPERM: the process lacks CAP_SYS_ADMIN. -ENOENT: the
 * framebuffer is gone. What they hand out is closed by their counterpart, whatever becomes of the
 * framebuffer meanwhile.
 */
#ifndef AGENT_LINUX_KMS_FRAMEBUFFER_H
#define AGENT_LINUX_KMS_FRAMEBUFFER_H

#include "agent/linux/kms-pixels.h"
#include "agent/linux/scanout-import.h"

/* The card that they are of. */
struct kms_framebuffers {
    int fd; /* of the card */
    bool amdgpu;
    bool has_gpu; /* in whose memory they lie */
};

/* A framebuffer in this process's memory. */
struct kms_mapping {
    struct kms_buffer buffer;
    const void *memory;
    void *pages; /* what is unmapped */
    size_t pages_bytes;
    int buffer_fd; /* of the dma-buf; -1: there is none */
};

/* Maps it for reading, once what draws into it is done. One that is tiled is only described. */
int kms_framebuffer_map(const struct kms_framebuffers *card, uint32_t id,
                        struct kms_mapping *ret_mapping);
void kms_framebuffer_unmap(struct kms_mapping *mapping);

/* As dma-bufs. */
int kms_framebuffer_export(const struct kms_framebuffers *card, uint32_t id,
                           struct scanout *ret_scanout);
void kms_framebuffer_unexport(struct scanout *scanout);

#endif
