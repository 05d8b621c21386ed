/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/os/windows.h"

#include "agent/os/clock.h"
#include "agent/os/crc.h"
#include "agent/os/lock.h"
#include "agent/os/resident.h"
#include "agent/os/stop.h"
#include "agent/os/thread.h"
#include "agent/os/wake.h"

#include <errno.h>
#include <process.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>
/* clang-format off */
#include <psapi.h> /* wants windows.h before it */
/* clang-format on */

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define THREAD_NAME_CHARACTERS 16

int64_t os_now_ns(void)
{
    LARGE_INTEGER frequency, now;

    QueryPerformanceFrequency(&frequency); /* constant, and never fails */
    QueryPerformanceCounter(&now);
    /* In whole seconds and a rest, so that nothing overflows. */
    return now.QuadPart / frequency.QuadPart * NS_PER_S +
           now.QuadPart % frequency.QuadPart * NS_PER_S / frequency.QuadPart;
}

/* --- lock -------------------------------------------------------------------- */

struct os_lock {
    SRWLOCK exclusive;
};

struct os_lock *os_lock_create(void)
{
    return calloc(1, sizeof(struct os_lock)); /* SRWLOCK_INIT is zero */
}

void os_lock_destroy(struct os_lock *lock)
{
    free(lock);
}

void os_lock_take(struct os_lock *lock)
{
    AcquireSRWLockExclusive(&lock->exclusive);
}

void os_lock_release(struct os_lock *lock)
{
    ReleaseSRWLockExclusive(&lock->exclusive);
}

struct os_condition {
    CONDITION_VARIABLE variable;
};

struct os_condition *os_condition_create(void)
{
    return calloc(1, sizeof(struct os_condition)); /* CONDITION_VARIABLE_INIT is zero */
}

void os_condition_destroy(struct os_condition *condition)
{
    free(condition);
}

/* Rounded up: a wait may end late, never before its deadline. */
static DWORD milliseconds_until(int64_t deadline_ns)
{
    int64_t left_ns = deadline_ns - os_now_ns();
    int64_t left_ms = left_ns <= 0 ? 0 : (left_ns + NS_PER_MS - 1) / NS_PER_MS;

    return left_ms < INFINITE ? (DWORD)left_ms : INFINITE - 1;
}

bool os_condition_wait(struct os_condition *condition, struct os_lock *lock, int64_t deadline_ns)
{
    DWORD ms = deadline_ns == OS_FOREVER ? INFINITE : milliseconds_until(deadline_ns);

    return SleepConditionVariableSRW(&condition->variable, &lock->exclusive, ms, 0) ||
           os_now_ns() < deadline_ns;
}

void os_condition_signal(struct os_condition *condition)
{
    WakeConditionVariable(&condition->variable);
}

void os_condition_broadcast(struct os_condition *condition)
{
    WakeAllConditionVariable(&condition->variable);
}

/* --- thread ------------------------------------------------------------------ */

struct os_thread {
    HANDLE handle;
    const char *name;
    void (*run)(void *data);
    void *data;
};

typedef HRESULT(WINAPI *set_thread_description)(HANDLE thread, PCWSTR description);

/* Windows 10 has it from version 1607 on; before, threads have no names. */
static void set_own_name(const char *name)
{
    HMODULE kernel = GetModuleHandleW(L"kernelbase.dll");
    FARPROC found = kernel ? GetProcAddress(kernel, "SetThreadDescription") : NULL;
    wchar_t wide[THREAD_NAME_CHARACTERS];

    if (found && MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, THREAD_NAME_CHARACTERS) > 0)
        ((set_thread_description)(void *)found)(GetCurrentThread(), wide);
}

static unsigned __stdcall run_thread(void *data)
{
    const struct os_thread *thread = data;

    set_own_name(thread->name);
    thread->run(thread->data);
    return 0;
}

struct os_thread *os_thread_create(const char *name, void (*run)(void *data), void *data,
                                   int *ret_error)
{
    struct os_thread *thread = calloc(1, sizeof *thread);

    if (!thread) {
        *ret_error = -ENOMEM;
        return NULL;
    }
    thread->name = name;
    thread->run = run;
    thread->data = data;
    thread->handle = (HANDLE)_beginthreadex(NULL, 0, run_thread, thread, 0, NULL);
    if (!thread->handle) {
        *ret_error = -errno;
        free(thread);
        return NULL;
    }
    return thread;
}

void os_thread_join(struct os_thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}

/* The default tick is 15.6 ms. The process keeps the finer one until it ends. */
void os_thread_wait_precisely(void)
{
    timeBeginPeriod(1);
}

/* --- wake -------------------------------------------------------------------- */

struct os_wake {
    HANDLE event; /* with manual reset */
};

struct os_wake *os_wake_create(int *ret_error)
{
    struct os_wake *wake = calloc(1, sizeof *wake);

    if (!wake) {
        *ret_error = -ENOMEM;
        return NULL;
    }
    wake->event = CreateEventW(NULL, true, false, NULL);
    if (!wake->event) {
        *ret_error = -EMFILE; /* no handle is left */
        free(wake);
        return NULL;
    }
    return wake;
}

void os_wake_destroy(struct os_wake *wake)
{
    if (wake)
        CloseHandle(wake->event);
    free(wake);
}

void os_wake_set(struct os_wake *wake)
{
    SetEvent(wake->event);
}

void os_wake_clear(struct os_wake *wake)
{
    ResetEvent(wake->event);
}

void os_wake_wait(struct os_wake *wake, int64_t deadline_ns)
{
    DWORD wait_ms = deadline_ns == OS_FOREVER ? INFINITE : milliseconds_until(deadline_ns);

    WaitForSingleObject(wake->event, wait_ms);
}

void *os_wake_event(const struct os_wake *wake)
{
    return wake->event;
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

/* In a thread of its own. */
static BOOL WINAPI on_control(DWORD event)
{
    (void)event;
    os_stop_request();
    return true;
}

void os_stop_catch(struct os_wake *wake)
{
    stop_wake = wake;
    SetConsoleCtrlHandler(on_control, true);
}

/* --- process ------------------------------------------------------------------ */

uint64_t os_resident_most_bytes(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof counters};

    return GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters)
               ? counters.PeakWorkingSetSize
               : 0;
}

/* Exported by ntdll.dll since Windows XP, declared in no header. */
DWORD NTAPI RtlComputeCrc32(DWORD initial, const BYTE *bytes, INT size);

uint32_t os_crc32(const uint8_t *bytes, size_t size)
{
    return RtlComputeCrc32(0, bytes, (INT)size); /* an access unit is smaller than 2 GiB */
}
