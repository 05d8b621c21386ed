/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * child-process: this program once more, as a child that leaves nothing behind.
 *
 * It is started without fork() (posix_spawn), has the standard streams and the descriptors
 * that it is given, no signal blocked, and a process group of its own: what a terminal sends
 * to the agent does not reach it. One thread at a time may use a struct child_process; zeroed
 * it has no child.
 */
#ifndef AGENT_LINUX_CHILD_PROCESS_H
#define AGENT_LINUX_CHILD_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_PROCESS_TEXT_BYTES 128

/* Fields are private to child-process.c. */
struct child_process {
    pid_t pid; /* 0: there is none */
    int pidfd;
};

/* `arguments`: behind the program's name, NULL after the last one. The child has `fds` from
 * 3 on, in their order. 0 or negative errno. There must be no child. */
int child_process_start(struct child_process *process, const char *const *arguments, const int *fds,
                        unsigned fds_count);

/* Waits so long for the child's end; then it is gone, and `ret_how` says how it ended ("was
 * ended by signal 6 (Aborted)"). False: it runs. True where there is none. */
bool child_process_wait(struct child_process *process, int64_t at_most_ns,
                        char ret_how[CHILD_PROCESS_TEXT_BYTES]);

/* Kills it and waits so long for its end. What the kernel does not end by then is left to
 * child_process_is_gone(). Also where there is none. */
void child_process_kill(struct child_process *process, int64_t at_most_ns);

/* False: there still is a child, which was killed in vain. */
bool child_process_is_gone(struct child_process *process);

#endif
