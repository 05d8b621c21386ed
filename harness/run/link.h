/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * link: a network of limited rate between the server and its client.
 *
 * Two network namespaces without a name, joined by a veth pair with an MTU of
 * 1500; a token bucket (tbf) on the server's end. One host and one clock, so
 * that times stay comparable. The namespaces belong to open files of this
 * process and to the processes in them: however these end, nothing is left.
 *
 * Main thread.
 */
#ifndef VDIBENCH_LINK_H
#define VDIBENCH_LINK_H

#include "auto-destroy.h"

#include <gio/gio.h>

struct link;

enum link_end { LINK_SERVER, LINK_CLIENT };

/* Where the server listens, for its own end and for the client's. */
#define LINK_SERVER_ADDRESS "10.0.0.1"

/* NULL and `error` when it cannot be made: CHILD_ERROR_SKIP where the
 * privilege for it is missing. */
struct link *link_create(unsigned mbit_s, GError **error);
void link_destroy(struct link *link); /* NULL is allowed */

/* What the command line of a process starts with that is to run at that end:
 * a program which enters the namespace and becomes the process. Valid while
 * the link is; NULL-terminated, free with g_strfreev. */
char **link_prefix(const struct link *link, enum link_end end);

DEFINE_AUTO_DESTROY(link, link_destroy)

#endif
