/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms-kernel: what the KMS source asks of the kernel; the seam at which a test puts a double.
 *
 * One thread calls. All functions return 0 or a negative errno, if not said otherwise. Whatever
 * the kernel answers is only looked at: nothing here changes a screen.
 */
#ifndef AGENT_LINUX_KMS_KERNEL_H
#define AGENT_LINUX_KMS_KERNEL_H

#include "agent/linux/kms-card.h"
#include "agent/linux/kms-framebuffer.h"

/* Cards that are considered. */
#define KMS_CARDS 8

/* The framebuffers that the CRTC's planes show; 0: none. */
struct kms_glance {
    uint32_t picture_id;
    uint32_t cursor_id;
};

/* What the CRTC shows. */
struct kms_view {
    bool active;        /* otherwise the CRTC is off, and the rest means nothing */
    uint32_t damage_id; /* of the picture's FB_DAMAGE_CLIPS; 0: none, or no such property */
    struct kms_crop crop;
    bool rotated;        /* by the display's hardware */
    int32_t cursor_x_px; /* of the cursor plane's left upper corner, negative too */
    int32_t cursor_y_px;
    int32_t hot_x_px; /* 0 where the driver does not report it */
    int32_t hot_y_px;
};

struct kms_kernel;

struct kms_kernel_class {
    /* Describes at most `max` of the cards that there are; returns their number. */
    unsigned (*list)(struct kms_kernel *kernel, struct kms_card *ret_cards, unsigned max);

    /* Opens the card to look at this CRTC. -ENOLINK: it has no primary plane. */
    int (*open)(struct kms_kernel *kernel, const char *path, uint32_t crtc_id);

    /* The cheapest question: 2 us a plane. */
    int (*glance)(struct kms_kernel *kernel, struct kms_glance *ret_glance);

    /* All of it. It may have to wait for a commit: 2.8 ms were seen. */
    int (*view)(struct kms_kernel *kernel, struct kms_view *ret_view);

    /* Maps a framebuffer for reading, once what draws into it is done. -EPERM: the process
     * lacks CAP_SYS_ADMIN. -ENOENT: the framebuffer is gone. */
    int (*map)(struct kms_kernel *kernel, uint32_t framebuffer_id, struct kms_mapping *ret_mapping);
    void (*unmap)(struct kms_kernel *kernel, struct kms_mapping *mapping);

    /* Whether the card that is open has a GPU of its own, in whose memory its framebuffers lie: the
     * processor cannot read these, or only slowly. */
    bool (*has_gpu)(const struct kms_kernel *kernel);

    /* A framebuffer for import(). The same errors as map(). */
    int (*export)(struct kms_kernel *kernel, uint32_t framebuffer_id, struct scanout *ret_scanout);
    void (*unexport)(struct kms_kernel *kernel, struct scanout *scanout);

    /* Reads these rows by the GPU, as scanout_import_read() does; and its error. */
    int (*import)(struct kms_kernel *kernel, const struct scanout *scanout,
                  const struct kms_rows *rows, uint8_t *bgrx);
    const char *(*import_error)(const struct kms_kernel *kernel);

    void (*close)(struct kms_kernel *kernel); /* also while it is closed */
    void (*destroy)(struct kms_kernel *kernel);
};

struct kms_kernel {
    const struct kms_kernel_class *class;
};

/* The kernel itself (libdrm), with nothing open. NULL: memory is short. */
struct kms_kernel *kms_kernel_create(void);

#endif
