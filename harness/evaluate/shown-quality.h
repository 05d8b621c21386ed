/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * shown-quality: the pictures that a client has kept while it showed them, against those
 * that the guest's screen had, without loss.
 *
 * A kept picture is that of the frame of which it was the first sight: the frame's t7 is
 * the picture's time. Any thread.
 */
#ifndef VDIBENCH_SHOWN_QUALITY_H
#define VDIBENCH_SHOWN_QUALITY_H

#include "harness/evaluate/join.h"
#include "harness/evaluate/rows.h"
#include "harness/scenario/metric.h"

#include <stdbool.h>

/* Whether the client has kept pictures: its times are then those of a client that was
 * busy copying. */
bool shown_quality_keeps(const struct rows *client);

/* Fills in shown_*, and writes compared.csv to `folder`, which has the kept pictures; the
 * pictures in `master` have the frames' indices. Without `master` (NULL) the figures are
 * those of compared.csv. Nothing to do where the client kept no picture. False and
 * `error` if a file cannot be read or written, or pictures not be compared. */
bool shown_quality_measure(struct metrics *metrics, const struct join *join,
                           const struct rows *client, const char *folder, const char *master,
                           GError **error);

#endif
