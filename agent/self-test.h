/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * self-test: captures and encodes for some seconds, sends nothing, and prints how long it took.
 */
#ifndef AGENT_SELF_TEST_H
#define AGENT_SELF_TEST_H

#include "agent/capture.h"

#include <stdint.h>

/* Prints to standard output. 0, or the negative errno of what failed. */
int self_test_run(struct capture *capture, uint8_t codec, unsigned frame_rate_hz);

#endif
