/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tls: a key and a certificate for one run, as an administrator would create them for
 * a SPICE server. Main thread, before the server is initialised.
 */
#ifndef VDIBENCH_VM_SIM_TLS_H
#define VDIBENCH_VM_SIM_TLS_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* The certificate's file name in the folder. A client must trust it: it is self-signed. */
#define TLS_CERTIFICATE "ca.pem"

/* Creates both in `folder` with openssl(1) and sets them for `server`; to be called
 * before spice_server_init(). A server with TLS always listens by itself: here it does
 * so on 127.0.0.2, on the port of `listen` ("127.0.0.1:PORT"), to which no client
 * connects. False and `error` when something is missing. */
bool tls_set_up(SpiceServer *server, const char *folder, const char *listen, GError **error);

#endif
