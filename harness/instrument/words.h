/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * words: the lines between the harness and its processes.
 *
 * A line is words, separated by blanks. What would end a word or a line, and
 * whatever is not printable ASCII, is escaped as in a URI, %20 for a blank: a
 * word may hold any bytes but 0. Pure functions, any thread.
 */
#ifndef VDIBENCH_WORDS_H
#define VDIBENCH_WORDS_H

#include <glib.h>

/* As printf() formats, but only the blanks of `format` itself separate words:
 * what the arguments bring stays one word. Free it. */
char *words_format(const char *format, va_list args) G_GNUC_PRINTF(1, 0);

/* The words of a line, each as it was before it was escaped; what is no escape
 * stays, so that people can type. Empty ones are left out. Free it with
 * g_strfreev(). */
char **words_split(const char *line);

#endif
