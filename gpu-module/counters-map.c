/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/counters-map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* As the kernel shows it: the name of a memfd never has a file. */
#define LINK_TARGET "/memfd:" COUNTERS_NAME " (deleted)"

/* So much is always mapped, and unmapped: never a size that the other process
 * has written. Beyond the file's end nothing is read: counters_check(). */
#define MAPPED_BYTES sizeof(struct gpu_counters)

static const struct gpu_counters *map_file(const char *file, char *error, size_t error_bytes)
{
    struct stat status;
    const int fd = open(file, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &status) < 0) {
        snprintf(error, error_bytes, "%s: %s", file, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    void *mapped = mmap(NULL, MAPPED_BYTES, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    const char *bad =
        mapped == MAP_FAILED ? "cannot be mapped" : counters_check(mapped, (size_t)status.st_size);
    if (!bad)
        return mapped;
    snprintf(error, error_bytes, "%s %s", file, bad);
    if (mapped != MAP_FAILED)
        munmap(mapped, MAPPED_BYTES);
    return NULL;
}

const struct gpu_counters *counters_map(pid_t pid, char *error, size_t error_bytes)
{
    char folder[64], file[sizeof folder + NAME_MAX + 1], target[sizeof LINK_TARGET + 1];
    const struct gpu_counters *counters = NULL;
    const struct dirent *entry;
    bool found = false;

    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
    DIR *files = opendir(folder);
    if (!files) {
        snprintf(error, error_bytes,
                 errno == ENOENT ? "there is no process %d"
                                 : "process %d may not be looked into: run as its user or as root",
                 (int)pid);
        return NULL;
    }
    while (!found && (entry = readdir(files))) {
        snprintf(file, sizeof file, "%s/%s", folder, entry->d_name);
        const ssize_t length = readlink(file, target, sizeof target);
        found =
            length == sizeof LINK_TARGET - 1 && memcmp(target, LINK_TARGET, (size_t)length) == 0;
    }
    if (found)
        counters = map_file(file, error, error_bytes);
    else
        snprintf(error, error_bytes, "process %d has no port with the GPU module", (int)pid);
    closedir(files);
    return counters;
}

void counters_unmap(const struct gpu_counters *counters)
{
    if (counters)
        munmap((void *)counters, MAPPED_BYTES);
}

bool counters_map_lives(pid_t pid)
{
    return kill(pid, 0) == 0 || errno == EPERM;
}

void frame_record_csv(const struct frame_record *record, char ret_row[FRAME_RECORD_CSV_BYTES])
{
    const struct frame_received *in = &record->received;
    const struct frame_sent *out = &record->sent;
    char t4[24] = "";

    if (out->t4_ns)
        snprintf(t4, sizeof t4, "%" PRIu64, out->t4_ns);
    snprintf(ret_row, FRAME_RECORD_CSV_BYTES,
             "frame,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%d,%" PRIu64
             ",%" PRIu64 ",%s,%" PRIu64 ",%s",
             in->t3_ns, in->sequence, in->opening, in->id, in->bytes,
             (in->flags & FRAME_KEY_FRAME) != 0, in->t2_ns, in->t3_ns, t4, out->clients,
             frame_fate_text(frame_record_fate(record)));
}
