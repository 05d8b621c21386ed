/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * silent-client: a SPICE client that connects its main and its display channel and
 * then sends nothing. The server's worker waits for the display's INIT, and does
 * nothing else meanwhile, for 30 s or until the client hangs up.
 */
#ifndef GPU_MODULE_TESTS_SILENT_CLIENT_H
#define GPU_MODULE_TESTS_SILENT_CLIENT_H

#include <stdbool.h>

struct silent_client {
    int main, display; /* sockets */
};

/* `address` is HOST:PORT. Fails the test when the server does not accept it. */
struct silent_client silent_client_connect(const char *address);
/* The server has not hung up. */
bool silent_client_is_held(const struct silent_client *client);
void silent_client_hang_up(struct silent_client *client);

#endif
