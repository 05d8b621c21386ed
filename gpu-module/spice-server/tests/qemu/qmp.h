/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * qmp: QEMU's machine protocol, for a test. A command that fails, or whose
 * reply does not come within DEADLINE_S, fails the test.
 */
#ifndef GPU_MODULE_TESTS_QMP_H
#define GPU_MODULE_TESTS_QMP_H

#include <glib.h>

struct qmp;

/* The socket of `-qmp unix:PATH,server=on,wait=off`; waits until it exists. */
struct qmp *qmp_connect(const char *path);
/* NULL is allowed. */
void qmp_close(struct qmp *qmp);

/* The command's JSON, by printf. */
void qmp_execute(struct qmp *qmp, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What query-status and query-migrate have as their "status"; free it. */
char *qmp_status(struct qmp *qmp, const char *query);
/* Until the next event of this name that has not been waited for. */
void qmp_wait_event(struct qmp *qmp, const char *name);

#endif
