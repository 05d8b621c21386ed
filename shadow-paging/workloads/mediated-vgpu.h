/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * mediated-vgpu: a model of a mediated vGPU: a guest whose programs are a load, and the shadow
 * page tables that a policy keeps for it.
 *
 * What traps and what is reconstructed is real, and takes the time that it takes here. The GPU
 * itself is not there: nobody reads the shadow tables but the engine's own check. One thread
 * at a time; it may be another one each time.
 */
#ifndef VDIBENCH_SHADOW_PAGING_MEDIATED_VGPU_H
#define VDIBENCH_SHADOW_PAGING_MEDIATED_VGPU_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* All by name; none is NULL, except `recording` where the load decodes nothing. */
struct mediated_vgpu_settings {
    const char *policy;         /* shadow-paging/policy.h */
    const char *load;           /* load-name.h */
    const char *traps;          /* shadow-paging/trap.h */
    const char *reconstruction; /* diff; rebuild, through a tree */
    const char *recording;      /* a file */
};

/* One submission, or the sum of several. */
struct submission_cost {
    uint64_t submissions;
    uint64_t writes, traps;
    uint64_t pages;    /* reconstructed */
    uint64_t stale;    /* entries */
    int64_t write_ns;  /* the guest's writes, with the traps */
    int64_t submit_ns; /* the reconstruction, without the check of the invariant */
    int64_t guest_ns;  /* the guest's programs, as measured */
    int64_t gpu_ns;    /* the GPU, as modelled */
    int since_change;  /* of the last one, as in struct load_submission */
};

struct mediated_vgpu;

/* For a static policy this profiles the load first, with strict. NULL and `error`, one line:
 * G_IO_ERROR_NOT_SUPPORTED where this machine does not have the traps, another code where a name is
 * wrong or the recording cannot be used. */
struct mediated_vgpu *mediated_vgpu_create(const struct mediated_vgpu_settings *settings,
                                           GError **error);
void mediated_vgpu_destroy(struct mediated_vgpu *vgpu);

/* The guest writes and submits once. Adds what it cost to `cost`. False and `error` when the load
 * breaks off. A stale entry is counted, and the first one is reported on standard error. */
bool mediated_vgpu_submit(struct mediated_vgpu *vgpu, struct submission_cost *cost, GError **error);

/* What one trapped and emulated write takes here: median, measured when the vGPU was created; 0: there is
 * nothing that traps. */
int64_t mediated_vgpu_exit_ns(const struct mediated_vgpu *vgpu);

DEFINE_AUTO_DESTROY(mediated_vgpu, mediated_vgpu_destroy)

#endif
