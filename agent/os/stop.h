/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * stop: what ends the program from outside: SIGTERM and SIGINT, Ctrl+C, a service's end.
 */
#ifndef AGENT_OS_STOP_H
#define AGENT_OS_STOP_H

#include <stdbool.h>

struct os_wake;

/* From now on such a request sets `wake`, which must live as long as the process. Once, by
 * the main thread. */
void os_stop_catch(struct os_wake *wake);

/* As if it came from outside. Any thread, after os_stop_catch(). */
void os_stop_request(void);

/* Any thread. */
bool os_stop_requested(void);

#endif
