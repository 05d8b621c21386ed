/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * chosen-encoder: what --encoder names, with all that it needs.
 *
 *   replay           the recording's access units, which are there at once
 *   model-Nms        the same N ms after the slot (0 to CHOSEN_MODEL_MAX_MS): a model of a
 *                    hardware encoder, whose use of the processor is not modelled
 *   x264             the pictures, encoded by libx264 with the recording's settings
 *   x264-ultrafast   the same with libx264's quickest preset
 *
 * The pictures are those of NAME.film beside NAME.mp4, the recording without loss; if there
 * is none, the recording is decoded and encoded again.
 */
#ifndef SIM_AGENT_CHOSEN_ENCODER_H
#define SIM_AGENT_CHOSEN_ENCODER_H

#include "agent/capture.h"
#include "auto-destroy.h"
#include "sim-agent/ladder.h"

#include <glib.h>
#include <stdbool.h>

/* Longer than a slot of 60 frames per second, the sooner of two pictures is in the way of
 * the next one. */
#define CHOSEN_MODEL_MAX_MS 16

struct chosen_encoder;

/* Whether a word names an encoder. */
bool chosen_encoder_is(const char *word);

/* Loads what the encoder needs; decoding the pictures may take seconds. `path` is the
 * recording's, of which `ladder` was loaded and which must outlive it. NULL and `error` if
 * there is no such encoder, if it cannot encode these pictures, or if it is one in the loop
 * and the ladder has several steps. */
struct chosen_encoder *chosen_encoder_create(const char *word, const char *path,
                                             const struct ladder *ladder, bool trailer,
                                             GError **error);
void chosen_encoder_destroy(struct chosen_encoder *chosen); /* NULL is allowed */

/* Whether it encodes pictures: then each run has a stream of its own. */
bool chosen_encoder_encodes(const struct chosen_encoder *chosen);

/* The capture that plays the ladder with this encoder: a replay (sim-agent/replay.h), to be
 * freed by replay_destroy() before the chosen encoder. */
struct capture *chosen_encoder_capture(const struct chosen_encoder *chosen);

DEFINE_AUTO_DESTROY(chosen_encoder, chosen_encoder_destroy)

#endif
