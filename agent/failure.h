/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * failure: the one line that a source or an encoder keeps about what went wrong, so that its
 * error() can report it later.
 */
#ifndef AGENT_FAILURE_H
#define AGENT_FAILURE_H

#include <stddef.h>

/* Writes the line, by printf and cut to its size, to `text`; returns `error`. Any thread. */
int failure_set(char *text, size_t text_bytes, int error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
