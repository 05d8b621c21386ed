/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/bed.h"

#include "auto-destroy.h"
#include "harness/instrument/folder.h"
#include "harness/plan/libraries.h"
#include "media/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define STREAM_PORT_NAME "org.spice-space.stream.0"
/* No other guest's. */
#define HONEST_WIDTH_PX 320
#define HONEST_HEIGHT_PX 240

struct bed bed;

/* --- the guest ------------------------------------------------------------ */

static struct port_parser host; /* what the host writes, from the opening on */
static int left_open = -1;      /* by a test that failed */
static uint8_t *honest_frame;   /* a key frame */
static size_t honest_frame_size;

void guest_close(int fd)
{
    close(fd);
    left_open = -1;
}

int guest_open_other(const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
    struct termios raw;
    assert_true(fd >= 0);
    assert_int_equal(tcgetattr(fd, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(fd, TCSANOW, &raw), 0);
    return fd;
}

int guest_open(void)
{
    if (left_open >= 0)
        guest_close(left_open);
    left_open = guest_open_other(bed.port);
    port_parser_init(&host, PORT_READER_GUEST);
    return left_open;
}

static void wait_for(int fd, short events)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    assert_int_equal(poll(&poll_fd, 1, (int)(DEADLINE_S * 1000)), 1);
}

void guest_write(int fd, const void *bytes, size_t size)
{
    for (const uint8_t *from = bytes; size > 0;) {
        ssize_t put = write(fd, from, size);
        if (put < 0) {
            assert_int_equal(errno, EAGAIN); /* EIO: the VM has ended */
            wait_for(fd, POLLOUT);
            continue;
        }
        from += put;
        size -= (size_t)put;
    }
}

void guest_read_event(int fd, struct port_parser *parser, struct port_event *ret_event)
{
    uint8_t *where;
    size_t room;

    port_parser_want(parser, &where, &room);
    wait_for(fd, POLLIN);
    ssize_t got = read(fd, where, room);
    assert_true(got > 0);
    port_parser_got(parser, (size_t)got, ret_event);
    assert_int_not_equal(ret_event->kind, PORT_EVENT_ERROR);
}

struct port_event guest_wait_event(int fd, enum port_event_kind kind)
{
    struct port_event event = {.kind = PORT_EVENT_NONE};
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);

    while (event.kind != kind) {
        assert_true(g_get_monotonic_time() < end_us);
        guest_read_event(fd, &host, &event);
    }
    return event;
}

unsigned guest_wait(int fd, enum port_event_kind kind, char *text, size_t text_size)
{
    struct port_event event = guest_wait_event(fd, kind);

    if (text)
        g_snprintf(text, text_size, "%.*s", (int)event.bytes, (const char *)event.body);
    return event.bytes;
}

void guest_announce(int fd, unsigned extensions)
{
    uint8_t message[PORT_COMPOSED_EXTENSIONS_BYTES];
    port_parser_announced(&host, extensions);
    guest_write(fd, message, (size_t)port_compose_extensions(message, sizeof message, extensions));
}

int guest_start(void)
{
    int fd = guest_open();
    guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    while (guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    return fd;
}

void guest_format(int fd, uint32_t width_px, uint32_t height_px)
{
    const struct port_format format = {width_px, height_px, PORT_CODEC_H264};
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];
    guest_write(fd, message, (size_t)port_compose_format(message, sizeof message, &format));
}

void guest_data(int fd, const uint8_t *bytes, size_t size)
{
    uint8_t header[PORT_HEADER_BYTES];
    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)size);
    guest_write(fd, header, sizeof header);
    guest_write(fd, bytes, size);
}

void guest_key_frame(int fd)
{
    guest_data(fd, bed.key_frame, bed.key_frame_size);
}

void guest_ends_with(int fd, const char *reply)
{
    const uint8_t bad[] = {ABUSE_LAST};
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];

    guest_write(fd, bad, sizeof bad);
    guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, reply ? reply : ABUSE_LAST_REPLY);
    guest_close(fd);
}

/* --- the VM's memory ------------------------------------------------------ */

static long memory_before_kib;

/* VmHWM, VmRSS or VmSize: proc(5). */
static long memory_kib(const char *field)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)child_pid(bed.vm));
    g_autofree char *status = NULL;
    assert_true(g_file_get_contents(path, &status, NULL, NULL));
    const char *line = strstr(status, field);
    assert_non_null(line);
    return strtol(line + strlen(field) + 1, NULL, 10);
}

long vm_address_space_kib(void)
{
    return memory_kib("VmSize");
}

void vm_memory_begin(void)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/clear_refs", (int)child_pid(bed.vm));
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "5", 1), 1); /* the peak begins anew */
    close(fd);
    memory_before_kib = memory_kib("VmRSS");
}

