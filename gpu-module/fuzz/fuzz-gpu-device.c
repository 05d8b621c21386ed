/*
 * Fuzzes the whole GPU module in a real SPICE server of this process: a vGPU that
 * may be unplugged, a port on which the input plays the guest, one client that is
 * always there and a second one that comes and goes, with other codecs, and may
 * stop reading (fake-client). Held against it, for each input:
 *
 *   - what the clients are sent is what a client may be sent (fake-client.c);
 *   - what the guest is sent is the protocol, with one NOTIFY_ERROR at most;
 *   - who reports that it cannot decode gets the vGPU, and no such stream again;
 *   - once the port is closed the clients show the vGPU and its pointer;
 *   - an honest guest that comes next is served.
 *
 * Input: a byte for what happens, one for its argument, and for BYTES as many
 * as the argument says. The worker is a thread of its own; all that it has to
 * do is done wherever `settle` is called. Timers expire at once, and the clock
 * of the whole process is put forward by what they would have taken.
 */
#include "gpu-module/fuzz/fake-client.h"
#include "gpu-module/fuzz/must.h"
#include "gpu-module/port-protocol.h"
#include "harness/vm-sim/core-loop.h"
#include "harness/vm-sim/qxl-device.h"

#include <fcntl.h>
#include <glib.h>
#include <spice.h>
#include <spice/enums.h>
#include <spice/protocol.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define VGPU_WIDTH_PX 64
#define VGPU_HEIGHT_PX 48
/* Enough for each message and some floods. */
#define PORT_MAX_BYTES (4u * 1024 * 1024)
#define FLOOD_MESSAGES 64
#define SETTLE_ROUNDS_MAX 100000
/* The vGPU's commands that its ring holds: more would wait for the worker. */
#define DRAWINGS_MAX 16
#define ALL_CODECS \
    (PORT_CODEC_BIT(PORT_CODEC_MJPEG) | PORT_CODEC_BIT(PORT_CODEC_VP8) | \
     PORT_CODEC_BIT(PORT_CODEC_H264) | PORT_CODEC_BIT(PORT_CODEC_VP9) | PORT_CODEC_BIT(PORT_CODEC_H265))
/* By which it is known whose pointer a client shows. */
#define VGPU_POINTER_PIXELS 0x5a
#define PGPU_POINTER_PIXELS 0xa5
/* The server's thread waits 10 ms for one that does not say DISPLAY_INIT. */
#define SECOND_CLIENTS_MAX 4

enum happening {
    PORT_OPENS,
    PORT_CLOSES,
    BYTES,
    FORMAT,
    KEY_FRAME,
    FRAME,
    BIG_DATA, /* claims more than it sends */
    CURSORS, /* shapes and moves of the pointer */
    SETTLE,
    SECOND_CLIENT,
    VGPU_DRAWS,
    VGPU_CHANGES, /* its mode; or is reset */
    PORT_READS, /* how many bytes at most at a time */
    GUEST_READS, /* or not */
    CLIENT_READS, /* the second one, or not */
    CLIENT_REPORTS,
    VGPU_POINTER,
    UNPLUG, /* only as an input's first: at its end the vGPU is exchanged, which takes long */
    HAPPENINGS
};

static struct {
    SpiceServer *server;
    SpiceCharDeviceInstance port;
    QxlDevice *vgpu;
    struct fake_client *first, *second;
    int worker_stat; /* /proc/self/task/TID/stat */
    void (*timer_start)(SpiceTimer *timer, uint32_t ms);

    GByteArray *to_host;
    guint to_host_read;
    size_t read_max;
    bool port_open, guest_blocks;
    struct port_parser from_host;
    bool started;
    unsigned errors, drawings, second_clients;
} bed;

/* --- the port --------------------------------------------------------------- */

