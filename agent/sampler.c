/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/sampler.h"

#include "agent/os/clock.h"
#include "agent/os/crc.h"
#include "agent/os/resident.h"
#include "agent/sample-rows.h"
#include "protocol/access-unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct sampler {
    struct observer observer;
    FILE *file; /* whose own lock keeps the threads' rows apart */
    uint8_t codec;
};

static void write_row(const struct sampler *self, const char *row)
{
    fprintf(self->file, "%s\n", row);
}

static void on_report(void *data, const struct agent_action *report)
{
    char row[SAMPLE_ROW_BYTES];

    if (sample_row_report(row, report->report, os_now_ns()))
        write_row(data, row);
}

static void on_frame_begun(void *data, const struct frame *frame, int64_t begin_ns)
{
    const struct sampler *self = data;
    size_t size = access_unit_size(self->codec, frame->bytes, frame->size);
    char row[SAMPLE_ROW_BYTES];

    sample_row_frame(row, frame, begin_ns, os_crc32(frame->bytes, size));
    write_row(self, row);
}

static void on_frame_sent(void *data, const struct frame *frame, int64_t end_ns)
{
    char row[SAMPLE_ROW_BYTES];

    sample_row_sent(row, frame, end_ns);
    write_row(data, row);
}

static void on_slot_skipped(void *data, int64_t planned_ns)
{
    char row[SAMPLE_ROW_BYTES];

    sample_row_skipped(row, planned_ns, os_now_ns());
    write_row(data, row);
}

static void on_slot_empty(void *data, int64_t planned_ns)
{
    char row[SAMPLE_ROW_BYTES];

    sample_row_empty(row, planned_ns, os_now_ns());
    write_row(data, row);
}

struct observer *sampler_create(const char *name, uint8_t codec, int *ret_error)
{
    struct sampler *self = calloc(1, sizeof *self);
    struct stat status;

    if (!self || !(self->file = fopen(name, "wb"))) {
        *ret_error = self ? -errno : -ENOMEM;
        free(self);
        return NULL;
    }
    if (fstat(fileno(self->file), &status) == 0 && S_ISFIFO(status.st_mode))
        setvbuf(self->file, NULL, _IOLBF, 0);
    self->codec = codec;
    self->observer = (struct observer){
        .data = self,
        .report = on_report,
        .frame_begun = on_frame_begun,
        .frame_sent = on_frame_sent,
        .slot_skipped = on_slot_skipped,
        .slot_empty = on_slot_empty,
    };
    write_row(self, SAMPLE_ROWS_COLUMNS);
    return &self->observer;
}

bool sampler_destroy(struct observer *observer)
{
    struct sampler *self = (struct sampler *)observer;

    if (!self)
        return true;
    char row[SAMPLE_ROW_BYTES];
    sample_row_memory(row, os_resident_most_bytes(), os_now_ns());
    write_row(self, row);
    bool written = !ferror(self->file);
    written = fclose(self->file) == 0 && written;
    free(self);
    return written;
}
