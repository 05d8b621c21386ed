/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/slurm/submission.h"

#include "harness/instrument/child.h"

#include <string.h>

/* How often progress is looked for. */
#define PROGRESS_SECONDS 2
/* A month: longer than Slurm lets any job of these wait or run. */
#define WAIT_SECONDS (31.0 * 24 * 3600)
/* Slurm gives a task 30 s to end after SIGTERM (KillWait), and sbatch asks every 10 s. */
#define CANCEL_SECONDS 60.0

struct submission {
    GSubprocess *sbatch;
    GDataInputStream *output;
    char *job; /* NULL: not yet known */
    bool read, ended;
    void (*progress)(void *data);
    void *data;
};

static void on_line(GObject *source, GAsyncResult *result, void *data)
{
    struct submission *submission = data;
    g_autofree char *line =
        g_data_input_stream_read_line_finish(submission->output, result, NULL, NULL);

    submission->read = true;
    if (line && *line) {
        *strchrnul(line, ';') = '\0'; /* "ID;CLUSTER" where there are several clusters */
        submission->job = g_steal_pointer(&line);
    }
}

static void on_end(GObject *source, GAsyncResult *result, void *data)
{
    struct submission *submission = data;
    g_subprocess_wait_finish(submission->sbatch, result, NULL);
    submission->ended = true;
}

static gboolean on_timer(void *data)
{
    const struct submission *submission = data;
    submission->progress(submission->data);
    return G_SOURCE_CONTINUE;
}

static bool has_ended(void *data, G_GNUC_UNUSED GError **error)
{
    const struct submission *submission = data;
    return submission->ended && submission->read;
}

static void cancel(struct submission *submission)
{
    if (submission->job) {
        g_autoptr(GSubprocess) scancel =
            g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, NULL, "scancel", submission->job, NULL);
        if (scancel)
            g_subprocess_wait(scancel, NULL, NULL);
    } else {
        g_subprocess_force_exit(submission->sbatch);
    }
    if (!child_wait(has_ended, submission, CANCEL_SECONDS, "scancel", NULL, NULL)) {
        g_subprocess_force_exit(submission->sbatch);
        child_wait(has_ended, submission, CANCEL_SECONDS, "sbatch", NULL, NULL);
    }
}

bool submission_run(const char *const *command, GCancellable *cancellable,
                    void (*progress)(void *data), void *data, char **ret_job, int *ret_status,
                    GError **error)
{
    g_autoptr(GSubprocess) sbatch =
        g_subprocess_newv(command, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
    if (!sbatch) {
        g_prefix_error(error, "Slurm's sbatch is needed: ");
        return false;
    }
    g_autoptr(GDataInputStream) output =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(sbatch));
    struct submission submission = {
        .sbatch = sbatch, .output = output, .progress = progress, .data = data};

    g_data_input_stream_read_line_async(output, G_PRIORITY_DEFAULT, NULL, on_line, &submission);
    g_subprocess_wait_async(sbatch, NULL, on_end, &submission);
    unsigned timer = g_timeout_add_seconds(PROGRESS_SECONDS, on_timer, &submission);
    if (!child_wait(has_ended, &submission, WAIT_SECONDS, "the job", cancellable, NULL))
        cancel(&submission);
    g_source_remove(timer);
    *ret_status = g_subprocess_get_if_exited(sbatch) ? g_subprocess_get_exit_status(sbatch) : 128;
    *ret_job = submission.job;
    if (!submission.job && !g_cancellable_is_cancelled(cancellable)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "sbatch has submitted nothing (status %d): its own message is above",
                    *ret_status);
        return false;
    }
    return true;
}
