/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* KVM, twice: with real VM exits, and with the log of what was written. */
#include "shadow-paging/kvm-guest.h"
#include "shadow-paging/trap-backends.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A KVM may open and then never come back from its guest. Far above what a trial takes
 * on a busy machine: then the trial's process gets SIGALRM. */
#define TRIAL_SECONDS 20

static bool create(struct trap *trap, bool logs, struct trap_reason *ret_reason)
{
    trap->own = kvm_guest_create(trap, logs, ret_reason);
    return trap->own != NULL;
}

static void stop(struct trap *trap)
{
    kvm_guest_destroy(trap->own);
}

/* In a process of its own, a write that just happens: 0 if it does. */
static int try_a_write(struct trap *trap, bool logs)
{
    const struct guest_write write = guest_write_entry(3, 4, UINT64_C(0x123456789abcdef1));
    struct trap_reason reason;

    signal(SIGALRM, SIG_DFL);
    alarm(TRIAL_SECONDS);
    if (!create(trap, logs, &reason))
        return 1;
    return kvm_guest_write(trap->own, &write, 1) == 0 &&
                   trap->table[3 * TABLE_PAGE_ENTRIES + 4] == write.value
               ? 0
               : 1;
}

static bool try_it(struct trap *trap, bool logs, struct trap_reason *ret_reason)
{
    int status = 0;

    if (!create(trap, logs, ret_reason))
        return false;
    stop(trap);
    const pid_t child = fork();
    if (child == 0)
        _exit(try_a_write(trap, logs));
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    return trap_fails(ret_reason, "%s: this host's KVM opens, but %s", trap->ops->name,
                      child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
                          ? "never comes back from its guest"
                          : "cannot run a guest at CPL 3");
}

static bool start_with_exits(struct trap *trap, struct trap_reason *ret_reason)
{
    return try_it(trap, false, ret_reason) && create(trap, false, ret_reason);
}

static bool start_with_log(struct trap *trap, struct trap_reason *ret_reason)
{
    return try_it(trap, true, ret_reason) && create(trap, true, ret_reason);
}

static int protect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return kvm_guest_protect(trap->own, first_page, pages, true);
}

static int unprotect(struct trap *trap, unsigned first_page, unsigned pages)
{
    return kvm_guest_protect(trap->own, first_page, pages, false);
}

static int protects_nothing(struct trap *trap, unsigned first_page, unsigned pages)
{
    return 0;
}

static int write_all(struct trap *trap, const struct guest_write *writes, size_t count)
{
    return kvm_guest_write(trap->own, writes, count);
}

static int read_dirty(struct trap *trap, struct trap_pages *ret_dirty)
{
    return kvm_guest_read_log(trap->own, ret_dirty);
}

const struct trap_ops trap_kvm = {
    "kvm",
    "a VM exit of a guest at CPL 3: its memory is write-protected, KVM_RUN ends with EFAULT",
    start_with_exits,
    stop,
    protect,
    unprotect,
    write_all,
    NULL,
};

const struct trap_ops trap_kvm_dirty_log = {
    "kvm-dirty-log",  "none: KVM logs which pages of the guest were written",
    start_with_log,   stop,
    protects_nothing, protects_nothing,
    write_all,        read_dirty,
};
