/*
 * observe-module: when each frame was in the SPICE server, while it runs.
 *
 * Maps the GPU module's counters out of the server's process (gpu-module/
 * counters.h) and copies the frames' records, as soon as nothing in them will
 * change any more, into the sample file module.csv; at the end a row `buffers`
 * with the most memory that frames ever had. The server does nothing for it.
 *
 * Main thread only; records are taken while the default main context runs.
 */
#ifndef VDIBENCH_OBSERVE_MODULE_H
#define VDIBENCH_OBSERVE_MODULE_H

#include <glib.h>
#include <sys/types.h>

typedef struct ModuleObserver ModuleObserver;

/* Creates `file` and begins as soon as the process has a port with the module. */
ModuleObserver *module_observer_create(pid_t pid, const char *file, GError **error);

/* Takes what is left, even if the process has ended, and frees. False when a
 * row could not be written; NULL is allowed. */
gboolean module_observer_destroy(ModuleObserver *observer);

#endif
