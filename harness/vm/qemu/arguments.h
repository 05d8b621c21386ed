/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * arguments: a command line of QEMU's while it is made. Any thread.
 */
#ifndef VDIBENCH_QEMU_ARGUMENTS_H
#define VDIBENCH_QEMU_ARGUMENTS_H

#include <glib.h>

/* Adds an option and its value, by printf, to an array that owns its strings. */
void arguments_add(GPtrArray *argv, const char *option, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* A text as a part of a value, in which a comma would begin the next part. Free it. */
char *arguments_quote(const char *text);

#endif
