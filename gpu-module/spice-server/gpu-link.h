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

#include "cursor.h"
#include "flow.h"
#include "gpu-trace.h"
#include "port-protocol.h"
#include "red-common.h"
#include "utils.hpp"

#include "push-visibility.h"

class GpuDevice;
struct CursorChannel;
struct DisplayChannel;

/* The body of a message as it came out of the port, the only copy of it. */
struct GpuBody: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR
    explicit GpuBody(const red::shared_ptr<GpuTrace> &init_trace): trace(init_trace) {}
    ~GpuBody()
    {
        g_free(bytes);
        trace->buffer_freed(capacity);
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

    uint64_t id = 0;       /* the agent's, where it tells one; else the sequence */
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

    /* The worker has not yet taken the last CURSOR. */
    std::atomic<bool> cursor_on_its_way{false};

    /* Frames left out for a client slower than the fastest; for feedback. */
    std::atomic<uint64_t> dropped{0};

    unsigned in_flight() const { return handed - taken + shortest_queue; }
    bool has_credit() const { return in_flight() < FLOW_WINDOW_FRAMES; }
};

/* Main to worker. `link`, `frame` and `shape` are references that the receiver
 * takes over. */
struct GpuWorkerMessage {
    enum Kind { PORT_OPENED, PORT_CLOSED, FORMAT, FRAME, CURSOR } kind;
    DisplayChannel *display;
    GpuLink *link;
    GpuFrame *frame;
    port_format format;
    CursorChannel *cursor_channel;
    GpuCursorShape *shape; /* CURSOR: NULL when the shape stays */
    bool moved;            /* CURSOR: to `position` */
    port_cursor_move position;
};

/* Worker to main. `link` is a reference that the receiver takes over; NULL with
 * TABLET_SIZE, which is true whether the port is open or not. */
struct GpuMainMessage {
    enum Kind { START, STOP, REQUEST_KEY_FRAME, CREDIT, TABLET_SIZE } kind;
    GpuLink *link;
    /* START: preferred ones first. */
    uint8_t codecs[PORT_CODECS_KNOWN];
    unsigned codec_count;
    uint32_t width_px, height_px; /* TABLET_SIZE: 0 for the vGPU's */
};

/* Handlers for Dispatcher::send_message_custom(), run in the receiving thread. */
void gpu_display_handle_message(void *worker, GpuWorkerMessage *message);
void gpu_device_handle_message(void *reds, GpuMainMessage *message);

#include "pop-visibility.h"

#endif
