/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * control: how a process of a run is steered by the harness.
 *
 * Commands come in on standard input, one a line: a word, then its arguments.
 * Notices go out on standard output, one a line: a word, the time on
 * CLOCK_MONOTONIC in nanoseconds, then key=value pairs. An argument or a value
 * may hold any bytes but 0 (words.h). The end of standard input means that the
 * harness is gone, and the process ends itself; so it does at SIGINT, SIGTERM
 * and SIGHUP.
 */
#ifndef VDIBENCH_CONTROL_H
#define VDIBENCH_CONTROL_H

#include <glib.h>
#include <stdint.h>

/* A command of `argc` words, argv[0] the command itself (never empty).
 * Called in the main loop of the default context. */
typedef void (*control_command_fn)(int argc, char **argv, void *data);

/* Reads commands in the default main context until control_stop(). `quit` is
 * called once, in that context, when the process is to end: the command
 * "quit", end of input, SIGINT or SIGTERM. */
void control_start(control_command_fn command, void (*quit)(void *data), void *data);
void control_stop(void);

/* Sends a notice with the present time. Any thread may call it. `format`
 * makes the key=value pairs, whose values may hold anything; it may be empty. */
void control_notice(const char *word, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same with a time that was taken before. */
void control_notice_at(const char *word, int64_t time_ns, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

#endif
