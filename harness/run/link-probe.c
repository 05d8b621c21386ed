/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/link-probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUND_TRIPS 8
/* TCP needs some round trips until it fills the link, the longest of which is 50 ms. */
#define WARM_UP_US (400 * 1000)
#define TRANSFER_US (1000 * 1000)
/* A lost packet is sent again after 0.2 s or more. */
#define DEADLINE_S 5
#define PIECE_BYTES (64 * 1024)
/* Of a full packet on Ethernet: 14 bytes of its header, 20 of IP's, 32 of TCP's. */
#define PACKET_BYTES 1514.0
#define PAYLOAD_BYTES 1448.0

static bool fail(GError **error, const char *what)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the limited link cannot be measured: %s: %s",
                what, g_strerror(errno));
    return false;
}

/* Both connected sockets; negative: not there. */
struct pair {
    int server, client;
};

static bool limit_waiting(int fd)
{
    const struct timeval deadline = {.tv_sec = DEADLINE_S};
    const int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
}

static bool connect_pair(int listener, int client, struct pair *ret_pair)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    inet_pton(AF_INET, LINK_SERVER_ADDRESS, &address.sin_addr);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 1) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0 || !limit_waiting(client) ||
        !limit_waiting(listener) ||
        connect(client, (struct sockaddr *)&address, sizeof address) < 0)
        return false;
    ret_pair->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    return ret_pair->server >= 0 && limit_waiting(ret_pair->server);
}

static bool measure_round_trips(const struct pair *pair, double *ret_rtt_ms)
{
    char byte = 0;

    *ret_rtt_ms = G_MAXDOUBLE;
    for (unsigned i = 0; i < ROUND_TRIPS; i++) {
        int64_t begin_us = g_get_monotonic_time();
        if (send(pair->server, &byte, 1, MSG_NOSIGNAL) != 1 ||
            recv(pair->client, &byte, 1, 0) != 1 ||
            send(pair->client, &byte, 1, MSG_NOSIGNAL) != 1 || recv(pair->server, &byte, 1, 0) != 1)
            return false;
        *ret_rtt_ms = MIN(*ret_rtt_ms, (double)(g_get_monotonic_time() - begin_us) / 1e3);
    }
    return true;
}

/* A thread: sends until the other end is closed. */
static void *send_all(void *data)
{
    const struct pair *pair = data;
    g_autofree char *piece = g_malloc0(PIECE_BYTES);

    while (send(pair->server, piece, PIECE_BYTES, MSG_NOSIGNAL) > 0)
        ;
    return NULL;
}

static bool receive(int fd, double *ret_mbit_s)
{
    g_autofree char *piece = g_malloc(PIECE_BYTES);
    int64_t begin_us = g_get_monotonic_time() + WARM_UP_US, now_us = 0, from_us = 0;
    uint64_t bytes = 0;

    while (now_us < begin_us + TRANSFER_US) {
        ssize_t n = recv(fd, piece, PIECE_BYTES, 0);
        if (n <= 0)
            return false;
        now_us = g_get_monotonic_time();
        if (from_us)
            bytes += (uint64_t)n;
        else if (now_us >= begin_us)
            from_us = now_us;
    }
    *ret_mbit_s =
        (double)bytes * 8 * (PACKET_BYTES / PAYLOAD_BYTES) / MAX((double)(now_us - from_us), 1);
    return true;
}

static bool measure_rate(const struct pair *pair, double *ret_mbit_s)
{
    GThread *sender = g_thread_new("link-probe", send_all, (void *)pair);
    bool ok = receive(pair->client, ret_mbit_s);
    int reason = errno;

    /* What is still on its way is thrown away. */
    shutdown(pair->server, SHUT_RDWR);
    g_thread_join(sender);
    errno = reason;
    return ok;
}

bool link_probe_measure(const struct link *link, struct link_probe *ret_probe, GError **error)
{
    int listener = link_socket(link, LINK_SERVER, SOCK_STREAM);
    struct pair pair = {.server = -1, .client = link_socket(link, LINK_CLIENT, SOCK_STREAM)};
    bool ok = (connect_pair(listener, pair.client, &pair) || fail(error, "connecting")) &&
              (measure_round_trips(&pair, &ret_probe->rtt_ms) || fail(error, "round trips")) &&
              (measure_rate(&pair, &ret_probe->mbit_s) || fail(error, "transfer"));

    for (unsigned i = 0; i < 3; i++) {
        int fd = (const int[]){listener, pair.server, pair.client}[i];
        /* A reset, so that no packet of ours is left in the link's queue for long. */
        const struct linger reset = {.l_onoff = 1};
        if (fd < 0)
            continue;
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    return ok;
}
