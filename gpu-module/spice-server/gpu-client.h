/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-client: what the module keeps for each client of a display, in the display's
 * worker thread.
 */
#ifndef GPU_CLIENT_H_
#define GPU_CLIENT_H_

#include "gpu-module/display-owner.h"
#include "red-common.h"
#include "utils.hpp"

#include "push-visibility.h"

class DisplayChannelClient;
class GpuDisplay;

/* The gate at the entrance of the client's pipe: see gpu-hooks.h.
 * While it is shut nothing that the vGPU would send gets in. */
enum class GpuGate {
    OPEN,     /* the client shows the vGPU */
    SHUT,     /* the client shows the pGPU */
    VGPU_DUE, /* shut; the vGPU is shown once the pipe has room for the switch */
};

/* In the client's private data, and in what is on its way to it. */
struct GpuClient: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR
    GpuClient(GpuDisplay *init_display, DisplayChannelClient *init_dcc):
        display(init_display), dcc(init_dcc)
    {
        owned.client = this;
    }

    /* What display-owner knows of the client, and the way back from there. */
    struct Owned: public display_client {
        GpuClient *client;
    } owned{};
    static GpuClient *of(display_client *owned) { return static_cast<Owned *>(owned)->client; }

    GpuDisplay *display; /* NULL once the client has left */
    DisplayChannelClient *const dcc;
    GpuGate gate = GpuGate::OPEN;
    bool stream_begins = false;    /* STREAM_CREATE was sent, no frame yet */
    bool gl_draw_refused = false;  /* or taken out unsent; the vGPU waits for its end */
    bool may_have_dropped = false; /* its last frame, which was not yet repeated */
    unsigned switches_unsent = 0;  /* whose last item is in the client's pipe */
    /* The primary surface that the client really has while the gate is shut;
     * width 0 when it has none. */
    uint32_t width_px = 0, height_px = 0, format = 0;
};

#include "pop-visibility.h"

#endif
