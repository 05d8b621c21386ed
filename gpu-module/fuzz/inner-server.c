/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/fuzz/inner-server.h"

#include "harness/vm/sim/core-loop.h"
#include "protocol/fuzz/must.h"

#include <fcntl.h>
#include <spice/enums.h>
#include <spice/protocol.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Enough for any message and for some floods. */
#define PORT_MAX_BYTES (4u * 1024 * 1024)
#define SETTLE_ROUNDS_MAX 100000
#define LONG_TIMER_MS 2000

struct inner_server inner;

static struct port_parser from_host;
static int worker_stat = -1; /* /proc/self/task/TID/stat */
static void (*real_timer_start)(SpiceTimer *timer, uint32_t ms);
static void (*real_timer_cancel)(SpiceTimer *timer);
static GHashTable *held_timers; /* a set; NULL: no timers are held */
static unsigned hold_from_ms;

/* --- the port --------------------------------------------------------------- */

static int port_read(SpiceCharDeviceInstance *instance, uint8_t *to, int room)
{
    size_t bytes = MIN((size_t)room, inner.to_host->len - inner.to_host_read);

    bytes = MIN(bytes, inner.read_max);
    if (bytes > 0)
        memcpy(to, inner.to_host->data + inner.to_host_read, bytes);
    inner.to_host_read += bytes;
    return (int)bytes;
}

static void on_host_message(const struct port_event *event)
{
    must(event->kind != PORT_EVENT_ERROR && event->kind != PORT_EVENT_SKIPPED);
    if (event->kind == PORT_EVENT_START_STOP) {
        inner.started = event->bytes > 0;
        ++*(inner.started ? &inner.starts : &inner.stops);
    } else if (event->kind == PORT_EVENT_CAPABILITIES) {
        inner.capabilities++;
    } else if (event->kind == PORT_EVENT_FEEDBACK) {
        inner.frames_dropped += event->feedback.frames_dropped;
    } else if (event->kind == PORT_EVENT_NOTIFY_ERROR) {
        must(++inner.errors == 1);
    }
}

static int port_write(SpiceCharDeviceInstance *instance, const uint8_t *bytes, int size)
{
    if (!inner.port_open || inner.guest_blocks)
        return 0;
    for (size_t left = (size_t)size; left > 0;) {
        struct port_event event;
        uint8_t *where;
        size_t wanted;
        port_parser_want(&from_host, &where, &wanted);
        wanted = MIN(wanted, left);
        memcpy(where, bytes, wanted);
        bytes += wanted;
        left -= wanted;
        port_parser_got(&from_host, wanted, &event);
        on_host_message(&event);
    }
    return size;
}

static void port_state(SpiceCharDeviceInstance *instance, int connected) {}

static const SpiceCharDeviceInterface port_interface = {
    .base =
        {
            .type = SPICE_INTERFACE_CHAR_DEVICE,
            .description = "port",
            .major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
            .minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
        },
    .state = port_state,
    .write = port_write,
    .read = port_read,
    .flags = SPICE_CHAR_DEVICE_NOTIFY_WRITABLE, /* no retry timer */
};

void inner_port_set_open(bool open)
{
    inner.port_open = open;
    inner.guest_blocks = inner.started = false;
    inner.capabilities = inner.starts = inner.stops = inner.errors = 0;
    inner.frames_dropped = 0;
    g_byte_array_set_size(inner.to_host, 0);
    inner.to_host_read = 0;
    port_parser_init(&from_host, PORT_READER_GUEST);
    port_parser_announced(&from_host, PORT_EXTENSIONS_ALL); /* the guest reads all of them */
    if (open && inner.first)
        fake_client_port_opens(inner.first);
    if (open && inner.second)
        fake_client_port_opens(inner.second);
    spice_server_port_event(&inner.port, open ? SPICE_PORT_EVENT_OPENED : SPICE_PORT_EVENT_CLOSED);
}

void inner_guest_write(const void *bytes, size_t size)
{
    if (inner.port_open && inner.to_host->len + size <= PORT_MAX_BYTES)
        g_byte_array_append(inner.to_host, bytes, (unsigned)size);
}