void vm_memory_grew_at_most(long kib)
{
    long grown_kib = memory_kib("VmHWM") - memory_before_kib;

    print_message("%ld KiB at most\n", grown_kib);
    if (!BED_UNDER_SANITIZER)
        assert_in_range(MAX(grown_kib, 0), 0, kib);
}

unsigned vm_log_count(const char *text)
{
    g_autofree char *file = g_build_filename(bed.folder, "vm-sim.log", NULL);
    g_autofree char *log = NULL;
    unsigned count = 0;

    ask(bed.vm, "pause", "paused");
    child_send(bed.vm, NULL, "resume");
    assert_true(g_file_get_contents(file, &log, NULL, NULL));
    for (const char *at = log; (at = strstr(at, text)); at += strlen(text))
        count++;
    return count;
}

/* --- the client ----------------------------------------------------------- */

/* Of any width: NULL. */
static void client_shows_width(const char *source, const char *width)
{
    for (;;) {
        g_autoptr(GError) error = NULL;
        const struct notice *shown =
            child_wait_notice(bed.client, "shown", &bed.client_cursor, DEADLINE_S, NULL, &error);
        if (!shown)
            fail_msg("waiting for the %s: %s", source, error->message);
        if (g_str_equal(notice_value(shown, "source"), source) &&
            (!width || g_str_equal(notice_value(shown, "width"), width)))
            return;
    }
}

void client_shows(const char *source)
{
    client_shows_width(source, NULL);
}

const struct notice *ask(struct child *child, const char *command, const char *answer)
{
    unsigned cursor = child_notice_count(child);
    assert_true(child_send_line(child, NULL, command));
    const struct notice *notice = child_wait_notice(child, answer, &cursor, DEADLINE_S, NULL, NULL);
    assert_non_null(notice);
    return notice;
}

void client_has_the_vgpus_pixels(void)
{
    g_autofree char *shown_file = g_build_filename(bed.folder, "shown.png", NULL);
    g_autofree char *vgpu_file = g_build_filename(bed.folder, "vgpu.png", NULL);
    g_autofree char *save = g_strconcat("save ", shown_file, NULL);
    g_autofree char *snapshot = g_strconcat("snapshot ", vgpu_file, NULL);
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);
    struct picture_difference difference;

    ask(bed.vm, "pause", "paused");
    ask(bed.vm, snapshot, "snapshot");
    do { /* what the server has sent may still be on its way */
        ask(bed.client, save, "saved");
        auto_destroy(picture) shown = picture_load(shown_file, NULL);
        auto_destroy(picture) vgpu = picture_load(vgpu_file, NULL);
        assert_non_null(shown);
        assert_non_null(vgpu);
        if (!picture_compare(shown, vgpu, &difference, NULL)) /* not even the size */
            difference.wrong_pixels = 1;
    } while (difference.wrong_pixels != 0 && g_get_monotonic_time() < end_us);
    assert_int_equal(difference.wrong_pixels, 0);
    child_send(bed.vm, NULL, "resume");
}

/* --- afterwards ---------------------------------------------------------- */

static bool port_is_closed(void *data, GError **error)
{
    (void)data, (void)error;
    for (unsigned i = child_notice_count(bed.vm); i > 0; i--) {
        const struct notice *notice = child_notice(bed.vm, i - 1);
        if (g_str_equal(notice->word, "port"))
            return g_str_equal(notice_value(notice, "state"), "closed");
    }
    return true;
}

void guests_are_gone(void)
{
    ask(bed.vm, "pause", "paused"); /* by then it has heard of all of them */
    while (!port_is_closed(NULL, NULL)) {
        assert_true(child_wait(port_is_closed, NULL, DEADLINE_S, "a closed port", NULL, NULL));
        ask(bed.vm, "pause", "paused");
    }
    child_send(bed.vm, NULL, "resume");
}

/* Its picture is known by its size: the client may still report pictures that
 * the guests before it have sent. */
void an_honest_guest_is_served(void)
{
    int fd = guest_start();
    guest_format(fd, HONEST_WIDTH_PX, HONEST_HEIGHT_PX);
    guest_data(fd, honest_frame, honest_frame_size);
    client_shows_width("pgpu", G_STRINGIFY(HONEST_WIDTH_PX));
    guest_close(fd);
    client_shows("vgpu");
    assert_false(child_has_ended(bed.vm, NULL));
    assert_false(child_has_ended(bed.client, NULL));
}

/* --- set-up --------------------------------------------------------------- */

/* A file of the build that this program is in: build/tests/.. */
char *bed_program(const char *name)
{
    g_autofree char *binary = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(binary);
    g_autofree char *build = g_path_get_dirname(tests);
    return g_build_filename(build, name, NULL);
}

