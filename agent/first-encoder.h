/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * first-encoder: an encoder (agent/encoder.h) that is the first one of several that has the
 * wanted codec and is not off.
 *
 * How a card's encoder that was switched off, or has no card (-ENOTSUP), is followed by the
 * next one, and how a viewer is served that cannot decode what the first one makes. Any other
 * error is the caller's: what is missing now may be there later.
 */
#ifndef AGENT_FIRST_ENCODER_H
#define AGENT_FIRST_ENCODER_H

#include "agent/encoder.h"

#define FIRST_ENCODER_MAX 2

struct first_encoder_row {
    struct encoder *encoder;
    uint8_t codec; /* enum port_codec */
};

/* Takes the encoders (up to FIRST_ENCODER_MAX, none of them NULL) and destroys them with
 * itself. `report` gets the line of one that is off, once, from the thread that opens. NULL:
 * memory is short, or one of them is NULL; they are destroyed. */
struct encoder *first_encoder_create(const struct first_encoder_row *rows, unsigned count,
                                     void (*report)(void *data, const char *text), void *data);

#endif