void inner_guest_format(const struct port_format *format)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];

    port_compose_format(message, sizeof message, format);
    inner_guest_write(message, sizeof message);
}

void inner_guest_frame(bool key_frame, unsigned codec)
{
/* clang-format off */
#define FRAME_OF(...) { sizeof((const uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ } }
    /* clang-format on */
    static const struct {
        uint32_t size;
        uint8_t bytes[40];
    } frames[PORT_CODECS_KNOWN][2] = {
        /* a frame, a key frame */
        [PORT_CODEC_H264 - 1] = {FRAME_OF(0, 0, 0, 1, 0x41, 0x9a),
                                 FRAME_OF(0, 0, 0, 1, 0x67, 0x42, 0, 0, 0, 1, 0x68, 0xce, 0, 0, 0,
                                          1, 0x65, 0x88, 0x84)},
        [PORT_CODEC_VP8 - 1] = {FRAME_OF(0x31, 0, 0, 7),
                                FRAME_OF(0x30, 0, 0, 0x9d, 1, 0x2a, 64, 0, 64, 0, 7)},
        [PORT_CODEC_MJPEG - 1] = {FRAME_OF(0xff, 0xd8, 0xff, 0xd9),
                                  FRAME_OF(0xff, 0xd8, 0xff, 0xd9)},
        [PORT_CODEC_VP9 - 1] = {FRAME_OF(0x86, 0), FRAME_OF(0x82, 0x49, 0x83, 0x42, 0)},
        [PORT_CODEC_H265 - 1] = {FRAME_OF(0, 0, 0, 1, 0x02, 1, 0xaf),
                                 FRAME_OF(0, 0, 0, 1, 0x40, 1, 0, 0, 0, 1, 0x42, 1, 0, 0, 0, 1,
                                          0x44, 1, 0, 0, 0, 1, 0x26, 1, 0xaf)},
    };
    const unsigned index = codec >= 1 && codec <= PORT_CODECS_KNOWN ? codec : PORT_CODEC_H264;
    uint8_t header[PORT_HEADER_BYTES];

    port_compose_header(header, sizeof header, PORT_DATA, frames[index - 1][key_frame].size);
    inner_guest_write(header, sizeof header);
    inner_guest_write(frames[index - 1][key_frame].bytes, frames[index - 1][key_frame].size);
}

/* --- the rest of the VM ------------------------------------------------------ */

static void find_worker(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    const char *task;

    worker_stat = -1;
    while ((task = g_dir_read_name(tasks))) {
        g_autofree char *path = g_build_filename("/proc/self/task", task, "stat", NULL);
        g_autofree char *stat = NULL;
        if (g_file_get_contents(path, &stat, NULL, NULL) && strstr(stat, "(SPICE Worker)"))
            worker_stat = open(path, O_RDONLY | O_CLOEXEC);
    }
    must(worker_stat >= 0);
}

static bool serve_clients(void)
{
    bool served = inner.first && fake_client_serve(inner.first);
    return (inner.second && fake_client_serve(inner.second)) || served;
}

static bool clients_are_read(void)
{
    return (!inner.first || fake_client_is_read(inner.first)) &&
           (!inner.second || fake_client_is_read(inner.second));
}

/* Whether the worker sleeps, which it does only in poll(), or does not exist. */
static bool worker_sleeps(void)
{
    char stat[256];
    if (worker_stat < 0)
        return true;
    ssize_t size = pread(worker_stat, stat, sizeof stat - 1, 0);

    must(size > 0);
    stat[size] = '\0';
    return strstr(stat, ") S ") != NULL;
}

void inner_settle(void)
{
    bool busy = true;

    for (unsigned rounds = 0; busy; rounds++) {
        unsigned unread = inner.to_host->len - inner.to_host_read;
        must(rounds < SETTLE_ROUNDS_MAX);
        spice_server_char_device_wakeup(&inner.port);
        busy = unread != inner.to_host->len - inner.to_host_read;
        while (g_main_context_iteration(NULL, false))
            busy = true;
        busy = !clients_are_read() || busy;
        if (worker_stat >= 0)
            qxl_device_flush(inner.vgpu);
        busy = !worker_sleeps() || busy;
        busy = serve_clients() || busy;
        busy = g_main_context_pending(NULL) || busy;
    }
}

