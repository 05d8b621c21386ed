/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-tablet: the logical size of the VM's tablet follows what is shown.
 *
 * A client in client mouse mode sends positions in pixels of the primary
 * surface that it has. There is one tablet: while any client shows the pGPU,
 * its size is that client's; else it is the vGPU's, as upstream sets it. With
 * clients that show different sources the pointer of those at the vGPU is
 * scaled by the two sizes' ratio. Whether clients may use client mouse mode
 * stays the vGPU's matter.
 */
#ifndef GPU_TABLET_H_
#define GPU_TABLET_H_

#include "red-common.h"

#include "push-visibility.h"

/* Hook in reds_update_client_mouse_allowed(): the size to use in place of the
 * vGPU's. Any thread. */
void gpu_tablet_size(RedsState *reds, int *width_px, int *height_px);

/* The size of what is shown; 0x0: the vGPU's. Any thread; takes effect with
 * gpu_tablet_size_changed(). */
void gpu_tablet_set_size(RedsState *reds, uint32_t width_px, uint32_t height_px);

/* Main loop. */
void gpu_tablet_size_changed(RedsState *reds);

#include "pop-visibility.h"

#endif
