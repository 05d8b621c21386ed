/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/child-process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "/proc/self/exe"
#define FIRST_FD 3
#define FDS_MAX 4
#define ARGUMENTS_MAX 4

/* Copies of the descriptors behind all places that they are to have in the child: to put one
 * in its place must not close another. */
static int copy_fds(const int *fds, unsigned count, int *ret_copies)
{
    for (unsigned i = 0; i < count; i++) {
        ret_copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FIRST_FD + FDS_MAX);
        if (ret_copies[i] < 0) {
            int error = -errno;
            while (i > 0)
                close(ret_copies[--i]);
            return error;
        }
    }
    return 0;
}

static int spawn(pid_t *ret_pid, const char *const *arguments, const int *fds, unsigned fds_count)
{
    extern char **environ;
    char *argv[ARGUMENTS_MAX + 2] = {PROGRAM};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;

    for (unsigned i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
        argv[i + 1] = (char *)arguments[i]; /* which are not written to */
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int error = 0;
    for (unsigned i = 0; i < fds_count && error == 0; i++)
        error = posix_spawn_file_actions_adddup2(&actions, fds[i], FIRST_FD + (int)i);
    if (error == 0)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, FIRST_FD + (int)fds_count);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    if (error == 0)
        error = posix_spawn(ret_pid, PROGRAM, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -error;
}

int child_process_start(struct child_process *process, const char *const *arguments, const int *fds,
                        unsigned fds_count)
{
    int copies[FDS_MAX] = {0};
    int error = copy_fds(fds, fds_count, copies);

    if (error < 0)
        return error;
    error = spawn(&process->pid, arguments, copies, fds_count);
    for (unsigned i = 0; i < fds_count; i++)
        close(copies[i]);
    if (error < 0) {
        process->pid = 0;
        return error;
    }
    process->pidfd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    if (process->pidfd < 0) {
        error = -errno;
        kill(process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0); /* it has not begun to work */
        process->pid = 0;
    }
    return error;
}

static void describe(int status, char ret_how[CHILD_PROCESS_TEXT_BYTES])
{
    if (WIFSIGNALED(status))
        snprintf(ret_how, CHILD_PROCESS_TEXT_BYTES, "was ended by signal %d (%s)", WTERMSIG(status),
                 sigdescr_np(WTERMSIG(status)) ? sigdescr_np(WTERMSIG(status)) : "unknown");
    else
        snprintf(ret_how, CHILD_PROCESS_TEXT_BYTES, "ended by itself with status %d",
                 WEXITSTATUS(status));
}

bool child_process_wait(struct child_process *process, int64_t at_most_ns,
                        char ret_how[CHILD_PROCESS_TEXT_BYTES])
{
    const struct timespec timeout = {at_most_ns / 1000000000, at_most_ns % 1000000000};
    struct pollfd pollfd = {process->pidfd, POLLIN, 0};
    int status = 0;

    snprintf(ret_how, CHILD_PROCESS_TEXT_BYTES, "ended before");
    if (process->pid == 0)
        return true;
    ppoll(&pollfd, 1, &timeout, NULL);
    if (waitpid(process->pid, &status, WNOHANG) != process->pid)
        return false;
    describe(status, ret_how);
    close(process->pidfd);
    process->pid = 0;
    return true;
}

void child_process_kill(struct child_process *process, int64_t at_most_ns)
{
    char how[CHILD_PROCESS_TEXT_BYTES];

    if (process->pid > 0)
        kill(process->pid, SIGKILL);
    child_process_wait(process, at_most_ns, how);
}

bool child_process_is_gone(struct child_process *process)
{
    char how[CHILD_PROCESS_TEXT_BYTES];

    return child_process_wait(process, 0, how);
}