static int port_read(SpiceCharDeviceInstance *instance, uint8_t *to, int room)
{
    size_t bytes = MIN((size_t)room, bed.to_host->len - bed.to_host_read);

    bytes = MIN(bytes, bed.read_max);
    if (bytes > 0)
        memcpy(to, bed.to_host->data + bed.to_host_read, bytes);
    bed.to_host_read += bytes;
    return (int)bytes;
}

static void on_host_says(const struct port_event *event)
{
    must(event->kind != PORT_EVENT_ERROR && event->kind != PORT_EVENT_SKIPPED);
    if (event->kind == PORT_EVENT_START_STOP)
        bed.started = event->bytes > 0;
    else if (event->kind == PORT_EVENT_NOTIFY_ERROR)
        must(++bed.errors == 1);
}

static int port_write(SpiceCharDeviceInstance *instance, const uint8_t *bytes, int size)
{
    if (!bed.port_open || bed.guest_blocks)
        return 0;
    for (size_t left = (size_t)size; left > 0;) {
        struct port_event event;
        uint8_t *where;
        size_t wanted;
        port_parser_want(&bed.from_host, &where, &wanted);
        wanted = MIN(wanted, left);
        memcpy(where, bytes, wanted);
        bytes += wanted;
        left -= wanted;
        port_parser_got(&bed.from_host, wanted, &event);
        on_host_says(&event);
    }
    return size;
}

static void port_state(SpiceCharDeviceInstance *instance, int connected)
{
}

static const SpiceCharDeviceInterface port_interface = {
    .base = {
        .type = SPICE_INTERFACE_CHAR_DEVICE,
        .description = "port",
        .major_version = SPICE_INTERFACE_CHAR_DEVICE_MAJOR,
        .minor_version = SPICE_INTERFACE_CHAR_DEVICE_MINOR,
    },
    .state = port_state,
    .write = port_write,
    .read = port_read,
    .flags = SPICE_CHAR_DEVICE_NOTIFY_WRITABLE, /* no timer that tries again */
};

static void port_set_open(bool open)
{
    bed.port_open = open;
    bed.guest_blocks = bed.started = false;
    bed.errors = 0;
    g_byte_array_set_size(bed.to_host, 0);
    bed.to_host_read = 0;
    port_parser_init(&bed.from_host, PORT_READER_GUEST);
    port_parser_announced(&bed.from_host, PORT_EXTENSIONS_ALL); /* what is sent of it is read */
    if (open) {
        fake_client_port_opens(bed.first);
        if (bed.second)
            fake_client_port_opens(bed.second);
    }
    spice_server_port_event(&bed.port, open ? SPICE_PORT_EVENT_OPENED : SPICE_PORT_EVENT_CLOSED);
}

static void guest_writes(const uint8_t *bytes, size_t size)
{
    if (bed.port_open && bed.to_host->len + size <= PORT_MAX_BYTES)
        g_byte_array_append(bed.to_host, bytes, (guint)size);
}

/* --- the rest of the VM ------------------------------------------------------ */

static bool serve_clients(void)
{
    bool served = bed.first && fake_client_serve(bed.first);
    return (bed.second && fake_client_serve(bed.second)) || served;
}

static bool clients_are_heard(void)
{
    return (!bed.first || fake_client_is_heard(bed.first)) && (!bed.second || fake_client_is_heard(bed.second));
}

/* In poll(), as there is no other thing that it waits for; or is gone. */
static bool worker_sleeps(void)
{
    char stat[256];
    if (bed.worker_stat < 0)
        return true;
    ssize_t size = pread(bed.worker_stat, stat, sizeof stat - 1, 0);

    must(size > 0);
    stat[size] = '\0';
    return strstr(stat, ") S ") != NULL;
}

/* Until nothing happens any more: the worker has taken all messages and all
 * that the clients said, sleeps, and nothing of it is left to be read. */
