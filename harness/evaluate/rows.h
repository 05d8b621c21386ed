/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * rows: a sample file read back (see samples.h for what is in one).
 *
 * Sample files come from other processes, which may have been killed in the
 * middle of a row: an incomplete last row is left out, and any other row that does
 * not match the header is an error. Any thread, one at a time.
 */
#ifndef VDIBENCH_ROWS_H
#define VDIBENCH_ROWS_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct rows;

/* Reads the file `path`. NULL and `error` (naming file and line) when it
 * cannot be read or is malformed. */
struct rows *rows_read(const char *path, GError **error);

/* The same from text, for tests; `name` stands for the path in errors. */
struct rows *rows_parse(const char *text, const char *name, GError **error);

void rows_destroy(struct rows *rows);

/* Appends the rows of `more`, which is left empty: the samples of the process that
 * succeeded this one. Both have the same columns. */
void rows_append(struct rows *rows, struct rows *more);

/* Leaves the rows after that time out: of a process that is read while it runs, what
 * another one's file does not have yet. */
void rows_end_at(struct rows *rows, int64_t time_ns);

unsigned rows_count(const struct rows *rows);

/* The event (first column) and time in ns (second column) of a row. */
const char *rows_event(const struct rows *rows, unsigned row);
int64_t rows_time_ns(const struct rows *rows, unsigned row);

/* True when the row's event is `event`. */
bool rows_is(const struct rows *rows, unsigned row, const char *event);

bool rows_has_column(const struct rows *rows, const char *column);

/* A field by column name: "" when it is empty or there is no such column. */
const char *rows_text(const struct rows *rows, unsigned row, const char *column);

/* A field as a number; `missing` when it is empty or no number. */
int64_t rows_number(const struct rows *rows, unsigned row, const char *column, int64_t missing);

/* A field in hexadecimal; false when it is empty or not hexadecimal. */
bool rows_hex(const struct rows *rows, unsigned row, const char *column, uint64_t *ret_value);

DEFINE_AUTO_DESTROY(rows, rows_destroy)

#endif
