/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The relay and its client between a fake agent and a socket: every byte, in order. */
#include "harness/tests/program.h"
#include "harness/vm/relay/tcp-address.h"
#include "protocol/access-unit.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#define DEADLINE_S 30
#define BULK_BYTES (1024 * 1024) /* several times the pty's and the relay's buffers */
#define STUCK_MS 100

static char *folder; /* a new one for each test */

/* --- the fake agent ------------------------------------------------------ */

static int agent_open(const char *port)
{
    const char *path = strchr(port, ':') + 1;
    if (g_str_has_prefix(port, "pty:")) {
        int fd = open(path, O_RDWR | O_NOCTTY);
        assert_true(fd >= 0);
        return fd;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void write_all(int fd, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t now = write(fd, (const uint8_t *)bytes + done, size - done);
        assert_true(now > 0);
        done += (size_t)now;
    }
}

static void read_all(int fd, void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t now = read(fd, (uint8_t *)bytes + done, size - done);
        assert_true(now > 0);
        done += (size_t)now;
    }
}

/* CAPABILITIES without a bit, START_STOP with H.264; and without any codec. */
static const uint8_t start_bytes[] = {1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 4, 0, 2, 0, 0, 0, 1, 3};
static const uint8_t stop_bytes[] = {1, 0, 4, 0, 1, 0, 0, 0, 0};

static void agent_expect(int fd, const uint8_t *expected, size_t size)
{
    uint8_t got[64];
    read_all(fd, got, size);
    assert_memory_equal(got, expected, size);
}

/* --- the relay and a client ---------------------------------------------- */

static char *in_folder(const char *kind)
{
    return g_strdup_printf("%s%s/port", kind, folder);
}

static char *start_relay(struct program *relay, const char *port)
{
    program_start(relay, (const char *[]){"relay", "--port", port, NULL});
    return program_expect_value(relay, "ready", "listen");
}

static int connect_to(struct program *relay, const char *text)
{
    struct sockaddr_in address;
    assert_true(tcp_address_parse(text, &address, NULL));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    g_autofree char *state = program_expect_value(relay, "client", "state");
    assert_string_equal(state, "connected");
    return fd;
}

static void expect_state(struct program *program, const char *word, const char *state)
{
    g_autofree char *got = program_expect_value(program, word, "state");
    assert_string_equal(got, state);
}

static uint8_t *bulk(unsigned seed)
{
    uint8_t *bytes = g_malloc(BULK_BYTES);
    for (size_t i = 0; i < BULK_BYTES;
         i++) /* every value, and a period that differs from any buffer's size */
        bytes[i] = (uint8_t)(i + i / 251 + seed);
    return bytes;
}

struct writing {
    int fd;
    uint8_t *bytes;
};

static void *write_and_close(void *data)
{
    struct writing *writing = data;
    write_all(writing->fd, writing->bytes, BULK_BYTES);
    close(writing->fd);
    return NULL;
}

/* The guest closes the port once its last byte is written, before it has arrived. */
static void relay_one_session(struct program *relay, const char *port, int client, unsigned seed)
{
    g_autofree uint8_t *sent = bulk(seed), *got = g_malloc(BULK_BYTES);
    struct writing writing = {.fd = agent_open(port), .bytes = sent};

    expect_state(relay, "port", "opened");
    agent_expect(writing.fd, start_bytes, sizeof start_bytes);
    GThread *writer = g_thread_new("agent", write_and_close, &writing);
    read_all(client, got, BULK_BYTES);
    g_thread_join(writer);
    assert_memory_equal(got, sent, BULK_BYTES);
    expect_state(relay, "port", "closed");
}

static void every_byte_arrives_also_after_a_reopening(void **state)
{
    struct program relay;
    g_autofree char *port = in_folder(*state), *address = start_relay(&relay, port);
    int client = connect_to(&relay, address);

    for (unsigned session = 0; session < 3; session++)
        relay_one_session(&relay, port, client, session);
    close(client);
    expect_state(&relay, "client", "disconnected");
    assert_int_equal(program_end(&relay, NULL), 0);
    assert_false(g_file_test(strchr(port, ':') + 1, G_FILE_TEST_IS_SYMLINK));
    assert_false(g_file_test(strchr(port, ':') + 1, G_FILE_TEST_EXISTS));
}

