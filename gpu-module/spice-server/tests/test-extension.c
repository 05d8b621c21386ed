/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Our extension of the port's protocol, in the real SPICE server: what the
 * module does with an agent that knows it, and with one that does not.
 */
#include "gpu-module/counters-map.h"
#include "gpu-module/spice-server/tests/bed.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

static void guest_p_frame(int fd)
{
    static const uint8_t message[] = {HEADER(PORT_DATA, 6), 0, 0, 0, 1, 0x41, 0x9a};
    guest_write(fd, message, sizeof message);
}

/* A guest's first picture is shown, and the vGPU once it has left. */
static void another_guest_is_served(void)
{
    int fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_close(fd);
    client_shows("vgpu");
}

/* Somebody waits for a key frame: the agent is asked with the message that both
 * announced; one that does not answer gets STOP and START; and what comes
 * then is shown. The next guest, which knows none of it, gets them at once. */
static void a_key_frame_is_asked_for_in_the_agents_language(void **state)
{
    (void)state;
    int fd = guest_open();
    guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    guest_announce(fd, PORT_EXTENSION_KEY_FRAME_REQUEST);
    while (guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_format(fd, 320, 240);
    guest_p_frame(fd);
    guest_wait(fd, PORT_EVENT_KEY_FRAME_REQUEST, NULL, 0);
    guest_p_frame(fd);
    assert_int_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    assert_int_not_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    guest_close(fd);
    client_shows("vgpu");

    fd = guest_start();
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_format(fd, 320, 240);
    guest_p_frame(fd);
    assert_int_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    assert_int_not_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    guest_close(fd);
    client_shows("vgpu");
    another_guest_is_served();
}

/* Frame information goes with its frame, and feedback comes while frames do:
 * a key frame more than the port holds, each time the one before was read. */
static void frames_are_announced_and_answered(void **state)
{
    (void)state;
    struct port_frame_information information = {.id = 1, .key_frame = true};
    struct pollfd port = {.events = POLLIN};
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);

    port.fd = guest_open();
    guest_wait(port.fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    guest_announce(port.fd, PORT_EXTENSION_FRAME_INFORMATION | PORT_EXTENSION_FEEDBACK);
    while (guest_wait(port.fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    guest_format(port.fd, 640, 480);
    while (poll(&port, 1, 0) == 0) { /* START was all that there was to read */
        uint8_t message[PORT_HEADER_BYTES + PORT_FRAME_INFORMATION_BYTES];
        guest_write(port.fd, message,
                    (size_t)port_compose_frame_information(message, sizeof message, &information));
        guest_key_frame(port.fd);
        information.id++;
        assert_true(g_get_monotonic_time() < end_us);
    }
    struct port_event event = guest_wait_event(port.fd, PORT_EVENT_FEEDBACK);
    assert_in_range(event.feedback.frames_in_flight, 1, 3);
    assert_in_range(event.feedback.achieved_kbps, 1, UINT32_MAX);
    assert_int_equal(event.feedback.frames_dropped, 0);
    guest_close(port.fd);
    client_shows("vgpu");
}

/* What has not been announced is skipped like any unknown message; what has
 * been is held to its size. */
static void an_extension_counts_once_it_is_announced(void **state)
{
    (void)state;
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];
    const uint8_t wrong_size[] = {1, 0, 0x02, 0x50, 3, 0, 0, 0, 1, 2, 3};

    int fd = guest_start();
    guest_write(fd, wrong_size, sizeof wrong_size);
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    guest_announce(fd, PORT_EXTENSIONS_ALL);
    guest_write(fd, wrong_size, sizeof wrong_size);
    guest_wait(fd, PORT_EVENT_NOTIFY_ERROR, text, sizeof text);
    assert_string_equal(text, "frame information: wrong size");
    client_shows("vgpu");
    guest_close(fd);
    another_guest_is_served();
}

/* --- the heartbeat --------------------------------------------------------------- */

static void guest_heartbeat(int fd)
{
    static const uint8_t message[] = {1, 0, PORT_HEARTBEAT & 0xff, PORT_HEARTBEAT >> 8, 0, 0, 0, 0};
    guest_write(fd, message, sizeof message);
}

static int guest_start_with(unsigned extensions)
{
    int fd = guest_open();

    guest_wait(fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    guest_announce(fd, extensions);
    while (guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
    return fd;
}

/* What the module answers to the first byte of an agent that counted as hung; it
 * then begins again. */
static void guest_begins_again(int fd)
{
    assert_int_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    assert_int_not_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    guest_format(fd, 640, 480);
    guest_key_frame(fd);
    client_shows("pgpu");
}

/* With the port open, in the middle of a frame as well; each time it goes on where
 * it was, and nothing of the stream before is shown. */
static void a_hung_agent_gives_the_vgpu_back_until_it_goes_on(void **state)
{
    (void)state;
    uint8_t header[PORT_HEADER_BYTES];
    int fd = guest_start_with(PORT_EXTENSIONS_ALL);

    client_shows("vgpu");
    client_has_the_vgpus_pixels();
    guest_heartbeat(fd);
    guest_begins_again(fd);

    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)bed.key_frame_size);
    guest_write(fd, header, sizeof header);
    guest_write(fd, bed.key_frame, bed.key_frame_size / 2);
    client_shows("vgpu");
    client_has_the_vgpus_pixels();
    guest_write(fd, bed.key_frame + bed.key_frame_size / 2,
                bed.key_frame_size - bed.key_frame_size / 2);
    guest_key_frame(fd);
    guest_begins_again(fd);
    guest_close(fd);
    client_shows("vgpu");
    another_guest_is_served();
}

/* It shows its last picture while a key frame of the new format is waited for. */
static void an_agent_that_hangs_when_it_is_to_begin_again_gives_the_vgpu_back(void **state)
{
    (void)state;
    int fd = guest_start_with(PORT_EXTENSION_HEARTBEAT);

    guest_format(fd, 320, 240);
    guest_p_frame(fd);
    assert_int_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    assert_int_not_equal(guest_wait(fd, PORT_EVENT_START_STOP, NULL, 0), 0);
    client_shows("vgpu");
    client_has_the_vgpus_pixels();
    guest_close(fd);
    another_guest_is_served();
}

/* Neither shows anything new for as long as a hung one is waited for. */
static void who_announced_no_heartbeat_or_sends_it_is_not_hung(void **state)
{
    (void)state;
    char error[256];
    const struct gpu_counters *counters = counters_map(child_pid(bed.vm), error, sizeof error);
    struct pollfd answer = {.events = POLLIN};
    assert_non_null(counters);
    uint64_t hangs = counter_get(&counters->main.hangs);

    answer.fd = guest_start_with(PORT_EXTENSIONS_ALL & ~PORT_EXTENSION_HEARTBEAT);
    assert_int_equal(poll(&answer, 1, PORT_HEARTBEAT_TIMEOUT_MS + 2 * PORT_HEARTBEAT_INTERVAL_MS),
                     0);
    guest_close(answer.fd);
    client_shows("vgpu");

    answer.fd = guest_start_with(PORT_EXTENSION_HEARTBEAT);
    for (unsigned ms = 0; ms < PORT_HEARTBEAT_TIMEOUT_MS + 2 * PORT_HEARTBEAT_INTERVAL_MS;
         ms += PORT_HEARTBEAT_INTERVAL_MS) {
        guest_heartbeat(answer.fd);
        assert_int_equal(poll(&answer, 1, PORT_HEARTBEAT_INTERVAL_MS), 0);
    }
    assert_int_equal(counter_get(&counters->main.hangs), hangs);
    guest_close(answer.fd);
    client_shows("vgpu");
    counters_unmap(counters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_frame_is_asked_for_in_the_agents_language),
        cmocka_unit_test(frames_are_announced_and_answered),
        cmocka_unit_test(a_hung_agent_gives_the_vgpu_back_until_it_goes_on),
        cmocka_unit_test(an_agent_that_hangs_when_it_is_to_begin_again_gives_the_vgpu_back),
        cmocka_unit_test(who_announced_no_heartbeat_or_sends_it_is_not_hung),
        cmocka_unit_test(an_extension_counts_once_it_is_announced),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