static void settle(void)
{
    bool busy = true;

    for (unsigned rounds = 0; busy; rounds++) {
        guint unread = bed.to_host->len - bed.to_host_read;
        must(rounds < SETTLE_ROUNDS_MAX);
        spice_server_char_device_wakeup(&bed.port);
        busy = unread != bed.to_host->len - bed.to_host_read;
        while (g_main_context_iteration(NULL, FALSE))
            busy = true;
        busy = !clients_are_heard() || busy;
        if (bed.worker_stat >= 0)
            qxl_device_flush(bed.vgpu);
        busy = !worker_sleeps() || busy;
        busy = serve_clients() || busy;
        busy = g_main_context_pending(NULL) || busy;
    }
}

/* A client that does not read holds up the vGPU, which then waits for it: known
 * and upstream's. */
static bool all_clients_read(void)
{
    return !bed.second || fake_client_reads(bed.second);
}

static void vgpu_draws(unsigned where)
{
    static uint8_t pixels[VGPU_WIDTH_PX * VGPU_HEIGHT_PX * 4];
    const Framebuffer picture = { VGPU_WIDTH_PX, VGPU_HEIGHT_PX, VGPU_WIDTH_PX * 4, pixels };
    const Rect rect = { (int)where % 32, (int)where / 32, 8, 8 };

    if (all_clients_read() && bed.drawings++ < DRAWINGS_MAX)
        qxl_device_draw(bed.vgpu, &picture, &rect);
}

static void vgpu_pointer(unsigned what)
{
    if (!all_clients_read() || bed.drawings++ >= DRAWINGS_MAX)
        return;
    if (what % 4 == 0)
        qxl_device_hide_cursor(bed.vgpu);
    else if (what % 4 == 1)
        qxl_device_move_cursor(bed.vgpu, (int)what, (int)what);
    else
        qxl_device_set_cursor(bed.vgpu, 1 + what / 4 % 16, VGPU_POINTER_PIXELS);
}

/* What was on its way for the last mode may never arrive: not in doubt here. */
static void vgpu_changes(unsigned how)
{
    if (!all_clients_read())
        return;
    settle();
    if (how % 4 == 3)
        qxl_device_reset(bed.vgpu);
    else
        qxl_device_set_mode(bed.vgpu, VGPU_WIDTH_PX + 16 * (how % 4), VGPU_HEIGHT_PX);
}

static void second_client(unsigned argument)
{
    if (bed.second) {
        fake_client_hang_up(bed.second);
        bed.second = NULL;
    } else if (bed.second_clients++ < SECOND_CLIENTS_MAX) {
        static const uint8_t codecs[] = {
            0,
            PORT_CODEC_BIT(PORT_CODEC_H264),
            PORT_CODEC_BIT(PORT_CODEC_MJPEG) | PORT_CODEC_BIT(PORT_CODEC_VP8),
            ALL_CODECS,
        };
        bool comes_and_goes = argument % 4 == 3;
        bed.second = fake_client_connect(bed.server, codecs[argument / 4 % G_N_ELEMENTS(codecs)],
                                         !comes_and_goes);
        if (comes_and_goes)
            second_client(0);
    }
}

static void client_reads(unsigned argument)
{
    if (bed.second)
        fake_client_set_reading(bed.second, argument % 2 == 1);
}

/* Of what it shows, or nonsense. */
static void client_reports(unsigned argument)
{
    struct fake_client *client = argument % 2 && bed.second ? bed.second : bed.first;

    if (!fake_client_reads(client))
        return;
    settle();
    if (argument & 2) {
        fake_client_report(client, argument >> 2 & 15, argument >> 6, argument & 64 ? UINT32_MAX : 0);
    } else if (fake_client_cannot_decode(client)) {
        settle();
        must(!fake_client_shows_pgpu(client));
    }
}

/* --- what the guest writes ---------------------------------------------------- */

