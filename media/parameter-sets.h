/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * parameter-sets: makes each IDR picture of a recording decodable on its own.
 *
 * A decoder that joins at an IDR picture needs the SPS and PPS (ITU-T H.264
 * 7.4.1.2.1) that a recording may carry only once at its beginning or in its
 * container. A set is in force until another set of its kind has the same id. Annex B,
 * any thread, no I/O.
 */
#ifndef SIM_AGENT_PARAMETER_SETS_H
#define SIM_AGENT_PARAMETER_SETS_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The number of SPS ids: ITU-T H.264 7.4.2.1.1. */
#define PARAMETER_SETS_SPS 32

struct parameter_sets;

struct parameter_sets *parameter_sets_create(void);
void parameter_sets_destroy(struct parameter_sets *sets);
DEFINE_AUTO_DESTROY(parameter_sets, parameter_sets_destroy)

/* Remembers the SPS and PPS among the NAL units before the first slice. */
void parameter_sets_learn(struct parameter_sets *sets, const uint8_t *bytes, size_t size);

/* Whether at least one SPS and one PPS are known. */
bool parameter_sets_known(const struct parameter_sets *sets);

/* A number that changes whenever a new SPS was remembered. */
unsigned parameter_sets_version(const struct parameter_sets *sets);

/* The SPS with this id (less than PARAMETER_SETS_SPS), as a NAL unit without a start
 * code; NULL if there is none. */
const uint8_t *parameter_sets_sps(const struct parameter_sets *sets, unsigned id, size_t *ret_size);

/* A copy of the access unit that has each remembered SPS and PPS exactly once, after the
 * access unit delimiter (if there is one) and before everything else. The sets in the unit
 * itself must have been remembered first. */
GByteArray *parameter_sets_complete(const struct parameter_sets *sets, const uint8_t *bytes,
                                    size_t size);

#endif