/* Writes again and again until the port takes no more; returns how many bytes it took.
 * (If this is concluded too early, the test is only weaker.) */
static size_t write_until_stuck(int fd, const uint8_t *bytes)
{
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    size_t sent = 0;

    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    while (poll(&room, 1, STUCK_MS) > 0) {
        ssize_t now = write(fd, bytes + sent % BULK_BYTES, BULK_BYTES - sent % BULK_BYTES);
        assert_true(now > 0 || errno == EAGAIN);
        sent += now > 0 ? (size_t)now : 0;
    }
    return sent;
}

static void every_byte_arrives_at_a_slow_client(void **state)
{
    struct program relay;
    g_autofree char *port = in_folder(*state), *address = start_relay(&relay, port);
    g_autofree uint8_t *bytes = bulk(3), *got = g_malloc(BULK_BYTES);
    int client = connect_to(&relay, address), agent = agent_open(port);
    expect_state(&relay, "port", "opened");
    agent_expect(agent, start_bytes, sizeof start_bytes);

    size_t sent = write_until_stuck(agent, bytes);
    close(agent);
    for (size_t done = 0; done < sent; done += BULK_BYTES) {
        size_t size = MIN(BULK_BYTES, sent - done);
        read_all(client, got, size);
        assert_memory_equal(got, bytes, size);
    }
    expect_state(&relay, "port", "closed");
    close(client);
    expect_state(&relay, "client", "disconnected");
    assert_int_equal(program_end(&relay, NULL), 0);
}

static void the_guest_starts_when_the_client_comes(void **state)
{
    struct program relay;
    uint8_t got[5];
    g_autofree char *port = in_folder(*state), *address = start_relay(&relay, port);
    int agent = agent_open(port); /* an agent that does not wait for a START */
    expect_state(&relay, "port", "opened");
    write_all(agent, "never", 5);
    close(agent);
    expect_state(&relay, "port", "closed");

    agent = agent_open(port);
    expect_state(&relay, "port", "opened");
    write_all(agent, "early", 5); /* such as an agent's CAPABILITIES: must not be lost */

    int client = connect_to(&relay, address);
    agent_expect(agent, start_bytes, sizeof start_bytes);
    read_all(client, got, sizeof got);
    assert_memory_equal(got, "early", 5);
    close(client);
    close(agent);
    assert_int_equal(program_end(&relay, NULL), 0);
}

static void the_guest_stops_when_the_client_leaves(void **state)
{
    struct program relay;
    g_autofree char *port = in_folder(*state), *address = start_relay(&relay, port);
    g_autofree uint8_t *bytes = bulk(7);
    int client = connect_to(&relay, address), agent = agent_open(port);
    expect_state(&relay, "port", "opened");
    agent_expect(agent, start_bytes, sizeof start_bytes);

    close(client);
    expect_state(&relay, "client", "disconnected");
    agent_expect(agent, stop_bytes, sizeof stop_bytes);
    write_all(agent, bytes, BULK_BYTES); /* no client wants it; the guest must not hang */

    /* A client that connects during a session would get the middle of a message. */
    client = connect_to(&relay, address);
    write_all(agent, bytes, 100);
    close(agent);
    expect_state(&relay, "port", "closed");
    relay_one_session(&relay, port, client, 9);
    close(client);
    expect_state(&relay, "client", "disconnected");
    assert_int_equal(program_end(&relay, NULL), 0);
}

/* A guest must find in the port only what was sent to it. The defect that this guards
 * against: a pty keeps what an earlier guest has not read, such as a START or a STOP. */
