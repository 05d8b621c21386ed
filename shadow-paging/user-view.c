/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/user-view.h"

#include "shadow-paging/trap-backends.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* Behind the table: what straddles its end faults there. */
#define GUARD_BYTES TABLE_PAGE_BYTES

/* The first instruction of each is the store, 3 or 2 bytes long. */
void user_view_store8(void *address, uint64_t value);
void user_view_store4(void *address, uint32_t value);
/* clang-format off */
__asm__(".text\n"
        ".globl user_view_store8, user_view_store4\n"
        ".hidden user_view_store8, user_view_store4\n"
        ".type user_view_store8, @function\n"
        ".type user_view_store4, @function\n"
        ".balign 16\n"
        "user_view_store8:\n"
        "    movq %rsi, (%rdi)\n"
        "    ret\n"
        ".size user_view_store8, . - user_view_store8\n"
        ".balign 16\n"
        "user_view_store4:\n"
        "    movl %esi, (%rdi)\n"
        "    ret\n"
        ".size user_view_store4, . - user_view_store4\n");
/* clang-format on */
#define STORE8_BYTES 3
#define STORE4_BYTES 2

/* Read by the signals' handler without a lock: a view is complete before it is here. */
static _Atomic(struct user_view *) views[USER_VIEWS_MAX];
static struct sigaction handled_before[2];
static const int signals[2] = {SIGSEGV, SIGBUS};

static struct user_view *view_at(uintptr_t address)
{
    for (unsigned i = 0; i < USER_VIEWS_MAX; i++) {
        struct user_view *view = atomic_load_explicit(&views[i], memory_order_acquire);
        if (view && address - (uintptr_t)view->guest < TABLE_BYTES + GUARD_BYTES)
            return view;
    }
    return NULL;
}

static void pass_on(int number, siginfo_t *info, void *context)
{
    const struct sigaction *before = &handled_before[number == SIGBUS];

    if (before->sa_flags & SA_SIGINFO)
        before->sa_sigaction(number, info, context);
    else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN)
        before->sa_handler(number);
    else
        signal(number, SIG_DFL); /* the instruction faults again, and ends the process */
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    const int errno_before = errno;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const uintptr_t at = (uintptr_t)registers[REG_RIP];
    const bool is_store8 = at == (uintptr_t)user_view_store8;
    struct user_view *view = is_store8 || at == (uintptr_t)user_view_store4
                                 ? view_at((uintptr_t)registers[REG_RDI])
                                 : NULL;
    if (!view) {
        pass_on(number, info, context);
        return;
    }
    const struct guest_write write = {
        .value = is_store8 ? (uint64_t)registers[REG_RSI] : (uint32_t)registers[REG_RSI],
        .offset_bytes = (uint32_t)((uintptr_t)registers[REG_RDI] - (uintptr_t)view->guest),
        .size_bytes = is_store8 ? 8 : 4,
    };
    view->trap->handler.write(view->trap->handler.data, &write);
    registers[REG_RIP] += is_store8 ? STORE8_BYTES : STORE4_BYTES;
    errno = errno_before;
}

/* Each time, as somebody else may have taken the signals since: cmocka does for each test. */
static void handle_signals(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

    sigemptyset(&action.sa_mask);
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < 2; i++) {
        struct sigaction before;
        sigaction(signals[i], &action, &before);
        if (before.sa_sigaction != on_fault)
            handled_before[i] = before;
    }
    pthread_mutex_unlock(&lock);
}

static bool map(struct user_view *view, struct trap *trap)
{
    view->guest = MAP_FAILED;
    trap->table = MAP_FAILED;
    view->memory_fd = memfd_create("guest-table", MFD_CLOEXEC);
    if (view->memory_fd < 0 || ftruncate(view->memory_fd, TABLE_BYTES) != 0)
        return false;
    trap->table = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                       view->memory_fd, 0);
    view->guest = mmap(NULL, TABLE_BYTES + GUARD_BYTES, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return trap->table != MAP_FAILED && view->guest != MAP_FAILED &&
           mmap(view->guest, TABLE_BYTES, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_FIXED | MAP_POPULATE, view->memory_fd, 0) != MAP_FAILED;
}

static void unmap(struct user_view *view, struct trap *trap)
{
    if (view->guest != MAP_FAILED)
        munmap(view->guest, TABLE_BYTES + GUARD_BYTES);
    if (trap->table != MAP_FAILED)
        munmap(trap->table, TABLE_BYTES);
    if (view->memory_fd >= 0)
        close(view->memory_fd);
}

bool user_view_start(struct user_view *view, struct trap *trap, struct trap_reason *ret_reason)
{
    handle_signals();
    view->trap = trap;
    if (!map(view, trap)) {
        trap_fails(ret_reason, "%s: the table cannot be mapped: %s", trap->ops->name,
                   strerror(errno));
        unmap(view, trap);
        return false;
    }
    for (unsigned i = 0; i < USER_VIEWS_MAX; i++) {
        struct user_view *none = NULL;
        if (atomic_compare_exchange_strong(&views[i], &none, view))
            return true;
    }
    unmap(view, trap);
    return trap_fails(ret_reason, "%s: this process has %u guests already", trap->ops->name,
                      USER_VIEWS_MAX);
}

void user_view_stop(struct user_view *view)
{
    for (unsigned i = 0; i < USER_VIEWS_MAX; i++) {
        struct user_view *own = view;
        atomic_compare_exchange_strong(&views[i], &own, NULL);
    }
    unmap(view, view->trap);
}

void user_view_write(struct user_view *view, const struct guest_write *writes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct guest_write *write = &writes[i];
        if (write->offset_bytes >= TABLE_BYTES) /* so far away there may be anything */
            view->trap->handler.write(view->trap->handler.data, write);
        else if (write->size_bytes == 8)
            user_view_store8(view->guest + write->offset_bytes, write->value);
        else
            user_view_store4(view->guest + write->offset_bytes, (uint32_t)write->value);
    }
}
