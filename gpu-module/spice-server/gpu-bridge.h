/*
 * gpu-bridge: what the two threads of the GPU module share, for one opening of
 * the port.
 *
 *   main loop                             display worker
 *   GpuDevice (the port)  -- queue ---->  GpuDisplay (owner, clients, stream)
 *                         <--- wishes --
 *
 * The main loop never waits for the worker. An opening alone crosses the QXL
 * device's dispatcher, which is a blocking socket pair, and there is never more
 * than one under way. All else goes through the bridge's queue, of which the
 * worker is woken by an eventfd; a full queue is an end of the credit. Closing is
 * a flag, which needs no room.
 *
 * Nor does the worker wait for the main loop, which may itself be waiting for
 * the worker in one of upstream's calls: what it wishes is state in the bridge,
 * the newest wish in place of the one before, and at most one message for each
 * bridge is on its way through the main dispatcher to have it looked at.
 */
#ifndef GPU_BRIDGE_H_
#define GPU_BRIDGE_H_

#include <atomic>

#include "protocol/cursor-shape.h"
#include "gpu-module/flow.h"
#include "gpu-trace.h"
#include "gpu-module/message-queue.h"
#include "protocol/port-protocol.h"
#include "red-common.h"
#include "utils.hpp"

#include "push-visibility.h"

class GpuDevice;
struct CursorChannel;
struct DisplayChannel;
class MainDispatcher;

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
    bool sound_plays = false; /* as the main loop knows it: display-clock.h */

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

struct GpuBridge: public red::shared_ptr_counted {
    SPICE_CXX_GLIB_ALLOCATOR
    explicit GpuBridge(const red::shared_ptr<GpuTrace> &init_trace): trace(init_trace) {}
    ~GpuBridge();

    /* --- Main loop --- */

    /* Sends the opening to the worker. False when it cannot be served. */
    bool announce(DisplayChannel *display, CursorChannel *cursor_channel);
    /* The worker has not taken up the opening yet: no other one now. */
    bool is_under_way() const { return announced && !taken_up; }
    /* Nothing more is given to it. */
    void close();
    /* Only with has_credit(), or a CURSOR that is the only one; its body is a
     * reference that the bridge takes over. */
    void hand(const queued_message &message);
    /* The frames of the window and the room in the queue. Worker, too. */
    bool has_credit() const;
    unsigned in_flight() const { return flow_in_flight(&credit); }

    /* --- Worker --- */

    /* The opening has arrived: the main loop may send another one. */
    void take_up(MainDispatcher *main);
    /* What is signalled from now on is seen by the next look. */
    void begin_look();
    /* There is more. */
    void look_again() { signal(); }
    /* The next message; its body becomes the receiver's. */
    bool take(queued_message *message);
    /* Lets go of what is in the queue: its time is over. */
    void forget_messages();
    void credit_changed(MainDispatcher *main, unsigned frames_taken, unsigned shortest_queue);
    /* The agent is to capture with one of these codecs, the best first; with
     * none, to stop. */
    void wish_codecs(MainDispatcher *main, const uint8_t *codecs, unsigned count);
    void wish_key_frame(MainDispatcher *main);
    void tablet_changed(MainDispatcher *main);
    /* The worker's display is gone, or shows another port: nobody takes anything
     * any more, and the device reads on for nobody. */
    void abandon(MainDispatcher *main);

    const red::shared_ptr<GpuTrace> trace;
    int event_fd = -1; /* readable: look at the queue and at `closed`; from announce() on */

    /* Main loop only. */
    GpuDevice *device = nullptr; /* NULL once it is gone, or has another bridge */
    uint64_t codecs_seen = 0;    /* of `codecs`, by the device */

    /* Main loop to worker. */
    std::atomic<bool> closed{false};

    /* Worker to main loop, each taken off by who heeds it. */
    struct {
        std::atomic<uint64_t> codecs{0}; /* ordinal of the wish, and 4 bits a codec */
        std::atomic<bool> key_frame{false};
        std::atomic<bool> read_on{false};
        std::atomic<bool> tablet{false};
    } wishes;
    std::atomic<bool> abandoned{false};
    /* Frames left out for a client slower than the fastest; for feedback. */
    std::atomic<uint64_t> dropped{0};

    /* The worker has not yet taken the last CURSOR. */
    std::atomic<bool> cursor_on_its_way{false};
    /* The device has stopped reading; whoever clears it wakes the device. */
    std::atomic<bool> starved{false};
    /* A message is on its way to the main loop. */
    std::atomic<bool> woken{false};

private:
    void signal();
    void wake(MainDispatcher *main);

    bool announced = false; /* main loop only */
    std::atomic<bool> taken_up{false};
    message_queue queue{};
    flow_credit credit{};
};

/* Codecs of a wish, preferred ones first, as wish_codecs() has put them. */
unsigned gpu_bridge_codecs(uint64_t wish, uint8_t ret_codecs[PORT_CODECS_KNOWN]);

/* Main to worker. `bridge` is a reference that the receiver takes over. */
struct GpuOpening {
    GpuBridge *bridge;
    DisplayChannel *display;
    CursorChannel *cursor_channel;
};

/* Worker to main: look at the bridge's wishes. `bridge` is as above. */
struct GpuWishes {
    GpuBridge *bridge;
};

/* Handlers for Dispatcher::send_message_custom(), run in the receiving thread. */
void gpu_display_take_up(void *worker, GpuOpening *message);
void gpu_device_heed(void *reds, GpuWishes *message);

#include "pop-visibility.h"

#endif