struct child *bed_start(const char *name, const char *const *argv, const char *library_path)
{
    g_auto(GStrv) environment = g_get_environ();
    g_autoptr(GError) error = NULL;
    g_autofree char *log = g_strdup_printf("%s/%s.log", bed.folder, name);

    if (library_path)
        environment = g_environ_setenv(environment, "LD_LIBRARY_PATH", library_path, true);
    environment = g_environ_setenv(environment, "SPICE_DEBUG_ALLOW_MC", "1", true);
    struct child *child = child_start(name, argv, (const char *const *)environment, log, &error);
    if (!child)
        fail_msg("%s", error->message);
    return child;
}

static void make_key_frame(const char *size, uint8_t **ret_bytes, size_t *ret_size)
{
    g_autofree char *file = g_build_filename(bed.folder, "key-frame.h264", NULL);
    g_autofree char *picture = g_strconcat("testsrc2=rate=30:size=", size, NULL);
    const char *argv[] = {"ffmpeg",      "-v",      "error", "-y",        "-f",
                          "lavfi",       "-i",      picture, "-frames:v", "1",
                          "-pix_fmt",    "yuv420p", "-c:v",  "libx264",   "-tune",
                          "zerolatency", "-f",      "h264",  file,        NULL};
    int status = -1;

    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             &status, NULL) &&
                status == 0);
    assert_true(g_file_get_contents(file, (char **)ret_bytes, ret_size, NULL));
}

struct child *bed_start_client(const char *name, const char *option)
{
    g_autofree char *client = bed_program("client");
    const char *argv[] = {client, "--uri", bed.uri, "--sink", "appsink", option, NULL};

    return bed_start(name, argv, NULL);
}

void bed_begin(void)
{
    bed.folder = g_dir_make_tmp("vdibench-bed-XXXXXX", NULL);
    bed.port = g_build_filename(bed.folder, "port", NULL);
    make_key_frame(G_STRINGIFY(BED_WIDTH_PX) "x" G_STRINGIFY(BED_HEIGHT_PX), &bed.key_frame,
                   &bed.key_frame_size);
    make_key_frame(G_STRINGIFY(HONEST_WIDTH_PX) "x" G_STRINGIFY(HONEST_HEIGHT_PX), &honest_frame,
                   &honest_frame_size);
}

static void add(GPtrArray *argv, const char *const *words)
{
    for (; words && *words; words++)
        g_ptr_array_add(argv, (char *)*words);
}

int bed_set_up(void **state)
{
    (void)state;
    bed_begin();

    g_autofree char *vm = bed_program("vm-sim");
    g_autofree char *programs = bed_program(".");
    auto_finish(libraries) libraries = {0};
    if (!libraries_find(&libraries, programs, bed.server, NULL))
        fail_msg("spice-server %s is not built", bed.server);
    const char *library = libraries.own;
    g_autofree char *port = g_strconcat("pty:", bed.port, NULL);
    const char *const vm_argv[] = {
        vm, "--port-name", bed.is_stock ? STREAM_PORT_NAME : PORT_NAME, "--port", port, NULL};
    const char *const module_argv[] = {"--expect-library", library, NULL};
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    unsigned cursor = 0;
    add(argv, bed.vm_through);
    add(argv, vm_argv);
    add(argv, bed.is_stock ? NULL : module_argv);
    add(argv, bed.vm_options);
    g_ptr_array_add(argv, NULL);
    bed.vm = bed_start("vm-sim", (const char *const *)argv->pdata, bed.is_stock ? NULL : library);
    const struct notice *ready =
        child_wait_notice(bed.vm, "ready", &cursor, DEADLINE_S, NULL, NULL);
    assert_non_null(ready);
    child_send(bed.vm, NULL, "desktop");

    bed.uri = g_strconcat("spice://", notice_value(ready, "listen"), NULL);
    bed.client_cursor = 0;
    bed.client = bed_start_client("client", bed.client_option);
    client_shows("vgpu");
    return 0;
}

static bool end(struct child *child)
{
    g_autoptr(GError) error = NULL;
    if (!child_end(child, DEADLINE_S, &error))
        print_error("%s\n", error->message);
    return !error;
}

void bed_end(void)
{
    folder_remove(bed.folder);
    g_free(bed.folder);
    g_free(bed.port);
    g_free(bed.uri);
    g_free(bed.key_frame);
    g_free(honest_frame);
}

int bed_tear_down(void **state)
{
    (void)state;
    bool ok = end(bed.client);
    ok = end(bed.vm) && ok;
    child_destroy(bed.client);
    child_destroy(bed.vm);
    bed_end();
    return ok ? 0 : -1;
}
