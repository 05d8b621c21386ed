/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/instrument/samples.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Large enough that a second of 60 Hz rows costs one write(2) at most. */
#define SAMPLES_BUFFER_BYTES (64 * 1024)

/* Rows are in the file after so long, if more of them come: whoever reads it
 * meanwhile waits no longer. */
#define FLUSH_PERIOD_NS INT64_C(500000000)

struct samples {
    GMutex lock;
    FILE *file;
    int64_t flushed_ns;
    bool failed;
};

struct samples *samples_open(const char *path, const char *header, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "a");
    if (!file) {
        int saved = errno;
        if (fd >= 0)
            close(fd);
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    "cannot create the sample file %s: %s", path, g_strerror(saved));
        return NULL;
    }
    setvbuf(file, NULL, _IOFBF, SAMPLES_BUFFER_BYTES);

    struct samples *samples = g_new0(struct samples, 1);
    samples->file = file;
    g_mutex_init(&samples->lock);
    samples_row(samples, "%s", header);
    return samples;
}

void samples_row(struct samples *samples, const char *format, ...)
{
    if (!samples)
        return;

    va_list args;
    va_start(args, format);
    g_mutex_lock(&samples->lock);
    if (vfprintf(samples->file, format, args) < 0 || fputc('\n', samples->file) == EOF)
        samples->failed = true;
    int64_t now_ns = samples_now_ns();
    if (now_ns - samples->flushed_ns > FLUSH_PERIOD_NS) {
        samples->failed = fflush(samples->file) != 0 || samples->failed;
        samples->flushed_ns = now_ns;
    }
    g_mutex_unlock(&samples->lock);
    va_end(args);
}

bool samples_flush(struct samples *samples)
{
    if (!samples)
        return true;
    g_mutex_lock(&samples->lock);
    if (fflush(samples->file) != 0)
        samples->failed = true;
    bool ok = !samples->failed;
    g_mutex_unlock(&samples->lock);
    return ok;
}

bool samples_close(struct samples *samples)
{
    if (!samples)
        return true;
    bool ok = samples_flush(samples);
    ok = fclose(samples->file) == 0 && ok;
    g_mutex_clear(&samples->lock);
    g_free(samples);
    return ok;
}

int64_t samples_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}