static void a_guest_finds_nothing_of_an_earlier_one(void **state)
{
    struct program relay;
    g_autofree char *port = in_folder(*state), *address = start_relay(&relay, port);
    int client = connect_to(&relay, address), agent = agent_open(port);
    expect_state(&relay, "port", "opened");
    close(agent); /* without reading its START */
    expect_state(&relay, "port", "closed");
    close(client);
    expect_state(&relay, "client", "disconnected");

    agent = agent_open(port);
    expect_state(&relay, "port", "opened");
    client = connect_to(&relay, address);
    agent_expect(agent, start_bytes, sizeof start_bytes);
    close(client);
    expect_state(&relay, "client", "disconnected");
    agent_expect(agent, stop_bytes, sizeof stop_bytes);
    close(agent);
    assert_int_equal(program_end(&relay, NULL), 0);
}

/* --- relay-client's rows ------------------------------------------------- */

#define UNITS 40

static uint32_t unit_bytes(unsigned unit)
{
    const uint32_t sizes[] = {1, 13, 14, 15, 4095, 4096, 4097, 65536, 150000, 300001};
    return sizes[unit % G_N_ELEMENTS(sizes)];
}

/* Sends a session of UNITS units, every third with the trailer; appends the expected
 * rows. */
static void send_units(int agent, unsigned stream, GString *expected)
{
    const struct port_format format = {1280, 720, PORT_CODEC_H264};
    uint8_t message[64];
    g_autofree uint8_t *bytes = bulk(stream);
    const uint8_t *trailer_bytes;
    const uint32_t trailer_size = (uint32_t)access_unit_trailer(PORT_CODEC_H264, &trailer_bytes);

    write_all(agent, message, (size_t)port_compose_capabilities(message, sizeof message, NULL, 0));
    write_all(agent, message, (size_t)port_compose_format(message, sizeof message, &format));
    for (unsigned unit = 0; unit < UNITS; unit++) {
        uint32_t trailer = unit % 3 == 0 ? trailer_size : 0;
        uint32_t size = unit_bytes(unit);
        write_all(agent, message,
                  (size_t)port_compose_header(message, sizeof message, PORT_DATA, size + trailer));
        write_all(agent, bytes + unit, size);
        write_all(agent, trailer_bytes, trailer);
        g_string_append_printf(expected, "%u,%u,%u,%08lx\n", stream, unit, size + trailer,
                               crc32(0, bytes + unit, size));
    }
    close(agent);
}

/* stream,unit,bytes,crc of the `received` rows. */
static char *received_rows(const char *path)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *rows = g_string_new(NULL);
    int64_t last_ns = 0;

    assert_string_equal(lines[0],
                        "event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height");
    for (char **line = lines + 1; *line && **line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, ",", -1);
        assert_int_equal(g_strv_length(cells), 11);
        int64_t t_ns = g_ascii_strtoll(cells[1], NULL, 10);
        assert_true(t_ns >= last_ns);
        last_ns = t_ns;
        if (g_str_equal(cells[0], "received"))
            g_string_append_printf(rows, "%s,%s,%s,%s\n", cells[3], cells[4], cells[5], cells[6]);
    }
    return g_string_free(rows, false);
}

static void the_client_writes_a_row_for_each_unit(void **state)
{
    struct program relay, client;
    g_autofree char *port = in_folder(*state), *address = start_relay(&relay, port);
    g_autofree char *samples = g_build_filename(folder, "client.csv", NULL);
    g_autoptr(GString) expected = g_string_new(NULL);

    program_start(&client, (const char *[]){"relay-client", "--connect", address, "--samples",
                                            samples, NULL});
    g_free(program_expect(&client, "connected"));
    expect_state(&relay, "client", "connected");
    for (unsigned stream = 0; stream < 2; stream++) {
        int agent = agent_open(port);
        expect_state(&relay, "port", "opened");
        agent_expect(agent, start_bytes, sizeof start_bytes);
        send_units(agent, stream, expected);
        expect_state(&relay, "port", "closed");
    }
    program_command(&relay, "quit\n");
    g_autofree char *total = program_expect(&client, "received-total");
    assert_string_equal(total, "stream=1 units=40");
    g_free(program_expect(&client, "disconnected"));
    assert_int_equal(program_end(&relay, NULL), 0);
    assert_int_equal(program_end(&client, NULL), 0);
    g_autofree char *rows = received_rows(samples);
    assert_string_equal(rows, expected->str);
}

