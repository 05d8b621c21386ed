/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * expect: what a scenario expects of a run, and whether a run met it.
 *
 * Expectations are bounds on metrics, by name, and the order in which sources
 * are shown:
 *
 *     sources = vgpu?;pgpu;vgpu
 *     frames_lost = 0
 *     frames_behind <= 3
 *     pgpu_psnr_db >= 30
 *     frames_undecoded = any
 *
 * What is not stated, or is "any", is not judged. Pure functions, any thread.
 */
#ifndef VDIBENCH_EXPECT_H
#define VDIBENCH_EXPECT_H

#include "harness/scenario/metric.h"

#include <glib.h>
#include <stdbool.h>

/* Both ends are accepted; NAN: no bound on that side. */
struct bound {
    double min, max;
};

struct expect {
    char *sources;       /* "vgpu?;pgpu;vgpu": in order, on the vGPU's display channel; one
                          * with '?' may be missing; NULL: any */
    char *other_channel; /* the same on any other display channel, "" for none */
    char *second_client; /* the second client's sources */
    struct bound bounds[METRIC_COUNT];
};

/* The sources that clients showed, as in `struct expect`; NULL where there was
 * nothing to see. */
struct seen {
    char *sources;
    char *other_channel;
    char *second_client;
};

/* Nothing expected. */
void expect_init(struct expect *expect);
void expect_copy(struct expect *to, const struct expect *from);
void expect_finish(struct expect *expect);

/* Sets one expectation from a scenario's key and value. A key that ends with
 * '<' or '>' is a bound on one side, for a scenario's line is split at its '='.
 * `error` names what is allowed. */
bool expect_set(struct expect *expect, const char *key, const char *value, GError **error);

/* True when the two keys set the same bound, of which one would be forgotten. */
bool expect_keys_collide(const char *one, const char *other);

/* True when no value can meet the bounds of that metric. */
bool expect_is_impossible(const struct expect *expect, enum metric metric);

/* True when the metric is judged. */
bool expect_judges(const struct expect *expect, enum metric metric);

/* One line each, as in a scenario's file; free it. */
char *expect_text(const struct expect *expect);

/* NULL when all is as expected; otherwise why not, in one line; free it. */
char *expect_judge(const struct expect *expect, const struct seen *seen,
                   const struct metrics *metrics);

void seen_finish(struct seen *seen);

#endif
