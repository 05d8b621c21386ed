/*
 * Our extension of the port's protocol, in the real SPICE server: what the
 * module does with an agent that knows it, and with one that does not.
 */
#include "gpu-module/spice-server/tests/bed.h"

#include <poll.h>
#include <unistd.h>

static void guest_p_frame(int fd)
{
    static const uint8_t message[] = { HEADER(PORT_DATA, 6), 0, 0, 0, 1, 0x41, 0x9a };
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
 * announced; one that does not answer is told to begin again; and what comes
 * then is shown. The next guest, which knows none of it, is told so at once. */
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
    struct port_frame_information information = { .id = 1, .key_frame = true };
    struct pollfd said = { .events = POLLIN };
    gint64 end_us = g_get_monotonic_time() + (gint64)(DEADLINE_S * G_USEC_PER_SEC);

    said.fd = guest_open();
    guest_wait(said.fd, PORT_EVENT_CAPABILITIES, NULL, 0);
    guest_announce(said.fd, PORT_EXTENSION_FRAME_INFORMATION | PORT_EXTENSION_FEEDBACK);
    while (guest_wait(said.fd, PORT_EVENT_START_STOP, NULL, 0) == 0)
        ;
    guest_format(said.fd, 640, 480);
    while (poll(&said, 1, 0) == 0) { /* START was all that there was to read */
        uint8_t message[PORT_HEADER_BYTES + PORT_FRAME_INFORMATION_BYTES];
        guest_write(said.fd, message,
                    (size_t)port_compose_frame_information(message, sizeof message, &information));
        guest_key_frame(said.fd);
        information.id++;
        assert_true(g_get_monotonic_time() < end_us);
    }
    struct port_event event = guest_wait_event(said.fd, PORT_EVENT_FEEDBACK);
    assert_in_range(event.feedback.frames_in_flight, 1, 3);
    assert_in_range(event.feedback.achieved_kbps, 1, UINT32_MAX);
    assert_int_equal(event.feedback.frames_dropped, 0);
    guest_close(said.fd);
    client_shows("vgpu");
}

/* What has not been announced is skipped like any unknown message; what has
 * been is held to its size. */
static void an_extension_counts_once_it_is_announced(void **state)
{
    (void)state;
    char text[PORT_NOTIFY_ERROR_MAX_BYTES];
    const uint8_t wrong_size[] = { 1, 0, 0x02, 0x50, 3, 0, 0, 0, 1, 2, 3 };

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_frame_is_asked_for_in_the_agents_language),
        cmocka_unit_test(frames_are_announced_and_answered),
        cmocka_unit_test(an_extension_counts_once_it_is_announced),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
