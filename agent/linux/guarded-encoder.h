/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * guarded-encoder: an encoder (agent/encoder.h) of a card, which is off once it has failed, also
 * after a restart: the next attempt would reset the GPU again, and take the guest's screen with
 * it.
 *
 * It has failed when it could be opened and then has an error, or when its process
 * (agent/linux/encoder-child.h) dies, hangs or answers nonsense while it is opened. What is
 * not there, or cannot encode this size, has not failed. Off means that open is -ENOTSUP, with
 * a line in error() that says since when, why, and how it is switched on again.
 */
#ifndef AGENT_LINUX_GUARDED_ENCODER_H
#define AGENT_LINUX_GUARDED_ENCODER_H

#include "agent/encoder.h"

/* The file in the state folder: while it exists the encoder is off. Its first line is why. */
#define GUARDED_ENCODER_FILE "hardware-off"

/* Takes `encoder`, and destroys it with itself. `folder` is copied; it is made if it is not
 * there. NULL: memory is short, or `encoder` is NULL; it is destroyed. */
struct encoder *guarded_encoder_create(struct encoder *encoder, const char *folder);

#endif
