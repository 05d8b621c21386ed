/*
 * testbed: the processes of one repeat, and what is done with them.
 *
 * Starts the VM and the agent, carries out the scenario's timeline (the client
 * is started by its first "client connect"), and ends them all, whatever
 * happens. Main thread; runs the default main context.
 */
#ifndef VDIBENCH_TESTBED_H
#define VDIBENCH_TESTBED_H

#include "harness/plan/case.h"

#include <gio/gio.h>

/* Where a repeat takes place. Nothing is owned. */
typedef struct {
    const char *programs;  /* folder of the binaries */
    const char *recording; /* file of the workload */
    const char *runtime;   /* private folder for the port and sockets; short, empty, exists */
    const char *folder;    /* for samples, logs and pictures; exists, empty */
    gboolean receive_only; /* the client decodes nothing but key frames */
    GCancellable *cancellable;
} Place;

/* A picture of the pGPU that the client saved. */
typedef struct {
    char *file;
    gint64 time_ns;
} SavedPicture;

/* What the samples do not tell. */
typedef struct {
    double wrong_pixels;  /* the most of all comparisons with the vGPU; NAN: none made */
    gint64 frozen_begin_ns, frozen_end_ns; /* when the second client ran no more; 0: never */
    GPtrArray *saved;     /* SavedPicture, to be compared with the recording */
    char *library;        /* what the VM loaded; NULL: no library, or not known */
} Notes;

void notes_init(Notes *notes);
void notes_finish(Notes *notes);

/* One repeat. False and `error` (one line: the step, and what happened) when
 * it could not be carried out; CHILD_ERROR_SKIP when something is missing on
 * this machine, G_IO_ERROR_CANCELLED when it was interrupted. The samples are
 * kept in any case. */
gboolean testbed_run(const Case *c, const Place *place, Notes *notes, GError **error);

/* Everything up to the scenario's first `play`, which then goes on by itself
 * while the main context runs; nobody observes the processors. The arguments
 * are borrowed until testbed_end(), which ends the processes. NULL and `error`
 * as above. */
typedef struct Testbed Testbed;
Testbed *testbed_start(const Case *c, const Place *place, GError **error);
void testbed_end(Testbed *bed);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Notes, notes_finish)

#endif
