/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-agent-cursor: the pointer that the guest's agent sends, in the server's
 * main loop, on its way to the worker (gpu-cursor.h).
 *
 * It needs no credit: kept are the newest shape and position, what comes in
 * between is replaced. They are handed on at most each CURSOR_INTERVAL_MS, and
 * not before the worker has taken the last ones.
 */
#ifndef GPU_AGENT_CURSOR_H_
#define GPU_AGENT_CURSOR_H_

#include "gpu-message.h"

#include "push-visibility.h"

class GpuDevice;

class GpuAgentCursor
{
public:
    GpuAgentCursor(RedsState *reds, GpuDevice *device, GpuTrace *trace);
    ~GpuAgentCursor();

    /* What the agent has sent. */
    void set(const red::shared_ptr<GpuCursorShape> &shape);
    void move(const port_cursor_move &position);

    /* The agent's time is over: the next one has no pointer yet. */
    void forget() { pointer = Pointer(); }
    /* The worker has nothing of it: an agent that recovers does not send it again. */
    void repeat();
    /* Hands on what the worker lacks, if there is a bridge to it; else, and when it
     * is too soon, later. */
    void send();

private:
    static void interval_over(GpuAgentCursor *cursor);

    /* Of this opening of the port. */
    struct Pointer {
        red::shared_ptr<GpuCursorShape> shape; /* NULL: the agent sent none */
        bool has_position = false;
        port_cursor_move position{};
        bool shape_unsent = false, position_unsent = false; /* to the worker */
    };

    GpuDevice *const device;
    GpuTrace *const trace;
    SpiceTimer *const timer;
    bool interval_runs = false; /* since something was handed on */
    Pointer pointer;
};

#include "pop-visibility.h"

#endif
