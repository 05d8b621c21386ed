/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-trace: what happens to a frame, written into the port's counters
 * (counters.h) and passed to the USDT probes of provider `spice_gpu`.
 *
 *   frame_received(id, bytes, key frame)     main loop, at t3
 *   frame_sent(id, bytes, client)            worker, at t4, each client
 *   frame_dropped(id, enum frame_fate)    either; for one client, if others got it
 *   switched(client, 1 pGPU or 0 vGPU, id)   worker; id of the last frame taken
 *   key_frame_request(id)                    main loop; id of the last frame received
 *
 * A probe is a nop until somebody attaches to it. The first group of functions
 * belongs to the main loop, the second to the display's worker.
 *
 * t4 is taken when a frame's pipe item ends. That is after the writev() (with
 * TLS the SSL_write()) that took its message's last byte: the marshaller gives
 * its hold of the item back in msg_sent(), whether the message went at once or
 * in parts. The kernel has all of it then, but not necessarily the wire: what
 * the send buffer holds goes when the client takes it. On loopback
 * the client may have read the frame (t5) before the server's write returns.
 * An item that ends because its client is cut off in the middle of the message
 * counts as sent where an earlier write had begun it; those taken out of the
 * pipe do not.
 */
#ifndef GPU_TRACE_H_
#define GPU_TRACE_H_

#include "gpu-module/counters.h"
#include "gpu-module/log-rate.h"
#include "red-common.h"
#include "utils.hpp"

#include <time.h>

#include "push-visibility.h"

struct GpuFrame;

/* What a guest or a client can cause again and again, and the host is warned of. */
enum GpuWarning {
    /* Main loop. */
    GPU_WARNING_VIOLATION,
    GPU_WARNING_HANG,
    GPU_WARNING_NO_MEMORY,
    GPU_WARNING_NO_DISPLAY,
    GPU_WARNING_NO_DESCRIPTOR,
    GPU_WARNING_SIZE,
    /* Worker. */
    GPU_WARNING_NO_STREAM,
    GPU_WARNING_CANNOT_DECODE,
    GPU_WARNING_TAKEN_OVER,
    GPU_WARNING_CUT_OFF,
    GPU_WARNINGS
};

/* One for each port; the device, its bridges and its frames hold it. */
class GpuTrace: public red::shared_ptr_counted
{
public:
    SPICE_CXX_GLIB_ALLOCATOR
    GpuTrace();
    ~GpuTrace();

    static uint64_t now_ns()
    {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
    }

    /* For what is counted in one place only. */
    gpu_counters &counters() { return *memory; }

    /* Writes a line to the host's log, or counts it as left out (log-rate.h); in
     * the thread that GpuWarning gives. */
    void warn(GpuWarning kind, const char *format, ...) G_GNUC_PRINTF(3, 4);

    /* Main loop. `cut`: a frame was being read. */
    void port_opened(bool is_open, bool cut);
    void agent_hangs();
    void violated(bool cut, const char *error);
    void no_memory(bool cut, uint32_t bytes);
    void without_display(int display_id);
    void no_descriptor();
    void size_refused(uint32_t width_px, uint32_t height_px);
    void start_stop_written(bool start);
    void port_read(int bytes)
    {
        counter_add(&memory->main.port_reads, 1);
        counter_add(&memory->main.port_bytes, bytes);
    }
    void frame_scanned(size_t bytes) { counter_add(&memory->main.bytes_scanned, bytes); }
    void frame_received(GpuFrame *frame, bool has_display);
    void key_frame_requested();
    /* Bytes that a frame's buffer has grown by, with `moved` of them in it. */
    void buffer_grew(uint32_t bytes, uint32_t moved);

    /* Worker. */
    void switched(const void *client, bool to_pgpu);
    void switch_refused(unsigned streams);
    void cannot_decode();
    void taken_over();
    /* Queued for `frame->waiting` clients; `slow` others have no room for it. */
    void frame_offered(GpuFrame *frame, unsigned slow);
    void frame_too_late(GpuFrame *frame);
    void frame_sent(GpuFrame *frame, const void *client, uint32_t bytes);
    void frame_unsent(GpuFrame *frame);

    /* Whoever lets a frame go. */
    void buffer_freed(uint32_t bytes)
    {
        __atomic_fetch_sub(&memory->shared.buffer_bytes, bytes, __ATOMIC_RELAXED);
    }

private:
    void settle(const GpuFrame *frame, frame_fate fate);

    int fd; /* of the memory; -1: nobody else can read it */
    gpu_counters *memory;
    log_rate warnings[GPU_WARNINGS] = {};
    uint64_t last_received_id = 0, last_taken_id = 0;
};

#include "pop-visibility.h"

#endif
