/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* measure: the metrics of made-up runs, for which each value is known. */
#include "auto-destroy.h"
#include "harness/evaluate/cpu-use.h"
#include "harness/evaluate/measure.h"
#include "harness/evaluate/quality.h"
#include "harness/run/observe-cpu.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#define AGENT "event,t_ns,loop,unit,bytes,crc,planned_ns,key\n"
#define CLIENT "event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height\n"
#define VM "event,t_ns,number,x,y,width,height\n"
#define CPU "event,t_ns,process,tid,comm,run_ns,wait_ns\n"
#define MS 1000000LL

/* 100 frames, 20 ms apart from 10 s on, 1000 bytes each, the n-th shown 5 ms
 * after its slot, those of the first second (0 to 49) 50 ms, 90 to 99 10 ms. */
static struct rows *agent_rows(void)
{
    g_autoptr(GString) text = g_string_new(AGENT "opened,9000000000,,,,,,\n");
    for (int i = 0; i < 100; i++) {
        long long t0 = (10000 + i * 20) * MS;
        g_string_append_printf(text, "frame,%lld,0,%d,1000,%x,%lld,0\n", t0 + MS, i, i + 1, t0);
    }
    return rows_parse(text->str, "agent.csv", NULL);
}

static void add_frames(GString *text)
{
    for (int i = 0; i < 100; i++) {
        long long t7 = (10000 + i * 20 + (i < 50 ? 50 : i < 90 ? 5 : 10)) * MS;
        g_string_append_printf(text, "received,%lld,0,0,%d,1014,%x,,,,\n", t7 - 2 * MS, i, i + 1);
        g_string_append_printf(text, "decoded,%lld,0,0,%d,,,,,,\n", t7 - MS / 2, i);
        g_string_append_printf(text, "shown,%lld,0,0,%d,,,pgpu,,64,64\n", t7, i);
    }
}

static struct rows *client_rows(void)
{
    g_autoptr(GString) text = g_string_new(CLIENT);
    g_string_append(text, "shown,8900000000,0,,,,,vgpu,0,64,64\n"
                          "shown,9700000000,0,,,,,vgpu,1,64,64\n"
                          "shown,9900000000,0,,,,,vgpu,2,64,64\n"
                          "stream-create,9950000000,0,0,,,,,,,\n"
                          "traffic,9950000000,0,0,,5000,,,,,\n"
                          "traffic,9950000000,1,0,,7,,,,,\n");
    add_frames(text);
    g_string_append(text, "stream-destroy,13000000000,0,0,,,,,,,\n"
                          "traffic,13000000000,0,0,,105500,,,,,\n"
                          "shown,13001000000,0,,,,,blank,,64,64\n"
                          "shown,13030000000,0,,,,,vgpu,3,64,64\n"
                          "traffic,14000000000,0,,,999999,,,,,\n");
    return rows_parse(text->str, "client.csv", NULL);
}

static struct rows *vm_rows(void)
{
    return rows_parse(VM "port-opened,9000000000,,,,,\nport-closed,13000000000,,,,,\n", "vm.csv",
                      NULL);
}

