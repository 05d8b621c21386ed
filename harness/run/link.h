/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * link: a network of limited rate between the server and its client.
 *
 * Two network namespaces without a name, with an interface of an MTU of 1500 in
 * each; a token bucket (tbf) on the server's end. Delay and loss come from the
 * kernel's netem on a veth pair where it has one, else from a wire (link-wire.h)
 * between two tap devices. One host and one clock, so that times stay comparable.
 * The namespaces belong to open files of this process and to the processes in
 * them: however these end, nothing is left.
 *
 * Main thread.
 */
#ifndef VDIBENCH_LINK_H
#define VDIBENCH_LINK_H

#include "auto-destroy.h"
#include "harness/scenario/link-profile.h"

#include <gio/gio.h>

struct link;

enum link_end { LINK_SERVER, LINK_CLIENT };

/* Where the server listens, for its own end and for the client's. */
#define LINK_SERVER_ADDRESS "10.0.0.1"

/* A delay below that is left out where the kernel has no netem; the measured one is in the
 * result. */
#define LINK_DELAY_MIN_MS 1

/* `profile` is a limited one. NULL and `error` when it cannot be made: CHILD_ERROR_SKIP
 * where the privilege for it, or a program, is missing. */
struct link *link_create(const struct link_profile *profile, GError **error);
void link_destroy(struct link *link); /* NULL is allowed */

/* What the command line of a process starts with that is to run at that end:
 * a program which enters the namespace and becomes the process. Valid while
 * the link is; NULL-terminated, free with g_strfreev. */
char **link_prefix(const struct link *link, enum link_end end);

/* A socket of TCP or UDP (SOCK_STREAM, SOCK_DGRAM) at that end, usable from anywhere; -1 and
 * errno when there is none. */
int link_socket(const struct link *link, enum link_end end, int type);

/* The processes that carry the packets, ended by 0; NULL: the kernel does. */
const pid_t *link_pids(const struct link *link);

DEFINE_AUTO_DESTROY(link, link_destroy)

#endif
