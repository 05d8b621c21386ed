/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * kms: what a graphics card shows, by the kernel's mode setting, as a source (agent/source.h).
 *
 * It needs no X server and no compositor that helps: the greeter, the lock screen and the text
 * console are captured, too. It needs CAP_SYS_ADMIN and the right to open the card.
 *
 * Nothing reports what others draw, so the source looks: a few times in each frame's interval
 * which framebuffer the plane shows, and less often the rest of the view, and whether somebody has
 * drawn into a framebuffer that has stayed the same. Evidence of a change, in this order: another
 * framebuffer, another damage blob (FB_DAMAGE_CLIPS), other pixels.
 *
 * A screen whose power is saved (DPMS) keeps its last picture. A CRTC that is switched off for
 * longer than a change of the mode takes is an error.
 *
 * Only the primary plane and the cursor's are captured. The source of what is known about drivers:
 * docs/agent.md.
 */
#ifndef AGENT_LINUX_KMS_H
#define AGENT_LINUX_KMS_H

#include "agent/source.h"

#include <stdio.h>

struct kms_kernel;

/* `display`: a connector ("HDMI-A-1", "card1-HDMI-A-1"), a card's PCI address, or NULL for the
 * screen that kms_card_choose() takes. It is copied. NULL: memory is short. */
struct source *kms_create(const char *display);

/* The same with another kernel, which the source destroys, at once where memory is short. */
struct source *kms_create_on(struct kms_kernel *kernel, const char *display);

/* A line for each connector of each card: its size, or why it cannot be captured. */
void kms_list(FILE *to);
void kms_list_on(struct kms_kernel *kernel, FILE *to);

#endif
