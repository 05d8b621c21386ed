/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The GPU module in the real SPICE server, with a simulated VM and an
 * unmodified client, against guests that break the protocol. Whatever they
 * write: the exact reply, the vGPU visible, the client still connected, and
 * the port usable again for the next guest.
 *
 * Storms and floods are in test-guest-storms.c.
 */
#include "gpu-module/counters-map.h"
#include "gpu-module/spice-server/tests/bed.h"
#include "protocol/access-unit.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* A port that takes nothing for so long is full, and nobody reads it. */
#define FULL_MS 300

/* clang-format off */
#define BYTES(...) sizeof((uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ }
/* clang-format on */

static const struct {
    const char *name;
    size_t size;
    uint8_t bytes[48];
    const char *reply;
} violations[] = {
    {"another protocol version", BYTES(2, 0, 3, 0, 5, 0, 0, 0), "protocol version is not 1"},
    {"0x0", BYTES(FORMAT(0, 0, 3)), "FORMAT: width and height must be at least 1"},
    {"0x720", BYTES(FORMAT(0, 720, 3)), "FORMAT: width and height must be at least 1"},
    {"2^31 x 2^31", BYTES(FORMAT(0x80000000, 0x80000000, 3)), "FORMAT: larger than 8192x4320"},
    {"65535x65535", BYTES(FORMAT(65535, 65535, 3)), "FORMAT: larger than 8192x4320"},
    {"2^32-1 x 1", BYTES(FORMAT(0xffffffff, 1, 3)), "FORMAT: larger than 8192x4320"},
    {"DATA of 2^31-1", BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 0x7fffffff)),
     "DATA: larger than 8 MiB"},
    {"DATA of 2^31-1 before FORMAT", BYTES(HEADER(PORT_DATA, 0x7fffffff)),
     "DATA: larger than 8 MiB"},
    {"AVCC instead of a byte stream",
     BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 6), 0, 0, 0, 2, 0x65, 0x88),
     "DATA: not a frame of the FORMAT's codec (H.264, H.265: in byte stream format)"},
    {"START_STOP from the guest", BYTES(HEADER(PORT_START_STOP, 1), 0),
     "a message that only the other end may send"},
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
        guest_close(fd);
    }
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* The reply to a header of this type that claims this size; the body follows as
 * far as it can be meant seriously. NULL: none. */
static const struct {
    uint16_t type;
    uint32_t size;
    const char *reply;
} sizes[] = {
    {PORT_CAPABILITIES, 0, NULL},
    {PORT_CAPABILITIES, PORT_CAPABILITIES_MAX_BYTES, NULL},
    {PORT_CAPABILITIES, PORT_CAPABILITIES_MAX_BYTES + 1, "CAPABILITIES: too large"},
    {PORT_CAPABILITIES, UINT32_MAX, "CAPABILITIES: too large"},
    {PORT_FORMAT, 0, "FORMAT: wrong size"},
    {PORT_FORMAT, PORT_FORMAT_BYTES - 1, "FORMAT: wrong size"},
    {PORT_FORMAT, PORT_FORMAT_BYTES + 1, "FORMAT: wrong size"},
    {PORT_FORMAT, UINT32_MAX, "FORMAT: wrong size"},
    {PORT_DATA, 0, NULL},
    {PORT_DATA, PORT_DATA_MAX_BYTES + 1, "DATA: larger than 8 MiB"},
    {PORT_DATA, UINT32_MAX, "DATA: larger than 8 MiB"},
    {PORT_CURSOR_SET, 0, "CURSOR_SET: shorter than its header"},
    {PORT_CURSOR_SET, PORT_CURSOR_SET_MIN_BYTES, NULL},
    {PORT_CURSOR_SET, PORT_CURSOR_SET_MAX_BYTES + 1, "CURSOR_SET: larger than 1024x1024"},
    {PORT_CURSOR_SET, UINT32_MAX, "CURSOR_SET: larger than 1024x1024"},
    {PORT_CURSOR_MOVE, 0, "CURSOR_MOVE: wrong size"},
    {PORT_CURSOR_MOVE, PORT_CURSOR_MOVE_BYTES, NULL},
    {PORT_CURSOR_MOVE, UINT32_MAX, "CURSOR_MOVE: wrong size"},
    {PORT_DEVICE_DISPLAY_INFO, 0, NULL},
    {PORT_QUALITY_INDICATOR, PORT_SKIP_MAX_BYTES + 1,
     "a message without use for us is too large to skip"},
    {0x7777, UINT32_MAX, "a message without use for us is too large to skip"},
};

