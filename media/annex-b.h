/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * annex-b: finds the NAL units before an H.264 access unit's picture, and reads the
 * numbers in them.
 *
 * The byte stream format of ITU-T H.264, annex B. Pure functions, any thread.
 */
#ifndef SIM_AGENT_ANNEX_B_H
#define SIM_AGENT_ANNEX_B_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A NAL unit: `at` its header byte, `end` after its last byte. */
struct nal {
    size_t at, end;
};

/* Finds the NAL unit that begins at or after `from`. False at the end, and at the
 * first slice, for which only `at` is set: the picture begins there. */
bool annex_b_next_before_slice(const uint8_t *bytes, size_t size, size_t from, struct nal *ret_nal);

/* Reads an unsigned number (ue(v), ITU-T H.264 9.1) at `bit` and moves `bit` past it.
 * False if the bytes end first, or if the number has more than 16 bits. */
bool annex_b_read_ue(const uint8_t *bytes, size_t size, size_t *bit, unsigned *ret_value);

#endif
