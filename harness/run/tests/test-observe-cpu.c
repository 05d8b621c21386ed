/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* observe-cpu: its rows have what the kernel reports; the kernel is a folder here. */
#include "auto-destroy.h"
#include "harness/run/observe-cpu.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define CLIENT 4711

static char *proc; /* the kernel's folder */

/* In place, for the observer keeps the file open. */
static void put(const char *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *name = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *file = g_build_filename(proc, name, NULL);
    g_autofree char *folder = g_path_get_dirname(file);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    FILE *to = fopen(file, "w");
    assert_non_null(to);
    assert_true(fputs(text, to) >= 0);
    assert_int_equal(fclose(to), 0);
}

static int create_proc(void **state)
{
    proc = g_dir_make_tmp("test-observe-cpu-XXXXXX", NULL);
    put("cpu  100 0 50 7000 300 0 5 40 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n", "stat");
    put("5000000 200 9\n", "%d/task/%d/schedstat", (int)getpid(), (int)getpid());
    put("test\n", "%d/task/%d/comm", (int)getpid(), (int)getpid());
    put("1000 20 3\n", "%d/task/%d/schedstat", CLIENT, CLIENT);
    put("client\n", "%d/task/%d/comm", CLIENT, CLIENT);
    return 0;
}

static int remove_proc(void **state)
{
    const char *argv[] = {"rm", "-rf", proc, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(proc);
    return 0;
}

/* The lines of cpu.csv. Between the marks the kernel's counters move on, and a thread begins. */
static char **observe_two_marks(void)
{
    g_autofree char *file = g_build_filename(proc, "cpu.csv", NULL);
    struct cpu_observer *observer = cpu_observer_create(proc, file, NULL);
    g_autofree char *text = NULL;

    assert_non_null(observer);
    cpu_observer_add(observer, "client", CLIENT);
    cpu_observer_mark(observer, true);
    put("cpu  200 0 50 7025 305 0 5 42 0 0\n", "stat");
    put("5700000 200 9\n", "%d/task/%d/schedstat", (int)getpid(), (int)getpid());
    put("9000 120 3\n", "%d/task/%d/schedstat", CLIENT, CLIENT);
    put("50 6 1\n", "%d/task/%d/schedstat", CLIENT, CLIENT + 1);
    put("a,b\n", "%d/task/%d/comm", CLIENT, CLIENT + 1);
    cpu_observer_mark(observer, false);
    assert_true(cpu_observer_destroy(observer));
    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    return g_strsplit(g_strchomp(text), "\n", -1);
}

/* The rows' order is the folder's; each is there once. */
static void assert_row(char **rows, int64_t t_ns, const char *event, const char *rest)
{
    g_autofree char *row = g_strdup_printf("%s,%" PRId64 ",%s", event, t_ns, rest);
    unsigned found = 0;
    for (char **one = rows; *one; one++)
        found += g_str_equal(*one, row);
    if (found != 1)
        fail_msg("%u times: %s", found, row);
}

static int64_t time_of(char **rows, const char *event)
{
    for (; *rows; rows++) {
        if (g_str_has_prefix(*rows, event) && (*rows)[strlen(event)] == ',')
            return g_ascii_strtoll(*rows + strlen(event) + 1, NULL, 10);
    }
    fail_msg("no row %s", event);
    return 0;
}

/* Busy is all processors' time but idle and iowait: 7300 ticks, later 7330. */
static void assert_machine(char **rows, int64_t t_ns, int64_t idle_ticks, int64_t steal_ticks)
{
    const int64_t tick_ns = INT64_C(1000000000) / sysconf(_SC_CLK_TCK);
    g_autofree char *rest = g_strdup_printf(
        ",,,%" PRId64 ",%" PRId64, t_ns * sysconf(_SC_NPROCESSORS_ONLN) - idle_ticks * tick_ns,
        steal_ticks * tick_ns);
    assert_row(rows, t_ns, "machine", rest);
}

static void rows_have_what_the_kernel_reports(void **state)
{
    g_auto(GStrv) rows = observe_two_marks();
    const int64_t begin_ns = time_of(rows, "begin"), end_ns = time_of(rows, "end");
    g_autofree char *own = g_strdup_printf("vdibench,%d,test,5000000,200", (int)getpid());
    g_autofree char *own_later = g_strdup_printf("vdibench,%d,test,5700000,200", (int)getpid());

    assert_row(rows, begin_ns, "begin", "vdibench,,,,");
    assert_row(rows, begin_ns, "sample", own);
    assert_row(rows, begin_ns, "sample", "client,4711,client,1000,20");
    assert_machine(rows, begin_ns, 7300, 40);
    assert_row(rows, end_ns, "end", "vdibench,,,,");
    assert_row(rows, end_ns, "sample", own_later);
    assert_row(rows, end_ns, "sample", "client,4711,client,9000,120");
    assert_row(rows, end_ns, "sample", "client,4712,a_b,50,6");
    assert_machine(rows, end_ns, 7330, 42);
    assert_int_equal(g_strv_length(rows), 1 + 4 + 5); /* the header, and those */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_have_what_the_kernel_reports, create_proc,
                                        remove_proc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
