/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/tests/made-up-run.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MODULE "cases/live,gpu-module,appsink,film,pty/repeat-1"
#define VGPU "cases/live,vgpu-lz4,canvas,dirty-rects,film,pty/repeat-1"
#define NS_PER_MS INT64_C(1000000)
#define FIRST_SLOT_MS 1000
#define SLOT_MS 250
#define SLOTS 9
#define STEADY_FROM 4

#define REPEAT(folder)                                                                      \
    "\"repeats\": [{\"folder\": \"" folder "\", \"status\": \"passed\", \"reason\": null, " \
    "\"unfit\": null, \"order\": 1, \"library\": null, \"seconds_taken\": 3.25, "           \
    "\"sources\": \"vgpu;pgpu;vgpu\", "                                                     \
    "\"other_channel\": \"\", \"second_client\": null}],\n"
#define METRIC(name, value)                                                          \
    "\"" name "\": {\"values\": [" value "], \"median\": " value ", \"min\": " value \
    ", \"max\": " value "}"

/* clang-format off */
const char made_up_result[] =
    "{\"schema\": 4, \"set\": \"paper\", \"seed\": 1,\n"
    "\"environment\": {\"host\": \"h<o>st\", \"time\": \"today\", \"versions\": {\"a\": \"1\"}},\n"
    "\"cases\": [\n"
    "{\"scenario\": \"live\", \"route\": \"gpu-module\", \"workload\": \"film\", "
    "\"transport\": \"pty\", \"vm\": \"sim\", \"link\": \"loopback\", "
    "\"encoder\": \"replay\", \"sink\": \"appsink\", \"drawing\": null, "
    "\"seconds\": 2, \"twin\": 0, \"planned_repeats\": 1, \"status\": \"passed\", \"reason\": null,\n" REPEAT(MODULE)
    "\"metrics\": {" METRIC("latency_ms_p50", "20.5") ", " METRIC("traffic_kbps", "1000") ", "
    METRIC("server_cpu_pct", "3.4") "}},\n"
    "{\"scenario\": \"live\", \"route\": \"vgpu-lz4\", \"workload\": \"film\", "
    "\"transport\": \"pty\", \"vm\": \"sim\", \"link\": \"loopback\", "
    "\"encoder\": \"replay\", \"sink\": \"canvas\", "
    "\"drawing\": \"dirty-rects\", \"seconds\": 2, \"twin\": 0, \"planned_repeats\": 1, \"status\": \"passed\", "
    "\"reason\": null,\n" REPEAT(VGPU)
    "\"metrics\": {" METRIC("traffic_kbps", "100000") ", " METRIC("server_cpu_pct", "3.4") "}}],\n"
    "\"left_out\": [{\"case\": \"x\", \"reason\": \"no time\"}],\n"
    "\"functions\": [{\"function\": \"one window\", \"column\": \"optimised\", \"outcome\": "
    "\"yes\", \"scenario\": \"live\", \"route\": \"gpu-module\", \"evidence\": null}]}\n";
/* clang-format on */

char *made_up_result_with(const char *from, const char *to)
{
    GString *text = g_string_new(made_up_result);
    assert_true(g_string_replace(text, from, to, 1) == 1);
    return g_string_free(text, false);
}

void made_up_run_put(const char *folder, const char *name, const char *text)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(file);
    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void put_rows(const char *folder, const char *repeat, const char *name, GString *rows)
{
    g_autofree char *file = g_build_filename(repeat, name, NULL);
    made_up_run_put(folder, file, rows->str);
    g_string_free(rows, true);
}

/* The steady slots are shown after 10, 20, 30 and 40 ms; the last slot never is. */
static void put_frames(const char *folder, const char *repeat)
{
    GString *rows =
        g_string_new("event,t_ns,loop,unit,key,bytes,startup,t0_ns,t1_ns,t5_ns,t6_ns,t7_ns,fate\n");
    for (int64_t i = 0; i < SLOTS; i++) {
        int64_t t0_ns = (FIRST_SLOT_MS + i * SLOT_MS) * NS_PER_MS;
        int64_t t7_ns = t0_ns + (i < STEADY_FROM ? 5 : (i - STEADY_FROM + 1) * 10) * NS_PER_MS;
        g_autofree char *shown = i + 1 < SLOTS ? g_strdup_printf("%" PRId64, t7_ns) : g_strdup("");
        g_string_append_printf(
            rows, "slot,%" PRId64 ",0,%d,0,100,%d,%" PRId64 ",%" PRId64 ",,,%s,%s\n", t0_ns, (int)i,
            i < STEADY_FROM, t0_ns, t0_ns, shown, *shown ? "shown" : "superseded");
    }
    put_rows(folder, repeat, "frames.csv", rows);
}

