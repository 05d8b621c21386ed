/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/os/linux.h"

#include "agent/os/clock.h"
#include "agent/os/crc.h"
#include "agent/os/lock.h"
#include "agent/os/resident.h"
#include "agent/os/stop.h"
#include "agent/os/thread.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define NS_PER_S INT64_C(1000000000)

int64_t os_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* --- lock -------------------------------------------------------------------- */

struct os_lock {
    pthread_mutex_t mutex;
};

struct os_lock *os_lock_create(void)
{
    struct os_lock *lock = calloc(1, sizeof *lock);

    if (lock)
        pthread_mutex_init(&lock->mutex, NULL);
    return lock;
}

void os_lock_destroy(struct os_lock *lock)
{
    if (lock)
        pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void os_lock_take(struct os_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void os_lock_release(struct os_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

struct os_condition {
    pthread_cond_t cond;
};

struct os_condition *os_condition_create(void)
{
    struct os_condition *condition = calloc(1, sizeof *condition);
    pthread_condattr_t clock;

    if (!condition)
        return NULL;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&condition->cond, &clock);
    pthread_condattr_destroy(&clock);
    return condition;
}

void os_condition_destroy(struct os_condition *condition)
{
    if (condition)
        pthread_cond_destroy(&condition->cond);
    free(condition);
}

bool os_condition_wait(struct os_condition *condition, struct os_lock *lock, int64_t deadline_ns)
{
    const struct timespec deadline = {
        .tv_sec = deadline_ns / NS_PER_S,
        .tv_nsec = deadline_ns % NS_PER_S,
    };

    if (deadline_ns == OS_FOREVER)
        return pthread_cond_wait(&condition->cond, &lock->mutex) == 0;
    return pthread_cond_timedwait(&condition->cond, &lock->mutex, &deadline) != ETIMEDOUT;
}

void os_condition_signal(struct os_condition *condition)
{
    pthread_cond_signal(&condition->cond);
}

void os_condition_broadcast(struct os_condition *condition)
{
    pthread_cond_broadcast(&condition->cond);
}

/* --- thread ------------------------------------------------------------------ */

struct os_thread {
    pthread_t id;
    const char *name;
    void (*run)(void *data);
    void *data;
};

static void *run_thread(void *data)
{
    const struct os_thread *thread = data;

    pthread_setname_np(pthread_self(), thread->name);
    thread->run(thread->data);
    return NULL;
}

struct os_thread *os_thread_create(const char *name, void (*run)(void *data), void *data,
                                   int *ret_error)
{
    struct os_thread *thread = calloc(1, sizeof *thread);
    sigset_t all, before;

    if (!thread) {
        *ret_error = -ENOMEM;
        return NULL;
    }
    thread->name = name;
    thread->run = run;
    thread->data = data;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* which the new thread inherits */
    *ret_error = -pthread_create(&thread->id, NULL, run_thread, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (*ret_error < 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

void os_thread_join(struct os_thread *thread)
{
    pthread_join(thread->id, NULL);
    free(thread);
}

/* The default slack is 50 us. */
void os_thread_wait_precisely(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL);
}

/* --- wake -------------------------------------------------------------------- */

struct os_wake {
    int fd; /* eventfd */
};

struct os_wake *os_wake_create(int *ret_error)
{
    struct os_wake *wake = calloc(1, sizeof *wake);

    if (!wake) {
        *ret_error = -ENOMEM;
        return NULL;
    }
    wake->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake->fd < 0) {
        *ret_error = -errno;
        free(wake);
        return NULL;
    }
    return wake;
}

void os_wake_destroy(struct os_wake *wake)
{
    if (wake)
        close(wake->fd);
    free(wake);
}

void os_wake_set(struct os_wake *wake)
{
    const uint64_t one = 1;

    while (write(wake->fd, &one, sizeof one) < 0 && errno == EINTR)
        ; /* EAGAIN would mean that it is readable already */
}

void os_wake_clear(struct os_wake *wake)
{
    uint64_t sets;

    while (read(wake->fd, &sets, sizeof sets) < 0 && errno == EINTR)
        ;
}

void os_wake_wait(struct os_wake *wake, int64_t deadline_ns)
{
    struct pollfd set = {.fd = wake->fd, .events = POLLIN};

    if (deadline_ns == OS_FOREVER) {
        poll(&set, 1, -1);
        return;
    }
    int64_t rest_ns = deadline_ns - os_now_ns();
    if (rest_ns < 0)
        rest_ns = 0;
    const struct timespec rest = {rest_ns / NS_PER_S, rest_ns % NS_PER_S};
    ppoll(&set, 1, &rest, NULL);
}

int os_wake_fd(const struct os_wake *wake)
{
    return wake->fd;
}

/* --- stop -------------------------------------------------------------------- */

static atomic_bool stop_requested;
static struct os_wake *stop_wake;

void os_stop_request(void)
{
    atomic_store(&stop_requested, true);
    os_wake_set(stop_wake);
}

bool os_stop_requested(void)
{
    return atomic_load(&stop_requested);
}

static void on_signal(int number)
{
    int error = errno;

    (void)number;
    os_stop_request(); /* write() is allowed in a handler */
    errno = error;
}

void os_stop_catch(struct os_wake *wake)
{
    const struct sigaction stop = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    stop_wake = wake;
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* --- process ------------------------------------------------------------------ */

/* VmHWM of proc(5): rusage's value would be the parent's, if that had more. */
uint64_t os_resident_most_bytes(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    uint64_t kib = 0;
    char line[256];

    while (file && kib == 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %" SCNu64, &kib) != 1)
            kib = 0;
    if (file)
        fclose(file);
    return kib * 1024;
}

uint32_t os_crc32(const uint8_t *bytes, size_t size)
{
    return (uint32_t)crc32_z(0, bytes, size);
}
