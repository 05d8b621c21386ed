/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* drawings: the CSV behind each plot, from a made-up run whose numbers are known. */
#include "auto-destroy.h"
#include "harness/plots/drawings.h"
#include "harness/result/result-read.h"
#include "harness/scenario/link-profile.h"
#include "harness/tests/made-up-run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define REPEAT "cases/live,gpu-module,appsink,film,pty/repeat-1"

struct run {
    char *folder;
    struct result *result;
    GPtrArray *groups;
    struct plot_group *group;
};

static int create(void **state)
{
    struct run *run = g_new0(struct run, 1);
    run->folder = made_up_run_create();
    run->result = result_read(run->folder, NULL);
    assert_non_null(run->result);
    run->groups = plot_groups(run->result);
    run->group = g_ptr_array_index(run->groups, 0);
    *state = run;
    return 0;
}

static int destroy(void **state)
{
    struct run *run = *state;
    g_ptr_array_unref(run->groups);
    result_destroy(run->result);
    made_up_run_remove(run->folder);
    g_free(run);
    return 0;
}

static void cases_that_differ_in_the_route_are_one_group(void **state)
{
    struct run *run = *state;
    assert_int_equal(run->groups->len, 1);
    assert_int_equal(run->group->cases->len, 2);
    assert_true(run->group->is_largest);
    assert_string_equal(run->group->workload_name, "film");
}

/* Expected: of the scenarios with the same workload the one with most cases is
 * compared; both have their switches drawn. */
static void the_largest_group_is_the_comparison(void **state)
{
    struct run *run = *state;
    struct result_case *second = g_ptr_array_index(run->result->cases, 1);
    g_free(second->scenario);
    second->scenario = g_strdup("other");
    g_autoptr(GPtrArray) groups = plot_groups(run->result);
    assert_int_equal(groups->len, 2);
    assert_true(((struct plot_group *)g_ptr_array_index(groups, 0))->is_largest);
    assert_false(((struct plot_group *)g_ptr_array_index(groups, 1))->is_largest);
}

static void traffic_is_the_rate_of_all_display_channels(void **state)
{
    struct run *run = *state;
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_traffic(run->group);
    assert_string_equal(figure->name, "traffic-film");
    assert_string_equal(figure->csv->str, "case,seconds,traffic_mbps\n"
                                          "gpu-module appsink,0.25,1\n"
                                          "gpu-module appsink,0.75,1\n"
                                          "gpu-module appsink,1.25,1\n"
                                          "gpu-module appsink,1.75,1\n"
                                          "vgpu-lz4 dirty-rects,0.25,100\n"
                                          "vgpu-lz4 dirty-rects,0.75,100\n"
                                          "vgpu-lz4 dirty-rects,1.25,100\n"
                                          "vgpu-lz4 dirty-rects,1.75,100\n");
    assert_string_equal(figure->more_csv->str, "case,repeats,median_mbps,min_mbps,max_mbps\n"
                                               "gpu-module appsink,1,1,1,1\n"
                                               "vgpu-lz4 dirty-rects,1,100,100,100\n");
    assert_non_null(strstr(figure->settings->str, "logarithmic = 1"));
}

static void the_server_is_all_its_threads_without_the_guest(void **state)
{
    struct run *run = *state;
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_cpu(run->group);
    assert_string_equal(figure->csv->str, "case,seconds,server_cpu_pct\n"
                                          "gpu-module appsink,0.25,3.4\n"
                                          "gpu-module appsink,0.75,3.4\n"
                                          "gpu-module appsink,1.25,3.4\n"
                                          "gpu-module appsink,1.75,3.4\n"
                                          "vgpu-lz4 dirty-rects,0.25,3.4\n"
                                          "vgpu-lz4 dirty-rects,0.75,3.4\n"
                                          "vgpu-lz4 dirty-rects,1.25,3.4\n"
                                          "vgpu-lz4 dirty-rects,1.75,3.4\n");
    assert_non_null(strstr(figure->settings->str, "logarithmic = 0"));
}

static void a_frame_is_paid_by_who_worked_in_the_window(void **state)
{
    struct run *run = *state;
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_cpu_per_frame(run->group);
    assert_string_equal(
        figure->csv->str,
        "case,repeat,main_loop_ms,worker_ms,other_server_threads_ms,client_ms,agent_ms,"
        "encoder_ms,server_min_ms,server_max_ms,total_min_ms,total_max_ms\n"
        "gpu-module appsink,1,2.5,5,1,20,0.5,4,8.5,8.5,33,33\n"
        "vgpu-lz4 dirty-rects,1,2.5,5,1,20,0.5,4,8.5,8.5,33,33\n");
}

