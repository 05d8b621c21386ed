/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * GLib's locks and queues as ThreadSanitizer has to see them (make sanitize).
 *
 * GLib is not compiled for the sanitizer, and its mutexes and conditions are
 * futexes of its own, so what they order would be reported as races. Here each
 * call goes on to GLib and tells the sanitizer, before or after, what GLib
 * promises: what happened before an unlock (a push) is seen after the next lock
 * (its pop). Linked into our programs of that build only, where these functions
 * take the place of GLib's for the programs and for the SPICE server.
 */
#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/tsan_interface.h>

/* GLib's own function. */
#define NEXT(function) ((__typeof__(&function))next(#function))

static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

void(g_mutex_lock)(GMutex *mutex)
{
    NEXT(g_mutex_lock)(mutex);
    __tsan_acquire(mutex);
}

gboolean(g_mutex_trylock)(GMutex *mutex)
{
    gboolean locked = NEXT(g_mutex_trylock)(mutex);

    if (locked)
        __tsan_acquire(mutex);
    return locked;
}

void(g_mutex_unlock)(GMutex *mutex)
{
    __tsan_release(mutex);
    NEXT(g_mutex_unlock)(mutex);
}

/* Who waits has unlocked the mutex meanwhile. */
void(g_cond_wait)(GCond *cond, GMutex *mutex)
{
    __tsan_release(mutex);
    NEXT(g_cond_wait)(cond, mutex);
    __tsan_acquire(mutex);
}

gboolean(g_cond_wait_until)(GCond *cond, GMutex *mutex, gint64 end_us)
{
    __tsan_release(mutex);
    gboolean signalled = NEXT(g_cond_wait_until)(cond, mutex, end_us);
    __tsan_acquire(mutex);
    return signalled;
}

void(g_async_queue_push)(GAsyncQueue *queue, gpointer data)
{
    __tsan_release(queue);
    NEXT(g_async_queue_push)(queue, data);
}

gpointer(g_async_queue_pop)(GAsyncQueue *queue)
{
    gpointer data = NEXT(g_async_queue_pop)(queue);

    __tsan_acquire(queue);
    return data;
}

gpointer(g_async_queue_try_pop)(GAsyncQueue *queue)
{
    gpointer data = NEXT(g_async_queue_try_pop)(queue);

    __tsan_acquire(queue);
    return data;
}

gpointer(g_async_queue_timeout_pop)(GAsyncQueue *queue, guint64 timeout_us)
{
    gpointer data = NEXT(g_async_queue_timeout_pop)(queue, timeout_us);

    __tsan_acquire(queue);
    return data;
}