static void each_size_has_its_answer(void **state)
{
    (void)state;
    static const uint8_t zeros[PORT_CAPABILITIES_MAX_BYTES];

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        uint8_t header[PORT_HEADER_BYTES];
        print_message("type %u of %u bytes\n", sizes[i].type, sizes[i].size);

        int fd = guest_start();
        if (sizes[i].type == PORT_DATA)
            guest_format(fd, 640, 480);
        port_compose_header(header, sizeof header, (enum port_message_type)sizes[i].type,
                            sizes[i].size);
        guest_write(fd, header, sizeof header);
        if (!sizes[i].reply)
            guest_write(fd, zeros, sizes[i].size);
        guest_ends_with(fd, sizes[i].reply);
    }
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

enum session_state { NOT_STARTED, STARTED, FORMATTED, STREAMING, SESSION_STATES };

/* The reply to a message in each state of a session; NULL: none. */
static const struct {
    const char *name;
    size_t size;
    uint8_t bytes[48];
    const char *reply[SESSION_STATES];
} messages[] = {
    {"CAPABILITIES", BYTES(HEADER(PORT_CAPABILITIES, 1), 0), {NULL}},
    {"CURSOR_MOVE", BYTES(HEADER(PORT_CURSOR_MOVE, 8), 1, 2, 3, 4, 5, 6, 7, 8), {NULL}},
    {"hidden cursor",
     BYTES(HEADER(PORT_CURSOR_SET, 12), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
     {NULL}},
    {"QUALITY_INDICATOR", BYTES(HEADER(PORT_QUALITY_INDICATOR, 4), 1, 2, 3, 4), {NULL}},
    {"FORMAT", BYTES(FORMAT(640, 480, 3)), {"FORMAT before START_STOP"}},
    {"DATA", BYTES(HEADER(PORT_DATA, 5), 0, 0, 1, 0x41, 0x9a), {NULL}},
    {"empty DATA", BYTES(HEADER(PORT_DATA, 0)), {NULL}},
    {"FORMAT of a codec that does not exist",
     BYTES(FORMAT(64, 64, 6)),
     {"FORMAT before START_STOP"}},
    {"NOTIFY_ERROR",
     BYTES(HEADER(PORT_NOTIFY_ERROR, 4), 0, 0, 0, 0),
     {"a message that only the other end may send", "a message that only the other end may send",
      "a message that only the other end may send", "a message that only the other end may send"}},
};

static void each_message_has_its_answer_in_each_state(void **state)
{
    (void)state;
    for (enum session_state now = NOT_STARTED; now < SESSION_STATES; now++) {
        if (now == NOT_STARTED)
            ask(bed.client, "disconnect", "disconnected");
        for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
            print_message("%s in state %d\n", messages[i].name, now);
            int fd = now == NOT_STARTED ? guest_open() : guest_start();
            if (now == NOT_STARTED)
                guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
            if (now >= FORMATTED)
                guest_format(fd, 640, 480);
            if (now >= STREAMING) {
                guest_key_frame(fd);
                client_shows("pgpu");
            }
            guest_write(fd, messages[i].bytes, messages[i].size);
            guest_ends_with(fd, messages[i].reply[now]);
            if (now >= STREAMING)
                client_shows("vgpu");
        }
        if (now == NOT_STARTED) {
            ask(bed.client, "connect", "connected");
            client_shows("vgpu");
        }
    }
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
}

