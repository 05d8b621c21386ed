/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-agent-cursor.h"

#include "gpu-device.h"
#include "reds.h"

/* The pointer is handed on as often as a mouse reports its position (USB, 125 Hz);
 * what comes in between is replaced by what comes later. */
#define CURSOR_INTERVAL_MS 8

GpuAgentCursor::GpuAgentCursor(RedsState *reds, GpuDevice *init_device, GpuTrace *init_trace):
    device(init_device), trace(init_trace),
    timer(reds_core_timer_add(reds, GpuAgentCursor::interval_over, this))
{
}

GpuAgentCursor::~GpuAgentCursor()
{
    red_timer_remove(timer);
}

void GpuAgentCursor::set(const red::shared_ptr<GpuCursorShape> &shape)
{
    pointer.shape = shape;
    pointer.shape_unsent = true;
    send();
}

void GpuAgentCursor::move(const port_cursor_move &position)
{
    pointer.position = position;
    pointer.has_position = pointer.position_unsent = true;
    send();
}

void GpuAgentCursor::repeat()
{
    pointer.shape_unsent = pointer.shape;
    pointer.position_unsent = pointer.has_position;
}

void GpuAgentCursor::send()
{
    if (interval_runs || (!pointer.shape_unsent && !pointer.position_unsent)) {
        return;
    }
    GpuBridge *const bridge = device->bridge_to_display();
    if (!bridge) {
        return;
    }
    if (bridge->claim_cursor()) {
        GpuMessage message;
        message.kind = GpuMessage::CURSOR;
        if (pointer.shape_unsent) {
            message.shape = pointer.shape;
        }
        message.moved = pointer.position_unsent;
        message.position = pointer.position;
        bridge->send(std::move(message));
        pointer.shape_unsent = pointer.position_unsent = false;
    }
    interval_runs = true;
    red_timer_start(timer, CURSOR_INTERVAL_MS);
}

void GpuAgentCursor::interval_over(GpuAgentCursor *cursor)
{
    counter_add(&cursor->trace->counters().main.main_wakeups, 1);
    cursor->interval_runs = false;
    cursor->send();
}
