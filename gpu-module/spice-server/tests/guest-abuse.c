/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guest-abuse PORT KEY-FRAME idle|watched|random|half SECONDS SEED: root of a hostile guest, at a real VirtIO port.
 *
 * idle and watched send the table of abuses (gpu-module/tests/abuse.h), each in a session of its own,
 * and await each answer: those for a host without clients, and those for one with a client. random
 * sends, for so many seconds, what is made of that table by chance, breaks off anywhere, and awaits
 * nothing. half shows a picture, sends half of the next one, and waits. KEY-FRAME is a file with an access unit of 1280x720.
 *
 * Notices (harness/instrument/control.h): `wrong` with name=, expected= and got=; `half`; `abused` with sessions= at the
 * end. Test only.
 */
#include "gpu-module/tests/abuse.h"
#include "harness/instrument/control.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "guest-abuse"
#define WIDTH_PX 1280
#define HEIGHT_PX 720
/* For an answer, on a machine that others use, too. */
#define PATIENCE_MS 60000
/* Of the text that stands for an answer. */
#define TEXT_BYTES 256
/* One write of a random session, and how many there are at most. */
#define RANDOM_BYTES_MAX 70000
#define RANDOM_WRITES_MAX 12

struct guest {
    const char *path;
    uint8_t *key_frame;
    size_t key_frame_bytes;
    int fd;
    struct port_parser host;
    unsigned sessions;
};

static bool open_port(struct guest *guest)
{
    guest->fd = open(guest->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    port_parser_init(&guest->host, PORT_READER_GUEST);
    guest->sessions++;
    return guest->fd >= 0;
}

static bool is_ready_for(const struct guest *guest, short events)
{
    struct pollfd set = {.fd = guest->fd, .events = events};

    return poll(&set, 1, PATIENCE_MS) == 1;
}

static bool send_bytes(const struct guest *guest, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t put = write(guest->fd, bytes, size);
        if (put < 0 && (errno != EAGAIN || !is_ready_for(guest, POLLOUT)))
            return false;
        bytes += MAX(put, 0);
        size -= (size_t)MAX(put, 0);
    }
    return true;
}

static bool send_zeros(const struct guest *guest, size_t size)
{
    g_autofree uint8_t *zeros = g_malloc0(size + 1);

    return send_bytes(guest, zeros, size);
}

static bool send_format(const struct guest *guest)
{
    static const uint8_t format[] = {FORMAT(WIDTH_PX, HEIGHT_PX, PORT_CODEC_H264)};

    return send_bytes(guest, format, sizeof format);
}

static bool send_key_frame(const struct guest *guest)
{
    uint8_t header[PORT_HEADER_BYTES];

    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)guest->key_frame_bytes);
    return send_bytes(guest, header, sizeof header) &&
           send_bytes(guest, guest->key_frame, guest->key_frame_bytes);
}

/* The host's next message of this kind, others being passed over. False and its place in `text` if none
 * comes; else the text of a NOTIFY_ERROR. */
static bool await(struct guest *guest, enum port_event_kind kind, char text[TEXT_BYTES])
{
    struct port_event event = {.kind = PORT_EVENT_NONE};
    uint8_t *where;
    size_t room;

    /* A START_STOP without a codec is a STOP. */
    while (event.kind != kind || (kind == PORT_EVENT_START_STOP && event.bytes == 0)) {
        port_parser_want(&guest->host, &where, &room);
        const ssize_t got = is_ready_for(guest, POLLIN) ? read(guest->fd, where, room) : -1;
        if (got < 0 && errno == EAGAIN)
            continue;
        if (got <= 0) {
            g_snprintf(text, TEXT_BYTES, "no message %d within %d ms", kind, PATIENCE_MS);
            return false;
        }
        port_parser_got(&guest->host, (size_t)got, &event);
    }
    if (kind == PORT_EVENT_NOTIFY_ERROR)
        g_snprintf(text, TEXT_BYTES, "%.*s", (int)event.bytes, (const char *)event.body);
    return true;
}

static bool begin(struct guest *guest, enum abuse_state state, char text[TEXT_BYTES])
{
    g_snprintf(text, TEXT_BYTES, "the port cannot be opened or written");
    return open_port(guest) && await(guest, PORT_EVENT_CAPABILITIES, text) &&
           (state == ABUSE_IDLE || await(guest, PORT_EVENT_START_STOP, text)) &&
           (state < ABUSE_FORMATTED || send_format(guest)) &&
           (state < ABUSE_STREAMING || send_key_frame(guest));
}

