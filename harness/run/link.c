/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/link.h"

#include "harness/instrument/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define CLIENT_ADDRESS "10.0.0.2"
#define MTU_BYTES 1500
/* What may pass at once: three Ethernet frames. The kernel cuts what TCP gives
 * to the interface in one piece, so that nothing is larger than one. */
#define BURST_BYTES (3 * (MTU_BYTES + 14))
/* How long a packet waits at most, then it is dropped: a router's queue. */
#define QUEUE_MS 100u
/* A queue of less would hold a window of TCP's smallest size only. */
#define QUEUE_MIN_BYTES (8u * (MTU_BYTES + 14))

struct link {
    int namespaces[2]; /* by enum link_end; -1: not there */
};

/* In a thread of its own: only that thread moves. Gives the namespace, or
 * negative errno. */
static void *make_namespace(G_GNUC_UNUSED void *data)
{
    if (unshare(CLONE_NEWNET) < 0)
        return GINT_TO_POINTER(-errno);
    int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    return GINT_TO_POINTER(fd < 0 ? -errno : fd);
}

static char *namespace_file(const struct link *link, enum link_end end)
{
    return g_strdup_printf("/proc/%d/fd/%d", getpid(), link->namespaces[end]);
}

char **link_prefix(const struct link *link, enum link_end end)
{
    g_autofree char *file = namespace_file(link, end);
    g_autofree char *option = g_strconcat("--net=", file, NULL);
    const char *words[] = {"/usr/bin/nsenter", option, NULL};
    return g_strdupv((char **)words);
}

/* Has `program` of iproute2 carry out the lines of a batch at that end. */
static bool carry_out(const struct link *link, enum link_end end, const char *program,
                      const char *lines, GError **error)
{
    g_auto(GStrv) prefix = link_prefix(link, end);
    const char *argv[] = {prefix[0], prefix[1], program, "-batch", "-", NULL};
    g_autoptr(GSubprocess) process = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
    g_autofree char *complaint = NULL;

    if (!process || !g_subprocess_communicate_utf8(process, lines, NULL, NULL, &complaint, error))
        return false;
    if (g_subprocess_get_successful(process))
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "the limited link cannot be made: %s: %s: is iproute2 installed, and does the "
                "kernel have veth and tbf?",
                program, complaint ? g_strdelimit(g_strchomp(complaint), "\n", ' ') : "");
    return false;
}

static bool connect_ends(const struct link *link, unsigned mbit_s, GError **error)
{
    g_autofree char *client = namespace_file(link, LINK_CLIENT);
    g_autofree char *server_lines =
        g_strdup_printf("link set lo up\n"
                        "link add link0 mtu %d type veth peer name link0 mtu %d netns %s\n"
                        "address add " LINK_SERVER_ADDRESS "/30 dev link0\n"
                        "link set link0 up\n",
                        MTU_BYTES, MTU_BYTES, client);
    const char *client_lines = "link set lo up\n"
                               "address add " CLIENT_ADDRESS "/30 dev link0\n"
                               "link set link0 up\n";
    unsigned queue_bytes = MAX(mbit_s * 1000 / 8 * QUEUE_MS, QUEUE_MIN_BYTES);
    g_autofree char *bucket =
        g_strdup_printf("qdisc add dev link0 root tbf rate %umbit burst %d limit %u\n", mbit_s,
                        BURST_BYTES, queue_bytes);

    return carry_out(link, LINK_SERVER, "ip", server_lines, error) &&
           carry_out(link, LINK_CLIENT, "ip", client_lines, error) &&
           carry_out(link, LINK_SERVER, "tc", bucket, error);
}

struct link *link_create(unsigned mbit_s, GError **error)
{
    auto_destroy(link) link = g_new(struct link, 1);
    link->namespaces[LINK_SERVER] = link->namespaces[LINK_CLIENT] = -1;

    for (unsigned end = 0; end < G_N_ELEMENTS(link->namespaces); end++) {
        int result =
            GPOINTER_TO_INT(g_thread_join(g_thread_new("namespace", make_namespace, NULL)));
        if (result < 0) {
            g_set_error(error, CHILD_ERROR, result == -EPERM ? CHILD_ERROR_SKIP : CHILD_ERROR_ENDED,
                        "the limited link needs a network namespace: %s: run as root",
                        g_strerror(-result));
            return NULL;
        }
        link->namespaces[end] = result;
    }
    return connect_ends(link, mbit_s, error) ? g_steal_pointer(&link) : NULL;
}

void link_destroy(struct link *link)
{
    if (!link)
        return;
    for (unsigned end = 0; end < G_N_ELEMENTS(link->namespaces); end++) {
        if (link->namespaces[end] >= 0)
            close(link->namespaces[end]);
    }
    g_free(link);
}
