/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * result-read: result.json of a finished run, read back.
 *
 * The file may come from anywhere, so everything in it is checked before it is
 * used: types, missing members, names that become file names. Its size and
 * depth are limited. Any thread, one at a time.
 */
#ifndef VDIBENCH_RESULT_READ_H
#define VDIBENCH_RESULT_READ_H

#include "harness/result/result.h"

/* Reads the result.json in the folder, or that file itself. NULL and `error`, one line that names the file,
 * the member and what to do, when it is not there, damaged or of another
 * schema. */
struct result *result_read(const char *where, GError **error);

/* The same from text, for tests. */
struct result *result_parse(const char *text, size_t bytes, const char *folder, GError **error);

#endif
