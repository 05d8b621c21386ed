/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/tests/kms-guest/guest.h"

#include "agent/tests/kms-guest/known-picture.h"
#include "protocol/cursor-shape.h"
#include "protocol/host/host-session.h"
#include "protocol/host/unix-socket.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <libavcodec/avcodec.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* Nothing takes so long, also where others compile meanwhile. */
#define PATIENCE_US (120 * G_USEC_PER_SEC)
#define CONSOLE_LINES 40
#define QEMU "qemu-system-x86_64"
#define TAKE_BYTES 65536
/* The inner part of a square whose mean is looked at, and how far it may be off. */
#define INNER_PX 32
#define LOSS_MAX 6

static struct guest {
    GPid qemu;
    char *folder; /* of the sockets, and QEMU's output */
    int control_fd, agent_fd;
    GString *received; /* from `control`, not used yet */
    char *output;
    bool in_session;
    struct host_session session;
    AVCodecContext *decoder;
    AVFrame *frame;
    unsigned pictures;
    uint32_t known, awaited; /* pictures */
    bool drawn;              /* the awaited one is drawn into what is shown, line by line */
    bool complete;           /* the last picture was all of the awaited one */
    struct cursor_shape shape;
    bool pointer_shown;
    uint32_t pointer_colour;
    struct port_cursor_move pointer_place;
} guest = {.control_fd = -1, .agent_fd = -1};

/* --- starting and ending ---------------------------------------------------------------- */

static int listen_at(const char *name)
{
    g_autofree char *path = g_build_filename(guest.folder, name, NULL);
    const int fd = unix_socket_listen(path, 1);

    assert_true(fd >= 0);
    return fd;
}

/* QEMU connects at its start. */
static int accept_qemu(int listener)
{
    struct pollfd set = {.fd = listener, .events = POLLIN};

    assert_int_equal(poll(&set, 1, PATIENCE_US / 1000), 1);
    const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    assert_true(fd >= 0);
    close(listener);
    return fd;
}

static void die_with_parent(void *data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* With vkms, where it could be built. */
static const char *initramfs_of(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "initramfs-vkms", NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) ? "initramfs-vkms" : "initramfs";
}

/* One processor: with two, vkms of Linux 6.1 stops for ever now and then. The cause is inferred from its
 * source, not proven: it disables vblanks with vblank_time_lock held, and waits there for its timer,
 * which may wait for that lock on the other processor. */
static char **command_line(const char *folder)
{
    g_autofree char *top = g_get_current_dir();
    g_autofree char *all = g_strdup_printf(
        QEMU
        "\n-accel\ntcg,thread=multi\n-M\nq35\n-cpu\nmax\n-smp\n1\n-m\n512\n"
        "-nodefaults\n-no-user-config\n-display\nnone\n-vga\nnone\n-no-reboot\n"
        "-kernel\n%s/kernel\n-initrd\n%s/%s\n"
        "-append\nconsole=ttyS0 quiet panic=-1 no_timer_check rdinit=/init inside=%s/agent/tests/kms-guest/inside "
        "top=%s\n-serial\nfile:%s/console\n"
        "-device\nqxl\n-device\nbochs-display\n-device\nvirtio-gpu-pci\n"
        "-fsdev\nlocal,id=host,path=/,security_model=none,readonly=on,multidevs=remap\n"
        "-device\nvirtio-9p-pci,fsdev=host,mount_tag=host\n-device\nvirtio-serial-pci\n"
        "-chardev\nsocket,id=control,path=%s/control\n"
        "-device\nvirtserialport,chardev=control,name=control\n"
        "-chardev\nsocket,id=agent,path=%s/agent\n"
        "-device\nvirtserialport,chardev=agent,name=agent",
        folder, folder, initramfs_of(folder), top, top, guest.folder, guest.folder, guest.folder);

    return g_strsplit(all, "\n", -1);
}

