/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * playable: which H.264 an unmodified SPICE client shows at once and right.
 *
 * Pure, any thread.
 */
#ifndef SIM_AGENT_PLAYABLE_H
#define SIM_AGENT_PLAYABLE_H

#include "media/h264-sps.h"

#define PLAYABLE_INTERLACED "is interlaced: encode it progressive"

/* What speaks against pictures of this sequence, and what to do, for people
 * ("is interlaced: encode it progressive"); NULL where nothing does. Static. */
const char *playable_objection(const struct h264_sps *sps);

#endif
