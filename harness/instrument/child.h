/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
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

#include "auto-destroy.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct child;

/* One line of the child's standard output. */
struct notice {
    char *word;
    int64_t time_ns;    /* CLOCK_MONOTONIC, set by the child */
    GHashTable *values; /* key → value, both strings */
};

/* Exit status by which a child reports that a privilege or a device is missing,
 * as automake's tests do. */
#define CHILD_EXIT_SKIP 77

/* Errors beside GIO's: what a child did instead of what was awaited. */
#define CHILD_ERROR child_error_quark()
GQuark child_error_quark(void);
enum child_error { CHILD_ERROR_ENDED, CHILD_ERROR_SKIP };

/* Starts argv[0] (an absolute path). `name` is what messages call it,
 * `environment` as for g_spawn (NULL: ours), `log` the file for its standard
 * error, created or appended to. NULL and `error` when it cannot be started. */
struct child *child_start(const char *name, const char *const *argv, const char *const *environment,
                          const char *log, GError **error);

/* Ends the child as child_end() does and frees it; NULL is allowed. */
void child_destroy(struct child *child);

const char *child_name(const struct child *child);
pid_t child_pid(const struct child *child);

/* Writes one command: the blanks of `format` separate its words, the arguments
 * may hold anything (words.h). False when the child no longer reads. */
bool child_send(struct child *child, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same with a line that has been made already; the newline is added. */
bool child_send_line(struct child *child, GError **error, const char *line);

/* The notices so far, oldest first; owned by the child. */
unsigned child_notice_count(const struct child *child);
const struct notice *child_notice(const struct child *child, unsigned index);

/* The first notice `word` at or after *cursor, which is moved behind it.
 * NULL when there is none yet (*cursor stays). */
const struct notice *child_next_notice(const struct child *child, const char *word,
                                       unsigned *cursor);

/* A notice's value, NULL when it has no such key. */
const char *notice_value(const struct notice *notice, const char *key);

/* The same as a number; 0 when it has no such key or it is none. */
uint64_t notice_count(const struct notice *notice, const char *key);

/* False when the process is still there. Otherwise true, and `error` (may be
 * NULL) reports in one line how it ended, with the reason that it gave. */
bool child_has_ended(struct child *child, GError **error);

/* True when that signal ended it; false while it is there, or by any other end. */
bool child_was_ended_by(struct child *child, int signal_number);

/* Runs the default main context until `condition` returns true (then true),
 * or sets its error, or `seconds` are over, or `cancellable` is cancelled.
 * `what` names, in the error of a timeout, what was awaited. The condition is
 * asked after each event. */
typedef bool (*child_condition_fn)(void *data, GError **error);
bool child_wait(child_condition_fn condition, void *data, double seconds, const char *what,
                GCancellable *cancellable, GError **error);

/* Waits for the notice `word` of one child, see child_next_notice(). NULL and
 * `error` at its death (unless the notice came before) or at the deadline. */
const struct notice *child_wait_notice(struct child *child, const char *word, unsigned *cursor,
                                       double seconds, GCancellable *cancellable, GError **error);

/* Ends it: "quit" and the end of input, after `grace_seconds` SIGTERM to its
 * group, after as long again SIGKILL. It is always reaped. False with `error`
 * when it had to be forced or ended with a status other than 0. May be called
 * again: the same answer. */
bool child_end(struct child *child, double grace_seconds, GError **error);

/* The last line that it wrote to its log; NULL when there is none; free it. */
char *child_last_words(const struct child *child);

/* What the process used, threads that ended before included; valid after
 * child_end() or once child_has_ended(). */
const struct rusage *child_usage(const struct child *child);

DEFINE_AUTO_DESTROY(child, child_destroy)

#endif
