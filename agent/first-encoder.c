/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/first-encoder.h"

#include <errno.h>
#include <stdlib.h>

struct first {
    struct encoder encoder;
    struct first_encoder_row rows[FIRST_ENCODER_MAX];
    bool reported[FIRST_ENCODER_MAX];
    bool all_off; /* with the wanted codec, which was reported */
    unsigned count;
    struct encoder *chosen; /* the one that was opened last */
    void (*report)(void *data, const char *text);
    void *data;
};

static struct first *first_of(struct encoder *encoder)
{
    return (struct first *)encoder;
}

static int first_open(struct encoder *encoder, const struct encoder_settings *settings)
{
    struct first *self = first_of(encoder);
    int result = -ENOTSUP;

    for (unsigned i = 0; i < self->count && result == -ENOTSUP; i++) {
        struct encoder *candidate = self->rows[i].encoder;
        if (self->rows[i].codec != settings->codec)
            continue;
        self->chosen = candidate;
        result = candidate->class->open(candidate, settings);
        if (result != -ENOTSUP)
            break;
        candidate->class->close(candidate);
        if (!self->reported[i] && candidate->class->error)
            self->report(self->data, candidate->class->error(candidate));
        self->reported[i] = true;
    }
    self->all_off = result == -ENOTSUP;
    return result;
}

static int first_submit(struct encoder *encoder, const struct encoder_picture *picture)
{
    struct encoder *chosen = first_of(encoder)->chosen;

    return chosen->class->submit(chosen, picture);
}

static int first_get(struct encoder *encoder, int64_t deadline_ns, struct encoder_unit *ret_unit)
{
    struct encoder *chosen = first_of(encoder)->chosen;

    return chosen->class->get(chosen, deadline_ns, ret_unit);
}

static void first_force_key(struct encoder *encoder)
{
    struct encoder *chosen = first_of(encoder)->chosen;

    chosen->class->force_key(chosen);
}

static void first_set_bitrate(struct encoder *encoder, uint32_t kbps)
{
    struct encoder *chosen = first_of(encoder)->chosen;

    chosen->class->set_bitrate(chosen, kbps);
}

static const char *first_error(const struct encoder *encoder)
{
    const struct first *self = (const struct first *)encoder;
    const struct encoder *chosen = self->chosen;

    return !self->all_off && chosen->class->error ? chosen->class->error(chosen) : "";
}

static void first_close(struct encoder *encoder)
{
    struct encoder *chosen = first_of(encoder)->chosen;

    chosen->class->close(chosen);
}

static void first_destroy(struct encoder *encoder)
{
    struct first *self = first_of(encoder);

    for (unsigned i = 0; i < self->count; i++)
        self->rows[i].encoder->class->destroy(self->rows[i].encoder);
    free(self);
}

static const struct encoder_class first_class = {
    .open = first_open,
    .submit = first_submit,
    .get = first_get,
    .force_key = first_force_key,
    .set_bitrate = first_set_bitrate,
    .error = first_error,
    .close = first_close,
    .destroy = first_destroy,
};

struct encoder *first_encoder_create(const struct first_encoder_row *rows, unsigned count,
                                     void (*report)(void *data, const char *text), void *data)
{
    struct first *self = calloc(1, sizeof *self);
    bool whole = self;

    for (unsigned i = 0; i < count; i++)
        whole = whole && rows[i].encoder;
    if (!whole) {
        for (unsigned i = 0; i < count; i++)
            if (rows[i].encoder)
                rows[i].encoder->class->destroy(rows[i].encoder);
        free(self);
        return NULL;
    }
    for (unsigned i = 0; i < count; i++)
        self->rows[i] = rows[i];
    self->count = count;
    self->encoder.class = &first_class;
    self->chosen = rows[0].encoder;
    self->report = report;
    self->data = data;
    return &self->encoder;
}