bool guest_start(const char *folder, const char **ret_problem)
{
    g_auto(GStrv) argv = NULL;
    g_autofree char *qemu = g_find_program_in_path(QEMU);

    if (!qemu) {
        *ret_problem = QEMU " is not installed";
        return false;
    }
    guest.folder = g_dir_make_tmp("kms-guest-XXXXXX", NULL);
    assert_non_null(guest.folder);
    const int control = listen_at("control"), agent = listen_at("agent");
    argv = command_line(folder);
    assert_true(g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                              die_with_parent, NULL, &guest.qemu, NULL));
    guest.control_fd = accept_qemu(control);
    guest.agent_fd = accept_qemu(agent);
    guest.received = g_string_new(NULL);
    return true;
}

/* The kernel's last lines. */
static void print_console(void)
{
    g_autofree char *path = g_build_filename(guest.folder, "console", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", -1);
    const unsigned count = g_strv_length(lines);
    for (unsigned i = count > CONSOLE_LINES ? count - CONSOLE_LINES : 0; i < count; i++)
        printf("# console: %s\n", g_strchomp(lines[i]));
}

void guest_end(bool failed)
{
    static const char *const files[] = {"console", "control", "agent"};

    if (failed)
        print_console();
    if (guest.qemu != 0) {
        kill(guest.qemu, SIGKILL);
        waitpid(guest.qemu, NULL, 0);
    }
    if (guest.folder)
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            g_autofree char *path = g_build_filename(guest.folder, files[i], NULL);
            g_unlink(path);
        }
    if (guest.folder)
        g_rmdir(guest.folder);
    host_session_finish(&guest.session);
    avcodec_free_context(&guest.decoder);
    av_frame_free(&guest.frame);
}

/* --- the pictures ------------------------------------------------------------------------ */

static void new_decoder(void)
{
    avcodec_free_context(&guest.decoder);
    guest.decoder = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    assert_non_null(guest.decoder);
    guest.decoder->thread_count = 1;
    guest.decoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
    assert_int_equal(avcodec_open2(guest.decoder, NULL, NULL), 0);
    if (!guest.frame)
        guest.frame = av_frame_alloc();
}

/* Of the plane's square of `size_px` at this place. */
static int mean(unsigned plane, uint32_t x_px, uint32_t y_px, uint32_t size_px)
{
    const uint8_t *at = guest.frame->data[plane] + (ptrdiff_t)y_px * guest.frame->linesize[plane];
    unsigned sum = 0;

    for (uint32_t i = 0; i < size_px; i++, at += guest.frame->linesize[plane])
        for (uint32_t j = 0; j < size_px; j++)
            sum += at[x_px + j];
    return (int)(sum / (size_px * size_px));
}

/* Whether the square at x_px, y_px has the colour that it has in this picture, which is in BT.601
 * of limited range, as libyuv converts. */
static bool square_is(uint32_t number, uint32_t x_px, uint32_t y_px)
{
    const uint32_t colour = known_colour(number, x_px, y_px);
    const double red = (colour >> 16) / 255.0, green = (colour >> 8 & 0xff) / 255.0,
                 blue = (colour & 0xff) / 255.0;
    const double expected[3] = {
        16 + 65.481 * red + 128.553 * green + 24.966 * blue,
        128 - 37.797 * red - 74.203 * green + 112 * blue,
        128 + 112 * red - 93.786 * green - 18.214 * blue,
    };
    const uint32_t inner_px = (KNOWN_SQUARE_PX - INNER_PX) / 2;

    for (unsigned plane = 0; plane < 3; plane++) {
        const unsigned half = plane > 0;
        const int found =
            mean(plane, (x_px + inner_px) >> half, (y_px + inner_px) >> half, INNER_PX >> half);
        if (abs(found - (int)(expected[plane] + 0.5)) > LOSS_MAX)
            return false;
    }
    return true;
}

/* Each square is of the known or the awaited picture; but for one row of squares, in which the
 * drawing has got so far. */
