/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms-card: which graphics card's screen is captured. Pure: the caller lists the cards.
 */
#ifndef AGENT_LINUX_KMS_CARD_H
#define AGENT_LINUX_KMS_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connectors of a card that are considered: no card has as many outputs. */
#define KMS_CONNECTORS 16
#define KMS_NAME_BYTES 32

struct kms_connector {
    char name[KMS_NAME_BYTES]; /* as in /sys/class/drm without the card: "HDMI-A-1" */
    bool connected;
    uint32_t crtc_id; /* of the active CRTC that shows on it; 0: none */
};

struct kms_card {
    int error;                   /* 0, or why it could not be opened: negative errno */
    char path[KMS_NAME_BYTES];   /* "/dev/dri/card0" */
    char driver[KMS_NAME_BYTES]; /* "amdgpu", "virtio_gpu" */
    char pci[KMS_NAME_BYTES];    /* "0000:03:00.0"; empty: not a PCI device */
    unsigned connector_count;
    struct kms_connector connectors[KMS_CONNECTORS];
};

struct kms_choice {
    const struct kms_card *card;
    const struct kms_connector *connector;
};

/* "card0". */
const char *kms_card_name(const struct kms_card *card);

/* Whether the card is the virtual machine's own: qxl, virtio-gpu, bochs. */
bool kms_card_is_vgpu(const struct kms_card *card);

/* Chooses among `count` cards. `wanted` is a connector's name, alone or behind its card's
 * ("card1-HDMI-A-1", as in /sys/class/drm), a card's PCI address, or "auto": the first card that is not a vGPU, one with an active CRTC before one without. Only
 * where all cards are vGPUs auto takes one of these. Of the card's connectors the first with an
 * active CRTC, unless one is named. A connector's name that several cards have is the one that
 * auto would take.
 *
 * 0. -ENODEV: no card. What a card's `error` is: it may be the wanted one. -ENOENT: nothing is called `wanted`. -ENOLINK: it has no active CRTC,
 * which may change at any time. On failure one line (at most `error_size` bytes with the NUL)
 * that names what there is, and what to do. */
int kms_card_choose(const struct kms_card *cards, unsigned count, const char *wanted,
                    struct kms_choice *ret_choice, char *ret_error, size_t error_size);

#endif
