/*
 * viewer: what a client shows at present, from its notices.
 *
 * Main thread.
 */
#ifndef VDIBENCH_VIEWER_H
#define VDIBENCH_VIEWER_H

#include "harness/run/child.h"

typedef struct {
    GHashTable *shown; /* channel → source */
    guint cursor;      /* how far the client's "shown" notices have been read */
} Viewer;

void viewer_init(Viewer *viewer);
void viewer_finish(Viewer *viewer);

/* Some channel's latest picture is of that source. */
gboolean viewer_shows(Viewer *viewer, const Child *client, const char *source);

/* The client has disconnected: what it shows from now on it shows anew. */
void viewer_forget(Viewer *viewer, const Child *client);

#endif
