/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The GPU module in the real SPICE server, with a simulated VM and an
 * unmodified client, against guests that do too much of it, and a client that
 * does nothing: floods, storms, lies and dribbles. Whatever they do: the
 * server's memory stays bounded, the vGPU's pixels are right afterwards, and
 * the next, honest guest is served.
 */
#include "gpu-module/flow.h"
#include "gpu-module/spice-server/tests/bed.h"
#include "gpu-module/switch-rate.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define FLOODS 20
#define FLOOD_FRAMES 40
#define STORM_OPENINGS 200
#define STORM_FORMATS 100
#define CURSOR_MOVES 50000
#define FRAMES_WITHOUT_IDR 60
#define STALLED_FRAMES_MAX 32 /* 256 MiB: an end, if nothing stops the guest */

/* What a guest may make the server hold: the frames of the credit's window and
 * the one being read, each of the largest size; a cursor shape being read and
 * one kept; and as much again for what the allocator keeps of it. */
#define GUEST_MEMORY_MAX_KIB \
    (2 * ((FLOW_WINDOW_FRAMES + 1) * PORT_DATA_MAX_BYTES + 2 * PORT_CURSOR_SET_MAX_BYTES) / 1024)

/* A port that has taken nothing for so long is full. */
#define PORT_FULL_MS 300

static int watch_memory(void **state)
{
    (void)state;
    vm_memory_begin();
    return 0;
}

/* What each test ends with. */
static void all_is_well(void)
{
    an_honest_guest_is_served();
    client_has_the_vgpus_pixels();
    vm_memory_grew_at_most(GUEST_MEMORY_MAX_KIB);
}

/* --- what the guests do -------------------------------------------------------- */

/* Less than all, when the host reads no more. */
static size_t guest_write_some(int fd, const uint8_t *bytes, size_t size)
{
    size_t written = 0;
    while (written < size) {
        struct pollfd port = {.fd = fd, .events = POLLOUT};
        ssize_t put = write(fd, bytes + written, size - written);
        if (put > 0)
            written += (size_t)put;
        else if (poll(&port, 1, PORT_FULL_MS) == 0)
            break;
    }
    return written;
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
        guest_close(fd);
    }
    all_is_well();
}

static void storms_of_openings(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STORM_OPENINGS; i++)
        guest_close(guest_open());
    for (unsigned i = 0; i < STORM_OPENINGS; i++) {
        int fd = guest_open(); /* does not wait for anything */
        guest_format(fd, 640, 480);
        guest_key_frame(fd);
        guest_close(fd);
    }
    guests_are_gone();
    all_is_well();
}

static void storms_of_formats(void **state)
{
    (void)state;
    int fd = guest_start();
    for (unsigned i = 0; i < STORM_FORMATS; i++) {
        const uint8_t format[] = {FORMAT(640 - 2 * (i % 2), 480, 3)};
        uint8_t header[PORT_HEADER_BYTES];
        port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)bed.key_frame_size);
        guest_write_some(fd, format, sizeof format);
        guest_write_some(fd, header, sizeof header);
        guest_write_some(fd, bed.key_frame, bed.key_frame_size);
    }
    guest_close(fd);
    all_is_well();
}

/* What exceeds the stock has to wait: not a speed, but the least that it takes. */
static void formats_wait_for_their_turn(void **state)
{
    (void)state;
    const unsigned formats = 2 * SWITCH_RATE_STOCK;
    int fd = guest_start();
    int64_t begin_us = g_get_monotonic_time();

    for (unsigned i = 0; i < formats; i++)
        guest_format(fd, 640, 480);
    guest_ends_with(fd, NULL);
    int64_t waited_ms = (g_get_monotonic_time() - begin_us) / 1000;
    assert_true(waited_ms >= (formats - SWITCH_RATE_STOCK - 1) * SWITCH_RATE_INTERVAL_MS);
    all_is_well();
}

static void floods_of_cursors(void **state)
{
    (void)state;
    static const uint8_t move[] = {HEADER(PORT_CURSOR_MOVE, 8), LE32(100), LE32(200)};
    const uint8_t shape[] = {
        HEADER(PORT_CURSOR_SET, 12 + 1024 * 1024 * 4), 0, 4, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0};
    g_autofree uint8_t *pixels = g_malloc0(1024 * 1024 * 4);

    int fd = guest_start();
    for (unsigned i = 0; i < CURSOR_MOVES; i++)
        guest_write(fd, move, sizeof move);
    for (unsigned i = 0; i < 8; i++) {
        guest_write(fd, shape, sizeof shape);
        guest_write(fd, pixels, 1024 * 1024 * 4);
    }
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_ends_with(fd, NULL);
    client_shows("vgpu");
    all_is_well();
}

