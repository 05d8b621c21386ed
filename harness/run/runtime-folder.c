/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/runtime-folder.h"

#include "harness/instrument/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* No other program has such folders where ours lie. */
#define PREFIX "vdibench-"
/* The longest name that is put into such a folder. */
#define NAME_MAX_BYTES 16

static const char *base_folder(const char *fallback)
{
    const char *base = g_getenv("XDG_RUNTIME_DIR");
    return base && g_file_test(base, G_FILE_TEST_IS_DIR) ? base : fallback;
}

/* -1 if somebody else has it, or if it is no folder of ours. */
static int lock_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat of;

    if (fd >= 0 && (fstat(fd, &of) < 0 || of.st_uid != geteuid() || of.st_nlink == 0 ||
                    flock(fd, LOCK_EX | LOCK_NB) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Another harness may have swept the folder before it was locked: then there is none. */
static bool is_there(int fd)
{
    struct stat of;
    return fd >= 0 && fstat(fd, &of) == 0 && of.st_nlink > 0;
}

static bool make_one(const char *path_template, struct runtime_folder *ret_folder)
{
    char *path = g_strdup(path_template);

    ret_folder->lock = -1;
    ret_folder->path = g_mkdtemp_full(path, 0700);
    if (!ret_folder->path) {
        int why = errno;
        g_free(path);
        errno = why;
        return false;
    }
    ret_folder->lock = lock_folder(path);
    return true;
}

struct runtime_folder *runtime_folder_create(const char *fallback, GError **error)
{
    g_autofree char *path = g_build_filename(base_folder(fallback), PREFIX "XXXXXX", NULL);
    struct runtime_folder made;

    if (strlen(path) + NAME_MAX_BYTES > sizeof((struct sockaddr_un *)NULL)->sun_path) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: too long for a socket's name: set XDG_RUNTIME_DIR to a shorter folder",
                    path);
        return NULL;
    }
    while (make_one(path, &made)) {
        if (is_there(made.lock))
            return g_memdup2(&made, sizeof made);
        if (made.lock >= 0)
            close(made.lock);
        g_free(made.path);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                "%s: cannot be created: %s: set XDG_RUNTIME_DIR to a folder in which one can be",
                path, g_strerror(errno));
    return NULL;
}

void runtime_folder_destroy(struct runtime_folder *folder)
{
    if (!folder)
        return;
    folder_remove(folder->path);
    close(folder->lock);
    g_free(folder->path);
    g_free(folder);
}

unsigned runtime_folders_sweep(const char *fallback)
{
    const char *base = base_folder(fallback);
    g_autoptr(GDir) dir = g_dir_open(base, 0, NULL);
    unsigned removed = 0;
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(base, name, NULL);
        int lock = g_str_has_prefix(name, PREFIX) ? lock_folder(path) : -1;
        if (lock < 0)
            continue;
        folder_remove(path);
        close(lock);
        removed++;
    }
    return removed;
}
