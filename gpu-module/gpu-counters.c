/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * gpu-counters: prints what the GPU module in a running process counts.
 *
 *   gpu-counters PID                  name value, one a line
 *   gpu-counters PID --watch SECONDS  the same each so many seconds, and how
 *                                     much a second each has grown
 *   gpu-counters PID --frames         the last frames as CSV, oldest first
 *
 * It maps the counters' memory, which it finds among the process's files, and
 * only reads it: the process is neither stopped nor slowed down. It needs the
 * same right as a debugger: the process's user, or root.
 */
#include "gpu-module/counters-map.h"
#include "gpu-module/counters.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNTERS_MAX 128

/* --watch: less would only print, and a day is a mistake. */
#define WATCH_MIN_S 0.01
#define WATCH_MAX_S (24 * 3600)

static const char usage[] =
    "usage: gpu-counters PID [--watch SECONDS | --frames]: a process, and 0.01 s to a day\n";

static int fail(const char *what)
{
    fprintf(stderr, "gpu-counters: %s\n", what);
    return EXIT_FAILURE;
}

static uint64_t value_of(const struct gpu_counters *counters, const struct counter *counter)
{
    return counter_get((const uint64_t *)((const char *)counters + counter->offset));
}

static void print_values(const struct gpu_counters *counters)
{
    const struct counter *counter;
    for (unsigned i = 0; (counter = counters_at(i)); i++)
        printf("%s %" PRIu64 "\n", counter->name, value_of(counters, counter));
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Digits and nothing else: strtol() takes a number modulo 2^32 by a cast, a sign
 * and blanks. 0: no PID. */
static pid_t parse_pid(const char *text)
{
    char *end;

    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return 0;
    errno = 0;
    const long pid = strtol(text, &end, 10);
    return errno == 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

/* 0: no time that can be waited. */
static double parse_seconds(const char *text)
{
    char *end;
    const double seconds = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(seconds) && seconds >= WATCH_MIN_S &&
                   seconds <= WATCH_MAX_S
               ? seconds
               : 0;
}

/* Until the process has ended, or the reader of our output has. */
static void watch(const struct gpu_counters *counters, pid_t pid, double seconds)
{
    uint64_t before[COUNTERS_MAX] = {0};
    double since = 0;

    while (counters_map_lives(pid)) {
        const double now = now_seconds();
        const struct counter *counter;
        for (unsigned i = 0; (counter = counters_at(i)) && i < COUNTERS_MAX; i++) {
            const uint64_t value = value_of(counters, counter);
            printf("%s %" PRIu64, counter->name, value);
            if (!counter->gauge && since > 0)
                printf(" %.1f/s", (double)(value - before[i]) / (now - since));
            putchar('\n');
            before[i] = value;
        }
        putchar('\n');
        if (fflush(stdout) != 0)
            return;
        since = now;
        nanosleep(
            &(struct timespec){(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)},
            NULL);
    }
}

static void print_frames(const struct gpu_counters *counters)
{
    const uint64_t last = counters_last(counters);
    struct frame_record record;

    puts(FRAME_RECORD_CSV_HEADER);
    for (uint64_t i = last > COUNTERS_RING_FRAMES ? last - COUNTERS_RING_FRAMES + 1 : 1; i <= last;
         i++) {
        char row[FRAME_RECORD_CSV_BYTES];
        if (counters_read(counters, i, &record)) {
            frame_record_csv(&record, row);
            puts(row);
        }
    }
}

int main(int argc, char **argv)
{
    char error[256];
    const char *option = argc > 2 ? argv[2] : "";
    const bool watched = strcmp(option, "--watch") == 0, frames = strcmp(option, "--frames") == 0;
    const pid_t pid = argc > 1 ? parse_pid(argv[1]) : 0;
    const double seconds = watched && argc == 4 ? parse_seconds(argv[3]) : 0;

    if (pid == 0 || (watched ? seconds == 0 : argc != (frames ? 3 : 2))) {
        fputs(usage, stderr);
        return 2;
    }

    const struct gpu_counters *counters = counters_map(pid, error, sizeof error);
    if (!counters)
        return fail(error);
    if (watched)
        watch(counters, pid, seconds);
    else if (frames)
        print_frames(counters);
    else
        print_values(counters);
    counters_unmap(counters);
    return fflush(stdout) == 0 && !ferror(stdout)
               ? EXIT_SUCCESS
               : fail("cannot write to standard output: is the disk full?");
}