static void write_format(unsigned index)
{
    static const struct port_format formats[] = {
        { VGPU_WIDTH_PX, VGPU_HEIGHT_PX, PORT_CODEC_H264 },
        { 1, 1, PORT_CODEC_H264 },
        { 641, 479, PORT_CODEC_H264 },
        { 8192, 1, PORT_CODEC_H264 },
        { 8192, 4320, PORT_CODEC_H264 },
        { 65535, 65535, PORT_CODEC_H264 },
        { 0, 0, PORT_CODEC_H264 },
        { 64, 64, PORT_CODEC_VP8 },
        { 64, 64, PORT_CODEC_MJPEG },
        { 64, 48, PORT_CODEC_VP9 },
        { 64, 48, PORT_CODEC_H265 },
    };
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];

    port_compose_format(message, sizeof message, &formats[index % G_N_ELEMENTS(formats)]);
    guest_writes(message, sizeof message);
}

/* A frame as its codec's headers have it; what follows them nobody looks at. */
static void write_data(bool key_frame, unsigned codec)
{
#define FRAME_OF(...) { sizeof((const uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ } }
    static const struct {
        uint32_t size;
        uint8_t bytes[40];
    } frames[PORT_CODECS_KNOWN][2] = { /* a frame, a key frame */
        [PORT_CODEC_H264 - 1] = { FRAME_OF(0, 0, 0, 1, 0x41, 0x9a),
                                  FRAME_OF(0, 0, 0, 1, 0x67, 0x42, 0, 0, 0, 1, 0x68, 0xce,
                                           0, 0, 0, 1, 0x65, 0x88, 0x84) },
        [PORT_CODEC_VP8 - 1] = { FRAME_OF(0x31, 0, 0, 7),
                                 FRAME_OF(0x30, 0, 0, 0x9d, 1, 0x2a, 64, 0, 64, 0, 7) },
        [PORT_CODEC_MJPEG - 1] = { FRAME_OF(0xff, 0xd8, 0xff, 0xd9), FRAME_OF(0xff, 0xd8, 0xff, 0xd9) },
        [PORT_CODEC_VP9 - 1] = { FRAME_OF(0x86, 0), FRAME_OF(0x82, 0x49, 0x83, 0x42, 0) },
        [PORT_CODEC_H265 - 1] = { FRAME_OF(0, 0, 0, 1, 0x02, 1, 0xaf),
                                  FRAME_OF(0, 0, 0, 1, 0x40, 1, 0, 0, 0, 1, 0x42, 1, 0, 0, 0, 1, 0x44, 1,
                                           0, 0, 0, 1, 0x26, 1, 0xaf) },
    };
    const unsigned index = codec >= 1 && codec <= PORT_CODECS_KNOWN ? codec : PORT_CODEC_H264;
    uint8_t header[PORT_HEADER_BYTES];

    port_compose_header(header, sizeof header, PORT_DATA, frames[index - 1][key_frame].size);
    guest_writes(header, sizeof header);
    guest_writes(frames[index - 1][key_frame].bytes, frames[index - 1][key_frame].size);
}

static void write_big_data(unsigned argument)
{
    static const uint32_t claims[] = { PORT_DATA_MAX_BYTES, PORT_DATA_MAX_BYTES + 1, 0, UINT32_MAX,
                                       100000, 65536, 65537, 1 };
    static const uint8_t bytes[100000] = { 0, 0, 0, 1, 0x65 };
    uint8_t header[PORT_HEADER_BYTES];
    uint32_t claim = claims[argument % G_N_ELEMENTS(claims)];

    port_compose_header(header, sizeof header, PORT_DATA, claim);
    guest_writes(header, sizeof header);
    guest_writes(bytes, MIN(sizeof bytes, claim));
}

static void write_pointer_moves(unsigned where)
{
    uint8_t message[PORT_HEADER_BYTES + PORT_CURSOR_MOVE_BYTES] = { 0 };

    port_compose_header(message, sizeof message, PORT_CURSOR_MOVE, PORT_CURSOR_MOVE_BYTES);
    message[PORT_HEADER_BYTES] = (uint8_t)where;
    for (unsigned i = 0; i < FLOOD_MESSAGES; i++)
        guest_writes(message, sizeof message);
}

