/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * merge: one result of several, whose repeats were run on different hosts.
 *
 * Two cases are the same if their samples have the same folder below cases/. Each
 * repeat keeps the environment in which it was run. Any thread, one at a time.
 */
#ifndef VDIBENCH_MERGE_H
#define VDIBENCH_MERGE_H

#include "harness/result/result.h"

#include <stdbool.h>

/* The samples of a repeat, which belong into another folder now. */
struct merge_move {
    char *from; /* a path */
    char *to;   /* below the whole's folder */
};
void merge_move_destroy(struct merge_move *move);

/* Moves the repeats of `part` into `whole`, behind those that it has, and appends to
 * `moves` (struct merge_move) where their samples have to go. A case that `whole` does
 * not have yet is taken over. `planned`: the whole's cases know how many repeats they
 * are to have; otherwise those of the parts are added up. What the whole does not have
 * (its environment, its set) it has from the first part. False and `error` if the
 * results do not belong together; `part` is not to be used any more in any case. */
bool result_merge(struct result *whole, struct result *part, bool planned, GPtrArray *moves,
                  GError **error);

#endif
