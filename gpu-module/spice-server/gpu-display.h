/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-display: the pGPU on a display channel, in the display's worker thread.
 *
 * Carries out what display-owner decides, with the messages of the existing
 * display channel only. While a client shows the pGPU a gate at the entrance
 * of its pipe keeps out everything that the vGPU would send (gpu-hooks.h), so
 * the vGPU's commands are consumed as if no client were connected, and its
 * drawing code needs no change.
 */
#ifndef GPU_DISPLAY_H_
#define GPU_DISPLAY_H_

#include "gpu-client.h"
#include "gpu-cursor.h"

#include "push-visibility.h"

struct CursorChannel;
struct DisplayChannel;
struct GpuBridge;
struct GpuFrame;
struct GpuMessage;
class GpuTrace;
class MainDispatcher;
struct RedClient;
struct VideoStream;

/* The display that the pGPU takes over: that of the first QXL device. */
#define GPU_DISPLAY_ID 0

/* That QXL device's display channel and its pointer's, NULL where there is none:
 * before the device is added and after it is removed. A channel of that id may
 * be another's: upstream's stream device registers a display channel of another
 * class, and a cursor channel that lives in the main loop. Main loop only, which
 * owns the list of channels: what it finds there is alive, and so is the worker
 * behind it until the main loop itself ends it. */
DisplayChannel *gpu_display_find(RedsState *reds);
CursorChannel *gpu_display_find_cursor(DisplayChannel *display);

/* The module's part of a display channel, in its private data. */
class GpuDisplay: public red::shared_ptr_counted
{
public:
    SPICE_CXX_GLIB_ALLOCATOR
    GpuDisplay(DisplayChannel *display, CursorChannel *cursor_channel);
    ~GpuDisplay();

    /* The port was opened, and `bridge` leads to its device. */
    void port_opened(const red::shared_ptr<GpuBridge> &bridge);

    /* --- What the hooks report (gpu-hooks.h) --- */

    void client_started(DisplayChannelClient *dcc);
    void client_stopped(GpuClient *client);
    void client_migrates(GpuClient *client);
    void client_cannot_decode(GpuClient *client);
    /* A GL_DRAW that the gate refused would leave the vGPU waiting for the client
     * to be done with it. */
    void complete_gl_draws_later();

    /* --- What the items in a client's pipe report when they end (gpu-stream.h) --- */

    void frame_sent(GpuClient *client);
    void switch_sent(GpuClient *client);

    /* --- What others ask --- */

    uint32_t stream_id() const;
    bool shows_pgpu(const RedClient *client) const;
    /* So many items wait for a client, in either channel. */
    void note_pipe(uint32_t items);

    GpuCursor cursor;

private:
    static const display_owner_ops ops;

    /* Port and clients: gpu-display.cpp. */
    void process_messages();
    void handle(const GpuMessage &message);
    void handle_frame(GpuFrame *frame);
    void send_frame(GpuClient *client);
    unsigned count_dropping() const;
    void port_closed();
    void leave_bridge();
    void credit_changed(unsigned frames_taken = 0);
    MainDispatcher *main_loop() const;
    static void repeat_last_frame(GpuDisplay *self);

    /* The switch: gpu-switch.cpp. */
    display_switch show_pgpu(GpuClient *client, const port_format &format);
    void show_vgpu(GpuClient *client);
    void give_back_to_vgpu(GpuClient *client);
    void end_switch(GpuClient *client);
    void shown_changed();
    bool take_stream();
    void release_stream_if_unused();
    void complete_gl_draws();
    void resume_switches();
    static void run_deferred(GpuDisplay *self);

    DisplayChannel *const display;
    red::shared_ptr<GpuBridge> bridge; /* to the device whose port is open */
    GSource *bridge_source = nullptr;  /* the bridge's eventfd */
    red::shared_ptr<GpuTrace> trace;   /* of the last bridge's port */
    display_owner owner;
    VideoStream *stream = nullptr;        /* our slot of the display's streams */
    GpuFrame *current_frame = nullptr;    /* during display_owner_frame() */
    red::shared_ptr<GpuFrame> last_frame; /* of a codec whose decoder may drop it */
    SpiceTimer *const repeat_timer;
    SpiceTimer *const deferred_timer;
    uint32_t tablet_width_px = 0, tablet_height_px = 0; /* as the main loop knows it */
};

#include "pop-visibility.h"

#endif
