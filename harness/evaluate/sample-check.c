/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/evaluate/sample-check.h"

#include <gio/gio.h>
#include <string.h>

/* What a row of that event must have: numbers (# before a hexadecimal one, $ before a
 * word), separated by blanks. */
static const struct {
    const char *part, *event, *fields;
} needs[] = {
    {"agent", "frame", "loop unit bytes #crc planned_ns key"},
    {"agent", "skipped", "planned_ns"},
    {"agent", "memory", "bytes"},
    {"client", "received", "unit #crc"},
    {"client", "decoded", "stream unit"},
    {"client", "shown", "channel $source"},
    {"client", "traffic", "channel bytes"},
    {"client", "press", "number"},
    {"vm", "frame", "number unit planned_ns"},
    {"vm", "skipped", "unit planned_ns"},
    {"vm", "screen", "number width height"},
    {"vm", "drawn", "number width height"},
    {"vm", "key", "number"},
    {"cpu", "sample", "$process tid $comm run_ns wait_ns"},
    {"cpu", "machine", "run_ns wait_ns"},
    {"server", "open", "private_dirty_kib wakeups"},
    {"server", "begin", "private_dirty_kib wakeups"},
    {"server", "end", "private_dirty_kib wakeups"},
    {"server", "rest", "private_dirty_kib wakeups"},
    {"server", "rested", "private_dirty_kib wakeups"},
    {"module", "frame", "sequence opening bytes t2_ns t3_ns"},
    {"module", "buffers", "bytes"},
    {"drawn", "frame", "number unit planned_ns"},
    {"drawn", "skipped", "unit planned_ns"},
    {"link", "link", "rtt_ns bit_s"},
    {"frames", "slot", "startup t0_ns"},
    {"submissions", "exit", "exit_ns"},
    {"submissions", "batch",
     "submissions writes traps pages write_ns submit_ns guest_ns gpu_ns stale"},
};

/* The words by which rows are chosen; a row with another one would not count. Each ends with a
 * blank. */
static const struct {
    const char *part, *column, *words;
} vocabularies[] = {
    {"agent", "event", "started opened format frame sent skipped empty stopped closed memory "},
    {"client", "event",
     "connected disconnected primary monitors stream-create stream-destroy received decoded shown "
     "kept traffic press "},
    {"client", "source", "vgpu pgpu blank kept unfinished other "},
    {"vm", "event",
     "client-connected client-disconnected port-opened port-closed screen drawn film frame skipped "
     "drained key "},
    {"cpu", "event", "sample machine total begin end "},
    {"server", "event", "sample open begin end rest rested close "},
    {"module", "event", "frame buffers "},
    {"module", "fate", "waits sent unsent slow_client unwanted too_late without_display "},
    {"drawn", "event", "film frame skipped "},
    {"link", "event", "link "},
    {"frames", "event", "slot "},
    {"submissions", "event", "exit batch "},
};

static bool fail(const char *file, const char *what, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", file, what);
    return false;
}

static bool has_field(const struct rows *rows, unsigned row, const char *field)
{
    uint64_t hex;
    if (*field == '#')
        return rows_hex(rows, row, field + 1, &hex);
    if (*field == '$')
        return *rows_text(rows, row, field + 1) != '\0';
    return rows_number(rows, row, field, INT64_MIN) != INT64_MIN;
}

static bool check_fields(const struct rows *rows, const char *event, const char *fields,
                         const char *file, GError **error)
{
    g_auto(GStrv) names = g_strsplit(fields, " ", -1);

    for (char **name = names; *name; name++) {
        const char *column = *name + (**name == '#' || **name == '$');
        if (!rows_has_column(rows, column)) {
            g_autofree char *what = g_strdup_printf("has no column %s", column);
            return fail(file, what, error);
        }
        for (unsigned i = 0; i < rows_count(rows); i++) {
            if (!rows_is(rows, i, event) || has_field(rows, i, *name))
                continue;
            g_autofree char *what =
                g_strdup_printf("row %u ('%s') has no %s, or no such value", i + 1, event, column);
            return fail(file, what, error);
        }
    }
    return true;
}

