/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/guest/agent-process.h"

#include "harness/guest/helper.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct agent_process {
    GSubprocess *process;
    struct agent_process_callbacks callbacks;
    GDataInputStream *rows;
    GCancellable *cancellable;
    bool headed;    /* the columns were read */
    bool rows_over; /* and no row is to come */
    bool gone;      /* the process */
    bool expected;
    bool reported;
    int references; /* of the owner, and of each pending operation */
};

static void unref(struct agent_process *self)
{
    if (--self->references > 0)
        return;
    g_clear_object(&self->process);
    g_clear_object(&self->rows);
    g_clear_object(&self->cancellable);
    g_free(self);
}

/* Rows that were written before the end are read before it is reported. */
static void report_end(struct agent_process *self)
{
    if (!self->gone || !self->rows_over || self->reported ||
        g_cancellable_is_cancelled(self->cancellable))
        return;
    self->reported = true;
    self->callbacks.ended(self->callbacks.data, self->expected,
                          g_subprocess_get_status(self->process));
}

static void read_row(struct agent_process *self);

static void take_row(struct agent_process *self, const char *row)
{
    enum { EVENT, TIME, LOOP, UNIT, BYTES, FIELDS };
    g_auto(GStrv) fields = g_strsplit(row, ",", FIELDS + 1);

    if (self->headed && g_strv_length(fields) > BYTES)
        self->callbacks.row(self->callbacks.data, row, fields[EVENT],
                            g_ascii_strtoll(fields[TIME], NULL, 10),
                            g_ascii_strtoull(fields[BYTES], NULL, 10));
    self->headed = true;
}

static void on_row(GObject *stream, GAsyncResult *result, void *data)
{
    struct agent_process *self = data;
    g_autofree char *row =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(stream), result, NULL, NULL);

    if (!row || g_cancellable_is_cancelled(self->cancellable)) {
        self->rows_over = true;
        report_end(self);
    } else {
        take_row(self, row);
        read_row(self);
    }
    unref(self);
}

static void read_row(struct agent_process *self)
{
    self->references++;
    g_data_input_stream_read_line_async(self->rows, G_PRIORITY_DEFAULT, self->cancellable, on_row,
                                        self);
}

static void on_gone(GObject *process, GAsyncResult *result, void *data)
{
    struct agent_process *self = data;

    self->gone = g_subprocess_wait_finish(G_SUBPROCESS(process), result, NULL);
    report_end(self);
    unref(self);
}

struct agent_process *agent_process_start(const char *const *argv, const char *display,
                                          const struct agent_process_callbacks *callbacks,
                                          GError **error)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    int ends[2];

    for (; *argv; argv++)
        g_ptr_array_add(arguments, (void *)*argv);
    g_ptr_array_add(arguments, (void *)"--samples");
    g_ptr_array_add(arguments, (void *)"/dev/fd/" G_STRINGIFY(HELPER_FD));
    g_ptr_array_add(arguments, NULL);
    if (!g_unix_open_pipe(ends, FD_CLOEXEC, error))
        return NULL;

    struct agent_process *self = g_new0(struct agent_process, 1);
    self->references = 1;
    self->callbacks = *callbacks;
    self->cancellable = g_cancellable_new();
    g_autoptr(GInputStream) pipe = g_unix_input_stream_new(ends[0], TRUE);
    self->rows = g_data_input_stream_new(pipe);
    self->process = helper_start((const char *const *)arguments->pdata, ends[1], display, error);
    if (!self->process) {
        unref(self);
        return NULL;
    }
    read_row(self);
    self->references++;
    g_subprocess_wait_async(self->process, NULL, on_gone, self);
    return self;
}

pid_t agent_process_pid(const struct agent_process *self)
{
    const char *pid = g_subprocess_get_identifier(self->process);
    return pid ? (pid_t)atoi(pid) : 0;
}

void agent_process_end(struct agent_process *self)
{
    self->expected = true;
    g_subprocess_send_signal(self->process, SIGTERM);
}

void agent_process_destroy(struct agent_process *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    if (!self->gone) {
        agent_process_end(self);
        g_subprocess_wait(self->process, NULL, NULL);
    }
    unref(self);
}
