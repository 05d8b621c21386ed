/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/tls.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

static bool make_certificate(const char *key, const char *certificate, GError **error)
{
    g_autoptr(GSubprocess) openssl = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDERR_PIPE, error, "openssl", "req", "-x509", "-newkey", "ec",
        "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=vm-sim",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate, NULL);
    g_autofree char *messages = NULL;

    if (!openssl) {
        g_prefix_error(error, "cannot make a certificate, install openssl: ");
        return false;
    }
    if (!g_subprocess_communicate_utf8(openssl, NULL, NULL, NULL, &messages, error))
        return false;
    if (g_subprocess_get_successful(openssl))
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "openssl cannot make %s: %s", certificate,
                g_strdelimit(g_strchomp(messages), "\n", ' '));
    return false;
}

bool tls_set_up(SpiceServer *server, const char *folder, const char *listen, GError **error)
{
    g_autofree char *key = g_build_filename(folder, "key.pem", NULL);
    g_autofree char *certificate = g_build_filename(folder, TLS_CERTIFICATE, NULL);
    const char *colon = g_str_has_prefix(listen, "unix:") ? NULL : strrchr(listen, ':');

    if (!colon) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "--tls needs --listen 127.0.0.1:PORT, not %s", listen);
        return false;
    }
    if (!make_certificate(key, certificate, error))
        return false;
    spice_server_set_addr(server, "127.0.0.2", 0);
    if (spice_server_set_tls(server, atoi(colon + 1), certificate, certificate, key, NULL, NULL,
                             NULL) == 0)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the server refuses to use TLS");
    return false;
}
