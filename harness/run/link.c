/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/link.h"

#include "harness/instrument/child.h"
#include "harness/run/link-wire.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENT_ADDRESS "10.0.0.2"
#define MTU_BYTES 1500
#define FRAME_BYTES (MTU_BYTES + 14u)
/* What may pass at once: three Ethernet frames, and on a fast link what it carries within
 * a millisecond, or the kernel's timer would set the rate. The kernel cuts what TCP gives to the
 * interface in one piece, so that nothing is larger than a frame. */
#define BURST_FRAMES 3
/* How long a packet waits at most, then it is dropped: a router's queue. */
#define QUEUE_MS 100u
/* A queue of less would hold a window of TCP's smallest size only. */
#define QUEUE_MIN_BYTES (8 * FRAME_BYTES)
/* Packets that netem may hold: those of a gigabit and half a second. */
#define NETEM_PACKETS 50000

struct link {
    int namespaces[2];                   /* by enum link_end; -1: not there */
    struct link_wire *wire;              /* NULL: the kernel carries the packets */
    pid_t pids[LINK_WIRE_PROCESSES + 1]; /* of the wire */
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

/* A socket that is to be made in a namespace, by a thread of its own. */
struct wanted_socket {
    int namespace, type;
};

static void *make_socket(void *data)
{
    const struct wanted_socket *wanted = data;
    if (setns(wanted->namespace, CLONE_NEWNET) < 0)
        return GINT_TO_POINTER(-errno);
    int fd = socket(AF_INET, wanted->type | SOCK_CLOEXEC, 0);
    return GINT_TO_POINTER(fd < 0 ? -errno : fd);
}

int link_socket(const struct link *link, enum link_end end, int type)
{
    struct wanted_socket wanted = {link->namespaces[end], type};
    int result = GPOINTER_TO_INT(g_thread_join(g_thread_new("socket", make_socket, &wanted)));
    if (result < 0)
        errno = -result;
    return MAX(result, -1);
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
                "kernel have veth, tun and tbf?",
                program, complaint ? g_strdelimit(g_strchomp(complaint), "\n", ' ') : "");
    return false;
}

/* The addresses of both ends, whose interfaces are there. */
static bool set_addresses(const struct link *link, GError **error)
{
    return carry_out(link, LINK_SERVER, "ip",
                     "link set lo up\naddress add " LINK_SERVER_ADDRESS "/30 dev link0\n"
                     "link set link0 up\n",
                     error) &&
           carry_out(link, LINK_CLIENT, "ip",
                     "link set lo up\naddress add " CLIENT_ADDRESS "/30 dev link0\n"
                     "link set link0 up\n",
                     error);
}

/* The token bucket, at `place` of the server's interface. */
static bool add_bucket(const struct link *link, unsigned mbit_s, const char *place, GError **error)
{
    unsigned burst_bytes = MAX(BURST_FRAMES * FRAME_BYTES, mbit_s * 1000 / 8);
    unsigned queue_bytes = MAX(mbit_s * 1000 / 8 * QUEUE_MS, QUEUE_MIN_BYTES);
    g_autofree char *bucket =
        g_strdup_printf("qdisc add dev link0 %s tbf rate %umbit burst %u limit %u\n", place, mbit_s,
                        burst_bytes, queue_bytes);
    return carry_out(link, LINK_SERVER, "tc", bucket, error);
}

static bool make_veth(const struct link *link, GError **error)
{
    g_autofree char *client = namespace_file(link, LINK_CLIENT);
    g_autofree char *lines =
        g_strdup_printf("link add link0 mtu %d type veth peer name link0 mtu %d netns %s\n",
                        MTU_BYTES, MTU_BYTES, client);
    return carry_out(link, LINK_SERVER, "ip", lines, error) && set_addresses(link, error);
}

/* Delay and loss by the kernel, on the veth pair. */
static bool add_netem(const struct link *link, const struct link_profile *profile, GError **error)
{
    char delay[G_ASCII_DTOSTR_BUF_SIZE], loss[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(delay, sizeof delay, "%.3f", profile->rtt_ms / 2);
    g_ascii_formatd(loss, sizeof loss, "%.3f", profile->loss_pct);
    g_autofree char *server =
        g_strdup_printf("qdisc add dev link0 root handle 1: netem delay %sms loss %s%% limit %d\n",
                        delay, loss, NETEM_PACKETS);
    g_autofree char *client = g_strdup_printf(
        "qdisc add dev link0 root netem delay %sms limit %d\n", delay, NETEM_PACKETS);
    return carry_out(link, LINK_SERVER, "tc", server, error) &&
           carry_out(link, LINK_CLIENT, "tc", client, error);
}

/* Delay and loss by a wire between two taps, in place of the veth pair. */
static bool make_wire(struct link *link, const struct link_profile *profile, GError **error)
{
    const char *lines = "tuntap add dev link0 mode tap\n";
    g_auto(GStrv) server = link_prefix(link, LINK_SERVER), client = link_prefix(link, LINK_CLIENT);
    char **const prefixes[] = {server, client};

    if (profile->mbit_s > LINK_WIRE_MBIT_S_MAX) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_SKIP,
                    "the link %s needs a kernel with netem: at %u Mbit/s nothing else is fast "
                    "enough",
                    profile->name, profile->mbit_s);
        return false;
    }
    if (!carry_out(link, LINK_SERVER, "ip", "link delete link0\n", error) ||
        !carry_out(link, LINK_SERVER, "ip", lines, error) ||
        !carry_out(link, LINK_CLIENT, "ip", lines, error) || !set_addresses(link, error) ||
        !(link->wire =
              link_wire_create(prefixes, "link0", profile->rtt_ms / 2, profile->loss_pct, error)))
        return false;
    memcpy(link->pids, link_wire_pids(link->wire), LINK_WIRE_PROCESSES * sizeof *link->pids);
    return true;
}

static bool connect_ends(struct link *link, const struct link_profile *profile, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!make_veth(link, error))
        return false;
    if (profile->rtt_ms == 0 && profile->loss_pct == 0)
        return add_bucket(link, profile->mbit_s, "root", error);
    if (add_netem(link, profile, &why))
        return add_bucket(link, profile->mbit_s, "parent 1:", error);
    if (profile->rtt_ms >= LINK_DELAY_MIN_MS && !make_wire(link, profile, error))
        return false;
    return add_bucket(link, profile->mbit_s, "root", error);
}

const pid_t *link_pids(const struct link *link)
{
    return link->wire ? link->pids : NULL;
}

struct link *link_create(const struct link_profile *profile, GError **error)
{
    auto_destroy(link) link = g_new0(struct link, 1);
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
    return connect_ends(link, profile, error) ? g_steal_pointer(&link) : NULL;
}

void link_destroy(struct link *link)
{
    if (!link)
        return;
    link_wire_destroy(link->wire);
    for (unsigned end = 0; end < G_N_ELEMENTS(link->namespaces); end++) {
        if (link->namespaces[end] >= 0)
            close(link->namespaces[end]);
    }
    g_free(link);
}
