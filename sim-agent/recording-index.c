/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/recording-index.h"

#include "agent/recorder.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool read_row(const char *line, const GArray *rows, struct recording_index_row *ret_row)
{
    const struct recording_index_row *before =
        rows->len > 0 ? &g_array_index(rows, struct recording_index_row, rows->len - 1) : NULL;
    int end = 0;

    if (sscanf(line, "%" SCNd64 ",%zu%n", &ret_row->time_us, &ret_row->bytes, &end) != 2 ||
        line[end] != '\0' || ret_row->bytes == 0)
        return false;
    return before ? ret_row->time_us > before->time_us : ret_row->time_us == 0;
}

bool recording_index_read(const char *path, GArray **ret_rows, GError **error)
{
    g_autofree char *name = g_strconcat(path, RECORDER_INDEX_SUFFIX, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GArray) rows = g_array_new(false, false, sizeof(struct recording_index_row));

    *ret_rows = NULL;
    if (!g_file_test(name, G_FILE_TEST_EXISTS))
        return true;
    if (!g_file_get_contents(name, &text, NULL, error))
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
    bool good = lines[0] && g_str_equal(lines[0], RECORDER_INDEX_COLUMNS);
    unsigned number = 1;
    for (; good && lines[number] && lines[number + 1]; number++) {
        struct recording_index_row row;
        good = read_row(lines[number], rows, &row);
        if (good)
            g_array_append_val(rows, row);
    }
    if (!good) {
        g_set_error(
            error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
            "%s: line %u is none of the real agent's index: record it again, or remove this "
            "file to play frames at an even rate",
            name, number);
        return false;
    }
    *ret_rows = g_steal_pointer(&rows);
    return true;
}
