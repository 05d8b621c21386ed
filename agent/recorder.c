/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/recorder.h"

#include "protocol/access-unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct recorder {
    FILE *stream, *index; /* NULL: nothing more is written */
    uint8_t codec;
    bool begun;
    int64_t first_ns, last_us;
};

/* 0, or negative errno of what was not written. */
static int close_files(struct recorder *self)
{
    int result = 0;

    if (self->stream && fclose(self->stream) != 0)
        result = -errno;
    if (self->index && fclose(self->index) != 0)
        result = -errno;
    self->stream = self->index = NULL;
    return result;
}

static FILE *create_index(const char *file)
{
    size_t bytes = strlen(file) + sizeof RECORDER_INDEX_SUFFIX;
    char *name = malloc(bytes);

    if (!name)
        return NULL;
    snprintf(name, bytes, "%s" RECORDER_INDEX_SUFFIX, file);
    FILE *index = fopen(name, "wb");
    int error = errno;
    free(name);
    errno = error;
    return index;
}

struct recorder *recorder_create(const char *file, uint8_t codec, int *ret_error)
{
    struct recorder *self = calloc(1, sizeof *self);

    if (!self || !(self->stream = fopen(file, "wb")) || !(self->index = create_index(file)) ||
        fputs(RECORDER_INDEX_COLUMNS "\n", self->index) < 0 || fflush(self->index) != 0) {
        *ret_error = self ? -errno : -ENOMEM;
        if (self)
            close_files(self);
        free(self);
        return NULL;
    }
    self->codec = codec;
    return self;
}

/* 0, or negative errno. */
static int write_frame(struct recorder *self, const struct frame *frame)
{
    size_t size = access_unit_size(self->codec, frame->bytes, frame->size);

    if (!self->begun)
        self->first_ns = frame->planned_ns;
    /* A requested key frame may have been wanted before its predecessor's change was noticed. */
    int64_t time_us = (frame->planned_ns - self->first_ns) / 1000;
    if (self->begun && time_us <= self->last_us)
        time_us = self->last_us + 1;
    self->begun = true;
    self->last_us = time_us;

    errno = 0;
    if (fwrite(frame->bytes, 1, size, self->stream) == size && fflush(self->stream) == 0 &&
        fprintf(self->index, "%" PRId64 ",%lu\n", time_us, (unsigned long)size) > 0 &&
        fflush(self->index) == 0)
        return 0;
    return errno ? -errno : -EIO;
}

int recorder_add(struct recorder *self, const struct frame *frame)
{
    if (!self->stream)
        return 0;
    int result = write_frame(self, frame);
    if (result < 0)
        close_files(self);
    return result;
}

int recorder_destroy(struct recorder *self)
{
    int result = self ? close_files(self) : 0;

    free(self);
    return result;
}
