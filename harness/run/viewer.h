/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * viewer: what a client shows at present, from its notices.
 *
 * Main thread.
 */
#ifndef VDIBENCH_VIEWER_H
#define VDIBENCH_VIEWER_H

#include "harness/instrument/child.h"

#include <stdbool.h>

struct viewer {
    GHashTable *shown; /* channel → source */
    unsigned cursor;   /* how far the client's "shown" notices have been read */
};

void viewer_init(struct viewer *viewer);
void viewer_finish(struct viewer *viewer);

/* Some channel's latest picture is of that source. */
bool viewer_shows(struct viewer *viewer, const struct child *client, const char *source);

/* The client has disconnected: what it shows from now on it shows anew. */
void viewer_forget(struct viewer *viewer, const struct child *client);

#endif
