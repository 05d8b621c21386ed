/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-message: what the main loop hands to the display's worker, message by
 * message. A message owns what it carries; it is moved, never copied.
 */
#ifndef GPU_MESSAGE_H_
#define GPU_MESSAGE_H_

#include "gpu-trace.h"
#include "protocol/cursor-shape.h"
#include "protocol/port-protocol.h"
#include "red-common.h"
#include "utils.hpp"

#include "push-visibility.h"

/* The body of a message as it came out of the port, the only copy of it. Filled
 * by the main loop; unchanged once it has been handed to the worker. */
struct GpuBody: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR
    explicit GpuBody(const red::shared_ptr<GpuTrace> &init_trace): trace(init_trace) {}
    ~GpuBody()
    {
        g_free(bytes);
        trace->buffer_freed(capacity);
    }

    /* Makes room for `wanted` bytes, more than `capacity`. False when the host has
     * no memory for them: then nothing has changed. */
    bool grow(uint32_t wanted)
    {
        auto grown = static_cast<uint8_t *>(g_try_realloc(bytes, wanted));
        if (!grown) {
            return false;
        }
        trace->buffer_grew(wanted - capacity, capacity);
        bytes = grown;
        capacity = wanted;
        return true;
    }

    const red::shared_ptr<GpuTrace> trace;
    uint8_t *bytes = nullptr;
    uint32_t size = 0;     /* announced by the guest */
    uint32_t capacity = 0; /* allocated: grows with what really arrives */
};

/* One access unit. */
struct GpuFrame: public GpuBody {
    using GpuBody::GpuBody;
    uint32_t unit_size = 0; /* without the trailer, where the agent appended it */
    port_codec codec = PORT_CODEC_H264;
    bool key_frame = false;
    uint32_t client_behind_ms = 0; /* as the main loop knows it: display-clock.h */

    uint64_t id = 0;       /* the agent's, where it sends one; else the sequence */
    uint64_t sequence = 0; /* among those received, from 1 */
    uint64_t t2_ns = 0;    /* the first byte of its message was read */
    uint64_t t3_ns = 0;    /* the last byte */

    /* Worker only. */
    uint64_t t4_ns = 0;   /* a client's socket took the last byte; 0: none has */
    unsigned waiting = 0; /* clients in whose pipes it is */
    unsigned sent = 0;    /* clients that got it */
};

/* The shape of the guest's pointer. */
struct GpuCursorShape: public GpuBody {
    using GpuBody::GpuBody;
    cursor_shape shape{}; /* points into bytes */
    bool hidden = false;
};

struct GpuMessage {
    enum Kind { FORMAT, FRAME, CURSOR };

    Kind kind = FORMAT;
    port_format format{};                  /* FORMAT */
    red::shared_ptr<GpuFrame> frame;       /* FRAME */
    red::shared_ptr<GpuCursorShape> shape; /* CURSOR; NULL: it stays */
    bool moved = false;                    /* CURSOR: to `position` */
    port_cursor_move position{};
};

#include "pop-visibility.h"

#endif
