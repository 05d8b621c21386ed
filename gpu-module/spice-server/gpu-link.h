/*
 * gpu-link: what the two threads of the GPU module share.
 *
 *   main loop                             display worker
 *   GpuDevice (the port)  -- messages ->  GpuDisplay (owner, clients, stream)
 *                         <- messages --
 *
 * Main to worker goes through the QXL device's dispatcher, worker to main
 * through the main dispatcher. Both are blocking socket pairs: only because
 * the device takes no frame without credit can neither ever fill up.
 */
#ifndef GPU_LINK_H_
#define GPU_LINK_H_

#include <atomic>

#include "flow.h"
#include "gpu-trace.h"
#include "port-protocol.h"
#include "red-common.h"
#include "utils.hpp"

#include "push-visibility.h"

class GpuDevice;
struct DisplayChannel;

/* One access unit as it came out of the port, the only copy of it. */
struct GpuFrame: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR
    explicit GpuFrame(const red::shared_ptr<GpuTrace> &init_trace): trace(init_trace) {}
    ~GpuFrame()
    {
        g_free(bytes);
        trace->buffer_freed(capacity);
    }

    const red::shared_ptr<GpuTrace> trace;
    uint8_t *bytes = nullptr;
    uint32_t size = 0;      /* announced by the guest */
    uint32_t capacity = 0;  /* allocated: grows with what really arrives */
    uint32_t unit_size = 0; /* without the trailer, where the agent appended it */
    bool key_frame = false;

    uint64_t id = 0;       /* the agent's, where it tells one; else the sequence */
    uint64_t sequence = 0; /* among those received, from 1 */
    uint64_t t2_ns = 0;    /* the first byte of its message was read */
    uint64_t t3_ns = 0;    /* the last byte */

    /* Worker only. */
    uint64_t t4_ns = 0;   /* a client's socket took the last byte; 0: none has */
    unsigned waiting = 0; /* clients in whose pipes it is */
    unsigned sent = 0;    /* clients that got it */
};

struct GpuLink: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR
    explicit GpuLink(const red::shared_ptr<GpuTrace> &init_trace): trace(init_trace) {}

    const red::shared_ptr<GpuTrace> trace;

    /* Main loop only: NULL once the device is gone. */
    GpuDevice *device = nullptr;

    /* Credit. Frames handed over by the device, frames that the worker has
     * queued or left out, and the queue of the fastest client. The device sets
     * `starved` before it stops reading; whoever clears it wakes the device. */
    std::atomic<unsigned> handed{0};
    std::atomic<unsigned> taken{0};
    std::atomic<unsigned> shortest_queue{0};
    std::atomic<bool> starved{false};

    bool has_credit() const
    {
        return handed - taken + shortest_queue < FLOW_WINDOW_FRAMES;
    }
};

/* Main to worker. `link` and `frame` are references that the receiver takes over. */
struct GpuWorkerMessage {
    enum Kind { PORT_OPENED, PORT_CLOSED, FORMAT, FRAME } kind;
    DisplayChannel *display;
    GpuLink *link;
    GpuFrame *frame;
    port_format format;
};

/* Worker to main. `link` is a reference that the receiver takes over. */
struct GpuMainMessage {
    enum Kind { START, STOP, REQUEST_KEY_FRAME, CREDIT } kind;
    GpuLink *link;
};

/* Handlers for Dispatcher::send_message_custom(), run in the receiving thread. */
void gpu_display_handle_message(void *worker, GpuWorkerMessage *message);
void gpu_device_handle_message(void *reds, GpuMainMessage *message);

#include "pop-visibility.h"

#endif