/* --- bad starts ---------------------------------------------------------- */

/* In arguments and complaints FOLDER and BUSY stand for the test's own
 * folder, where a file "taken" exists, and an address that is in use. */
static const struct {
    const char *argv[6];
    const char *reason;
    const char *complaint;
} bad_starts[] = {
    {{"relay"},
     "usage",
     "relay: give --port pty:LINK or --port socket:PATH, and nothing but "
     "options\n"},
    {{"relay", "--port", "pipe:x"}, "port", "relay: --port pipe:x: give pty:LINK or socket:PATH\n"},
    {{"relay", "--port", "pty:"}, "port", "relay: --port pty:: give pty:LINK or socket:PATH\n"},
    {{"relay", "--port", "pty:FOLDER/none/port"},
     "port",
     "relay: cannot make the port's link FOLDER/none/port: No such file or directory\n"},
    {{"relay", "--port", "pty:FOLDER/taken"},
     "port",
     "relay: cannot make the port's link FOLDER/taken: File exists\n"},
    {{"relay", "--port", "socket:FOLDER/taken"},
     "port",
     "relay: cannot listen on the port's socket FOLDER/taken: Address already in use\n"},
    {{"relay", "--port", "pty:FOLDER/port", "--listen", "BUSY"},
     "listen",
     "relay: cannot listen on BUSY: Address already in use\n"},
    {{"relay", "--port", "pty:FOLDER/port", "--listen", "localhost"},
     "listen",
     "relay: the address localhost: give a numeric one with a port, such as 127.0.0.1:5900\n"},
    {{"relay", "--port", "pty:FOLDER/port", "--listen", "127.0.0.1:65536"},
     "listen",
     "relay: the address 127.0.0.1:65536: give a numeric one with a port, such as "
     "127.0.0.1:5900\n"},
    {{"relay-client"},
     "usage",
     "relay-client: give --connect ADDRESS:PORT, and nothing but options\n"},
    {{"relay-client", "--connect", "127.0.0.1:1"},
     "connect",
     "relay-client: cannot connect to 127.0.0.1:1: Connection refused\n"},
    {{"relay-client", "--connect", "BUSY", "--samples", "FOLDER/taken"},
     "samples",
     "relay-client: cannot create the sample file FOLDER/taken: File exists\n"},
};

static char *fill_in(const char *text, const char *address)
{
    GString *string = g_string_new(text);
    g_string_replace(string, "FOLDER", folder, 0);
    g_string_replace(string, "BUSY", address, 0);
    return g_string_free(string, false);
}

static void a_bad_start_is_one_clear_line(void **state)
{
    struct program relay;
    g_autofree char *port = in_folder("pty:"), *address = start_relay(&relay, port);
    g_autofree char *taken = g_build_filename(folder, "taken", NULL);
    assert_true(g_file_set_contents(taken, "kept", -1, NULL));

    for (size_t i = 0; i < G_N_ELEMENTS(bad_starts); i++) {
        g_auto(GStrv) argv = g_new0(char *, G_N_ELEMENTS(bad_starts[i].argv) + 1);
        for (size_t n = 0; n < G_N_ELEMENTS(bad_starts[i].argv) && bad_starts[i].argv[n]; n++)
            argv[n] = fill_in(bad_starts[i].argv[n], address);
        g_autofree char *expected = fill_in(bad_starts[i].complaint, address);
        g_autofree char *complaint = NULL;
        struct program program;

        program_start(&program, (const char *const *)argv);
        g_autofree char *reason = program_expect_value(&program, "error", "reason");
        assert_int_equal(program_end(&program, &complaint), EXIT_FAILURE);
        assert_string_equal(complaint, expected);
        assert_string_equal(reason, bad_starts[i].reason);
    }

    g_autofree char *kept = NULL;
    assert_true(g_file_get_contents(taken, &kept, NULL, NULL));
    assert_string_equal(kept, "kept");
    assert_int_equal(program_end(&relay, NULL), 0);
}

