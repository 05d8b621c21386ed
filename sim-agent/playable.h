/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * playable: whether an unmodified SPICE client shows H.264 pictures correctly and
 * without delay.
 *
 * Pure, any thread.
 */
#ifndef SIM_AGENT_PLAYABLE_H
#define SIM_AGENT_PLAYABLE_H

#include "media/h264-sps.h"

#define PLAYABLE_INTERLACED "is interlaced: encode it progressive"

/* Why pictures of this sequence would not be shown so, and what to do about it ("is
 * interlaced: encode it progressive"); NULL if they would. Static. */
const char *playable_objection(const struct h264_sps *sps);

#endif
