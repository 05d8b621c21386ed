/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms-change: whether a screen differs from the last look at it.
 *
 * Kernels say so in several ways, and none of them everywhere. The first that gives an answer
 * counts, the cheapest first. Pure: the caller reads the kernel's state, one thread calls.
 */
#ifndef AGENT_LINUX_KMS_CHANGE_H
#define AGENT_LINUX_KMS_CHANGE_H

#include "agent/linux/kms-pixels.h"

/* What gave the answer. */
enum kms_evidence {
    KMS_UNCHANGED,
    KMS_FIRST_LOOK,
    KMS_FRAMEBUFFER, /* the plane shows another framebuffer: a page flip */
    KMS_PART,        /* it shows another part of it: scrolling, a mode change */
    KMS_DAMAGE,      /* the same one, with another damage blob */
    KMS_CHECKSUM,    /* the CRTC's checksum differs */
    KMS_HASH,        /* drawing into the framebuffer that is shown */
};

/* One look at the screen. */
struct kms_look {
    uint32_t framebuffer_id;
    uint32_t damage_blob_id; /* of FB_DAMAGE_CLIPS; 0: none, or the driver has no such property */
    bool checksummed;
    uint32_t checksum; /* of the CRTC's last picture, where checksummed */
    struct kms_buffer buffer;
    struct kms_crop crop;
    const void *memory; /* NULL where the processor cannot read it: then there is no hash */
};

struct kms_change {
    bool looked;
    struct kms_look last; /* its memory is not looked at again */
    unsigned phase;       /* of the next hash */
    bool hashed;          /* `hashes` are of what is shown now */
    uint64_t hashes[KMS_HASH_PHASES];
};

/* KMS_UNCHANGED or the evidence. Begin with a zeroed `change`, and zero it to have the next
 * look count as changed. The buffer and crop must be those that kms_pixels_check() accepts
 * where there is memory. */
enum kms_evidence kms_change_look(struct kms_change *change, const struct kms_look *look);

#endif
