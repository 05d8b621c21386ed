/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * listing: what --list prints: the displays, encoders and the port that there are, and why one
 * cannot be used.
 */
#ifndef AGENT_LISTING_H
#define AGENT_LISTING_H

#include "agent/program.h"

/* To standard output. Opens each display and each encoder once, and closes it again. */
void listing_print(const struct program_system *system, const struct settings *settings);

#endif
