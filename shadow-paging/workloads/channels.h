/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * channels: several programs that transcode, each with a window of GPU addresses of its own, which
 * submit in turn.
 *
 * One thread at a time.
 */
#ifndef VDIBENCH_SHADOW_PAGING_CHANNELS_H
#define VDIBENCH_SHADOW_PAGING_CHANNELS_H

#include "shadow-paging/workloads/load.h"

struct channels;

/* `recording` NULL: the surfaces are as recorded (recorded-bindings.h), and nothing is decoded.
 * NULL and `error` when it cannot be decoded. */
struct channels *channels_create(unsigned channels, const char *recording, uint32_t frames,
                                 GError **error);
void channels_destroy(struct channels *channels);

/* One frame of the channel whose turn it is. Sets all but gpu_ns and since_change. */
bool channels_next(struct channels *channels, struct load_submission *ret_submission,
                   GError **error);

#endif
