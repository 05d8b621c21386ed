/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-surfaces: the surfaces that a client has, where its display changes hands
 * between the vGPU and the pGPU. Display worker only; what is to be sent is added
 * to the client's pipe, so the gate must be open.
 */
#ifndef GPU_SURFACES_H_
#define GPU_SURFACES_H_

#include "gpu-client.h"

#include "push-visibility.h"

struct DisplayChannel;

/* Takes items that have not been sent out of the client's pipe; true if there were any. */
bool gpu_surfaces_remove_unsent(DisplayChannelClient *dcc, bool (*is_unwanted)(int type));

/* The vGPU's pictures and surfaces leave the client's pipe, all but the primary,
 * whose geometry is noted in the client. */
void gpu_surfaces_leave_vgpu(DisplayChannel *display, GpuClient *client);

/* The client gets a primary surface for pictures of this size, with what it showed
 * before, stretched; nothing, where it has such a one. */
void gpu_surfaces_prepare_pgpu(GpuClient *client, uint32_t width_px, uint32_t height_px);

/* The client gets what the vGPU shows, whole: its primary surface, or its GL
 * scanout; or no picture, where it has none. */
void gpu_surfaces_show_vgpu(DisplayChannel *display, GpuClient *client);

#include "pop-visibility.h"

#endif
