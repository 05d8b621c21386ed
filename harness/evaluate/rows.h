/*
 * rows: a sample file read back (see samples.h for what is in one).
 *
 * Sample files come from other processes, which may have been killed in the
 * middle of a row: an incomplete last row is left out, anything else that is
 * not as announced in the header is an error. Any thread, one at a time.
 */
#ifndef VDIBENCH_ROWS_H
#define VDIBENCH_ROWS_H

#include <glib.h>

typedef struct Rows Rows;

/* Reads the file `path`. NULL and `error` (naming file and line) when it
 * cannot be read or is malformed. */
Rows *rows_read(const char *path, GError **error);

/* The same from text, for tests; `name` stands for the path in errors. */
Rows *rows_parse(const char *text, const char *name, GError **error);

void rows_destroy(Rows *rows);

/* Puts the rows of `more` (which is left empty) behind those of `rows`: the
 * samples of a process's successor. Both have the same columns. */
void rows_append(Rows *rows, Rows *more);

guint rows_count(const Rows *rows);

/* The event (first column) and time in ns (second column) of a row. */
const char *rows_event(const Rows *rows, guint row);
gint64 rows_time_ns(const Rows *rows, guint row);

/* True when the row's event is `event`. */
gboolean rows_is(const Rows *rows, guint row, const char *event);

/* A field by column name: "" when it is empty or there is no such column. */
const char *rows_text(const Rows *rows, guint row, const char *column);

/* A field as a number; `missing` when it is empty or no number. */
gint64 rows_number(const Rows *rows, guint row, const char *column, gint64 missing);

/* A field in hexadecimal; false when it is empty or not hexadecimal. */
gboolean rows_hex(const Rows *rows, guint row, const char *column, guint64 *ret_value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rows, rows_destroy)

#endif