static void check_picture(void)
{
    const AVFrame *frame = guest.frame;
    uint32_t mixed_y_px = UINT32_MAX;

    assert_int_equal(frame->format, AV_PIX_FMT_YUV420P);
    assert_int_equal(frame->width, guest.session.format.width_px);
    assert_int_equal(frame->height, guest.session.format.height_px);
    guest.pictures++;
    guest.complete = true;
    for (uint32_t y_px = 0; y_px + KNOWN_SQUARE_PX <= (uint32_t)frame->height;
         y_px += KNOWN_SQUARE_PX)
        for (uint32_t x_px = 0; x_px + KNOWN_SQUARE_PX <= (uint32_t)frame->width;
             x_px += KNOWN_SQUARE_PX) {
            if (square_is(guest.awaited, x_px, y_px))
                continue;
            guest.complete = false;
            if (square_is(guest.known, x_px, y_px))
                continue;
            if (!guest.drawn || (mixed_y_px != UINT32_MAX && mixed_y_px != y_px))
                fail_msg("picture %u: the square at %u,%u is neither of picture %u nor of %u",
                         guest.pictures, x_px, y_px, guest.known, guest.awaited);
            mixed_y_px = y_px;
        }
}

static void decode(const uint8_t *bytes, uint32_t size)
{
    AVPacket *packet = av_packet_alloc();

    assert_int_equal(av_new_packet(packet, (int)size), 0);
    memcpy(packet->data, bytes, size);
    assert_int_equal(avcodec_send_packet(guest.decoder, packet), 0);
    av_packet_free(&packet);
    assert_int_equal(avcodec_receive_frame(guest.decoder, guest.frame), 0);
    check_picture();
}

/* --- the ports --------------------------------------------------------------------------- */

static void take_pointer(const struct port_event *event)
{
    struct cursor_shape shape;
    const char *error;
    const enum cursor_kind kind = cursor_read(guest.session.body, event->bytes, &shape, &error);

    guest.pointer_shown = kind == CURSOR_SHAPE;
    if (kind == CURSOR_HIDDEN)
        return;
    assert_int_equal(kind, CURSOR_SHAPE);
    assert_int_equal(shape.type, CURSOR_ALPHA);
    assert_int_equal(shape.width_px, KNOWN_POINTER_WIDTH_PX);
    assert_int_equal(shape.height_px, KNOWN_POINTER_HEIGHT_PX);
    const uint8_t *pixel = shape.pixels;
    guest.pointer_colour = (uint32_t)pixel[2] << 16 | (uint32_t)pixel[1] << 8 | pixel[0];
    for (uint32_t i = 0; i < shape.pixels_bytes; i += 4) {
        assert_memory_equal(shape.pixels + i, pixel, 4);
        assert_int_equal(shape.pixels[i + 3], 0xff);
    }
}

static void take_event(const struct port_event *event)
{
    switch (event->kind) {
    case PORT_EVENT_FORMAT:
        new_decoder();
        break;
    case PORT_EVENT_DATA_END:
        decode(guest.session.body, event->bytes);
        break;
    case PORT_EVENT_CURSOR_SET_END:
        take_pointer(event);
        break;
    case PORT_EVENT_CURSOR_MOVE:
        guest.pointer_place = event->cursor_move;
        break;
    case PORT_EVENT_ERROR:
        fail_msg("the agent broke the protocol: %s", event->error);
        break;
    case PORT_EVENT_NOTIFY_ERROR:
        fail_msg("the agent reports: %.*s", (int)event->bytes, (const char *)event->body);
        break;
    default:
        break;
    }
}

static void take_from_agent(void)
{
    struct port_event event;
    char bytes[TAKE_BYTES];
    int result;

    if (!guest.in_session) {
        while (read(guest.agent_fd, bytes, sizeof bytes) > 0)
            ;
        return;
    }
    result = host_session_take(&guest.session, TAKE_BYTES, 0, &event);
    if (result == 0)
        fail_msg("QEMU has closed the port");
    if (result == 1)
        take_event(&event);
}

static void take_from_control(void)
{
    char bytes[TAKE_BYTES];
    const ssize_t count = read(guest.control_fd, bytes, sizeof bytes);

    if (count == 0)
        fail_msg("the guest has ended");
    if (count > 0)
        g_string_append_len(guest.received, bytes, count);
}

/* Takes what either port has, waiting for it until then. */
static void take(int64_t end_us)
{
    struct pollfd sets[] = {{.fd = guest.agent_fd, .events = POLLIN},
                            {.fd = guest.control_fd, .events = POLLIN}};
    const int64_t left_us = end_us - g_get_monotonic_time();

    poll(sets, 2, left_us > 0 ? (int)(left_us / 1000) + 1 : 0);
    if (sets[0].revents)
        take_from_agent();
    if (sets[1].revents)
        take_from_control();
}

