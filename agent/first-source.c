/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/first-source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct first_source {
    struct source source;
    struct source *sources[FIRST_SOURCE_MAX];
    unsigned count;
    struct source *chosen; /* while it is open; one of the sources, never NULL */
    char error[1024];      /* of all, when none could be opened */
};

static struct first_source *self_of(struct source *source)
{
    return (struct first_source *)source;
}

static int source_open(struct source *source, struct source_mode *ret_mode)
{
    struct first_source *self = self_of(source);
    size_t used = 0;
    int result = -ENODEV;

    for (unsigned i = 0; i < self->count; i++) {
        self->chosen = self->sources[i];
        result = self->chosen->class->open(self->chosen, ret_mode);
        if (result >= 0)
            return result;
        used += (size_t)snprintf(self->error + used, sizeof self->error - used, "%s%s",
                                 i ? "; " : "", self->chosen->class->error(self->chosen));
        if (used >= sizeof self->error)
            used = sizeof self->error - 1;
        self->chosen->class->close(self->chosen);
    }
    return result;
}

static int source_wait(struct source *source, int64_t deadline_ns, struct os_wake *wake)
{
    struct first_source *self = self_of(source);
    int result = self->chosen->class->wait(self->chosen, deadline_ns, wake);

    if (result < 0)
        snprintf(self->error, sizeof self->error, "%s", self->chosen->class->error(self->chosen));
    return result;
}

static int source_acquire(struct source *source, bool in_any_case,
                          struct source_picture *ret_picture)
{
    struct first_source *self = self_of(source);
    int result = self->chosen->class->acquire(self->chosen, in_any_case, ret_picture);

    if (result < 0)
        snprintf(self->error, sizeof self->error, "%s", self->chosen->class->error(self->chosen));
    return result;
}

static void source_release(struct source *source)
{
    struct first_source *self = self_of(source);

    self->chosen->class->release(self->chosen);
}

static int source_cursor(struct source *source, struct source_cursor *ret_cursor)
{
    struct first_source *self = self_of(source);

    if (!self->chosen->class->cursor) {
        *ret_cursor = (struct source_cursor){.visible = false};
        return 0;
    }
    int result = self->chosen->class->cursor(self->chosen, ret_cursor);
    if (result < 0)
        snprintf(self->error, sizeof self->error, "%s", self->chosen->class->error(self->chosen));
    return result;
}

static const char *source_error(const struct source *source)
{
    return ((const struct first_source *)source)->error;
}

static void source_close(struct source *source)
{
    struct first_source *self = self_of(source);

    self->chosen->class->close(self->chosen);
}

static void source_destroy(struct source *source)
{
    struct first_source *self = self_of(source);

    for (unsigned i = 0; i < self->count; i++)
        self->sources[i]->class->destroy(self->sources[i]);
    free(self);
}

static const struct source_class class = {
    .open = source_open,
    .wait = source_wait,
    .acquire = source_acquire,
    .release = source_release,
    .cursor = source_cursor,
    .error = source_error,
    .close = source_close,
    .destroy = source_destroy,
};

struct source *first_source_create(struct source *const *sources, unsigned count)
{
    struct first_source *self = calloc(1, sizeof *self);
    bool whole = self && count > 0 && count <= FIRST_SOURCE_MAX;

    for (unsigned i = 0; i < count; i++)
        whole = whole && sources[i];
    if (!whole) {
        for (unsigned i = 0; i < count; i++)
            if (sources[i])
                sources[i]->class->destroy(sources[i]);
        free(self);
        return NULL;
    }
    self->source.class = &class;
    memcpy(self->sources, sources, count * sizeof *sources);
    self->count = count;
    self->chosen = sources[0];
    return &self->source;
}