/* A square of up to 15 px, hidden with 0; or one that lies about its size. */
static void write_pointer_shape(unsigned size_px, bool lies)
{
    uint8_t body[PORT_CURSOR_SET_MIN_BYTES + 15 * 15 * 4];
    uint8_t header[PORT_HEADER_BYTES];
    const uint32_t size = PORT_CURSOR_SET_MIN_BYTES + size_px * size_px * 4 - (lies && size_px ? 1 : 0);

    memset(body, PGPU_POINTER_PIXELS, sizeof body);
    memset(body, 0, PORT_CURSOR_SET_MIN_BYTES); /* StreamMsgCursorSet: u16 width, height, hot spot, u8 type */
    body[0] = body[2] = (uint8_t)size_px;
    port_compose_header(header, sizeof header, PORT_CURSOR_SET, size);
    guest_writes(header, sizeof header);
    guest_writes(body, size);
}

static void write_cursors(unsigned argument)
{
    if (argument % 2)
        write_pointer_shape(argument >> 1 & 15, (argument >> 5) == 7);
    else
        write_pointer_moves(argument);
}

/* --- plugging ---------------------------------------------------------------- */

static void find_worker(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    const char *task;

    bed.worker_stat = -1;
    while ((task = g_dir_read_name(tasks))) {
        g_autofree char *path = g_build_filename("/proc/self/task", task, "stat", NULL);
        g_autofree char *stat = NULL;
        if (g_file_get_contents(path, &stat, NULL, NULL) && strstr(stat, "(SPICE Worker)"))
            bed.worker_stat = open(path, O_RDONLY | O_CLOEXEC);
    }
    must(bed.worker_stat >= 0);
}

static void plug_in(void)
{
    bed.vgpu = qxl_device_create(bed.server, 0, VGPU_WIDTH_PX, VGPU_HEIGHT_PX);
    spice_server_vm_start(bed.server);
    find_worker();
}

static void connect_first(void)
{
    bed.first = fake_client_connect(bed.server, ALL_CODECS, true);
}

/* With all that shows it and waits for it; and another one is plugged in. */
static void unplug(void)
{
    fake_client_expect_end(bed.first);
    if (bed.second)
        fake_client_expect_end(bed.second);
    close(bed.worker_stat);
    bed.worker_stat = -1;
    qxl_device_unplug(bed.vgpu);
    settle();
    write_format(0); /* an agent that goes on sends for nobody */
    write_data(true, PORT_CODEC_H264);
    settle();
    must(bed.to_host_read == bed.to_host->len || !bed.port_open);
    fake_client_hang_up(bed.second);
    bed.second = NULL;
    fake_client_hang_up(bed.first);
    bed.first = NULL;
    settle();
    qxl_device_destroy(bed.vgpu);
    plug_in();
    connect_first();
    settle();
}

/* --- one input ------------------------------------------------------------------ */

/* Takes what happens from the input; gives how many bytes that were. */
static size_t happen(const uint8_t *input, size_t size)
{
    const unsigned argument = size > 1 ? input[1] : 0;
    const size_t header = MIN(size, 2), bytes = MIN(size - header, argument);

    switch ((enum happening)(input[0] % HAPPENINGS)) {
    case PORT_OPENS:
        port_set_open(true);
        break;
    case PORT_CLOSES:
        port_set_open(false);
        break;
    case BYTES:
        guest_writes(input + header, bytes);
        spice_server_char_device_wakeup(&bed.port);
        return header + bytes;
    case FORMAT:
        write_format(argument);
        break;
    case KEY_FRAME:
        write_data(true, argument);
        break;
    case FRAME:
        write_data(false, argument);
        break;
    case BIG_DATA:
        write_big_data(argument);
        break;
    case CURSORS:
        write_cursors(argument);
        break;
    case SETTLE:
        settle();
        break;
    case SECOND_CLIENT:
        second_client(argument);
        break;
    case VGPU_DRAWS:
        vgpu_draws(argument);
        break;
    case VGPU_CHANGES:
        vgpu_changes(argument);
        break;
    case PORT_READS:
        bed.read_max = argument ? argument : SIZE_MAX;
        break;
    case GUEST_READS:
        bed.guest_blocks = argument % 2;
        break;
    case CLIENT_READS:
        client_reads(argument);
        break;
    case CLIENT_REPORTS:
        client_reports(argument);
        break;
    case VGPU_POINTER:
        vgpu_pointer(argument);
        break;
    case UNPLUG:
        break;
    case HAPPENINGS:
        break;
    }
    spice_server_char_device_wakeup(&bed.port);
    return header;
}

