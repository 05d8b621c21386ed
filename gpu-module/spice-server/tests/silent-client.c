/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/silent-client.h"

#include "gpu-module/spice-server/tests/bed.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <spice/enums.h>
#include <spice/protocol.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MINI_HEADER_BYTES 6
#define CAPABILITIES_MAX_BYTES 256

static int connect_to(const char *address)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_to_host(client, address, 0, NULL, &error);

    if (!connection)
        fail_msg("%s", error->message);
    GSocket *socket = g_socket_connection_get_socket(connection);
    int fd = dup(g_socket_get_fd(socket)); /* stays when GLib closes its own */
    struct timeval deadline = {.tv_sec = (time_t)DEADLINE_S};
    g_unix_set_fd_nonblocking(fd, false, NULL);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline), 0);
    return fd;
}

static void send_all(int fd, const void *bytes, size_t size)
{
    assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
}

static void receive(int fd, void *to, size_t size)
{
    assert_int_equal(recv(fd, to, size, MSG_WAITALL), size);
}

/* The empty password, for which the server's key must nevertheless be used. */
static void encrypt_ticket(const uint8_t *key_der,
                           uint8_t ret_ticket[SPICE_TICKET_KEY_PAIR_LENGTH / 8])
{
    EVP_PKEY *key = d2i_PUBKEY(NULL, &key_der, SPICE_TICKET_PUBKEY_BYTES);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    size_t size = SPICE_TICKET_KEY_PAIR_LENGTH / 8;

    assert_true(EVP_PKEY_encrypt_init(context) > 0);
    assert_true(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0);
    assert_true(EVP_PKEY_encrypt(context, ret_ticket, &size, (const uint8_t *)"", 1) > 0);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
}

/* <spice/protocol.h>: link, reply, ticket, result. */
static int connect_channel(const char *address, uint8_t type, uint32_t session)
{
    struct {
        SpiceLinkHeader header;
        SpiceLinkMess link;
        uint32_t common;
    } __attribute__((packed)) hello = {
        .header = {SPICE_MAGIC, SPICE_VERSION_MAJOR, SPICE_VERSION_MINOR,
                   sizeof hello - sizeof hello.header},
        .link = {session, type, 0, 1, 0, sizeof hello.link},
        .common = 1u << SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION |
                  1u << SPICE_COMMON_CAP_AUTH_SPICE | 1u << SPICE_COMMON_CAP_MINI_HEADER,
    };
    struct {
        SpiceLinkHeader header;
        SpiceLinkReply link;
    } __attribute__((packed)) reply;
    struct {
        uint32_t mechanism;
        uint8_t ticket[SPICE_TICKET_KEY_PAIR_LENGTH / 8];
    } __attribute__((packed)) answer = {.mechanism = SPICE_COMMON_CAP_AUTH_SPICE};
    uint8_t capabilities[CAPABILITIES_MAX_BYTES];
    uint32_t result;
    int fd = connect_to(address);

    send_all(fd, &hello, sizeof hello);
    receive(fd, &reply, sizeof reply);
    assert_int_equal(reply.link.error, SPICE_LINK_ERR_OK);
    assert_in_range(reply.header.size, sizeof reply.link, sizeof reply.link + sizeof capabilities);
    receive(fd, capabilities, reply.header.size - sizeof reply.link);
    encrypt_ticket(reply.link.pub_key, answer.ticket);
    send_all(fd, &answer, sizeof answer);
    receive(fd, &result, sizeof result);
    assert_int_equal(result, SPICE_LINK_ERR_OK);
    return fd;
}

/* The session's number, by which the display's channel belongs to the main one. */
static uint32_t main_init(int fd)
{
    for (;;) {
        uint8_t header[MINI_HEADER_BYTES];
        receive(fd, header, sizeof header);
        uint32_t size;
        memcpy(&size, header + 2, sizeof size);
        size = GUINT32_FROM_LE(size);
        g_autofree uint8_t *body = g_malloc(size + 1);
        receive(fd, body, size);
        if ((header[0] | header[1] << 8) == SPICE_MSG_MAIN_INIT) {
            uint32_t session;
            memcpy(&session, body, sizeof session);
            return GUINT32_FROM_LE(session);
        }
    }
}

struct silent_client silent_client_connect(const char *address)
{
    struct silent_client client;

    client.main = connect_channel(address, SPICE_CHANNEL_MAIN, 0);
    client.display = connect_channel(address, SPICE_CHANNEL_DISPLAY, main_init(client.main));
    return client;
}

bool silent_client_is_held(const struct silent_client *client)
{
    uint8_t byte;
    return recv(client->display, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

void silent_client_hang_up(struct silent_client *client)
{
    close(client->display);
    close(client->main);
}
