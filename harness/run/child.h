/*
 * child: a process of a run that the harness started.
 *
 * Standard input takes commands and standard output gives notices as
 * harness/instrument/control.h defines them; standard error goes to a log file. The
 * child is the leader of its own process group, so that Ctrl-C on the
 * terminal reaches only the harness, and dies with the harness.
 *
 * All functions: main thread. Output is read in the default main context,
 * which runs only inside child_wait().
 */
#ifndef VDIBENCH_CHILD_H
#define VDIBENCH_CHILD_H

#include <gio/gio.h>
#include <sys/resource.h>
#include <sys/types.h>

typedef struct Child Child;

/* One line of the child's standard output. */
typedef struct {
    char *word;
    gint64 time_ns;     /* CLOCK_MONOTONIC, set by the child */
    GHashTable *values; /* key → value, both strings */
} Notice;

/* Exit status by which a child says that a privilege or a device is missing,
 * as automake's tests do. */
#define CHILD_EXIT_SKIP 77

/* Errors beside GIO's: what a child did instead of what was awaited. */
#define CHILD_ERROR child_error_quark()
GQuark child_error_quark(void);
typedef enum { CHILD_ERROR_ENDED, CHILD_ERROR_SKIP } ChildError;

/* Starts argv[0] (an absolute path). `name` is what messages call it,
 * `environment` as for g_spawn (NULL: ours), `log` the file for its standard
 * error, created or appended to. NULL and `error` when it cannot be started. */
Child *child_start(const char *name, const char *const *argv, const char *const *environment,
                   const char *log, GError **error);

/* Ends the child as child_end() does and frees it; NULL is allowed. */
void child_destroy(Child *child);

const char *child_name(const Child *child);
pid_t child_pid(const Child *child);

/* Writes one command: the blanks of `format` separate its words, the arguments
 * may hold anything (words.h). False when the child no longer reads. */
gboolean child_send(Child *child, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same with a line that has been made already; the newline is added. */
gboolean child_send_line(Child *child, GError **error, const char *line);

/* The notices so far, oldest first; owned by the child. */
guint child_notice_count(const Child *child);
const Notice *child_notice(const Child *child, guint index);

/* The first notice `word` at or after *cursor, which is moved behind it.
 * NULL when there is none yet (*cursor stays). */
const Notice *child_next_notice(const Child *child, const char *word, guint *cursor);

/* A notice's value, NULL when it has no such key. */
const char *notice_value(const Notice *notice, const char *key);

/* False when the process is still there. Otherwise true, and `error` (may be
 * NULL) says in one line how it ended, with the reason that it gave. */
gboolean child_has_ended(Child *child, GError **error);

/* True when that signal ended it; false while it is there, or by any other end. */
gboolean child_was_ended_by(Child *child, int signal_number);

/* Runs the default main context until `condition` returns true (then true),
 * or sets its error, or `seconds` are over, or `cancellable` is cancelled.
 * `what` says in the error of a timeout what was awaited. The condition is
 * asked after each event. */
typedef gboolean (*ChildCondition)(void *data, GError **error);
gboolean child_wait(ChildCondition condition, void *data, double seconds, const char *what,
                    GCancellable *cancellable, GError **error);

/* Waits for the notice `word` of one child, see child_next_notice(). NULL and
 * `error` at its death (unless the notice came before) or at the deadline. */
const Notice *child_wait_notice(Child *child, const char *word, guint *cursor, double seconds,
                                GCancellable *cancellable, GError **error);

/* Ends it: "quit" and the end of input, after `grace_seconds` SIGTERM to its
 * group, after as long again SIGKILL. It is always reaped. False with `error`
 * when it had to be forced or ended with a status other than 0. May be called
 * again: the same answer. */
gboolean child_end(Child *child, double grace_seconds, GError **error);

/* The last line that it wrote to its log; NULL when there is none; free it. */
char *child_last_words(const Child *child);

/* What the process used, threads that ended before included; valid after
 * child_end() or once child_has_ended(). */
const struct rusage *child_usage(const Child *child);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Child, child_destroy)

#endif