static void one_byte_at_a_time(void **state)
{
    (void)state;
    const uint8_t format[] = {FORMAT(640, 480, 3)};
    uint8_t header[PORT_HEADER_BYTES];
    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)bed.key_frame_size);

    int fd = guest_start();
    for (size_t i = 0; i < sizeof format; i++)
        guest_write(fd, format + i, 1);
    for (size_t i = 0; i < sizeof header; i++)
        guest_write(fd, header + i, 1);
    for (size_t i = 0; i < bed.key_frame_size; i++)
        guest_write(fd, bed.key_frame + i, 1);
    client_shows("pgpu");
    guest_close(fd);
    client_shows("vgpu");
    all_is_well();
}

/* Each header promises 8 MiB; a hundred bytes come. */
static void lies_about_the_length_cost_nothing(void **state)
{
    (void)state;
    const uint8_t lie[100] = {HEADER(PORT_DATA, PORT_DATA_MAX_BYTES), 0, 0, 1, 0x65};

    for (unsigned i = 0; i < FLOODS; i++) {
        int fd = guest_start();
        guest_format(fd, 640, 480);
        guest_write(fd, lie, sizeof lie);
        guest_close(fd);
    }
    all_is_well();
}

/* The formats are legal, and the frames are not of that size. */
static void odd_geometry(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1}, {8192, 1}, {1, 8192}, {641, 479}};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        int fd = guest_start();
        guest_format(fd, sizes[i][0], sizes[i][1]);
        guest_key_frame(fd);
        guest_ends_with(fd, NULL);
    }
    all_is_well();
}

/* Nobody is shown anything, and the agent is asked for a key frame once. */
static void a_stream_without_idr(void **state)
{
    (void)state;
    static const uint8_t slice[] = {HEADER(PORT_DATA, 6), 0, 0, 0, 1, 0x41, 0x9a};
    const uint8_t bad[] = {HEADER(0, 0)};
    struct port_parser parser;
    struct port_event event = {.kind = PORT_EVENT_NONE};
    unsigned starts = 0;

    unsigned cursor = child_notice_count(bed.client);
    int fd = guest_start();
    guest_format(fd, 640, 480);
    for (unsigned i = 0; i < FRAMES_WITHOUT_IDR; i++)
        guest_write(fd, slice, sizeof slice);
    guest_write(fd, bad, sizeof bad);

    port_parser_init(&parser, PORT_READER_GUEST);
    while (event.kind != PORT_EVENT_NOTIFY_ERROR) {
        guest_read_event(fd, &parser, &event);
        starts += event.kind == PORT_EVENT_START_STOP && event.bytes > 0;
    }
    guest_close(fd);
    assert_in_range(starts, 0, 1);
    const struct notice *shown;
    while ((shown = child_next_notice(bed.client, "shown", &cursor)))
        assert_string_not_equal(notice_value(shown, "source"), "pgpu");
    all_is_well();
}

/* Frames of the largest size until the port takes no more, to a client that
 * takes nothing; then the port closes, and only then the client goes on. */
static void a_stalled_client_and_a_closed_port(void **state)
{
    (void)state;
    g_autofree uint8_t *frame = g_malloc0(PORT_HEADER_BYTES + PORT_DATA_MAX_BYTES);
    size_t written, frames = 0;

    port_compose_header(frame, PORT_HEADER_BYTES, PORT_DATA, PORT_DATA_MAX_BYTES);
    memcpy(frame + PORT_HEADER_BYTES, bed.key_frame, bed.key_frame_size);

    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    assert_int_equal(kill(child_pid(bed.client), SIGSTOP), 0);
    do {
        written = guest_write_some(fd, frame, PORT_HEADER_BYTES + PORT_DATA_MAX_BYTES);
        frames++;
    } while (written == PORT_HEADER_BYTES + PORT_DATA_MAX_BYTES && frames < STALLED_FRAMES_MAX);
    print_message("the port was full with frame %zu\n", frames);
    guest_close(fd);
    assert_int_equal(kill(child_pid(bed.client), SIGCONT), 0);
    client_shows("vgpu");
    all_is_well();
}

#define STORM(function) cmocka_unit_test_setup(function, watch_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORM(floods_and_closes_leave_the_credit_whole),
        STORM(storms_of_openings),
        STORM(storms_of_formats),
        STORM(formats_wait_for_their_turn),
        STORM(floods_of_cursors),
        STORM(one_byte_at_a_time),
        STORM(lies_about_the_length_cost_nothing),
        STORM(odd_geometry),
        STORM(a_stream_without_idr),
        STORM(a_stalled_client_and_a_closed_port),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