static void an_honest_guest_is_served(void)
{
    port_set_open(true);
    settle();
    must(bed.started && bed.errors == 0);
    write_format(0);
    write_data(true, PORT_CODEC_H264);
    write_data(false, PORT_CODEC_H264);
    settle();
    must(bed.errors == 0 && bed.to_host_read == bed.to_host->len);
    must(fake_client_shows_pgpu(bed.first));
}

static void the_vgpu_is_shown(void)
{
    port_set_open(false);
    settle();
    fake_client_must_show_vgpu(bed.first, qxl_device_width_px(bed.vgpu),
                               qxl_device_height_px(bed.vgpu), PGPU_POINTER_PIXELS);
    if (bed.second)
        fake_client_must_show_vgpu(bed.second, qxl_device_width_px(bed.vgpu),
                                   qxl_device_height_px(bed.vgpu), PGPU_POINTER_PIXELS);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    bed.read_max = SIZE_MAX;
    bed.drawings = bed.second_clients = 0;
    const bool unplugs = size > 0 && input[0] % HAPPENINGS == UNPLUG;
    while (size > 0) {
        size_t taken = happen(input, size);
        input += taken;
        size -= taken;
    }
    bed.read_max = SIZE_MAX;
    client_reads(true);
    if (unplugs)
        unplug();
    the_vgpu_is_shown();
    an_honest_guest_is_served();
    the_vgpu_is_shown();
    if (bed.second)
        second_client(0);
    settle();
    return 0;
}

/* --- set-up ----------------------------------------------------------------------- */

static _Atomic int64_t skipped_ms;

/* In place of libc's. */
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

/* A limit of a rate is a wait: here it takes no time. The server's own periodic
 * timers are of some seconds, and stay. */
static void timer_start(SpiceTimer *timer, uint32_t ms)
{
    if (ms < 2000) {
        skipped_ms += ms;
        ms = 0;
    }
    bed.timer_start(timer, ms);
}

static void on_client(gboolean connected, void *data)
{
}

/* Each violation is a warning: that is known. A critical one is a fault. */
static void say_nothing(const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
}

static void die(const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    fprintf(stderr, "%s\n", text);
    must(!"a critical message of the server");
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    SpiceCoreInterface *core = core_loop_interface(on_client, NULL);

    g_setenv("SPICE_DEBUG_ALLOW_MC", "1", TRUE); /* several clients */
    g_log_set_handler("Spice", G_LOG_LEVEL_MASK, say_nothing, NULL);
    g_log_set_handler("Spice", G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL, die, NULL);
    bed.timer_start = core->timer_start;
    core->timer_start = timer_start;
    bed.to_host = g_byte_array_new();
    bed.read_max = SIZE_MAX;

    bed.server = spice_server_new();
    spice_server_set_noauth(bed.server);
    spice_server_set_streaming_video(bed.server, SPICE_STREAM_VIDEO_OFF);
    spice_server_set_image_compression(bed.server, SPICE_IMAGE_COMPRESSION_OFF);
    must(spice_server_init(bed.server, core) == 0);
    plug_in();

    bed.port.base.sif = &port_interface.base;
    bed.port.subtype = "port";
    bed.port.portname = PORT_NAME;
    must(spice_server_add_interface(bed.server, &bed.port.base) == 0);

    connect_first();
    settle();
    an_honest_guest_is_served();
    the_vgpu_is_shown();
    return 0;
}
