/*
 * The GPU module in the real SPICE server, with a simulated VM and an
 * unmodified client, against guests that break the protocol. Whatever they
 * write: the exact reply, the vGPU visible, the client still connected, and
 * the port usable again for the next guest.
 */
#include "gpu-module/port-protocol.h"
#include "harness/child.h"
#include "harness/folder.h"
#include "harness/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define DEADLINE_S 20.0
#define FLOODS 20
#define FLOOD_FRAMES 40

/* One VM and one client for all tests: they must survive them all. */
static struct {
    char *folder;
    char *port;
    Child *vm, *client;
    guint client_cursor;
    uint8_t *key_frame; /* 640x480 */
    size_t key_frame_size;
} bed;

/* --- the guest ------------------------------------------------------------ */

static int guest_open(void)
{
    int fd = open(bed.port, O_RDWR | O_NOCTTY | O_NONBLOCK);
    struct termios raw;
    assert_true(fd >= 0);
    assert_int_equal(tcgetattr(fd, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(fd, TCSANOW, &raw), 0);
    return fd;
}

static void wait_for(int fd, short events)
{
    struct pollfd poll_fd = { .fd = fd, .events = events };
    assert_int_equal(poll(&poll_fd, 1, (int)(DEADLINE_S * 1000)), 1);
}

/* The host need not read what follows an error: then writing ends there. */
static void guest_write(int fd, const void *bytes, size_t size)
{
    for (const uint8_t *from = bytes; size > 0;) {
        ssize_t put = write(fd, from, size);
        if (put < 0) {
            wait_for(fd, POLLOUT);
            continue;
        }
        from += put;
        size -= (size_t)put;
    }
}

/* The next message of the host of this kind; others are passed over. `text`
 * gets a NOTIFY_ERROR's. */
static unsigned guest_wait(int fd, enum port_event_kind kind, char *text, size_t text_size)
{
    static struct port_parser parser;
    struct port_event event = { .kind = PORT_EVENT_NONE };

    port_parser_init(&parser, PORT_READER_GUEST);
    while (event.kind != kind) {
        uint8_t *where;
        size_t room;
        port_parser_want(&parser, &where, &room);
        wait_for(fd, POLLIN);
        ssize_t got = read(fd, where, room);
        assert_true(got > 0);
        port_parser_got(&parser, (size_t)got, &event);
        assert_int_not_equal(event.kind, PORT_EVENT_ERROR);
    }
    if (text)
        g_snprintf(text, text_size, "%.*s", (int)event.bytes, (const char *)event.body);
    return event.bytes;
}

/* Opens the port and waits for START. */
static int guest_start(void)
{
    int fd = guest_open();
    guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    while (guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    return fd;
}

static void guest_format(int fd, uint32_t width_px, uint32_t height_px)
{
    const struct port_format format = { width_px, height_px, PORT_CODEC_H264 };
    uint8_t message[PORT_HEADER_BYTES + PORT_FORMAT_BYTES];
    guest_write(fd, message, (size_t)port_compose_format(message, sizeof message, &format));
}

static void guest_key_frame(int fd)
{
    uint8_t header[PORT_HEADER_BYTES];
    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)bed.key_frame_size);
    guest_write(fd, header, sizeof header);
    guest_write(fd, bed.key_frame, bed.key_frame_size);
}

/* --- the client ----------------------------------------------------------- */

static void client_shows(const char *source)
{
    for (;;) {
        g_autoptr(GError) error = NULL;
        const Notice *shown = child_wait_notice(bed.client, "shown", &bed.client_cursor,
                                                DEADLINE_S, NULL, &error);
        if (!shown)
            fail_msg("waiting for the %s: %s", source, error->message);
        if (g_str_equal(notice_value(shown, "source"), source))
            return;
    }
}

static const Notice *ask(Child *child, const char *command, const char *answer)
{
    guint cursor = child_notice_count(child);
    assert_true(child_send(child, NULL, "%s", command));
    const Notice *notice = child_wait_notice(child, answer, &cursor, DEADLINE_S, NULL, NULL);
    assert_non_null(notice);
    return notice;
}