static int64_t begin_waiting(void)
{
    return g_get_monotonic_time() + PATIENCE_US;
}

static void go_on_waiting(int64_t end_us, const char *what)
{
    if (g_get_monotonic_time() >= end_us)
        fail_msg("it is waited in vain for %s", what);
    take(end_us);
}

static const char *take_answer(int *ret_status)
{
    char *end = strstr(guest.received->str, "#end ");
    int status;

    if (!end || !strchr(end, '\n'))
        return NULL;
    status = atoi(end + strlen("#end "));
    g_free(guest.output);
    guest.output = g_strndup(guest.received->str, (size_t)(end - guest.received->str));
    g_strchomp(guest.output);
    g_string_erase(guest.received, 0, strchr(end, '\n') + 1 - guest.received->str);
    if (ret_status)
        *ret_status = status;
    else if (status != 0)
        fail_msg("status %d: %s", status, guest.output);
    return guest.output;
}

const char *guest_run(int *ret_status, const char *format, ...)
{
    g_autofree char *command = NULL, *line = NULL;
    const int64_t end_us = begin_waiting();
    const char *output;
    va_list arguments;

    va_start(arguments, format);
    command = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    line = g_strdup_printf("%s\n", command);
    if (*command) /* else only the guest's own greeting is awaited */
        assert_int_equal(write(guest.control_fd, line, strlen(line)), strlen(line));
    while ((output = take_answer(ret_status)) == NULL)
        go_on_waiting(end_us, *command ? command : "the guest");
    return output;
}

/* --- the session ------------------------------------------------------------------------- */

void guest_forget_session(void)
{
    guest.in_session = false;
    guest.pointer_shown = false;
    take_from_agent();
}

void guest_begin_session(void)
{
    static const uint8_t codecs[] = {PORT_CODEC_H264};

    guest_forget_session();
    host_session_finish(&guest.session);
    host_session_init(&guest.session, guest.agent_fd);
    guest.in_session = true;
    guest.pictures = 0;
    guest.complete = false;
    assert_int_equal(host_session_announce(&guest.session, 0, PATIENCE_US / 1000), 0);
    assert_int_equal(host_session_start(&guest.session, codecs, 1, PATIENCE_US / 1000), 0);
}

static void await_picture(uint32_t number, bool drawn, uint32_t width_px, uint32_t height_px)
{
    const int64_t end_us = begin_waiting();

    guest.awaited = number;
    guest.drawn = drawn;
    if (guest.pictures == 0)
        guest.known = number;
    guest.complete = false;
    while (!guest.complete || guest.frame->width != (int)width_px ||
           guest.frame->height != (int)height_px)
        go_on_waiting(end_us, "a picture");
    guest.known = number;
}

void guest_await_picture(uint32_t number, uint32_t width_px, uint32_t height_px)
{
    await_picture(number, false, width_px, height_px);
}

void guest_await_drawing(uint32_t number, uint32_t width_px, uint32_t height_px)
{
    await_picture(number, true, width_px, height_px);
}

void guest_await_pointer(uint32_t colour, int32_t x_px, int32_t y_px)
{
    const int64_t end_us = begin_waiting();

    while (!guest.pointer_shown || guest.pointer_colour != colour ||
           guest.pointer_place.x_px != x_px || guest.pointer_place.y_px != y_px)
        go_on_waiting(end_us, "a pointer");
}

void guest_await_no_pointer(void)
{
    const int64_t end_us = begin_waiting();

    while (guest.pointer_shown)
        go_on_waiting(end_us, "the pointer's end");
}

unsigned guest_pictures(void)
{
    return guest.pictures;
}

void guest_await_pictures(unsigned count)
{
    const int64_t end_us = begin_waiting();

    while (guest.pictures < count)
        go_on_waiting(end_us, "one more picture");
}

void guest_listen(unsigned ms)
{
    const int64_t end_us = g_get_monotonic_time() + ms * INT64_C(1000);

    while (g_get_monotonic_time() < end_us)
        take(end_us);
}
