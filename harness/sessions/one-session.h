/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * one-session: one of many VMs, with its agent and its client, while it plays.
 *
 * Its samples are kept. Main thread.
 */
#ifndef VDIBENCH_ONE_SESSION_H
#define VDIBENCH_ONE_SESSION_H

#include "harness/plan/plan.h"
#include "harness/sessions/limit.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

struct one_session;

/* Starts a session of the case, which plays when this returns. `folder`, which does
 * not exist yet, is for its samples. The arguments are borrowed until it is destroyed.
 * NULL and `error` as testbed_start(). */
struct one_session *one_session_create(const struct layout *layout, const struct plan_case *c,
                                       const struct workload *workload, bool receive_only,
                                       const char *folder, GCancellable *cancellable,
                                       GError **error);

/* Ends its processes, and leaves frames.csv beside the samples. NULL is allowed. */
void one_session_destroy(struct one_session *session);

/* What it uses of the processors counts from here on, or until now. */
void one_session_mark(struct one_session *session, bool begin);

/* The slots so far; without any if its samples cannot be read. */
struct join *one_session_join(const struct one_session *session);

/* What the processors did between its last two marks. */
struct load one_session_load(const struct one_session *session);

#endif