/* The client's picture is the vGPU's, pixel for pixel. */
static void client_has_the_vgpus_pixels(void)
{
    g_autofree char *shown_file = g_build_filename(bed.folder, "shown.png", NULL);
    g_autofree char *vgpu_file = g_build_filename(bed.folder, "vgpu.png", NULL);
    g_autofree char *save = g_strconcat("save ", shown_file, NULL);
    g_autofree char *snapshot = g_strconcat("snapshot ", vgpu_file, NULL);
    gint64 end_us = g_get_monotonic_time() + (gint64)(DEADLINE_S * G_USEC_PER_SEC);
    PictureDifference difference;

    ask(bed.vm, "pause", "paused");
    ask(bed.vm, snapshot, "snapshot");
    do { /* what the server has sent may still be on its way */
        ask(bed.client, save, "saved");
        g_autoptr(Picture) shown = picture_load(shown_file, NULL);
        g_autoptr(Picture) vgpu = picture_load(vgpu_file, NULL);
        assert_non_null(shown);
        assert_non_null(vgpu);
        assert_true(picture_compare(shown, vgpu, &difference, NULL));
    } while (difference.wrong_pixels != 0 && g_get_monotonic_time() < end_us);
    assert_int_equal(difference.wrong_pixels, 0);
    child_send(bed.vm, NULL, "resume");
}

/* A guest that keeps to the protocol gets its picture shown, and the vGPU
 * comes back when it leaves. */
static void an_honest_guest_is_served(void)
{
    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    close(fd);
    client_shows("vgpu");
    assert_false(child_has_ended(bed.vm, NULL));
    assert_false(child_has_ended(bed.client, NULL));
}

/* --- tests ---------------------------------------------------------------- */

#define HEADER(type, size) \
    1, 0, (type), 0, (size) & 0xff, (size) >> 8 & 0xff, (size) >> 16 & 0xff, (size) >> 24 & 0xff
#define LE32(n) (n) & 0xff, (n) >> 8 & 0xff, (n) >> 16 & 0xff, (n) >> 24 & 0xff
#define FORMAT(w, h, codec) HEADER(PORT_FORMAT, 12), LE32(w), LE32(h), codec, 0, 0, 0
#define BYTES(...) sizeof((uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ }

static const struct {
    const char *name;
    size_t size;
    uint8_t bytes[48];
    const char *reply;
} violations[] = {
    { "another protocol version", BYTES(2, 0, 3, 0, 5, 0, 0, 0), "protocol version is not 1" },
    { "DATA before FORMAT", BYTES(HEADER(PORT_DATA, 5)), "DATA before FORMAT" },
    { "0x0", BYTES(FORMAT(0, 0, 3)), "FORMAT: width and height must be at least 1" },
    { "0x720", BYTES(FORMAT(0, 720, 3)), "FORMAT: width and height must be at least 1" },
    { "2^31 x 2^31", BYTES(FORMAT(0x80000000, 0x80000000, 3)), "FORMAT: larger than 8192x4320" },
    { "65535x65535", BYTES(FORMAT(65535, 65535, 3)), "FORMAT: larger than 8192x4320" },
    { "2^32-1 x 1", BYTES(FORMAT(0xffffffff, 1, 3)), "FORMAT: larger than 8192x4320" },
    { "a codec that nobody offered", BYTES(FORMAT(64, 64, 4)), "FORMAT: the codec was not offered" },
    { "DATA of 2^31-1", BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 0x7fffffff)),
      "DATA: larger than 8 MiB" },
    { "DATA of nothing", BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 0)), "DATA: empty" },
    { "AVCC instead of a byte stream",
      BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 6), 0, 0, 0, 2, 0x65, 0x88),
      "DATA: not an H.264 access unit in byte stream format" },
    { "START_STOP from the guest", BYTES(HEADER(PORT_START_STOP, 1), 0),
      "a message that only the other end may send" },
};

static void a_violation_is_answered_and_the_port_works_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(violations); i++) {
        char text[PORT_NOTIFY_ERROR_MAX_BYTES];
        print_message("%s\n", violations[i].name);

        int fd = guest_start();
        guest_write(fd, violations[i].bytes, violations[i].size);
        guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
        assert_string_equal(text, violations[i].reply);
        /* What follows is drained, however much it is. */
        for (unsigned n = 0; n < 8; n++)
            guest_key_frame(fd);
        close(fd);
    }
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

static void a_violation_while_the_pgpu_is_shown_brings_the_vgpu_back(void **state)
{
    (void)state;
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];
    const uint8_t bad[] = { HEADER(0, 0) };

    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_write(fd, bad, sizeof bad);
    guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, "message type 0 is invalid");
    client_shows("vgpu"); /* with the port still open */
    client_has_the_vgpus_pixels();
    close(fd);
    an_honest_guest_is_served();
}

