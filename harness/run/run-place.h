/*
 * run-place: where a run takes place, and what ends it early.
 *
 * Main thread.
 */
#ifndef VDIBENCH_RUN_PLACE_H
#define VDIBENCH_RUN_PLACE_H

#include "harness/plan/plan.h"

#include <gio/gio.h>

/* As a shell says it of a process that SIGINT ended. */
#define STATUS_CODE_INTERRUPTED 130

/* Creates the results folder: `output`, which must not exist yet, or (NULL) one
 * that is named by time, host and revision, of a functional test (`tap`) beside
 * the results. NULL and `error`, also when no private folder could be made;
 * free it. */
char *results_folder_create(const Layout *layout, const char *output, gboolean tap,
                            GError **error);

/* A private folder with a short name, for a port and sockets; free it, after
 * folder_remove(). */
char *runtime_folder_create(const Layout *layout, GError **error);

/* From begin to end SIGINT, SIGTERM and SIGHUP cancel. */
typedef struct {
    guint sources[3];
} Interruption;
void interruption_begin(Interruption *interruption, GCancellable *cancellable);
void interruption_end(Interruption *interruption);

#endif
