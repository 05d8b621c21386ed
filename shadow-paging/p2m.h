/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * p2m: which host frame is behind a guest frame (physical to machine, as Xen calls it).
 *
 * Two ways to look a frame up, with the same result: an array, the cheapest there is,
 * and a balanced binary tree, as KVM's mediated vGPU (i915 GVT-g) keeps its frames.
 * The cost of a lookup is what separates rebuild from diff: a scenario chooses.
 * Not thread-safe; a shadow engine calls it under its own lock.
 */
#ifndef SHADOW_PAGING_P2M_H
#define SHADOW_PAGING_P2M_H

#include <stddef.h>
#include <stdint.h>

enum p2m_kind { P2M_ARRAY, P2M_TREE };

/* Guest frames that a p2m may have: 1 GiB, as much as the table maps. */
#define P2M_FRAMES_MAX 262144
/* What p2m_lookup() gives for a frame that the guest does not have. */
#define P2M_NO_FRAME UINT32_MAX

struct p2m;

/* Of the guest frames 0 to frames - 1, none of which has a host frame yet. NULL without
 * memory, or for 0 frames or more than P2M_FRAMES_MAX. */
struct p2m *p2m_create(enum p2m_kind kind, uint32_t frames);
void p2m_destroy(struct p2m *p2m);

/* P2M_NO_FRAME as host frame takes the frame away. -ERANGE: the p2m does not have that
 * guest frame. */
int p2m_set(struct p2m *p2m, uint64_t guest_frame, uint32_t host_frame);
/* Gives every guest frame a host frame of its own, in an order that seed chooses. */
void p2m_fill(struct p2m *p2m, uint64_t seed);

/* The host frame, or P2M_NO_FRAME, also for a guest frame that is out of range. */
uint32_t p2m_lookup(const struct p2m *p2m, uint64_t guest_frame);
/* What the guest's entry is as shadow PTE. An entry that is not present, and one whose
 * frame the p2m does not have, is ENTRY_NONE. */
uint64_t p2m_translate(const struct p2m *p2m, uint64_t entry);
/* The same by the array, whatever the kind: the reference of the invariant. */
uint64_t p2m_reference(const struct p2m *p2m, uint64_t entry);

uint32_t p2m_frames(const struct p2m *p2m);
size_t p2m_bytes(const struct p2m *p2m);

#endif
