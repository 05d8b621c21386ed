/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/run-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "vdibench.lock"
/* A process id and a folder. */
#define CONTENT_MAX_BYTES 4096

/* Which byte of the file is locked by whom: locks do not need the bytes to exist. */
enum place {
    FIRST,  /* the run that has the machine, alone */
    BESIDE, /* all others, together */
};

struct run_lock {
    int fd;     /* -1: nothing is locked */
    bool first; /* it has the machine */
    bool was_shared;
};

/* Not of the process but of the opened file (open file description locks), so that they
 * end with it and nothing else. */
static int set_lock(int fd, enum place place, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
    return fcntl(fd, F_OFD_SETLK, &lock);
}

static bool is_locked(int fd, enum place place)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* For all users of the machine. */
static char *lock_file(void)
{
    const char *given = g_getenv(RUN_LOCK_VARIABLE);
    if (given)
        return *given ? g_strdup(given) : NULL;
    return g_build_filename(g_file_test("/run/lock", G_FILE_TEST_IS_DIR) ? "/run/lock" : "/tmp",
                            FILE_NAME, NULL);
}

/* In a folder that everybody may write to, the kernel lets nobody create what another
 * user has already: it is opened first. */
static int open_lock_file(void)
{
    g_autofree char *file = lock_file();
    int fd = file ? open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;

    if (fd >= 0 || !file)
        return fd;
    fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd >= 0)
        fchmod(fd, 0666);     /* whatever the umask */
    else if (errno == EEXIST) /* in this moment */
        fd = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return fd;
}

static void write_owner(int fd, const char *folder)
{
    g_autofree char *text = g_strdup_printf("process %d, which writes to %s\n", getpid(), folder);
    /* It is for people: if it cannot be written, the lock holds nevertheless. */
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, strlen(text), 0) < 0)
        return;
}

static char *read_owner(int fd)
{
    char text[CONTENT_MAX_BYTES];
    ssize_t bytes = pread(fd, text, sizeof text - 1, 0);

    text[MAX(bytes, 0)] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return bytes > 0 && g_utf8_validate(text, -1, NULL) ? g_strdup(text)
                                                        : g_strdup("process unknown");
}

struct run_lock *run_lock_create(const char *folder, bool beside_others, GError **error)
{
    auto_destroy(run_lock) lock = g_new0(struct run_lock, 1);

    lock->fd = open_lock_file();
    if (lock->fd < 0)
        return g_steal_pointer(&lock);
    lock->first = set_lock(lock->fd, FIRST, F_WRLCK) == 0;
    if (lock->first) {
        write_owner(lock->fd, folder);
    } else if (beside_others) {
        set_lock(lock->fd, BESIDE, F_RDLCK);
    } else {
        g_autofree char *owner = read_owner(lock->fd);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                    "another run measures on this machine: %s: wait for its end, or mark this one "
                    "with --beside-others",
                    owner);
        return NULL;
    }
    return g_steal_pointer(&lock);
}

void run_lock_destroy(struct run_lock *lock)
{
    if (!lock)
        return;
    if (lock->fd >= 0 && lock->first && ftruncate(lock->fd, 0) < 0)
        g_debug("the lock keeps its last owner's name"); /* which nobody reads any more */
    if (lock->fd >= 0)
        close(lock->fd);
    g_free(lock);
}

bool run_lock_is_shared(struct run_lock *lock)
{
    if (lock->fd >= 0 && (!lock->first || is_locked(lock->fd, BESIDE)))
        lock->was_shared = true;
    return lock->was_shared;
}
