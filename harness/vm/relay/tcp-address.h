/*
 * tcp-address: "127.0.0.1:5900" as the relay and its client take it.
 */
#ifndef VDIBENCH_TCP_ADDRESS_H
#define VDIBENCH_TCP_ADDRESS_H

#include <glib.h>
#include <netinet/in.h>

/* A numeric IPv4 address and a port. FALSE and `error`, which names `text`,
 * when it is none. */
gboolean tcp_address_parse(const char *text, struct sockaddr_in *ret_address, GError **error);

/* "127.0.0.1:5900"; the caller frees it. */
char *tcp_address_format(const struct sockaddr_in *address);

#endif