/* Nothing but 01 bytes, the slowest to look through. */
static void a_frame_whose_slice_is_too_far_is_refused(void **state)
{
    (void)state;
    const size_t size = ACCESS_UNIT_SCAN_MAX_BYTES + 1;
    g_autofree uint8_t *message = g_malloc(PORT_HEADER_BYTES + size);
    const uint8_t sps[] = {0, 0, 0, 1, 0x67};

    port_compose_header(message, PORT_HEADER_BYTES, PORT_DATA, (uint32_t)size);
    memset(message + PORT_HEADER_BYTES, 0x01, size);
    memcpy(message + PORT_HEADER_BYTES, sps, sizeof sps);
    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_write(fd, message, PORT_HEADER_BYTES + size);
    guest_ends_with(fd, "DATA: no slice within the first 64 KiB (H.264, H.265)");
    an_honest_guest_is_served();
}

static void a_violation_while_the_pgpu_is_shown_brings_the_vgpu_back(void **state)
{
    (void)state;
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];
    const uint8_t bad[] = {HEADER(0, 0)};

    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_write(fd, bad, sizeof bad);
    guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, "message type 0 is invalid");
    client_shows("vgpu"); /* with the port still open */
    client_has_the_vgpus_pixels();
    guest_close(fd);
    an_honest_guest_is_served();
}

/* As upstream's device bears it: the vGPU is shown meanwhile, and the next FORMAT
 * that may be used is. A frame in between enters no stream, a key frame of the
 * right codec least of all. */
static void what_is_tolerated_costs_the_display_only(void **state)
{
    (void)state;
    static const uint8_t passed_over[] = {FORMAT(640, 480, 255)};
    static const uint8_t empty[] = {HEADER(PORT_DATA, 0)};

    int fd = guest_start();
    guest_key_frame(fd);
    guest_write(fd, empty, sizeof empty);
    guest_format(fd, 640, 480);
    guest_write(fd, empty, sizeof empty);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_write(fd, passed_over, sizeof passed_over);
    guest_key_frame(fd);
    client_shows("vgpu");
    client_has_the_vgpus_pixels();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_close(fd);
    client_shows("vgpu");
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
    guest_close(fd);
    client_shows("vgpu");
    client_has_the_vgpus_pixels();
    an_honest_guest_is_served();
}

/* Frames until the port takes no more. */
static void fill_the_port(int fd)
{
    struct pollfd port = {.fd = fd, .events = POLLOUT};
    uint8_t header[PORT_HEADER_BYTES];

    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)bed.key_frame_size);
    for (;;) {
        size_t size = sizeof header + bed.key_frame_size;
        while (size > 0) {
            const bool in_header = size > bed.key_frame_size;
            const size_t part = in_header ? size - bed.key_frame_size : size;
            const uint8_t *from = in_header ? header + sizeof header - part
                                            : bed.key_frame + bed.key_frame_size - part;
            if (poll(&port, 1, FULL_MS) == 0)
                return;
            const ssize_t put = write(fd, from, part);
            assert_true(put > 0);
            size -= (size_t)put;
        }
    }
}

/* What a killed guest leaves in the port, because there was no credit to read it,
 * was read as the next one's. Whole messages of it are tolerated, unlike a half one. */
static void killed_with_frames_unread(void **state)
{
    (void)state;
    char error[256];
    const struct gpu_counters *counters = counters_map(child_pid(bed.vm), error, sizeof error);
    assert_non_null(counters);
    const uint64_t tolerated = counter_get(&counters->main.tolerated);

    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    kill(child_pid(bed.client), SIGSTOP);
    fill_the_port(fd);
    guest_close(fd);
    fd = guest_start();
    kill(child_pid(bed.client), SIGCONT);
    guest_close(fd);
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
    assert_int_equal(counter_get(&counters->main.tolerated), tolerated);
    counters_unmap(counters);
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
    guest_close(fd);
    client_shows("vgpu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_violation_is_answered_and_the_port_works_again),
        cmocka_unit_test(each_size_has_its_answer),
        cmocka_unit_test(each_message_has_its_answer_in_each_state),
        cmocka_unit_test(a_frame_whose_slice_is_too_far_is_refused),
        cmocka_unit_test(a_violation_while_the_pgpu_is_shown_brings_the_vgpu_back),
        cmocka_unit_test(what_is_tolerated_costs_the_display_only),
        cmocka_unit_test(killed_in_the_middle_of_a_frame),
        cmocka_unit_test(killed_with_frames_unread),
        cmocka_unit_test(messages_without_use_are_skipped),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
