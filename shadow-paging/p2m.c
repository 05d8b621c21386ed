/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/p2m.h"

#include "shadow-paging/table.h"

#include <errno.h>
#include <stdlib.h>

#define NO_NODE UINT32_MAX

/* The tree is a treap: a search tree by the guest frame, a heap by a hash of it, so
 * that it is balanced in whatever order the frames come. */
struct node {
    uint32_t guest_frame, host_frame;
    uint32_t below[2]; /* smaller and larger frames: indices of nodes, or NO_NODE */
};

struct p2m {
    enum p2m_kind kind;
    uint32_t frames;
    uint32_t *host_frames; /* the array, which the tree has as its reference */
    struct node *nodes;    /* with P2M_TREE room for one each frame */
    uint32_t nodes_count, root;
};

struct p2m *p2m_create(enum p2m_kind kind, uint32_t frames)
{
    if (frames == 0 || frames > P2M_FRAMES_MAX)
        return NULL;
    struct p2m *p2m = calloc(1, sizeof *p2m);
    if (!p2m)
        return NULL;
    p2m->kind = kind;
    p2m->frames = frames;
    p2m->root = NO_NODE;
    p2m->host_frames = malloc(frames * sizeof *p2m->host_frames);
    p2m->nodes = kind == P2M_TREE ? malloc(frames * sizeof *p2m->nodes) : NULL;
    if (!p2m->host_frames || (kind == P2M_TREE && !p2m->nodes)) {
        p2m_destroy(p2m);
        return NULL;
    }
    for (uint32_t i = 0; i < frames; i++)
        p2m->host_frames[i] = P2M_NO_FRAME;
    return p2m;
}

void p2m_destroy(struct p2m *p2m)
{
    if (!p2m)
        return;
    free(p2m->host_frames);
    free(p2m->nodes);
    free(p2m);
}

static uint32_t hash(uint32_t value)
{
    value = (value ^ value >> 16) * 0x7feb352du;
    value = (value ^ value >> 15) * 0x846ca68bu;
    return value ^ value >> 16;
}

static struct node *find(const struct p2m *p2m, uint32_t guest_frame)
{
    uint32_t at = p2m->root;

    while (at != NO_NODE && p2m->nodes[at].guest_frame != guest_frame)
        at = p2m->nodes[at].below[guest_frame > p2m->nodes[at].guest_frame];
    return at == NO_NODE ? NULL : &p2m->nodes[at];
}

/* Splits the tree below `at` in what is smaller and what is larger than the frame. */
static void split(struct p2m *p2m, uint32_t at, uint32_t guest_frame, uint32_t *smaller,
                  uint32_t *larger)
{
    while (at != NO_NODE) {
        struct node *node = &p2m->nodes[at];
        if (node->guest_frame < guest_frame) {
            *smaller = at;
            smaller = &node->below[1];
            at = node->below[1];
        } else {
            *larger = at;
            larger = &node->below[0];
            at = node->below[0];
        }
    }
    *smaller = *larger = NO_NODE;
}

static void insert(struct p2m *p2m, uint32_t guest_frame, uint32_t host_frame)
{
    const uint32_t number = p2m->nodes_count++;
    struct node *new = &p2m->nodes[number];
    uint32_t *at = &p2m->root;

    *new = (struct node){guest_frame, host_frame, {NO_NODE, NO_NODE}};
    while (*at != NO_NODE && hash(p2m->nodes[*at].guest_frame) >= hash(guest_frame))
        at = &p2m->nodes[*at].below[guest_frame > p2m->nodes[*at].guest_frame];
    split(p2m, *at, guest_frame, &new->below[0], &new->below[1]);
    *at = number;
}

int p2m_set(struct p2m *p2m, uint64_t guest_frame, uint32_t host_frame)
{
    if (guest_frame >= p2m->frames)
        return -ERANGE;
    p2m->host_frames[guest_frame] = host_frame;
    if (p2m->kind == P2M_ARRAY)
        return 0;
    struct node *node = find(p2m, (uint32_t)guest_frame);
    if (node)
        node->host_frame = host_frame;
    else
        insert(p2m, (uint32_t)guest_frame, host_frame);
    return 0;
}

void p2m_fill(struct p2m *p2m, uint64_t seed)
{
    uint64_t state = seed;

    /* Each number once, in an order of chance (Fisher and Yates), one 32nd of the way
     * up, so that no host frame is by accident the guest frame's number. */
    for (uint32_t i = 0; i < p2m->frames; i++)
        p2m->host_frames[i] = i + P2M_FRAMES_MAX;
    for (uint32_t i = p2m->frames - 1; i > 0; i--) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const uint32_t other = (uint32_t)((state >> 32) % (i + 1));
        const uint32_t host_frame = p2m->host_frames[i];
        p2m->host_frames[i] = p2m->host_frames[other];
        p2m->host_frames[other] = host_frame;
    }
    for (uint32_t i = 0; i < p2m->frames; i++)
        p2m_set(p2m, i, p2m->host_frames[i]);
}

uint32_t p2m_lookup(const struct p2m *p2m, uint64_t guest_frame)
{
    if (guest_frame >= p2m->frames)
        return P2M_NO_FRAME;
    if (p2m->kind == P2M_ARRAY)
        return p2m->host_frames[guest_frame];
    const struct node *node = find(p2m, (uint32_t)guest_frame);
    return node ? node->host_frame : P2M_NO_FRAME;
}

uint64_t p2m_translate(const struct p2m *p2m, uint64_t entry)
{
    if (!entry_is_present(entry))
        return ENTRY_NONE;
    const uint32_t host_frame = p2m_lookup(p2m, entry_frame(entry));
    return host_frame == P2M_NO_FRAME ? ENTRY_NONE : entry_make(host_frame, entry);
}

uint64_t p2m_reference(const struct p2m *p2m, uint64_t entry)
{
    const uint64_t guest_frame = entry_frame(entry);
    const uint32_t host_frame =
        guest_frame < p2m->frames ? p2m->host_frames[guest_frame] : P2M_NO_FRAME;

    return !entry_is_present(entry) || host_frame == P2M_NO_FRAME ? ENTRY_NONE
                                                                  : entry_make(host_frame, entry);
}

uint32_t p2m_frames(const struct p2m *p2m)
{
    return p2m->frames;
}

size_t p2m_bytes(const struct p2m *p2m)
{
    return sizeof *p2m +
           p2m->frames * (sizeof *p2m->host_frames + (p2m->nodes ? sizeof *p2m->nodes : 0));
}
