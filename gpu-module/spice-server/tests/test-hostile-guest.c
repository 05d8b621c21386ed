/*
 * The GPU module in the real SPICE server, with a simulated VM and an
 * unmodified client, against guests that break the protocol. Whatever they
 * write: the exact reply, the vGPU visible, the client still connected, and
 * the port usable again for the next guest.
 */
#include "gpu-module/spice-server/tests/bed.h"

#include <unistd.h>

#define FLOODS 20
#define FLOOD_FRAMES 40

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
    { "a codec that does not exist", BYTES(FORMAT(64, 64, 6)), "FORMAT: the codec was not offered" },
    { "DATA of 2^31-1", BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 0x7fffffff)),
      "DATA: larger than 8 MiB" },
    { "DATA of nothing", BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 0)), "DATA: empty" },
    { "AVCC instead of a byte stream",
      BYTES(FORMAT(64, 64, 3), HEADER(PORT_DATA, 6), 0, 0, 0, 2, 0x65, 0x88),
      "DATA: not a frame of the FORMAT's codec (H.264, H.265: in byte stream format)" },
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_violation_is_answered_and_the_port_works_again),
        cmocka_unit_test(a_violation_while_the_pgpu_is_shown_brings_the_vgpu_back),
        cmocka_unit_test(killed_in_the_middle_of_a_frame),
        cmocka_unit_test(messages_without_use_are_skipped),
        cmocka_unit_test(floods_and_closes_leave_the_credit_whole),
    };
    return cmocka_run_group_tests(tests, bed_set_up, bed_tear_down);
}