static void compute(struct metrics *metrics, const char *route, const char *cpu_text)
{
    auto_destroy(rows) agent = agent_rows();
    auto_destroy(rows) client = client_rows();
    auto_destroy(rows) vm = vm_rows();
    auto_destroy(rows) cpu = rows_parse(cpu_text, "cpu.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);

    assert_non_null(join);
    metrics_init(metrics);
    measure_repeat(metrics, route_find(route), join, client, vm, cpu);
}

static void assert_metric(const struct metrics *metrics, enum metric metric, double expected)
{
    double was = metrics->value[metric];
    if (isnan(expected) ? !isnan(was) : !(fabs(was - expected) < 1e-6))
        fail_msg("%s: expected %g, got %g", metric_name(metric), expected, was);
}

static void latency_leaves_the_first_second_to_its_own_metric(void **state)
{
    struct metrics m;
    compute(&m, "gpu-module", CPU);
    assert_metric(&m, METRIC_LATENCY_MS_P50, 5);
    assert_metric(&m, METRIC_LATENCY_MS_P95, 10);
    assert_metric(&m, METRIC_STARTUP_MS_MAX, 50);
    /* Received 2 ms before it is shown, written 1 ms after its slot. */
    assert_metric(&m, METRIC_RECEIVE_MS_P50, 2);
    assert_metric(&m, METRIC_RECEIVE_MS_P99, 7);
    assert_metric(&m, METRIC_FRAMES_PLANNED, 100);
    assert_metric(&m, METRIC_FRAMES_SHOWN, 100);
    assert_metric(&m, METRIC_FRAMES_LOST, 0);
    assert_metric(&m, METRIC_SLOW_DOWN_PCT, 0);
    /* 49 intervals from 50 * 20 + 5 to 99 * 20 + 10 ms. */
    assert_metric(&m, METRIC_FPS_SHOWN, 49 / 0.985);
}

static void traffic_is_counted_from_create_to_destroy(void **state)
{
    struct metrics m;
    compute(&m, "gpu-module", CPU);
    /* 100500 bytes in 2 s for 100000 of payload. */
    assert_metric(&m, METRIC_TRAFFIC_KBPS, 100500 * 8 / 1000.0 / 2);
    assert_metric(&m, METRIC_TRAFFIC_OVERHEAD_PCT, 0.5);
}

static void what_was_held_back_at_the_end_is_counted(void **state)
{
    /* Of five frames the second is superseded; the last two are never decoded. */
    auto_destroy(rows) agent = rows_parse(AGENT "opened,1,,,,,,\n"
                                                "frame,10,0,0,9,a,10,1\nframe,20,0,1,9,b,20,0\n"
                                                "frame,30,0,2,9,c,30,0\nframe,40,0,3,9,d,40,0\n"
                                                "frame,50,0,4,9,e,50,0\n",
                                          "agent.csv", NULL);
    auto_destroy(rows) client =
        rows_parse(CLIENT "received,11,0,0,0,9,a,,,,\nreceived,21,0,0,1,9,b,,,,\n"
                          "received,31,0,0,2,9,c,,,,\nreceived,41,0,0,3,9,d,,,,\n"
                          "received,51,0,0,4,9,e,,,,\ndecoded,55,0,0,1,,,,,,\n"
                          "shown,60,0,0,0,,,pgpu,,64,64\nshown,61,0,0,2,,,pgpu,,64,64\n",
                   "client.csv", NULL);
    auto_destroy(rows) cpu = rows_parse(CPU, "cpu.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    struct metrics m;

    assert_non_null(join);
    metrics_init(&m);
    measure_repeat(&m, route_find("gpu-module"), join, client, NULL, cpu);
    assert_metric(&m, METRIC_FRAMES_SUPERSEDED, 1);
    assert_metric(&m, METRIC_FRAMES_UNDECODED, 2);
    assert_metric(&m, METRIC_FRAMES_HELD_BACK, 2);
}

/* Frames 0 to 19, of which 2 and 12 are key frames; the second client joins at
 * 2, misses 8 and on, goes on at `again`, and shows all but the last one. The
 * first one shows them after 5 ms, from 12 on after 10. */
static void second_client(unsigned again, struct metrics *ret_metrics)
{
    g_autoptr(GString) agent_text = g_string_new(AGENT "opened,1,,,,,,\n");
    g_autoptr(GString) first_text = g_string_new(CLIENT);
    g_autoptr(GString) second_text = g_string_new(CLIENT);

    for (unsigned i = 0, unit = 0; i < 20; i++) {
        long long t = (10 + i * 20) * MS;
        g_string_append_printf(agent_text, "frame,%lld,0,%u,9,%x,%lld,%d\n", t, i, i + 1, t,
                               i == 2 || i == 12);
        g_string_append_printf(first_text,
                               "received,%lld,0,0,%u,9,%x,,,,\nshown,%lld,0,0,%u,,,pgpu,,9,9\n",
                               t + MS, i, i + 1, t + (i < 12 ? 5 : 10) * MS, i);
        if (i < 2 || (i >= 8 && i < again))
            continue;
        g_string_append_printf(second_text, "received,%lld,0,0,%u,9,%x,,,,\n", t + MS, unit, i + 1);
        if (i < 19)
            g_string_append_printf(second_text, "shown,%lld,0,0,%u,,,pgpu,,9,9\n", t + MS, unit);
        unit++;
    }
    auto_destroy(rows) agent = rows_parse(agent_text->str, "agent.csv", NULL);
    auto_destroy(rows) first_rows = rows_parse(first_text->str, "client.csv", NULL);
    auto_destroy(rows) second_rows = rows_parse(second_text->str, "client-2.csv", NULL);
    auto_destroy(join) join = join_frames(agent, first_rows, NULL);
    auto_destroy(join) second = join_frames(agent, second_rows, NULL);

    metrics_init(ret_metrics);
    /* Frozen from the slot of frame 8 to before that of 12. */
    measure_second_client(ret_metrics, route_find("gpu-module"), join, second, 170 * MS, 250 * MS);
}

static void a_second_client_may_miss_frames_but_goes_on_at_a_key_frame(void **state)
{
    struct metrics m;
    second_client(12, &m);
    assert_metric(&m, METRIC_SECOND_FRAMES_MISSED, 4); /* those before it came are none */
    assert_metric(&m, METRIC_SECOND_FRAMES_BROKEN, 0);
    assert_metric(&m, METRIC_SECOND_FRAMES_UNSHOWN, 1);
    second_client(11, &m);
    assert_metric(&m, METRIC_SECOND_FRAMES_MISSED, 3);
    assert_metric(&m, METRIC_SECOND_FRAMES_BROKEN, 1);
}

static void the_first_client_is_measured_while_the_second_is_frozen(void **state)
{
    struct metrics m;
    second_client(12, &m);
    assert_metric(&m, METRIC_FROZEN_LATENCY_MS_P50, 5);
    assert_metric(&m, METRIC_FROZEN_LATENCY_MS_P99, 5);
    assert_metric(&m, METRIC_FROZEN_FPS_SHOWN, 50);
}

static void slots_left_out_slow_the_content_down(void **state)
{
    auto_destroy(rows) agent = rows_parse(AGENT "opened,1,,,,,,\n"
                                                "frame,10,0,0,9,a,10,1\nskipped,20,,,,,20,\n"
                                                "frame,30,0,1,9,b,30,0\nframe,40,0,2,9,c,40,0\n"
                                                "frame,50,0,3,9,d,50,0\n",
                                          "agent.csv", NULL);
    auto_destroy(rows) client = rows_parse(CLIENT, "client.csv", NULL);
    auto_destroy(rows) cpu = rows_parse(CPU, "cpu.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    struct metrics m;

    assert_non_null(join);
    metrics_init(&m);
    measure_repeat(&m, route_find("gpu-module"), join, client, NULL, cpu);
    assert_metric(&m, METRIC_FRAMES_SKIPPED_CAPTURE, 1);
    assert_metric(&m, METRIC_SLOW_DOWN_PCT, 25); /* four frames took five slots */
}

static void switches_run_from_the_port_to_the_picture(void **state)
{
    struct metrics m;
    compute(&m, "gpu-module", CPU);
    assert_metric(&m, METRIC_SWITCH_MS, 1050);
    assert_metric(&m, METRIC_GAP_MS, 150);
    assert_metric(&m, METRIC_SWITCH_OUT_MS, 30); /* a black picture is none of the vGPU's */
    assert_metric(&m, METRIC_GAP_OUT_MS, 13030 - 11990);
}

static void what_a_route_cannot_have_is_absent(void **state)
{
    struct metrics m;
    compute(&m, "relay", CPU);
    assert_metric(&m, METRIC_LATENCY_MS_P50, 3); /* to where it was received */
    assert_metric(&m, METRIC_FRAMES_SHOWN, NAN);
    assert_metric(&m, METRIC_FPS_SHOWN, NAN);
    assert_metric(&m, METRIC_SWITCH_MS, NAN);
    assert_metric(&m, METRIC_SERVER_CPU_MS_PER_FRAME, NAN); /* no window, no CPU */
}

static void a_second_channel_is_told_apart(void **state)
{
    auto_destroy(rows) client = rows_parse(CLIENT "shown,1,0,,,,,vgpu,1,64,64\n"
                                                  "shown,2,1,0,0,,,pgpu,,64,64\n"
                                                  "shown,3,0,,,,,vgpu,2,64,64\n"
                                                  "shown,4,0,,,,,unfinished,,64,64\n"
                                                  "shown,4,0,,,,,kept,,64,64\n"
                                                  "shown,4,0,,,,,vgpu,3,64,64\n"
                                                  "shown,4,1,,,,,blank,,64,64\n"
                                                  "shown,5,1,0,1,,,pgpu,,64,64\n",
                                           "client.csv", NULL);
    struct seen seen = {0};
    measure_shown_sources(client, false, &seen);
    assert_string_equal(seen.sources, "vgpu");
    assert_string_equal(seen.other_channel, "pgpu");
    seen_finish(&seen);
}

static void artefacts_are_counted(void **state)
{
    auto_destroy(rows) agent = rows_parse(AGENT, "agent.csv", NULL);
    auto_destroy(rows) client = rows_parse("event,t_ns,channel,source,stale\n"
                                           "shown,1000000,0,blank,0\n" /* nothing was there yet */
                                           "shown,2000000,0,vgpu,0\n"
                                           "shown,3000000,1,blank,0\n" /* nor on that one */
                                           "shown,4000000,0,blank,0\n"
                                           "shown,5000000,0,blank,\n"
                                           "shown,6000000,0,pgpu,0\n"
                                           "shown,7000000,0,vgpu,12\n"
                                           "shown,8000000,0,blank,0\n"
                                           "shown,9000000,0,vgpu,0\n"
                                           "connected,9500000,,,\n"
                                           "shown,10000000,0,blank,0\n",
                                           "client.csv", NULL);
    auto_destroy(rows) cpu = rows_parse(CPU, "cpu.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    struct metrics m;

    metrics_init(&m);
    measure_repeat(&m, route_find("gpu-module"), join, client, NULL, cpu);
    assert_metric(&m, METRIC_PICTURES_BLANK, 3);
    assert_metric(&m, METRIC_BLANK_MS_MAX, 2);
    assert_metric(&m, METRIC_PICTURES_TORN, 1);
    metrics_init(&m);
    measure_repeat(&m, route_find("vgpu-h264"), join, client, NULL, cpu);
    assert_metric(&m, METRIC_PICTURES_TORN, NAN);
}

/* Of two QXL devices the first one's channel is the one to look at, whichever
 * shows a picture first. */
static void second_displays_are_other_channels(void **state)
{
    auto_destroy(rows) client = rows_parse(CLIENT "shown,1,1,,,,,vgpu,5,64,64\n"
                                                  "shown,2,0,,,,,vgpu,6,64,64\n"
                                                  "shown,3,0,0,0,,,pgpu,,64,64\n"
                                                  "shown,4,1,,,,,vgpu,7,64,64\n",
                                           "client.csv", NULL);
    struct seen seen = {0};
    measure_shown_sources(client, false, &seen);
    assert_string_equal(seen.sources, "vgpu;pgpu");
    assert_string_equal(seen.other_channel, "vgpu");
    seen_finish(&seen);
}

/* Elsewhere, and later, such a picture is one that nobody has drawn. */
static void what_a_new_surface_held_is_no_source_of_a_real_vm(void **state)
{
    static const struct {
        bool real_vm;
        const char *sources;
    } expected[] = {{true, "vgpu;other;vgpu"}, {false, "vgpu;other;vgpu;other;vgpu"}};
    auto_destroy(rows) client = rows_parse(CLIENT "shown,1,0,,,,,vgpu,5,64,64\n"
                                                  "primary,2,0,,,,,,,64,64\n"
                                                  "shown,3,0,,,,,unfinished,,64,64\n"
                                                  "shown,4,0,,,,,other,,64,64\n"
                                                  "shown,5,0,,,,,vgpu,6,64,64\n"
                                                  "shown,6,0,,,,,other,,64,64\n"
                                                  "shown,7,0,,,,,vgpu,7,64,64\n",
                                           "client.csv", NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        struct seen seen = {0};
        measure_shown_sources(client, expected[i].real_vm, &seen);
        assert_string_equal(seen.sources, expected[i].sources);
        seen_finish(&seen);
    }
}

/* A window from 11 to 12 s: 50 frames are written in it. */
static const char cpu_text[] =
    CPU "sample,10900000000,vm-sim,1,vm-sim,1000000,0\n"
        "begin,11000000000,vdibench,,,,\n"
        "machine,11000000000,,,,500000000,0\n"
        "sample,11000000000,vdibench,6,vdibench,0,0\n"
        "sample,11000000000,client-2,7,client,0,0\n"
        "sample,11000000000,vm-sim,1,vm-sim,2000000,100\n"
        "sample,11000000000,vm-sim,2,SPICE Worker,5000000,0\n"
        "sample,11000000000,vm-sim,3,vgpu-draw,7000000,0\n"
        "sample,11000000000,client,9,client,0,0\n"
        "sample,11000000000,sim-agent,8,sim-agent,0,0\n"
        "sample,11000000000,sim-agent,10,encoder,1000000,0\n"
        "sample,11500000000,vm-sim,4,late,3000000,0\n" /* began and ended in the window */
        "machine,12000000000,,,,850000000,70000000\n"
        "sample,12000000000,vdibench,6,vdibench,1000000,0\n"
        "sample,12000000000,client-2,7,client,2000000,0\n"
        "sample,12000000000,vm-sim,1,vm-sim,12000000,100\n"
        "sample,12000000000,vm-sim,2,SPICE Worker,10000000,4000000\n"
        "sample,12000000000,vm-sim,3,vgpu-draw,97000000,0\n"
        "sample,12000000000,client,9,client,100000000,0\n"
        "sample,12000000000,sim-agent,8,sim-agent,3000000,0\n"
        "sample,12000000000,sim-agent,10,encoder,3000000,0\n"
        "end,12000000000,vdibench,,,,\n"
        "sample,12100000000,vm-sim,1,vm-sim,900000000,0\n"
        "total,13000000000,vm-sim,1,,999,\n"
        "begin,14000000000,vdibench,,,,\n"; /* never closed */

static void cpu_is_counted_within_the_window(void **state)
{
    struct metrics m;
    compute(&m, "gpu-module", cpu_text);
    /* 10 ms of the main thread, 5 of the worker, 3 of another: drawing is none of it. */
    assert_metric(&m, METRIC_SERVER_CPU_MS_PER_FRAME, 18 / 50.0);
    assert_metric(&m, METRIC_SERVER_WORKER_CPU_MS_PER_FRAME, 5 / 50.0);
    assert_metric(&m, METRIC_CLIENT_CPU_MS_PER_FRAME, 100 / 50.0);
    /* The agent's 5 ms, of which 2 are the encoder's. */
    assert_metric(&m, METRIC_AGENT_CPU_MS_PER_FRAME, 3 / 50.0);
    assert_metric(&m, METRIC_ENCODER_CPU_MS_PER_FRAME, 2 / 50.0);
    assert_metric(&m, METRIC_TOTAL_CPU_MS_PER_FRAME, (18 + 100 + 5) / 50.0);
    assert_metric(&m, METRIC_TOTAL_CPU_PCT, 12.3);
    assert_metric(&m, METRIC_SERVER_CPU_PCT, 1.8);
    assert_metric(&m, METRIC_CLIENT_CPU_PCT, 10);
    assert_metric(&m, METRIC_RUN_QUEUE_WAIT_MS_PER_FRAME, 4 / 50.0);
    assert_metric(&m, METRIC_RUN_QUEUE_WAIT_PCT, 4 / (4 + 18 + 90 + 100 + 5.0) * 100);
    /* The machine was busy for 350 ms; drawing and harness are ours, too. */
    assert_metric(&m, METRIC_FOREIGN_CPU_PCT, (350 - 18 - 90 - 100 - 5 - 1 - 2) / 10.0);
}

static void an_unfit_run_is_marked(void **state)
{
    const struct route *route = route_find("gpu-module");
    struct metrics m;
    metrics_init(&m);
    const struct link_profile *loopback = link_profile_find("loopback");
    assert_null(quality_judge(&m, route, loopback));
    m.value[METRIC_FOREIGN_CPU_PCT] = 15;
    assert_null(quality_judge(&m, route, loopback));
    m.value[METRIC_FOREIGN_CPU_PCT] = 16;
    assert_non_null(quality_judge(&m, route, loopback));
    metrics_init(&m);
    m.value[METRIC_FRAMES_PLANNED] = 100;
    m.value[METRIC_FRAMES_SKIPPED_CAPTURE] = 5;
    assert_null(quality_judge(&m, route, loopback));
    m.value[METRIC_FRAMES_SKIPPED_CAPTURE] = 6;
    assert_non_null(quality_judge(&m, route, loopback));
    assert_null(
        quality_judge(&m, route, link_profile_find("3m"))); /* what the link does not carry */
    /* A vGPU that does not keep up is the server's doing. */
    assert_null(quality_judge(&m, route_find("vgpu-glz"), loopback));
}

/* 100 slots of 20 ms from 10 s on, the last one skipped; each draws a quarter
 * of the screen and then the barcode, an eighth; shown after 30 ms. */
static struct rows *film_vm_rows(void)
{
    g_autoptr(GString) text =
        g_string_new("event,t_ns,number,x,y,width,height,unit,planned_ns\n"
                     "screen,8000000000,1,0,0,64,64,,\ndrawn,8000000000,2,0,0,64,64,,\n"
                     "film,10000000000,,,,,,,\n");
    for (int i = 0; i < 99; i++) {
        long long t0 = (10000 + i * 20) * MS;
        g_string_append_printf(text,
                               "frame,%lld,%d,,,,,%d,%lld\ndrawn,%lld,%d,32,32,32,32,,\n"
                               "drawn,%lld,%d,0,0,64,8,,\n",
                               t0 + MS, i + 3, i, t0, t0 + MS, i + 3, t0 + MS, i + 3);
    }
    g_string_append(text, "skipped,11990000000,,,,,,99,11980000000\n"
                          "drained,12000000000,101,,,,,,\n"
                          "drawn,12500000000,102,0,0,64,64,,\n");
    return rows_parse(text->str, "vm.csv", NULL);
}

static struct rows *film_client_rows(void)
{
    g_autoptr(GString) text = g_string_new(CLIENT "traffic,9990000000,0,,,5000,,,,,\n"
                                                  "traffic,9990000000,1,,,70,,,,,\n");
    for (int i = 0; i < 99; i++)
        g_string_append_printf(text, "shown,%lld,0,,,,,vgpu,%d,64,64\n", (10030 + i * 20) * MS,
                               i + 3);
    g_string_append(text, "traffic,12010000000,0,,,105000,,,,,\n"
                          "traffic,12010000000,1,,,170,,,,,\n"
                          "traffic,14000000000,0,,,999999,,,,,\n");
    return rows_parse(text->str, "client.csv", NULL);
}

static void a_film_is_measured_by_what_the_vgpu_drew(void **state)
{
    static const char cpu_rows[] = CPU "begin,11000000000,vdibench,,,,\n"
                                       "sample,11000000000,vm-sim,1,vm-sim,0,0\n"
                                       "sample,11000000000,vm-sim,3,vgpu-draw,0,0\n"
                                       "sample,12000000000,vm-sim,1,vm-sim,98000000,0\n"
                                       "sample,12000000000,vm-sim,3,vgpu-draw,97000000,0\n"
                                       "end,12000000000,vdibench,,,,\n";
    auto_destroy(rows) vm = film_vm_rows();
    auto_destroy(rows) client = film_client_rows();
    auto_destroy(rows) cpu = rows_parse(cpu_rows, "cpu.csv", NULL);
    auto_destroy(join) join = join_film(vm, client, NULL);
    struct metrics m;

    assert_non_null(join);
    metrics_init(&m);
    measure_repeat(&m, route_find("vgpu-lz4"), join, client, vm, cpu);
    assert_metric(&m, METRIC_LATENCY_MS_P50, 30);
    assert_metric(&m, METRIC_FRAMES_PLANNED, 100);
    assert_metric(&m, METRIC_FRAMES_SHOWN, 99);
    assert_metric(&m, METRIC_FRAMES_SKIPPED_CAPTURE, 1);
    assert_metric(&m, METRIC_SLOW_DOWN_PCT, NAN); /* it goes on with what is due */
    assert_metric(&m, METRIC_FPS_SHOWN, 50);
    /* 100000 and 100 bytes of the two channels in 2 s. */
    assert_metric(&m, METRIC_TRAFFIC_KBPS, 100100 * 8 / 1000.0 / 2);
    assert_metric(&m, METRIC_TRAFFIC_OVERHEAD_PCT, NAN);
    assert_metric(&m, METRIC_DRAWN_PCT, 25 + 12.5);
    assert_metric(&m, METRIC_SERVER_CPU_MS_PER_FRAME, 98 / 49.0);
    assert_metric(&m, METRIC_AGENT_CPU_MS_PER_FRAME, NAN);
    assert_metric(&m, METRIC_AGENT_CPU_PCT, NAN);
    assert_metric(&m, METRIC_FOREIGN_CPU_PCT, NAN); /* the machine was not sampled */
    assert_metric(&m, METRIC_SWITCH_MS, NAN);
}

/* The last 30 of 50 steady frames were still on their way: the median is one of theirs. */
static void what_is_still_on_its_way_counts_as_later_than_all(void **state)
{
    auto_destroy(rows) vm = film_vm_rows();
    auto_destroy(rows) client = film_client_rows();
    auto_destroy(rows) cpu = rows_parse(CPU, "cpu.csv", NULL);
    auto_destroy(join) join = join_film(vm, client, NULL);
    struct metrics m;

    assert_non_null(join);
    for (unsigned i = join->frames->len - 30; i < join->frames->len; i++) {
        struct frame *frame = &g_array_index(join->frames, struct frame, i);
        join->count[frame->fate]--;
        frame->t7_ns = 0;
        frame->fate = FATE_SUPERSEDED;
        join->count[frame->fate]++;
    }
    join_end_undrained(join, true);
    metrics_init(&m);
    measure_repeat(&m, route_find("vgpu-lz4"), join, client, vm, cpu);
    assert_metric(&m, METRIC_FRAMES_UNDRAINED, 30);
    assert_metric(&m, METRIC_FRAMES_SUPERSEDED, 0);
    assert_metric(&m, METRIC_LATENCY_MS_P50, NAN);
    assert_metric(&m, METRIC_LATENCY_MS_P99, NAN);
    assert_metric(&m, METRIC_DRAIN_MS, NAN);
    assert_false(isnan(m.value[METRIC_PICTURE_AGE_MS_P50]));
}

static void an_agents_route_draws_no_film(void **state)
{
    struct metrics m;
    compute(&m, "gpu-module", CPU);
    assert_metric(&m, METRIC_DRAWN_PCT, NAN);
}

/* The n-th steady frame of 50 is n us in the port, 10 n in the server, whose
 * last one has not reached a socket; the client has each at 4 ms. */
static void stages_are_those_of_the_steady_frames(void **state)
{
    g_autoptr(GString) text =
        g_string_new("event,t_ns,sequence,opening,id,bytes,key,t2_ns,t3_ns,t4_ns,clients,fate\n");
    for (int i = 0; i < 100; i++) {
        const long long n = i < 50 ? 1000 : i - 49, t1 = (10000 + i * 20 + 1) * MS;
        const long long t2 = t1 + 500, t3 = t2 + n * 1000, t4 = t3 + n * 10000;
        g_string_append_printf(text, "frame,%lld,%d,1,0,1000,0,%lld,%lld,", t3, i + 1, t2, t3);
        if (i < 99)
            g_string_append_printf(text, "%lld,1,sent\n", t4);
        else
            g_string_append(text, ",0,unsent\n");
    }
    auto_destroy(rows) module = rows_parse(text->str, "module.csv", NULL);
    auto_destroy(rows) agent = agent_rows();
    auto_destroy(rows) client = client_rows();
    auto_destroy(rows) cpu = rows_parse(CPU, "cpu.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    struct metrics m;

    assert_true(join_module(join, module, NULL));
    metrics_init(&m);
    measure_repeat(&m, route_find("gpu-module"), join, client, NULL, cpu);
    assert_metric(&m, METRIC_T1_T2_MS_P50, 0.0005);
    assert_metric(&m, METRIC_T2_T3_MS_P50, 0.025);
    assert_metric(&m, METRIC_T2_T3_MS_P99, 0.050);
    assert_metric(&m, METRIC_T3_T4_MS_P50, 0.25); /* of 49 */
    assert_metric(&m, METRIC_T3_T4_MS_P99, 0.49);
    assert_metric(&m, METRIC_T4_T5_MS_P50, 2 - 0.0005 - 0.016 - 0.16); /* the 25th shortest of 49 */
    assert_metric(&m, METRIC_T5_T6_MS_P50, 1.5);
    assert_metric(&m, METRIC_T5_T6_MS_P99, 1.5);
    assert_metric(&m, METRIC_T6_T7_MS_P50, 0.5);
    assert_metric(&m, METRIC_T6_T7_MS_P99, 0.5);
    assert_metric(&m, METRIC_FRAMES_EARLY, NAN); /* the VM reports no client */
}

static void slots_before_the_first_client_are_early(void **state)
{
    auto_destroy(rows) agent = agent_rows();
    auto_destroy(rows) client = client_rows();
    auto_destroy(rows) vm = rows_parse(VM "client-connected,10050000000,,,,,\n"
                                          "client-connected,10090000000,,,,,\n",
                                       "vm.csv", NULL);
    auto_destroy(rows) cpu = rows_parse(CPU, "cpu.csv", NULL);
    auto_destroy(join) join = join_frames(agent, client, NULL);
    struct metrics m;

    metrics_init(&m);
    measure_repeat(&m, route_find("gpu-module"), join, client, vm, cpu);
    assert_metric(&m, METRIC_FRAMES_EARLY, 3); /* at 10.00, 10.02 and 10.04 s */
}

static void the_server_is_measured_while_the_port_is_open_and_at_rest(void **state)
{
    auto_destroy(rows) server = rows_parse("event,t_ns,private_dirty_kib,wakeups\n"
                                           "sample,1000000000,9000,5\n"
                                           "rest,2000000000,9000,10\n"
                                           "rested,4000000000,9000,16\n"
                                           "open,5000000000,10000,20\n"
                                           "begin,6000000000,12000,30\n"
                                           "sample,7000000000,12500,40\n"
                                           "end,8000000000,12100,50\n"
                                           "close,9000000000,12000,50\n"
                                           "rest,10000000000,20000,50\n"
                                           "rested,12000000000,20000,54\n",
                                           "server.csv", NULL);
    auto_destroy(rows) module =
        rows_parse("event,t_ns,bytes\nframe,1,9\nbuffers,2,2048\n", "module.csv", NULL);
    struct metrics m;

    metrics_init(&m);
    measure_server(&m, server, module);
    assert_metric(&m, METRIC_FRAME_BUFFERS_KIB_MAX, 2);
    assert_metric(&m, METRIC_SERVER_MEMORY_GROWTH_KIB, 2500);
    assert_metric(&m, METRIC_SERVER_MEMORY_DRIFT_KIB, 100);
    assert_metric(&m, METRIC_SERVER_WAKEUPS_PER_S, 10.0 / 4);
    metrics_init(&m);
    measure_server(&m, module, NULL);
    assert_metric(&m, METRIC_FRAME_BUFFERS_KIB_MAX, NAN);
    assert_metric(&m, METRIC_SERVER_WAKEUPS_PER_S, NAN);
}

/* A process that is known to work is seen to work. */
static void the_observer_sees_our_own_work(void **state)
{
    g_autofree char *file = g_strdup_printf("/tmp/test-measure-%d.csv", (int)getpid());
    struct cpu_observer *observer = cpu_observer_create(CPU_OBSERVER_PROC, file, NULL);
    volatile unsigned work = 1;

    assert_non_null(observer);
    cpu_observer_mark(observer, true);
    for (unsigned i = 0; i < 20000000; i++)
        work |= i;
    assert_true(work > 0);
    cpu_observer_mark(observer, false);
    assert_true(cpu_observer_destroy(observer));
    g_autoptr(GError) error = NULL;
    auto_destroy(rows) cpu = rows_read(file, &error);
    unlink(file);
    assert_null(error);
    assert_int_equal(cpu_window_count(cpu), 1);
    assert_true(cpu_use(cpu, "vdibench", NULL).run_ns > 0);
    assert_true(cpu_use(cpu, "another", NULL).run_ns == 0);
    assert_false(isnan(cpu_machine_busy_ns(cpu)));
}

/* Expected: a link is what it is called, or the repeat is marked. */
static void a_link_that_is_another_one_is_unfit(void **state)
{
    static const struct {
        const char *link;
        double mbit_s, rtt_ms;
        bool fit;
    } cases[] = {
        {"20m", 20, 20, true},    {"20m", 15.1, 20, true},      {"20m", 14.9, 20, false},
        {"20m", 23.1, 20, false}, {"20m", 20, 25.5, false},     {"20m", 20, 14.5, false},
        {"1g", 1000, 0.05, true}, {"1g", 1000, 1.6, false},     {"5m", 2, 50, true},
        {"5m", 6, 50, false},     {"loopback", NAN, NAN, true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct metrics m;
        metrics_init(&m);
        m.value[METRIC_LINK_MBIT_S] = cases[i].mbit_s;
        m.value[METRIC_LINK_RTT_MS] = cases[i].rtt_ms;
        const char *unfit =
            quality_judge(&m, route_find("gpu-module"), link_profile_find(cases[i].link));
        if ((unfit == NULL) != cases[i].fit)
            fail_msg("%s with %g Mbit/s and %g ms: %s", cases[i].link, cases[i].mbit_s,
                     cases[i].rtt_ms, unfit ? unfit : "fit");
    }
}

static void what_the_link_is_is_read_from_its_own_rows(void **state)
{
    auto_destroy(rows) link =
        rows_parse("event,t_ns,rtt_ns,bit_s\nlink,5,20100000,19500000\n", "link.csv", NULL);
    struct metrics m;
    metrics_init(&m);
    measure_link(&m, link);
    assert_float_equal(m.value[METRIC_LINK_RTT_MS], 20.1, 1e-9);
    assert_float_equal(m.value[METRIC_LINK_MBIT_S], 19.5, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_that_is_another_one_is_unfit),
        cmocka_unit_test(what_the_link_is_is_read_from_its_own_rows),
        cmocka_unit_test(latency_leaves_the_first_second_to_its_own_metric),
        cmocka_unit_test(traffic_is_counted_from_create_to_destroy),
        cmocka_unit_test(what_was_held_back_at_the_end_is_counted),
        cmocka_unit_test(a_second_client_may_miss_frames_but_goes_on_at_a_key_frame),
        cmocka_unit_test(the_first_client_is_measured_while_the_second_is_frozen),
        cmocka_unit_test(slots_left_out_slow_the_content_down),
        cmocka_unit_test(switches_run_from_the_port_to_the_picture),
        cmocka_unit_test(what_a_route_cannot_have_is_absent),
        cmocka_unit_test(a_second_channel_is_told_apart),
        cmocka_unit_test(cpu_is_counted_within_the_window),
        cmocka_unit_test(a_film_is_measured_by_what_the_vgpu_drew),
        cmocka_unit_test(what_is_still_on_its_way_counts_as_later_than_all),
        cmocka_unit_test(an_agents_route_draws_no_film),
        cmocka_unit_test(an_unfit_run_is_marked),
        cmocka_unit_test(stages_are_those_of_the_steady_frames),
        cmocka_unit_test(slots_before_the_first_client_are_early),
        cmocka_unit_test(the_server_is_measured_while_the_port_is_open_and_at_rest),
        cmocka_unit_test(the_observer_sees_our_own_work),
        cmocka_unit_test(artefacts_are_counted),
        cmocka_unit_test(second_displays_are_other_channels),
        cmocka_unit_test(what_a_new_surface_held_is_no_source_of_a_real_vm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
