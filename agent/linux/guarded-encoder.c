/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/guarded-encoder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES 600 /* a setting's text, and the file's name */
#define WHY_BYTES 400
#define TEXT_BYTES (PATH_BYTES + WHY_BYTES + 200)

struct guarded {
    struct encoder encoder;
    struct encoder *inner;
    char path[PATH_BYTES];
    bool off;
    char why[WHY_BYTES]; /* it is off */
    char error[TEXT_BYTES];
};

static struct guarded *guarded_of(struct encoder *encoder)
{
    return (struct guarded *)encoder;
}

/* --- the file ---------------------------------------------------------------------- */

static void read_file(struct guarded *self)
{
    FILE *file = fopen(self->path, "re");

    if (!file)
        return;
    self->off = true;
    if (!fgets(self->why, sizeof self->why, file))
        snprintf(self->why, sizeof self->why, "for a reason that was not written down");
    self->why[strcspn(self->why, "\n")] = '\0';
    fclose(file);
}

/* The reset may be followed by one of the whole guest: the file must be on the disk. 0 or
 * negative errno. */
static int write_file(const struct guarded *self)
{
    char folder[PATH_BYTES];

    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(self->path, '/') - self->path),
             self->path);
    mkdir(folder, 0755); /* if it fails, so does what follows */
    FILE *file = fopen(self->path, "we");
    if (!file)
        return -errno;
    int error = fprintf(file, "%s\n", self->why) < 0 || fflush(file) != 0 || fsync(fileno(file)) < 0
                    ? -errno
                    : 0;
    fclose(file);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return error;
}

/* --- failing ------------------------------------------------------------------------- */

static const char *inner_error(const struct guarded *self)
{
    const struct encoder_class *class = self->inner->class;

    return class->error ? class->error(self->inner) : "";
}

static void switch_off(struct guarded *self, int error)
{
    const char *text = inner_error(self);
    char date[32];
    time_t now = time(NULL);
    struct tm local;

    strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &local));
    snprintf(self->why, sizeof self->why, "%s: %s", date, text[0] ? text : strerror(-error));
    self->off = true;
    int written = write_file(self);
    snprintf(self->error, sizeof self->error, "%s: hardware encoding is off from now on%s%s%s%s%s",
             text[0] ? text : strerror(-error), written < 0 ? ", but only until a restart: " : "",
             written < 0 ? self->path : "", written < 0 ? ": " : "",
             written < 0 ? strerror(-written) : "",
             written < 0 ? ": is it writable (--state)?" : "");
}

/* Of what could be opened. */
static int watched(struct guarded *self, int result)
{
    if (result < 0 && result != -EAGAIN && result != -EBUSY && !self->off)
        switch_off(self, result);
    return result;
}

/* --- the encoder ----------------------------------------------------------------------- */

static int guarded_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    struct guarded *self = guarded_of(encoder);

    if (self->off) {
        snprintf(self->error, sizeof self->error,
                 "hardware encoding is off since it failed (%s): to try it again remove %s and "
                 "restart the agent",
                 self->why, self->path);
        return -ENOTSUP;
    }
    int result = self->inner->class->open(self->inner, settings);
    snprintf(self->error, sizeof self->error, "%s", result < 0 ? inner_error(self) : "");
    if (result == -EOWNERDEAD || result == -ETIMEDOUT || result == -EPROTO)
        switch_off(self, result);
    return result == -ENOTSUP ? -ENOSYS : result; /* the other one means off */
}

static int guarded_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    struct guarded *self = guarded_of(encoder);

    return watched(self, self->inner->class->submit(self->inner, picture));
}

static int guarded_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    struct guarded *self = guarded_of(encoder);

    return watched(self, self->inner->class->get(self->inner, deadline_ns, ret_unit));
}

static void guarded_force_key(struct encoder *encoder)
{
    struct encoder *inner = guarded_of(encoder)->inner;

    inner->class->force_key(inner);
}

static void guarded_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    struct encoder *inner = guarded_of(encoder)->inner;

    inner->class->set_bitrate(inner, kbps);
}

static const char *guarded_error(const struct encoder *encoder)
{
    return ((const struct guarded *)encoder)->error;
}

static void guarded_close(struct encoder *encoder)
{
    struct encoder *inner = guarded_of(encoder)->inner;

    inner->class->close(inner);
}

static void guarded_destroy(struct encoder *encoder)
{
    struct guarded *self = guarded_of(encoder);

    self->inner->class->destroy(self->inner);
    free(self);
}

static const struct encoder_class guarded_class = {
    .open = guarded_open,
    .submit = guarded_submit,
    .get = guarded_get,
    .force_key = guarded_force_key,
    .set_bitrate = guarded_set_bitrate,
    .error = guarded_error,
    .close = guarded_close,
    .destroy = guarded_destroy,
};

struct encoder *guarded_encoder_create(struct encoder *encoder, const char *folder)
{
    struct guarded *self = encoder ? calloc(1, sizeof *self) : NULL;

    if (!self) {
        if (encoder)
            encoder->class->destroy(encoder);
        return NULL;
    }
    self->encoder.class = &guarded_class;
    self->inner = encoder;
    snprintf(self->path, sizeof self->path, "%s/" GUARDED_ENCODER_FILE, folder);
    read_file(self);
    return &self->encoder;
}
