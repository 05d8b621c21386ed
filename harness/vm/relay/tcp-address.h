/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tcp-address: an address such as "127.0.0.1:5900", for the relay and its client.
 */
#ifndef VDIBENCH_TCP_ADDRESS_H
#define VDIBENCH_TCP_ADDRESS_H

#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>

/* Parses a numeric IPv4 address and a port. False and `error`, which names `text`,
 * when it is not one. */
bool tcp_address_parse(const char *text, struct sockaddr_in *ret_address, GError **error);

/* "127.0.0.1:5900"; the caller frees it. */
char *tcp_address_format(const struct sockaddr_in *address);

#endif
