/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * first-source: a source (agent/source.h) that is the first one of several that can be opened.
 *
 * What "auto" stands for. Each time it is opened all are tried again, in their order: a
 * screen that was not there before the login may be there now.
 */
#ifndef AGENT_FIRST_SOURCE_H
#define AGENT_FIRST_SOURCE_H

#include "agent/source.h"

#define FIRST_SOURCE_MAX 4

/* Takes `sources` (up to FIRST_SOURCE_MAX, none of them NULL) and destroys them with itself.
 * NULL: memory is short, or one of them is NULL; they are destroyed. */
struct source *first_source_create(struct source *const *sources, unsigned count);

#endif
