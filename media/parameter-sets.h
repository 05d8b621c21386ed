/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * parameter-sets: makes each IDR picture of a recording stand alone.
 *
 * A decoder that joins at an IDR picture needs the SPS and PPS (ITU-T H.264
 * 7.4.1.2.1) that a recording may carry only once at its beginning or in its
 * container. A set lives until another one of its kind has its id. Annex B, any
 * thread, no I/O.
 */
#ifndef SIM_AGENT_PARAMETER_SETS_H
#define SIM_AGENT_PARAMETER_SETS_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* How many SPS there can be: ITU-T H.264 7.4.2.1.1. */
#define PARAMETER_SETS_SPS 32

struct parameter_sets;

struct parameter_sets *parameter_sets_create(void);
void parameter_sets_destroy(struct parameter_sets *sets);
DEFINE_AUTO_DESTROY(parameter_sets, parameter_sets_destroy)

/* Remembers the SPS and PPS among the NAL units before the first slice. */
void parameter_sets_learn(struct parameter_sets *sets, const uint8_t *bytes, size_t size);

/* An SPS and a PPS at least are known. */
bool parameter_sets_known(const struct parameter_sets *sets);

/* Another number whenever an SPS was learnt that was not known before. */
unsigned parameter_sets_version(const struct parameter_sets *sets);

/* The SPS with this id, below PARAMETER_SETS_SPS: a NAL unit without start code.
 * NULL: there is none. */
const uint8_t *parameter_sets_sps(const struct parameter_sets *sets, unsigned id, size_t *ret_size);

/* A copy of the access unit in which all remembered SPS and PPS stand exactly
 * once, after the access unit delimiter (if there is one) and before all
 * else. Those that the unit carries itself are to be learnt first. */
GByteArray *parameter_sets_complete(const struct parameter_sets *sets, const uint8_t *bytes,
                                    size_t size);

#endif
