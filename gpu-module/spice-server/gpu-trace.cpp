/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-trace.h"

#include "gpu-message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define PROBE1(name, a) DTRACE_PROBE1(spice_gpu, name, a)
#define PROBE2(name, a, b) DTRACE_PROBE2(spice_gpu, name, a, b)
#define PROBE3(name, a, b, c) DTRACE_PROBE3(spice_gpu, name, a, b, c)
#else
#define PROBE1(name, a)
#define PROBE2(name, a, b)
#define PROBE3(name, a, b, c)
#endif

/* Written where nobody can read it, by all ports that have no memory to share:
 * to observe the module is never worth the VM. */
static gpu_counters unread;

/* A file that grows beyond this limit is answered by a signal that ends QEMU. */
static bool may_have_file_of(size_t bytes)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur >= bytes) {
        return true;
    }
    errno = EFBIG;
    return false;
}

/* Readers can map it, but neither write it nor change its size under us. NULL
 * and errno when the system lacks it, or the host's policy refuses any step.
 * Pages are there once they have been written: an unused port has one. */
static gpu_counters *share_memory(int fd)
{
    if (fd < 0 || !may_have_file_of(sizeof(gpu_counters)) ||
        ftruncate(fd, sizeof(gpu_counters)) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0) {
        return nullptr;
    }
    void *mapped = mmap(nullptr, sizeof(gpu_counters), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return mapped == MAP_FAILED ? nullptr : static_cast<gpu_counters *>(mapped);
}

GpuTrace::GpuTrace():
    fd(memfd_create(COUNTERS_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING)), memory(share_memory(fd))
{
    if (memory) {
        /* Only our mapping can be written from now on. An older kernel does not
         * know this seal: it protects the readers from each other, not us. */
        (void)fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
    } else {
        g_warning("GPU module: its counters cannot be read, all else works: memory that is shared "
                  "by memfd_create() and mmap() is refused: %s",
                  g_strerror(errno));
        if (fd >= 0) {
            close(fd);
            fd = -1;
        }
        memory = &unread;
    }
    counters_init(memory);
}

GpuTrace::~GpuTrace()
{
    if (fd >= 0) {
        munmap(memory, sizeof(*memory));
        close(fd);
    }
}

void GpuTrace::warn(GpuWarning kind, const char *format, ...)
{
    uint64_t left_out;

    if (!log_rate_allows(&warnings[kind], now_ns(), &left_out)) {
        counter_add(kind < GPU_WARNING_NO_STREAM ? &memory->main.main_warnings_left_out
                                                 : &memory->worker.worker_warnings_left_out,
                    1);
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (left_out > 0) {
        g_warning("GPU module: %s (%" G_GUINT64_FORMAT " lines like this were left out before)",
                  text, left_out);
    } else {
        g_warning("GPU module: %s", text);
    }
}

void GpuTrace::port_opened(bool is_open, bool cut)
{
    counter_set(&memory->main.port_open, is_open);
    counter_add(&memory->main.port_opens, is_open);
    counter_add(&memory->main.frames_cut, cut);
    g_info("GPU module: the port was %s", is_open ? "opened" : "closed");
}

void GpuTrace::violated(bool cut, const char *error)
{
    counter_add(&memory->main.violations, 1);
    counter_add(&memory->main.frames_cut, cut);
    warn(GPU_WARNING_VIOLATION, "the agent broke the protocol, showing the vGPU: %s", error);
}

void GpuTrace::agent_hangs()
{
    counter_add(&memory->main.hangs, 1);
    warn(GPU_WARNING_HANG,
         "no sign of life of the agent for %d s, showing the vGPU until it goes on",
         PORT_HEARTBEAT_TIMEOUT_MS / 1000);
}

void GpuTrace::no_memory(bool cut, uint32_t bytes)
{
    counter_add(&memory->main.bodies_without_memory, 1);
    counter_add(&memory->main.frames_cut, cut);
    warn(GPU_WARNING_NO_MEMORY,
         "no memory for %u bytes of what the agent sends, showing the vGPU: "
         "give QEMU more",
         bytes);
}

void GpuTrace::without_display(int display_id)
{
    counter_add(&memory->main.opens_without_display, 1);
    warn(GPU_WARNING_NO_DISPLAY,
         "the port was opened, but there is no QXL display %d to show the "
         "pGPU on",
         display_id);
}

void GpuTrace::no_descriptor()
{
    counter_add(&memory->main.opens_without_descriptor, 1);
    warn(GPU_WARNING_NO_DESCRIPTOR,
         "no file descriptor left for the pGPU, the vGPU stays visible: "
         "raise QEMU's limit of open files: %s",
         g_strerror(errno));
}

void GpuTrace::size_refused(uint32_t width_px, uint32_t height_px)
{
    counter_add(&memory->main.sizes_refused, 1);
    warn(GPU_WARNING_SIZE,
         "the agent's picture of %ux%u is larger than SPICE_GPU_MAX_SIZE allows, "
         "showing the vGPU",
         width_px, height_px);
}

void GpuTrace::start_stop_written(bool start)
{
    counter_add(start ? &memory->main.starts : &memory->main.stops, 1);
    g_info("GPU module: %s was written to the agent", start ? "START" : "STOP");
}

void GpuTrace::frame_received(GpuFrame *frame, bool has_display)
{
    auto &main = memory->main;
    const uint64_t sequence = counter_get(&main.frames_received) + 1;

    frame->sequence = sequence;
    if (frame->id == 0) {
        frame->id = sequence;
    }
    last_received_id = frame->id;
    counter_add(&main.key_frames_received, frame->key_frame);
    counter_add(&main.bytes_received, frame->size);
    struct frame_received received = {};
    received.sequence = sequence;
    received.id = frame->id;
    received.opening = counter_get(&main.port_opens);
    received.bytes = frame->size;
    received.flags = (frame->key_frame ? FRAME_KEY_FRAME : 0) | (has_display ? FRAME_HANDED : 0);
    received.t2_ns = frame->t2_ns;
    received.t3_ns = frame->t3_ns;
    counters_note_received(memory, &received);
    PROBE3(frame_received, frame->id, frame->size, frame->key_frame);
    if (!has_display) {
        counter_add(&main.frames_without_display, 1);
        PROBE2(frame_dropped, frame->id, FRAME_NOWHERE);
    }
}

void GpuTrace::key_frame_requested()
{
    counter_add(&memory->main.key_frame_requests, 1);
    g_info("GPU module: a key frame is requested after frame %" G_GUINT64_FORMAT, last_received_id);
    PROBE1(key_frame_request, last_received_id);
}

void GpuTrace::buffer_grew(uint32_t bytes, uint32_t moved)
{
    auto &main = memory->main;
    const uint64_t all = __atomic_add_fetch(&memory->shared.buffer_bytes, bytes, __ATOMIC_RELAXED);

    counter_add(&main.bytes_moved, moved);
    if (all > counter_get(&main.buffer_bytes_max)) {
        counter_set(&main.buffer_bytes_max, all);
    }
}

void GpuTrace::switched(const void *client, bool to_pgpu)
{
    auto &worker = memory->worker;

    counter_add(to_pgpu ? &worker.switches_to_pgpu : &worker.switches_to_vgpu, 1);
    PROBE3(switched, client, to_pgpu, last_taken_id);
}

void GpuTrace::switch_refused(unsigned streams)
{
    counter_add(&memory->worker.switches_refused, 1);
    warn(GPU_WARNING_NO_STREAM,
         "all %u streams of the display are in use by the vGPU, it stays "
         "visible",
         streams);
}

void GpuTrace::cannot_decode()
{
    counter_add(&memory->worker.clients_cannot_decode, 1);
    warn(GPU_WARNING_CANNOT_DECODE,
         "a client cannot decode the pGPU's stream although it announced "
         "the codec, it gets the vGPU; are its GStreamer plugins complete?");
}

void GpuTrace::taken_over()
{
    counter_add(&memory->worker.displays_taken_over, 1);
    warn(GPU_WARNING_TAKEN_OVER, "another port of the name " PORT_NAME " was opened, its pGPU is "
                                 "shown from now on: give the VM one such port");
}

void GpuTrace::settle(const GpuFrame *frame, frame_fate fate)
{
    struct frame_sent sent = {};

    sent.sequence = frame->sequence;
    sent.t4_ns = frame->t4_ns;
    sent.clients = frame->sent;
    sent.waiting = frame->waiting;
    sent.fate = frame->sent > 0 ? FRAME_SENT : frame->waiting > 0 ? FRAME_WAITS : fate;
    counters_note_sent(memory, &sent);
}

void GpuTrace::frame_offered(GpuFrame *frame, unsigned slow)
{
    auto &worker = memory->worker;

    last_taken_id = frame->id;
    counter_add(&worker.queued_all, frame->waiting);
    counter_add(&worker.frames_slow_client, slow);
    if (slow > 0) {
        PROBE2(frame_dropped, frame->id, FRAME_SLOW);
    } else if (frame->waiting == 0) {
        counter_add(&worker.frames_unwanted, 1);
        PROBE2(frame_dropped, frame->id, FRAME_UNWANTED);
    }
    if (frame->waiting == 0) {
        settle(frame, slow > 0 ? FRAME_SLOW : FRAME_UNWANTED);
    }
}

void GpuTrace::frame_too_late(GpuFrame *frame)
{
    counter_add(&memory->worker.frames_too_late, 1);
    PROBE2(frame_dropped, frame->id, FRAME_TOO_LATE);
    settle(frame, FRAME_TOO_LATE);
}

void GpuTrace::frame_sent(GpuFrame *frame, const void *client, uint32_t bytes)
{
    auto &worker = memory->worker;

    if (frame->sent++ == 0) {
        frame->t4_ns = now_ns();
    }
    frame->waiting--;
    counter_add(&worker.queued_all, -1);
    counter_add(&worker.frames_sent, 1);
    counter_add(&worker.bytes_sent, bytes);
    PROBE3(frame_sent, frame->id, bytes, client);
    settle(frame, FRAME_SENT);
}

void GpuTrace::frame_unsent(GpuFrame *frame)
{
    auto &worker = memory->worker;

    frame->waiting--;
    counter_add(&worker.queued_all, -1);
    counter_add(&worker.frames_unsent, 1);
    PROBE2(frame_dropped, frame->id, FRAME_UNSENT);
    settle(frame, FRAME_UNSENT);
}