static void killed_in_the_middle_of_a_frame(void **state)
{
    (void)state;
    uint8_t header[PORT_HEADER_BYTES];

    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    port_compose_header(header, sizeof header, PORT_DATA, 1000000);
    guest_write(fd, header, sizeof header);
    guest_write(fd, bed.key_frame, bed.key_frame_size / 2);
    close(fd);
    client_shows("vgpu");
    client_has_the_vgpus_pixels();
    an_honest_guest_is_served();
}

static void messages_without_use_are_skipped(void **state)
{
    (void)state;
    g_autofree uint8_t *message = g_malloc0(PORT_HEADER_BYTES + PORT_SKIP_MAX_BYTES);

    int fd = guest_start();
    guest_format(fd, 640, 480);
    port_compose_header(message, PORT_HEADER_BYTES, PORT_QUALITY_INDICATOR, PORT_SKIP_MAX_BYTES);
    guest_write(fd, message, PORT_HEADER_BYTES + PORT_SKIP_MAX_BYTES);
    guest_key_frame(fd);
    client_shows("pgpu");
    close(fd);
    client_shows("vgpu");
}

/* A flood and a close at once left the credit used up for ever. */
static void floods_and_closes_leave_the_credit_whole(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FLOODS; i++) {
        int fd = guest_start();
        guest_format(fd, 640, 480);
        for (unsigned n = 0; n < FLOOD_FRAMES; n++)
            guest_key_frame(fd);
        close(fd);
    }
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* --- set-up --------------------------------------------------------------- */

static char *absolute(const char *path)
{
    g_autofree char *here = g_get_current_dir();
    return g_build_filename(here, path, NULL);
}

static Child *start(const char *const *argv, const char *library_path)
{
    g_auto(GStrv) environment = g_get_environ();
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_path_get_basename(argv[0]);
    g_autofree char *log = g_strdup_printf("%s/%s.log", bed.folder, name);

    if (library_path)
        environment = g_environ_setenv(environment, "LD_LIBRARY_PATH", library_path, TRUE);
    Child *child = child_start(name, argv, (const char *const *)environment, log, &error);
    if (!child)
        fail_msg("%s", error->message);
    return child;
}

static void make_key_frame(void)
{
    g_autofree char *file = g_build_filename(bed.folder, "key-frame.h264", NULL);
    const char *argv[] = { "ffmpeg", "-v", "error", "-f", "lavfi", "-i",
                           "testsrc2=size=640x480:rate=30", "-frames:v", "1", "-pix_fmt", "yuv420p",
                           "-c:v", "libx264", "-tune", "zerolatency", "-f", "h264", file, NULL };
    int status = -1;

    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             &status, NULL) && status == 0);
    assert_true(g_file_get_contents(file, (char **)&bed.key_frame, &bed.key_frame_size, NULL));
}

static int set_up(void **state)
{
    (void)state;
    bed.folder = g_dir_make_tmp("vdibench-hostile-XXXXXX", NULL);
    bed.port = g_build_filename(bed.folder, "port", NULL);
    make_key_frame();

    g_autofree char *vm = absolute("build/vm-sim"), *client = absolute("build/client");
    g_autofree char *library = absolute("build/spice-server/lib");
    g_autofree char *port = g_strconcat("pty:", bed.port, NULL);
    const char *vm_argv[] = { vm, "--port-name", PORT_NAME, "--port", port,
                              "--expect-library", library, NULL };
    guint cursor = 0;
    bed.vm = start(vm_argv, library);
    const Notice *ready = child_wait_notice(bed.vm, "ready", &cursor, DEADLINE_S, NULL, NULL);
    assert_non_null(ready);
    child_send(bed.vm, NULL, "desktop");

    g_autofree char *uri = g_strconcat("spice://", notice_value(ready, "listen"), NULL);
    const char *client_argv[] = { client, "--uri", uri, "--sink", "appsink", NULL };
    bed.client = start(client_argv, NULL);
    client_shows("vgpu");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gboolean ok = child_end(bed.client, 5, NULL);
    ok = child_end(bed.vm, 5, NULL) && ok;
    child_destroy(bed.client);
    child_destroy(bed.vm);
    folder_remove(bed.folder);
    g_free(bed.folder);
    g_free(bed.port);
    g_free(bed.key_frame);
    return ok ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_violation_is_answered_and_the_port_works_again),
        cmocka_unit_test(a_violation_while_the_pgpu_is_shown_brings_the_vgpu_back),
        cmocka_unit_test(killed_in_the_middle_of_a_frame),
        cmocka_unit_test(messages_without_use_are_skipped),
        cmocka_unit_test(floods_and_closes_leave_the_credit_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
