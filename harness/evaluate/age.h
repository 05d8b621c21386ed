/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * age: how old the picture on the client's display is, at every moment and not only
 * when one arrives, so that a frame that is left out counts for as long as its
 * predecessor stays; and how evenly the pictures follow each other.
 *
 * The age at a moment is the time since t0 of the newest frame shown until then: a
 * sawtooth, whose distribution over time is computed exactly. It is followed in each
 * opening of the port (or film) from the end of its first second until one planned
 * interval after its last slot. The planned interval is the median of the time between
 * two slots.
 *
 * A screen on which nothing changes is not old: moments do not count at which the
 * newest frame shown is that of the newest slot, and that slot is over (one planned
 * interval past t0). Such a frame is taken to be current until one planned interval
 * before the next slot.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_AGE_H
#define VDIBENCH_AGE_H

#include "harness/evaluate/join.h"
#include "harness/scenario/metric.h"
#include "harness/scenario/route.h"

/* A picture that stays longer than three planned intervals, and longer than one of them
 * by this, is a freeze; the time for which its slot was to stay longer than one interval
 * does not count. The bounds are those of freezeCount in W3C webrtc-stats, which applies
 * them to the mean interval between the last pictures. */
#define AGE_FREEZE_INTERVALS 3
#define AGE_FREEZE_NS INT64_C(150000000)

/* Fills in picture_age_*, freezes, freeze_ms_max and jitter_ms. They stay NAN if no
 * frame arrived, or no stream lasted longer than its first second. */
void age_measure(struct metrics *metrics, const struct route *route, const struct join *join);

#endif
