/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * sampler: an observer (agent/observer.h) that writes what it is told into an agent's sample file
 * (agent/sample-rows.h).
 */
#ifndef AGENT_SAMPLER_H
#define AGENT_SAMPLER_H

#include "agent/observer.h"

#include <stdbool.h>

/* `file` is created or overwritten; a pipe gets each row at once. `codec` is of the access
 * units. NULL and *ret_error (negative errno) on failure. */
struct observer *sampler_create(const char *file, uint8_t codec, int *ret_error);

/* Writes out what is left, and frees. False: not all rows could be written. NULL is allowed. */
bool sampler_destroy(struct observer *sampler);

#endif