/* What is tolerated is followed by what is not, so that there is an answer. What follows an answer
 * is drained. */
static void commit(struct guest *guest, const struct abuse *abuse)
{
    static const uint8_t last[] = {ABUSE_LAST};
    const char *expected = abuse->reply ? abuse->reply : ABUSE_LAST_REPLY;
    char text[TEXT_BYTES];
    const bool answered =
        begin(guest, abuse->state, text) && send_bytes(guest, abuse->bytes, abuse->size) &&
        send_zeros(guest, abuse->zeros) && (abuse->reply || send_bytes(guest, last, sizeof last)) &&
        await(guest, PORT_EVENT_NOTIFY_ERROR, text) && send_key_frame(guest);

    if (!answered || strcmp(text, expected) != 0)
        control_notice("wrong", "name=%s expected=%s got=%s", abuse->name, expected, text);
    close(guest->fd);
}

static void commit_all(struct guest *guest, bool watched)
{
    for (unsigned i = 0; i < abuses_count; i++)
        if (watched == (abuses[i].state != ABUSE_IDLE))
            commit(guest, &abuses[i]);
}

/* A message of the table, a frame, or noise; some of its bytes may be others, and its end missing. */
static void send_random(const struct guest *guest, GRand *rand)
{
    const struct abuse *abuse = &abuses[g_rand_int_range(rand, 0, (int)abuses_count)];
    g_autofree uint8_t *bytes = g_malloc(RANDOM_BYTES_MAX);
    size_t size = (size_t)g_rand_int_range(rand, 1, RANDOM_BYTES_MAX);

    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)g_rand_int_range(rand, 0, 256);
        break;
    case 1:
        send_key_frame(guest);
        return;
    default:
        size = MIN(size, abuse->size);
        memcpy(bytes, abuse->bytes, abuse->size);
        if (g_rand_boolean(rand) && size > 0)
            bytes[g_rand_int_range(rand, 0, (int)size)] = (uint8_t)g_rand_int_range(rand, 0, 256);
    }
    send_bytes(guest, bytes, size);
}

static void act_at_random(struct guest *guest, unsigned seconds, unsigned seed)
{
    const int64_t end_us = g_get_monotonic_time() + (int64_t)seconds * G_USEC_PER_SEC;
    GRand *rand = g_rand_new_with_seed(seed);
    char text[TEXT_BYTES];

    while (g_get_monotonic_time() < end_us) {
        const enum abuse_state state =
            (enum abuse_state)g_rand_int_range(rand, ABUSE_IDLE, ABUSE_STATES);
        if (!begin(guest, state, text))
            control_notice("wrong", "name=random expected=%s got=%s", "a session", text);
        for (int left = g_rand_int_range(rand, 0, RANDOM_WRITES_MAX); left > 0; left--)
            send_random(guest, rand);
        close(guest->fd);
    }
    g_rand_free(rand);
}

static void stop_in_the_middle(struct guest *guest)
{
    uint8_t header[PORT_HEADER_BYTES];
    char text[TEXT_BYTES];

    port_compose_header(header, sizeof header, PORT_DATA, (uint32_t)guest->key_frame_bytes);
    if (!begin(guest, ABUSE_STREAMING, text) || !send_bytes(guest, header, sizeof header) ||
        !send_bytes(guest, guest->key_frame, guest->key_frame_bytes / 2)) {
        control_notice("wrong", "name=half expected=%s got=%s", "a session", text);
        return;
    }
    control_notice("half", "%s", "");
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    struct guest guest = {.path = argc == 6 ? argv[1] : ""};
    g_autoptr(GError) error = NULL;

    if (argc != 6 ||
        !g_file_get_contents(argv[2], (char **)&guest.key_frame, &guest.key_frame_bytes, &error)) {
        g_printerr(PROGRAM ": %s\n", error ? error->message : "see its source for its arguments");
        return EXIT_FAILURE;
    }
    if (g_str_equal(argv[3], "random"))
        act_at_random(&guest, (unsigned)atoi(argv[4]), (unsigned)atoi(argv[5]));
    else if (g_str_equal(argv[3], "half"))
        stop_in_the_middle(&guest);
    else
        commit_all(&guest, g_str_equal(argv[3], "watched"));
    control_notice("abused", "sessions=%u", guest.sessions);
    g_free(guest.key_frame);
    return EXIT_SUCCESS;
}