static void add_shown(GString *rows, int ms, const char *source)
{
    g_string_append_printf(rows, "shown,%" PRId64 ",0,,,,,%s,,9,9\n", ms * NS_PER_MS, source);
}

/* The switch in takes 100 ms with a gap of 150 ms, the switch out 50 ms with a gap of
 * 150 ms. */
static void put_client(const char *folder, const char *repeat, int bytes_a_slot, bool switches)
{
    GString *rows =
        g_string_new("event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n");
    for (int i = 0; i <= SLOTS; i++)
        g_string_append_printf(rows,
                               "traffic,%" PRId64 ",0,,,%d,,,,,\n"
                               "traffic,%" PRId64 ",1,,,77,,,,,\n",
                               (FIRST_SLOT_MS + i * SLOT_MS) * NS_PER_MS, i * bytes_a_slot,
                               (FIRST_SLOT_MS + i * SLOT_MS) * NS_PER_MS);
    add_shown(rows, 900, "vgpu");
    if (switches) {
        add_shown(rows, 1050, "pgpu");
        add_shown(rows, 3100, "pgpu");
        add_shown(rows, 3250, "vgpu");
    }
    put_rows(folder, repeat, "client.csv", rows);
}

/* CPU time in each 0.25 s: main loop 2.5 ms, worker 5 ms, another thread 1 ms, the guest
 * that draws 100 ms, the client 20 ms, the agent 0.5 ms and its encoder 4 ms. The window has
 * 4 frames. */
static void put_cpu(const char *folder, const char *repeat)
{
    static const struct {
        const char *process, *comm;
        double ms;
    } threads[] = {
        {"vm-sim", "vm-sim", 2.5},    {"vm-sim", "SPICE Worker", 5}, {"vm-sim", "src:src", 1},
        {"vm-sim", "vgpu-draw", 100}, {"client", "client", 20},      {"sim-agent", "capturing", .5},
        {"sim-agent", "encoder", 4},
    };
    GString *rows = g_string_new("event,t_ns,process,tid,comm,run_ns,wait_ns\n");

    for (int64_t i = 0; i <= SLOTS + 1; i++) {
        int64_t time_ns = (FIRST_SLOT_MS + (i - 1) * SLOT_MS) * NS_PER_MS;
        if (i == 5 || i == 9)
            g_string_append_printf(rows, "%s,%" PRId64 ",vdibench,,,,\n", i == 5 ? "begin" : "end",
                                   time_ns);
        for (int64_t t = 0; t < (int64_t)G_N_ELEMENTS(threads); t++)
            g_string_append_printf(rows, "sample,%" PRId64 ",%s,%d,%s,%.0f,0\n", time_ns,
                                   threads[t].process, (int)t, threads[t].comm,
                                   1e6 * (7 + threads[t].ms * (double)i));
    }
    put_rows(folder, repeat, "cpu.csv", rows);
}

static void put_vm(const char *folder, const char *repeat, bool switches)
{
    GString *rows = g_string_new("event,t_ns,number,x,y,width,height,unit,planned_ns\n");
    if (switches)
        g_string_append(rows, "port-opened,950000000,,,,,,,\nport-closed,3200000000,,,,,,,\n");
    put_rows(folder, repeat, "vm.csv", rows);
}

char *made_up_run_create(void)
{
    char *folder = g_dir_make_tmp("test-run-XXXXXX", NULL);
    made_up_run_put(folder, "result.json", made_up_result);
    for (int i = 0; i < 2; i++) {
        const char *repeat = i ? VGPU : MODULE;
        put_frames(folder, repeat);
        put_client(folder, repeat, i ? 3125000 : 31250, !i);
        put_cpu(folder, repeat);
        put_vm(folder, repeat, !i);
    }
    return folder;
}

void made_up_run_remove(char *folder)
{
    const char *argv[] = {"rm", "-rf", folder, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(folder);
}
