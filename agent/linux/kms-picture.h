/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms-picture: the picture that a plane shows, as BGRx in this process's memory.
 *
 * There are two ways to read it, and opening finds the one that works. The processor maps the
 * framebuffer: on virtual cards and others without a GPU, whose memory is the system's. On the
 * others, which tile what they show, and whose memory the processor reads slowly, the GPU imports it
 * (scanout-import.h); what it refuses the processor maps, if it is linear.
 *
 * One thread calls. All functions return 0 or a negative errno, if not said otherwise.
 */
#ifndef AGENT_LINUX_KMS_PICTURE_H
#define AGENT_LINUX_KMS_PICTURE_H

#include "agent/linux/kms-kernel.h"

#define KMS_PICTURE_ERROR_BYTES 1024

enum kms_way {
    KMS_WAY_MAPPED,
    KMS_WAY_IMPORTED,
};

struct kms_picture {
    struct kms_kernel *kernel;
    enum kms_way way;
    bool held; /* a framebuffer, as one of the next two */
    struct kms_mapping mapping;
    struct scanout scanout;
    uint8_t *bgrx; /* the last picture, without gaps; NULL: closed */
    uint8_t *next; /* what is imported goes here first */
    char error[KMS_PICTURE_ERROR_BYTES];
};

/* Finds the way to read this part of the framebuffer, whose size is that of all pictures until
 * close. -EPERM: the process lacks CAP_SYS_ADMIN. -EAGAIN: the framebuffer is gone. */
int kms_picture_open(struct kms_picture *self, struct kms_kernel *kernel, uint32_t framebuffer_id,
                     const struct kms_crop *crop);
void kms_picture_close(struct kms_picture *self); /* also while it is closed */

/* Takes this framebuffer, also one that is held already: an id may have been given to another one.
 * -EAGAIN: it is gone. */
int kms_picture_hold(struct kms_picture *self, uint32_t framebuffer_id);

/* The one that is held. */
const struct kms_buffer *kms_picture_buffer(const struct kms_picture *self);

/* Whether this part of what is held can be read. -EINVAL: it is not inside; its mode has changed. */
int kms_picture_check(struct kms_picture *self, const struct kms_crop *crop);

/* Reads the part that kms_picture_check() has accepted, and whether it differs from the last
 * picture. -EAGAIN: it cannot be read just now. */
int kms_picture_update(struct kms_picture *self, const struct kms_crop *crop, bool *ret_changed);

/* Whether it differs in the rows of this look, without reading all of it. Where that cannot be
 * known, true. */
bool kms_picture_differs(struct kms_picture *self, const struct kms_crop *crop, unsigned look);

/* One line on the last error: what, and what to do. */
const char *kms_picture_error(const struct kms_picture *self);

#endif
