/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-cursor: the pGPU's pointer on the existing cursor channel of the QXL
 * device, in the display's worker thread.
 *
 * A client sees the agent's pointer while its display shows the pGPU and the
 * agent has sent a shape since it opened the port; an agent that never sends
 * one leaves the vGPU's pointer in place. A gate at the entrance of the
 * client's pipe then keeps out what the vGPU does to its pointer; the channel
 * remembers that as ever, and on the way back the client is given it whole
 * (RESET, INIT). The last shape and position stay for clients that join later.
 *
 * However fast the agent is, a client has at most one of our items in its
 * pipe: it is filled when it is sent, with what the client lacks by then.
 */
#ifndef GPU_CURSOR_H_
#define GPU_CURSOR_H_

#include "protocol/port-protocol.h"
#include "red-pipe-item.h"
#include "utils.hpp"

#include "push-visibility.h"

class CursorChannelClient;
class GpuDisplay;
struct CursorChannel;
struct GpuCursorShape;

/* What the module keeps for each client of a cursor channel; in the client. */
struct GpuCursorClient {
    bool gate_shut = false; /* sees the pGPU's pointer */
    bool shape_unsent = false;
    bool position_unsent = false;
    bool queued = false; /* our item is in its pipe, for what is unsent */
};

/* The module's part of a cursor channel; owned by the display's. */
class GpuCursor
{
public:
    GpuCursor(GpuDisplay *display, CursorChannel *channel);
    ~GpuCursor();

    /* What the agent has sent. */
    void set(const red::shared_ptr<GpuCursorShape> &shape);
    void move(const port_cursor_move &position);
    /* Another agent, or none. */
    void forget();
    /* Some client's display has changed hands. */
    void shown_changed();
    /* send_item(): marshals our item; false when it is another's. */
    bool send_item(CursorChannelClient *ccc, RedPipeItem *item);

private:
    void update(CursorChannelClient *ccc);
    void send_set(CursorChannelClient *ccc, RedPipeItem *item);
    void send_move(CursorChannelClient *ccc);
    bool moves() const;

    GpuDisplay *const display;
    const red::shared_ptr<CursorChannel> channel;
    red::shared_ptr<GpuCursorShape> shape; /* NULL: the agent sent none */
    bool has_position = false;
    port_cursor_move position{};
};

#include "pop-visibility.h"

#endif
