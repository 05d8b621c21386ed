/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tls: a key and a certificate for the time of a run, as an administrator
 * would make them for a SPICE server. Main thread, before the server is there.
 */
#ifndef VDIBENCH_VM_SIM_TLS_H
#define VDIBENCH_VM_SIM_TLS_H

#include <glib.h>
#include <spice.h>
#include <stdbool.h>

/* The certificate within the folder, which a client is to trust: it has signed itself. */
#define TLS_CERTIFICATE "ca.pem"

/* Makes both in `folder`, by openssl(1), and lets `server` have them, before
 * spice_server_init(). A server with TLS listens by itself: it does so on
 * 127.0.0.2, on the same port as `listen` ("127.0.0.1:PORT"), where nobody
 * connects. False and `error` when something is missing. */
bool tls_set_up(SpiceServer *server, const char *folder, const char *listen, GError **error);

#endif
