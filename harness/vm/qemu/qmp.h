/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * qmp: QEMU's machine protocol (QEMU: docs/interop/qmp-spec), in the default main context.
 *
 * Commands are answered in their order. Main thread.
 */
#ifndef VDIBENCH_QMP_H
#define VDIBENCH_QMP_H

#include "auto-destroy.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

struct qmp;

struct qmp_callbacks {
    /* QEMU takes commands from now on. */
    void (*ready)(void *data);
    /* `body` is its "data", NULL if it has none; `time_ns` is when it happened, on
     * CLOCK_MONOTONIC: QEMU may report it up to a second later. */
    void (*event)(void *data, const char *name, JsonObject *body, int64_t time_ns);
    /* A command failed: QEMU's message. */
    void (*failed)(void *data, const char *message);
    void *data;
};

/* What a command's success sets off; `word` is borrowed by the caller's own data. */
typedef void (*qmp_done_fn)(void *data, const char *word);

/* `fd`, which is taken over, is a socket to QEMU's monitor. */
struct qmp *qmp_create(int fd, const struct qmp_callbacks *callbacks);
/* NULL is allowed. */
void qmp_destroy(struct qmp *qmp);

/* Sends a command: its JSON by printf. `done` (or NULL) is called with the callbacks' data and
 * `word`, a static string, when it has succeeded. */
void qmp_execute(struct qmp *qmp, qmp_done_fn done, const char *word, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Gives QEMU a copy of a file descriptor under that name, for the next command. */
void qmp_give_fd(struct qmp *qmp, const char *name, int fd);

/* A string as JSON has it, with its quotes; free it. */
char *qmp_quote(const char *text);

DEFINE_AUTO_DESTROY(qmp, qmp_destroy)

#endif
