/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-policy: what the host allows (host-policy.h), of this process.
 */
#ifndef GPU_POLICY_H_
#define GPU_POLICY_H_

#include "gpu-module/host-policy.h"
#include "red-common.h"

#include "push-visibility.h"

struct DisplayChannel;

/* Read from the environment at the first call; what is not understood there is
 * answered by a line in the log and the default. Any thread. */
const host_policy &gpu_policy();

/* The codecs that may pass on this display: the server's `video-codecs`, as they
 * are set now, count, too. Display worker. */
uint8_t gpu_policy_codecs(DisplayChannel *display);

#include "pop-visibility.h"

#endif
