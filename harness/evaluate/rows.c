/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/rows.h"

#include <gio/gio.h>
#include <string.h>

/* The samples of an hour at 60 Hz are far smaller; a larger file is no sample file. */
#define ROWS_MAX_BYTES (256 * 1024 * 1024)

struct rows {
    char **columns;
    unsigned n_columns;
    GPtrArray *rows; /* char ** of n_columns fields */
    GArray *times;
};

static struct rows *fail(const char *name, unsigned line, const char *what, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: line %u: %s", name, line, what);
    return NULL;
}

struct rows *rows_parse(const char *text, const char *name, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    unsigned n_lines = g_strv_length(lines);
    auto_destroy(rows) rows = g_new0(struct rows, 1);

    rows->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    rows->times = g_array_new(false, false, sizeof(int64_t));
    rows->columns = g_strsplit(n_lines > 0 ? lines[0] : "", ",", -1);
    rows->n_columns = g_strv_length(rows->columns);
    if (rows->n_columns < 2 || !g_str_equal(rows->columns[0], "event") ||
        !g_str_equal(rows->columns[1], "t_ns"))
        return fail(name, 1, "no sample file: its columns must begin with event,t_ns", error);

    for (unsigned i = 1; i + 1 < n_lines; i++) { /* a row without a newline is incomplete */
        g_auto(GStrv) fields = g_strsplit(lines[i], ",", -1);
        int64_t time_ns;

        if (g_strv_length(fields) != rows->n_columns)
            return fail(name, i + 1, "not as many fields as the header has", error);
        if (!g_ascii_string_to_signed(fields[1], 10, 0, INT64_MAX, &time_ns, NULL))
            return fail(name, i + 1, "the second field is no time in ns", error);
        g_ptr_array_add(rows->rows, g_steal_pointer(&fields));
        g_array_append_val(rows->times, time_ns);
    }
    return g_steal_pointer(&rows);
}

struct rows *rows_read(const char *path, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInfo) info = g_file_query_info(file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, NULL, error);
    g_autofree char *text = NULL;

    if (!info)
        return NULL;
    if (g_file_info_get_size(info) > ROWS_MAX_BYTES)
        return fail(path, 1, "no sample file: too large", error);
    if (!g_file_get_contents(path, &text, NULL, error))
        return NULL;
    return rows_parse(text, path, error);
}

void rows_destroy(struct rows *rows)
{
    if (!rows)
        return;
    g_strfreev(rows->columns);
    g_clear_pointer(&rows->rows, g_ptr_array_unref);
    g_clear_pointer(&rows->times, g_array_unref);
    g_free(rows);
}

void rows_append(struct rows *rows, struct rows *more)
{
    g_array_append_vals(rows->times, more->times->data, more->times->len);
    g_array_set_size(more->times, 0);
    g_ptr_array_extend_and_steal(rows->rows, g_steal_pointer(&more->rows));
    more->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
}

void rows_end_at(struct rows *rows, int64_t time_ns)
{
    for (unsigned i = rows->rows->len; i-- > 0;) {
        if (g_array_index(rows->times, int64_t, i) <= time_ns)
            continue;
        g_ptr_array_remove_index(rows->rows, i);
        g_array_remove_index(rows->times, i);
    }
}

unsigned rows_count(const struct rows *rows)
{
    return rows->rows->len;
}

static char **row_fields(const struct rows *rows, unsigned row)
{
    return g_ptr_array_index(rows->rows, row);
}

const char *rows_event(const struct rows *rows, unsigned row)
{
    return row_fields(rows, row)[0];
}

int64_t rows_time_ns(const struct rows *rows, unsigned row)
{
    return g_array_index(rows->times, int64_t, row);
}

bool rows_is(const struct rows *rows, unsigned row, const char *event)
{
    return g_str_equal(rows_event(rows, row), event);
}

bool rows_has_column(const struct rows *rows, const char *column)
{
    return g_strv_contains((const char *const *)rows->columns, column);
}

const char *rows_text(const struct rows *rows, unsigned row, const char *column)
{
    for (unsigned i = 0; i < rows->n_columns; i++) {
        if (g_str_equal(rows->columns[i], column))
            return row_fields(rows, row)[i];
    }
    return "";
}

int64_t rows_number(const struct rows *rows, unsigned row, const char *column, int64_t missing)
{
    int64_t value;
    const char *text = rows_text(rows, row, column);
    return g_ascii_string_to_signed(text, 10, INT64_MIN, INT64_MAX, &value, NULL) ? value : missing;
}

bool rows_hex(const struct rows *rows, unsigned row, const char *column, uint64_t *ret_value)
{
    const char *text = rows_text(rows, row, column);
    if (g_str_has_prefix(text, "0x"))
        text += 2;
    return g_ascii_string_to_unsigned(text, 16, 0, UINT64_MAX, ret_value, NULL);
}
