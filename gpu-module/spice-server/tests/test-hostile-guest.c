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
#include "gpu-module/tests/abuse.h"
#include "protocol/access-unit.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* A port that takes nothing for so long is full, and nobody reads it. */
#define FULL_MS 300

static int begin(const struct abuse *abuse)
{
    const int fd = abuse->state == ABUSE_IDLE ? guest_open() : guest_start();

    if (abuse->state == ABUSE_IDLE)
        guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    if (abuse->state >= ABUSE_FORMATTED)
        guest_format(fd, BED_WIDTH_PX, BED_HEIGHT_PX);
    if (abuse->state >= ABUSE_STREAMING) {
        guest_key_frame(fd);
        client_shows("pgpu");
    }
    return fd;
}

/* A violation is answered at once. What follows it is drained, however much it is. */
static void is_refused(int fd, const char *reply)
{
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];

    guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, reply);
    for (unsigned n = 0; n < 8; n++)
        guest_key_frame(fd);
    guest_close(fd);
    guests_are_gone();
}

static void each_abuse_has_its_answer(void **state)
{
    (void)state;
    for (enum abuse_state now = ABUSE_IDLE; now < ABUSE_STATES; now++) {
        if (now == ABUSE_IDLE)
            ask(bed.client, "disconnect", "disconnected");
        for (unsigned i = 0; i < abuses_count; i++) {
            const struct abuse *abuse = &abuses[i];
            if (abuse->state != now)
                continue;
            print_message("%s in state %d\n", abuse->name, now);
            g_autofree uint8_t *zeros = g_malloc0(abuse->zeros);
            const int fd = begin(abuse);
            guest_write(fd, abuse->bytes, abuse->size);
            guest_write(fd, zeros, abuse->zeros);
            if (abuse->reply)
                is_refused(fd, abuse->reply);
            else
                guest_ends_with(fd, NULL);
            if (now >= ABUSE_STREAMING)
                client_shows("vgpu");
        }
        if (now == ABUSE_IDLE) {
            ask(bed.client, "connect", "connected");
            client_shows("vgpu");
        }
        an_honest_guest_is_served();
        client_has_the_vgpus_pixels();
    }
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
        cmocka_unit_test(each_abuse_has_its_answer),
        cmocka_unit_test(a_frame_whose_slice_is_too_far_is_refused),
        cmocka_unit_test(a_violation_while_the_pgpu_is_shown_brings_the_vgpu_back),
        cmocka_unit_test(what_is_tolerated_costs_the_display_only),
        cmocka_unit_test(killed_in_the_middle_of_a_frame),
        cmocka_unit_test(killed_with_frames_unread),
        cmocka_unit_test(messages_without_use_are_skipped),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