static void the_client_refuses_an_invalid_message(void **state)
{
    struct program relay, client;
    g_autofree char *port = in_folder("pty:"), *address = start_relay(&relay, port);
    g_autofree char *complaint = NULL;

    program_start(&client, (const char *[]){"relay-client", "--connect", address, NULL});
    g_free(program_expect(&client, "connected"));
    expect_state(&relay, "client", "connected");
    int agent = agent_open(port);
    expect_state(&relay, "port", "opened");
    write_all(agent, "no message at all", 17);
    g_autofree char *reason = program_expect_value(&client, "error", "reason");
    assert_string_equal(reason, "protocol");
    assert_int_equal(program_end(&client, &complaint), EXIT_FAILURE);
    assert_true(g_str_has_prefix(complaint, "relay-client: "));
    close(agent);
    assert_int_equal(program_end(&relay, NULL), 0);
}

/* With each signal, while a guest has the port open. SIGHUP once left the port's link
 * behind; the next relay replaces what SIGKILL leaves. The folder is empty at the end. */
static void however_it_ends_the_next_one_starts(void **state)
{
    static const int signals[] = {SIGHUP, SIGKILL, SIGTERM, SIGKILL, SIGINT};
    g_autofree char *port = in_folder(*state);

    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        struct program relay;
        g_free(start_relay(&relay, port));
        int agent = agent_open(port);
        expect_state(&relay, "port", "opened");
        g_subprocess_send_signal(relay.process, signals[i]);
        assert_true(g_subprocess_wait(relay.process, NULL, NULL)); /* before its input ends */
        assert_int_equal(program_end(&relay, NULL), signals[i] == SIGKILL ? -1 : 0);
        close(agent);
    }
}

/* ------------------------------------------------------------------------- */

static int make_folder(void **state)
{
    folder = g_dir_make_tmp("vdibench-relay-XXXXXX", NULL);
    alarm(DEADLINE_S);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    const char *const left[] = {"client.csv", "taken"};
    alarm(0);
    for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
        g_autofree char *path = g_build_filename(folder, left[i], NULL);
        unlink(path);
    }
    int status = g_rmdir(folder); /* fails when a port was left behind */
    g_free(folder);
    return status;
}

/* clang-format off */
#define TEST(function, port)                                                                      \
    { #function " " port, function, make_folder, remove_folder, (void *)(port) }
/* clang-format on */

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_byte_arrives_also_after_a_reopening, "pty:"),
        TEST(every_byte_arrives_also_after_a_reopening, "socket:"),
        TEST(every_byte_arrives_at_a_slow_client, "pty:"),
        TEST(every_byte_arrives_at_a_slow_client, "socket:"),
        TEST(the_guest_starts_when_the_client_comes, "pty:"),
        TEST(the_guest_starts_when_the_client_comes, "socket:"),
        TEST(the_guest_stops_when_the_client_leaves, "pty:"),
        TEST(the_guest_stops_when_the_client_leaves, "socket:"),
        TEST(a_guest_finds_nothing_of_an_earlier_one, "pty:"),
        TEST(a_guest_finds_nothing_of_an_earlier_one, "socket:"),
        TEST(the_client_writes_a_row_for_each_unit, "pty:"),
        TEST(the_client_writes_a_row_for_each_unit, "socket:"),
        TEST(however_it_ends_the_next_one_starts, "pty:"),
        TEST(however_it_ends_the_next_one_starts, "socket:"),
        TEST(a_bad_start_is_one_clear_line, ""),
        TEST(the_client_refuses_an_invalid_message, ""),
    };
    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