void inner_plug_in(void)
{
    inner.vgpu = qxl_device_create(inner.server, 0, INNER_VGPU_WIDTH_PX, INNER_VGPU_HEIGHT_PX);
    spice_server_vm_start(inner.server);
    find_worker();
}

void inner_unplug(void)
{
    close(worker_stat);
    worker_stat = -1;
    qxl_device_unplug(inner.vgpu);
}

void inner_forget_vgpu(void)
{
    g_clear_pointer(&inner.vgpu, qxl_device_destroy);
}

/* --- set-up ------------------------------------------------------------------ */

static _Atomic int64_t skipped_ms;

/* Replaces libc's function. */
int clock_gettime(clockid_t clock, struct timespec *ret_now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, ret_now);
    if (clock == CLOCK_MONOTONIC) {
        const int64_t skipped = skipped_ms, ns = ret_now->tv_nsec + skipped % 1000 * 1000000;
        ret_now->tv_sec += skipped / 1000 + ns / 1000000000;
        ret_now->tv_nsec = ns % 1000000000;
    }
    return result;
}

/* The server's own periodic timers take some seconds, and are not changed. */
static void timer_start(SpiceTimer *timer, uint32_t ms)
{
    if (held_timers && ms >= hold_from_ms && ms < LONG_TIMER_MS) {
        g_hash_table_add(held_timers, timer);
        return;
    }
    if (ms < LONG_TIMER_MS) {
        skipped_ms += ms;
        ms = 0;
    }
    real_timer_start(timer, ms);
}

static void timer_cancel(SpiceTimer *timer)
{
    if (held_timers)
        g_hash_table_remove(held_timers, timer);
    real_timer_cancel(timer);
}

void inner_hold_timers(unsigned from_ms)
{
    hold_from_ms = from_ms;
    held_timers = g_hash_table_new(NULL, NULL);
}

void inner_release_timers(void)
{
    g_autoptr(GHashTable) held = g_steal_pointer(&held_timers);
    GHashTableIter iter;
    void *timer;

    if (!held)
        return;
    g_hash_table_iter_init(&iter, held);
    while (g_hash_table_iter_next(&iter, &timer, NULL))
        timer_start(timer, 0);
}

static void on_client(bool connected, void *data) {}

/* Each violation of the protocol logs a warning, as it should. A critical message is a
 * defect. */
static void ignore(const char *domain, GLogLevelFlags level, const char *text, void *data) {}

static void die(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    fprintf(stderr, "%s\n", text);
    must(!"no critical message of the server");
}

void inner_server_start(void)
{
    SpiceCoreInterface *core = core_loop_interface(on_client, NULL);

    g_setenv("SPICE_DEBUG_ALLOW_MC", "1", true); /* several clients */
    g_log_set_handler("Spice", G_LOG_LEVEL_MASK, ignore, NULL);
    g_log_set_handler("Spice", G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL, die,
                      NULL);
    real_timer_start = core->timer_start;
    real_timer_cancel = core->timer_cancel;
    core->timer_start = timer_start;
    core->timer_cancel = timer_cancel;
    inner.to_host = g_byte_array_new();
    inner.read_max = SIZE_MAX;

    inner.server = spice_server_new();
    spice_server_set_noauth(inner.server);
    spice_server_set_streaming_video(inner.server, SPICE_STREAM_VIDEO_OFF);
    spice_server_set_image_compression(inner.server, SPICE_IMAGE_COMPRESSION_OFF);
    must(spice_server_init(inner.server, core) == 0);
    inner_plug_in();

    inner.port.base.sif = &port_interface.base;
    inner.port.subtype = "port";
    inner.port.portname = PORT_NAME;
    must(spice_server_add_interface(inner.server, &inner.port.base) == 0);
}