static void slots_never_shown_keep_the_distribution_below_100(void **state)
{
    struct run *run = *state;
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_latency(run->group);
    assert_string_equal(figure->csv->str, "case,latency_ms,shown_within_pct,later_or_never_pct\n"
                                          "gpu-module appsink,10,20,80\n"
                                          "gpu-module appsink,20,40,60\n"
                                          "gpu-module appsink,30,60,40\n"
                                          "gpu-module appsink,40,80,20\n"
                                          "vgpu-lz4 dirty-rects,10,20,80\n"
                                          "vgpu-lz4 dirty-rects,20,40,60\n"
                                          "vgpu-lz4 dirty-rects,30,60,40\n"
                                          "vgpu-lz4 dirty-rects,40,80,20\n");
    assert_non_null(strstr(figure->settings->str, "never[1] = 20\n"));
    assert_non_null(strstr(figure->settings->str, "worst[1] = 40\n"));
}

/* Expected: an axis of shares that begins below 100 %. (It began at 100 %, too, and gnuplot
 * refused to draw an empty range.) */
static void one_slot_is_enough_for_the_tail(void **state)
{
    struct run *run = *state;
    g_autofree char *frames = g_build_filename(run->folder, REPEAT, "frames.csv", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(frames, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *first_steady = g_strconcat(lines[0], "\n", lines[5], "\n", NULL);
    made_up_run_put(run->folder, REPEAT "/frames.csv", first_steady);
    g_ptr_array_set_size(run->group->cases, 1);
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_latency(run->group);
    assert_non_null(strstr(figure->settings->str, "share = 10\n"));
}

static void a_switch_has_its_pictures_and_its_gap(void **state)
{
    struct run *run = *state;
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_switch(run->group, NULL);
    assert_string_equal(figure->name, "switch-live-film");
    assert_string_equal(figure->csv->str, "case,direction,source,channel,ms\n"
                                          "gpu-module appsink,in,vgpu,0,-50\n"
                                          "gpu-module appsink,in,pgpu,0,100\n"
                                          "gpu-module appsink,out,pgpu,0,-100\n"
                                          "gpu-module appsink,out,vgpu,0,50\n");
    assert_string_equal(figure->more_csv->str,
                        "case,direction,switch_ms,gap_begin_ms,gap_end_ms,gap_ms\n"
                        "gpu-module appsink,in,100,-50,100,150\n"
                        "gpu-module appsink,out,50,-100,50,150\n");
    assert_int_equal(figure->series->len, 1); /* the film's case opens no port */
    assert_non_null(strstr(figure->settings->str, "text_in[1] = '150 ms'\nx_in[1] = 25\n"
                                                  "gap_in[1] = 1\n"));
}

/* Expected: a window of its own, so a switch without a gap, and no way back. */
static void a_second_window_has_no_gap(void **state)
{
    struct run *run = *state;
    made_up_run_put(run->folder, REPEAT "/client.csv",
                    "event,t_ns,channel,stream,unit,bytes,crc,source,number\n"
                    "shown,900000000,0,,,,,vgpu,\n"
                    "shown,1050000000,1,,,,,pgpu,\n"
                    "shown,3250000000,0,,,,,vgpu,\n");
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_switch(run->group, NULL);
    assert_string_equal(figure->more_csv->str,
                        "case,direction,switch_ms,gap_begin_ms,gap_end_ms,gap_ms\n"
                        "gpu-module appsink,in,100,,,\n");
    assert_non_null(strstr(figure->settings->str, "text_in[1] = 'own window: 100 ms'\n"
                                                  "x_in[1] = 100\ngap_in[1] = 0\n"));
}

static void a_run_without_switches_has_no_such_figure(void **state)
{
    struct run *run = *state;
    made_up_run_put(run->folder, REPEAT "/vm.csv",
                    "event,t_ns,number,x,y,width,height,unit,planned_ns\n");
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_switch(run->group, NULL);
    assert_int_equal(figure->series->len, 0);
}

static void a_passed_repeat_must_have_its_samples(void **state)
{
    struct run *run = *state;
    g_autoptr(GError) error = NULL;
    made_up_run_put(run->folder, REPEAT "/cpu.csv", "rubbish\n");
    assert_false(plot_group_read(run->group, &error));
    g_autofree char *expected = g_strconcat(run->folder,
                                            "/" REPEAT "/cpu.csv: line 1: no sample "
                                            "file: its columns must begin with event,t_ns",
                                            NULL);
    assert_string_equal(error->message, expected);
}

static void a_failed_repeat_may_lack_them(void **state)
{
    struct run *run = *state;
    made_up_run_put(run->folder, REPEAT "/cpu.csv", "rubbish\n");
    const struct result_case *one = g_ptr_array_index(run->result->cases, 0);
    ((struct outcome *)g_ptr_array_index(one->repeats, 0))->status = STATUS_FAILED;
    assert_true(plot_group_read(run->group, NULL));
    auto_destroy(figure) figure = drawing_latency(run->group);
    assert_int_equal(figure->series->len, 1);
}

/* Makes `link` the link of the case, which was measured with these values. */
static void put_link(struct run *run, unsigned index, const char *link, double latency_ms,
                     double age_ms)
{
    struct result_case *one = g_ptr_array_index(run->result->cases, index);
    struct metrics metrics;

    metrics_init(&metrics);
    metrics.value[METRIC_LATENCY_MS_P50] = latency_ms;
    metrics.value[METRIC_PICTURE_AGE_MS_P50] = age_ms;
    metrics.value[METRIC_LINK_MBIT_S] = link_profile_find(link)->mbit_s - 1;
    for (unsigned m = 0; m < METRIC_COUNT; m++) {
        g_clear_pointer(&one->metrics[m].values, g_free);
        one->metrics[m].n = 0;
    }
    g_ptr_array_set_size(one->repeats, 0);
    result_case_add_repeat(one, outcome_create(STATUS_PASSED, NULL), &metrics);
    g_free(one->axis[AXIS_LINK]);
    one->axis[AXIS_LINK] = g_strdup(link);
}

/* Cases of one route on two links: the slower one is first in the figure. */
static void put_two_links(struct run *run)
{
    struct result_case *second = g_ptr_array_index(run->result->cases, 1);

    put_link(run, 0, "20m", 21, 38.5);
    put_link(run, 1, "5m", NAN, 1333);
    second->route = route_find("gpu-module");
    g_free(second->sink);
    second->sink = g_strdup("appsink");
    g_clear_pointer(&second->drawing, g_free);
}

static void cases_that_differ_in_the_link_are_one_curve(void **state)
{
    struct run *run = *state;
    put_two_links(run);
    g_autoptr(GPtrArray) groups = plot_groups(run->result);
    assert_int_equal(groups->len, 2);
    auto_destroy(figure) figure = drawing_links(groups, 0);
    assert_string_equal(figure->name, "links-live-film");
    assert_int_equal(figure->series->len, 1);
    assert_string_equal(
        figure->csv->str,
        "case,link,mbit_s,measured_mbit_s,measured_rtt_ms,latency_ms_p50,latency_ms_p50_min,"
        "latency_ms_p50_max,picture_age_ms_p50,picture_age_ms_p50_min,picture_age_ms_p50_max\n"
        "gpu-module appsink,5m,5,4,,,,,1333,1333,1333\n"
        "gpu-module appsink,20m,20,19,,21,21,21,38.5,38.5,38.5\n");
    assert_non_null(strstr(figure->settings->str, "rate[1] = 5\n"
                                                  "link[1] = \"5 Mbit/s\\n50 ms, 0.5 %% lost\"\n"
                                                  "rate[2] = 20\n"
                                                  "link[2] = \"20 Mbit/s\\n20 ms\"\n"));
}

/* Expected: one figure for the run, not one for each link. */
static void the_links_are_drawn_once(void **state)
{
    struct run *run = *state;
    put_two_links(run);
    g_autoptr(GPtrArray) groups = plot_groups(run->result);
    auto_destroy(figure) figure = drawing_links(groups, 1);
    assert_int_equal(figure->series->len, 0);
}

static void one_link_is_no_figure(void **state)
{
    struct run *run = *state;
    auto_destroy(figure) loopback = drawing_links(run->groups, 0);
    assert_int_equal(loopback->series->len, 0);
    put_link(run, 0, "20m", 21, 38.5); /* the other case stays on the loopback */
    g_autoptr(GPtrArray) groups = plot_groups(run->result);
    auto_destroy(figure) figure = drawing_links(groups, 0);
    assert_int_equal(figure->series->len, 0);
}

/* Of sRGB, IEC 61966-2-1, and CIE 1976 L*. */
static double lightness(unsigned colour)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    double y = 0;
    for (unsigned i = 0; i < 3; i++) {
        double c = ((colour >> (16 - 8 * i)) & 255) / 255.0;
        y += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return 116 * cbrt(y) - 16;
}

static void routes_can_be_told_apart_in_grey(void **state)
{
    for (unsigned i = 0; route_at(i); i++) {
        assert_non_null(route_at(i)->dash);
        assert_true(route_at(i)->point > 1); /* one less is the open one */
        for (unsigned k = 0; k < i; k++) {
            const struct route *a = route_at(i), *b = route_at(k);
            if (fabs(lightness(a->colour) - lightness(b->colour)) < 3 ||
                g_str_equal(a->dash, b->dash))
                fail_msg("%s and %s look alike in grey", a->name, b->name);
        }
    }
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, create, destroy)
    const struct CMUnitTest tests[] = {
        TEST(cases_that_differ_in_the_route_are_one_group),
        TEST(the_largest_group_is_the_comparison),
        TEST(traffic_is_the_rate_of_all_display_channels),
        TEST(the_server_is_all_its_threads_without_the_guest),
        TEST(a_frame_is_paid_by_who_worked_in_the_window),
        TEST(slots_never_shown_keep_the_distribution_below_100),
        TEST(one_slot_is_enough_for_the_tail),
        TEST(a_switch_has_its_pictures_and_its_gap),
        TEST(a_second_window_has_no_gap),
        TEST(a_run_without_switches_has_no_such_figure),
        TEST(a_passed_repeat_must_have_its_samples),
        TEST(a_failed_repeat_may_lack_them),
        TEST(cases_that_differ_in_the_link_are_one_curve),
        TEST(the_links_are_drawn_once),
        TEST(one_link_is_no_figure),
        cmocka_unit_test(routes_can_be_told_apart_in_grey),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