/* A field may be empty: the column may not concern the row's event. */
static bool check_words(const struct rows *rows, const char *column, const char *words,
                        const char *file, GError **error)
{
    for (unsigned i = 0; i < rows_count(rows); i++) {
        const char *text = rows_text(rows, i, column);
        g_autofree char *word = g_strconcat(text, " ", NULL);
        const char *at = strstr(words, word);

        if (!*text || (at && (at == words || at[-1] == ' ')))
            continue;
        g_autofree char *what =
            g_strdup_printf("row %u has the unknown %s '%s'", i + 1, column, text);
        return fail(file, what, error);
    }
    return true;
}

/* One window's threads: where each was seen. */
enum seen { BEFORE = 1, AT_BEGIN = 2, LATER = 4, AT_END = 8, ENDED = 16 };

static void see(GHashTable *table, const char *key, enum seen seen)
{
    g_hash_table_replace(
        table, g_strdup(key),
        GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(table, key)) | (unsigned)seen));
}

/* A thread without a sample at the begin of a window would count with all that it ever
 * used; a process without one at the end with less than it used. */
static bool check_window(const struct rows *cpu, int64_t begin_ns, int64_t end_ns, const char *file,
                         GError **error)
{
    g_autoptr(GHashTable) threads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) processes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    void *key, *value;

    for (unsigned i = 0; i < rows_count(cpu); i++) {
        int64_t time_ns = rows_time_ns(cpu, i);
        const char *process = rows_text(cpu, i, "process");
        if (rows_is(cpu, i, "total") && time_ns <= end_ns)
            see(processes, process, ENDED);
        if (!rows_is(cpu, i, "sample") || time_ns > end_ns)
            continue;
        g_autofree char *thread =
            g_strdup_printf("thread %s of %s", rows_text(cpu, i, "tid"), process);
        see(threads, thread, time_ns < begin_ns ? BEFORE : time_ns == begin_ns ? AT_BEGIN : LATER);
        see(processes, process, time_ns == end_ns ? AT_END : LATER);
    }
    g_hash_table_iter_init(&iter, threads);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if ((GPOINTER_TO_UINT(value) & (BEFORE | AT_BEGIN | LATER)) == (BEFORE | LATER)) {
            g_autofree char *what =
                g_strdup_printf("%s has no sample at the begin of a window", (char *)key);
            return fail(file, what, error);
        }
    }
    g_hash_table_iter_init(&iter, processes);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (!(GPOINTER_TO_UINT(value) & (AT_END | ENDED))) {
            g_autofree char *what =
                g_strdup_printf("%s has no sample at the end of a window", (char *)key);
            return fail(file, what, error);
        }
    }
    return true;
}

/* The last window may not have ended (see sample_check_ended()). */
static bool check_windows(const struct rows *cpu, const char *file, GError **error)
{
    int64_t begin_ns = 0;

    for (unsigned i = 0; i < rows_count(cpu); i++) {
        bool begins = rows_is(cpu, i, "begin");
        if (!begins && !rows_is(cpu, i, "end"))
            continue;
        if (begins == (begin_ns != 0)) {
            g_autofree char *what =
                g_strdup_printf("row %u ('%s'): the window's %s is missing before it", i + 1,
                                begins ? "begin" : "end", begins ? "end" : "begin");
            return fail(file, what, error);
        }
        if (!begins && !check_window(cpu, begin_ns, rows_time_ns(cpu, i), file, error))
            return false;
        begin_ns = begins ? rows_time_ns(cpu, i) : 0;
    }
    return true;
}

bool sample_check(const struct rows *rows, const char *part, const char *file, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(needs); i++) {
        if (g_str_equal(needs[i].part, part) &&
            !check_fields(rows, needs[i].event, needs[i].fields, file, error))
            return false;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(vocabularies); i++) {
        if (g_str_equal(vocabularies[i].part, part) &&
            !check_words(rows, vocabularies[i].column, vocabularies[i].words, file, error))
            return false;
    }
    return !g_str_equal(part, "cpu") || check_windows(rows, file, error);
}

bool sample_check_ended(const struct rows *cpu, const char *file, GError **error)
{
    bool open = false;

    for (unsigned i = 0; i < rows_count(cpu); i++)
        open = rows_is(cpu, i, "begin") || (open && !rows_is(cpu, i, "end"));
    return !open ||
           fail(file, "the last window has no end, although the run went on to its end", error);
}
