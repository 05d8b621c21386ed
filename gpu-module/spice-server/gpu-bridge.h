/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-bridge: what the two threads of the GPU module share, for one opening of
 * the port.
 *
 *   main loop                               display worker
 *   GpuDevice (the port)  --- messages -->  GpuDisplay (owner, clients, stream)
 *                         <-- requests ---
 *
 * The main loop never waits for the worker. An opening alone crosses the QXL
 * device's dispatcher, which is a blocking socket pair, and there is never more
 * than one under way. All else goes through the bridge's queue, of which the
 * worker is woken by an eventfd; a full queue is an end of the credit. Closing is
 * a flag, which needs no room.
 *
 * Nor does the worker wait for the main loop, which may itself be waiting for
 * the worker in one of upstream's calls: its requests are state in the bridge,
 * the newest in place of the one before, and at most one message for each bridge
 * is on its way through the main dispatcher to have them looked at.
 */
#ifndef GPU_BRIDGE_H_
#define GPU_BRIDGE_H_

#include "gpu-message.h"
#include "gpu-module/flow.h"
#include "gpu-module/message-queue.h"

#include <atomic>

#include "push-visibility.h"

class GpuDevice;
struct CursorChannel;
struct DisplayChannel;
class MainDispatcher;

struct GpuBridge: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR
    explicit GpuBridge(const red::shared_ptr<GpuTrace> &init_trace): trace(init_trace) {}
    ~GpuBridge();

    /* --- Main loop --- */

    /* Sends the opening to the worker. False when there is no file descriptor for
     * it: then the bridge leads nowhere. */
    bool announce(DisplayChannel *display, CursorChannel *cursor_channel);
    /* The worker has not accepted the opening yet: no other one now. */
    bool is_pending() const { return announced && !accepted; }
    /* Nothing more is sent over it. */
    void close();
    /* Only with has_credit(), or a CURSOR that is the only one. */
    void send(GpuMessage &&message);
    /* False when the worker has not taken the last CURSOR yet; else the next one
     * is due, and must be sent. */
    bool claim_cursor() { return !cursor_on_its_way.exchange(true); }
    /* The device stops reading for want of credit, and the worker is to request
     * that it goes on. False when there is credit by now. */
    bool wait_for_credit();

    /* Takes a request of the worker's; false when there is none. */
    bool take_codecs(uint8_t ret_codecs[PORT_CODECS_KNOWN], unsigned *ret_count);
    bool take_key_frame() { return requests.key_frame.exchange(false); }
    bool take_read_on() { return requests.read_on.exchange(false); }
    bool take_tablet() { return requests.tablet.exchange(false); }
    /* Before requests are taken: what is requested from now on wakes again. */
    void requests_seen() { woken = false; }

    /* --- Either --- */

    /* There is room in the window of frames and in the queue. */
    bool has_credit() const;
    /* Frames between the port and the fastest client's socket. */
    unsigned in_flight() const { return flow_in_flight(&credit); }

    /* --- Worker --- */

    /* The opening has arrived: the main loop may send another one. */
    void accept(MainDispatcher *main);
    /* Before messages are received: what is sent from now on signals again. */
    void clear_signal();
    /* Makes event_fd readable; also the main loop. */
    void signal();
    /* The next message; false when there is none. */
    bool receive(GpuMessage *ret_message);
    /* Drops what is in the queue: its time is over. */
    void discard_messages();
    /* So many frames more were taken, and the fastest client has so many. */
    void credit_changed(MainDispatcher *main, unsigned frames_taken, unsigned shortest_queue);
    /* The agent is to capture with one of these codecs, the best first; with
     * none, to stop. */
    void request_codecs(MainDispatcher *main, const uint8_t *codecs, unsigned count);
    void request_key_frame(MainDispatcher *main);
    /* The size that gpu_tablet_set_size() has set is to take effect. */
    void request_tablet(MainDispatcher *main);
    /* The worker's display is gone, or shows another port: nobody takes anything
     * any more, and the device reads on for nobody. */
    void abandon(MainDispatcher *main);

    const red::shared_ptr<GpuTrace> trace;
    int event_fd = -1; /* readable: look at the queue and at `closed`; from announce() on */

    /* Main loop only. NULL once the device is gone, or has another bridge. */
    GpuDevice *device = nullptr;

    /* Main loop to worker. */
    std::atomic<bool> closed{false};
    /* Worker to main loop. */
    std::atomic<bool> abandoned{false};
    /* Frames left out for a client slower than the fastest; for feedback. */
    std::atomic<uint64_t> dropped{0};

private:
    void wake(MainDispatcher *main);

    /* Main loop only. */
    bool announced = false;
    uint64_t codecs_taken = 0; /* the last value of requests.codecs */

    std::atomic<bool> accepted{false};
    std::atomic<bool> cursor_on_its_way{false};
    /* The device has stopped reading; whoever clears it wakes the device. */
    std::atomic<bool> starved{false};
    /* A message is on its way to the main loop. */
    std::atomic<bool> woken{false};
    struct {
        std::atomic<uint64_t> codecs{0}; /* ordinal of the request, and 4 bits a codec */
        std::atomic<bool> key_frame{false};
        std::atomic<bool> read_on{false};
        std::atomic<bool> tablet{false};
    } requests;

    flow_credit credit{};
    message_queue queue{};
    GpuMessage slots[MESSAGE_QUEUE_SIZE]; /* of the queue: each is one thread's at a time */
};

/* What crosses a dispatcher, which copies bytes: so it is sent as a pointer to
 * one of these, which the handler in the receiving thread takes over. */

/* Main loop to worker: the port was opened. The worker is alive as long as its
 * channels are, and handles this before they end. */
struct GpuOpening {
    SPICE_CXX_GLIB_ALLOCATOR
    red::shared_ptr<GpuBridge> bridge;
    DisplayChannel *display;
    CursorChannel *cursor_channel;
};
void gpu_display_accept_opening(void *worker, GpuOpening **message);

/* Worker to main loop: there are requests in the bridge. */
struct GpuRequests {
    SPICE_CXX_GLIB_ALLOCATOR
    red::shared_ptr<GpuBridge> bridge;
};
void gpu_device_handle_requests(void *reds, GpuRequests **message);

#include "pop-visibility.h"

#endif
