#include <config.h>

#include "gpu-trace.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gpu-link.h"

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

/* Readers can map it, but neither write it nor change its size under us. -1
 * where the system has no such memory. */
static int create_fd()
{
    const int fd = memfd_create(COUNTERS_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd >= 0 && (ftruncate(fd, sizeof(gpu_counters)) < 0 ||
                    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Pages are there once they have been written: an unused port has one. */
static gpu_counters *map(int fd)
{
    void *mapped = mmap(nullptr, sizeof(gpu_counters), PROT_READ | PROT_WRITE,
                        fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) {
        g_error("GPU module: no memory for %zu bytes of counters", sizeof(gpu_counters));
    }
    return static_cast<gpu_counters *>(mapped);
}

GpuTrace::GpuTrace():
    fd(create_fd()),
    memory(map(fd))
{
    if (fd < 0) {
        g_info("GPU module: nobody can read the counters: %s", g_strerror(errno));
    } else {
        /* Only our mapping can be written from now on. An older kernel does not
         * know this seal: it protects the readers from each other, not us. */
        (void) fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
    }
    counters_init(memory);
}

GpuTrace::~GpuTrace()
{
    munmap(memory, sizeof(*memory));
    if (fd >= 0) {
        close(fd);
    }
}

void GpuTrace::port_opened(bool is_open, bool cut)
{
    counter_set(&memory->main.port_open, is_open);
    counter_add(&memory->main.port_opens, is_open);
    counter_add(&memory->main.frames_cut, cut);
    g_info("GPU module: the port was %s", is_open ? "opened" : "closed");
}

void GpuTrace::violated(bool cut)
{
    counter_add(&memory->main.violations, 1);
    counter_add(&memory->main.frames_cut, cut);
}

void GpuTrace::told_agent(bool start)
{
    counter_add(start ? &memory->main.starts : &memory->main.stops, 1);
    g_info("GPU module: the agent is told to %s", start ? "start" : "stop");
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
    struct frame_received received{};
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
    g_info("GPU module: a key frame is asked for after frame %" G_GUINT64_FORMAT, last_received_id);
    PROBE1(key_frame_request, last_received_id);
}

void GpuTrace::buffer_grew(uint32_t bytes, uint32_t moved)
{
    auto &main = memory->main;
    const uint64_t all =
        __atomic_add_fetch(&memory->shared.buffer_bytes, bytes, __ATOMIC_RELAXED);

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

void GpuTrace::settle(const GpuFrame *frame, frame_fate fate)
{
    struct frame_sent sent{};

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
