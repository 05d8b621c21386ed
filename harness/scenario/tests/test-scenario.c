/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* scenario: what is read, what is refused and in which words, and the matrix. */
#include "auto-destroy.h"
#include "harness/plan/case.h"
#include "harness/scenario/scenario.h"

#include <glib/gstdio.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* A scenario that is accepted; the abuse changes one line of it. */
static const char good[] = "[scenario]\n"
                           "title=A title\n"
                           "workloads=hello;other\n"
                           "routes=gpu-module;stream-device\n"
                           "[timeline]\n"
                           "1=vm desktop\n"
                           "2=client connect\n"
                           "3=wait shown vgpu\n"
                           "4=agent open\n"
                           "5=wait shown pgpu\n"
                           "6=play\n"
                           "7=agent finish\n"
                           "8=wait drained\n"
                           "9=compare pgpu\n"
                           "10=agent close\n"
                           "11=compare vgpu\n"
                           "[expect]\n"
                           "sources=vgpu;pgpu;vgpu\n"
                           "wrong_pixels=0\n"
                           "[route stream-device]\n"
                           "sinks=appsink;overlay\n"
                           "[expect stream-device]\n"
                           "sources=vgpu\n"
                           "other_channel=pgpu\n"
                           "wrong_pixels=any\n";

static struct scenario *load_text(const char *text, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("test-scenario-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "case.ini", NULL);

    assert_true(g_file_set_contents(file, text, -1, NULL));
    struct scenario *scenario = scenario_load(file, error);
    g_unlink(file);
    g_rmdir(folder);
    return scenario;
}

static const struct scenario_route *route_of(const struct scenario *scenario, unsigned index)
{
    return g_ptr_array_index(scenario->routes, index);
}

static void defaults_are_overridden_by_the_route(void **state)
{
    g_autoptr(GError) error = NULL;
    auto_destroy(scenario) scenario = load_text(good, &error);

    assert_null(error);
    assert_string_equal(scenario->name, "case");
    assert_int_equal(scenario->routes->len, 2);
    assert_int_equal(scenario->vgpu_width_px, 1024);
    assert_int_equal(scenario->steps->len, 11);
    assert_string_equal(route_of(scenario, 0)->expect.sources, "vgpu;pgpu;vgpu");
    assert_null(route_of(scenario, 0)->expect.other_channel);
    assert_float_equal(route_of(scenario, 0)->expect.bounds[METRIC_WRONG_PIXELS].max, 0, 0);
    assert_string_equal(route_of(scenario, 0)->sinks[0], "appsink");
    assert_null(route_of(scenario, 0)->sinks[1]);
    assert_string_equal(route_of(scenario, 1)->expect.sources, "vgpu");
    assert_string_equal(route_of(scenario, 1)->expect.other_channel, "pgpu");
    assert_false(expect_judges(&route_of(scenario, 1)->expect, METRIC_WRONG_PIXELS));
    assert_string_equal(route_of(scenario, 1)->sinks[1], "overlay");
}

/* One on which the vGPU draws the workload, in its size. */
static const char film[] = "[scenario]\n"
                           "title=A film\n"
                           "workloads=hello\n"
                           "routes=gpu-module;vgpu-lz4;vgpu-mjpeg\n"
                           "sets=paper;latency\n"
                           "fixed=workloads;sinks\n"
                           "vgpu_resolution=workload\n"
                           "links=3m\n"
                           "[timeline]\n"
                           "1=vm desktop\n"
                           "[route vgpu-lz4]\n"
                           "drawings=full-frame;dirty-rects\n";

static void a_film_can_be_drawn_in_several_ways(void **state)
{
    static const char *const full_frame[] = {"full-frame", NULL};
    static const char *const expected[] = {
        "case,gpu-module,appsink,hello,pty,3m", "case,vgpu-lz4,canvas,full-frame,hello,pty,3m",
        "case,vgpu-lz4,canvas,dirty-rects,hello,pty,3m",
        "case,vgpu-mjpeg,canvas,full-frame,hello,pty,3m", /* the route's best */
    };
    const struct case_filter all = {0}, one = {.drawings = full_frame};
    g_autoptr(GError) error = NULL;
    auto_destroy(scenario) scenario = load_text(film, &error);
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(g_free);

    assert_null(error);
    case_expand(scenario, &all, cases);
    assert_int_equal(cases->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < cases->len; i++) {
        g_autofree char *id = case_id(g_ptr_array_index(cases, i));
        assert_string_equal(id, expected[i]);
    }
    g_autofree char *sink = case_label(g_ptr_array_index(cases, 0));
    g_autofree char *drawing = case_label(g_ptr_array_index(cases, 2));
    assert_string_equal(sink, "gpu-module appsink");
    assert_string_equal(drawing, "vgpu-lz4 dirty-rects");
    assert_int_equal(((struct plan_case *)g_ptr_array_index(cases, 0))->vgpu_width_px,
                     0); /* not yet known */
    assert_string_equal(scenario->sets[1], "latency");

    g_ptr_array_set_size(cases, 0);
    case_expand(scenario, &one, cases);
    assert_int_equal(cases->len, 2); /* and no case that draws nothing */
}

/* A vGPU has no port: on it the film is not drawn once for each transport. */
static void an_axis_is_varied_where_it_applies(void **state)
{
    static const char *const sockets[] = {"socket", NULL}, *const both[] = {"socket", "pty", NULL};
    static const struct {
        struct case_filter filter;
        const char *expected[4];
    } cases[] = {
        {{.words[AXIS_TRANSPORT] = both},
         {"case,gpu-module,appsink,hello,socket,3m",
          "case,vgpu-mjpeg,canvas,full-frame,hello,pty,3m",
          "case,gpu-module,appsink,hello,pty,3m"}},
        {{.words[AXIS_TRANSPORT] = sockets},
         {"case,gpu-module,appsink,hello,socket,3m",
          "case,vgpu-mjpeg,canvas,full-frame,hello,pty,3m"}},
    };
    static const char *const routes[] = {"gpu-module", "vgpu-mjpeg", NULL};
    auto_destroy(scenario) scenario = load_text(film, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
        struct case_filter filter = cases[i].filter;
        filter.routes = routes;
        case_expand(scenario, &filter, all);
        for (unsigned c = 0; c < all->len; c++) {
            g_autofree char *id = case_id(g_ptr_array_index(all, c));
            assert_non_null(cases[i].expected[c]);
            assert_string_equal(id, cases[i].expected[c]);
        }
        assert_null(cases[i].expected[all->len]);
    }
}

/* What `show` prints is a scenario that means the same. */
static void what_is_shown_can_be_read_again(void **state)
{
    static const char *const texts[] = {good, film};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        auto_destroy(scenario) scenario = load_text(texts[i], NULL);
        g_autofree char *text = scenario_text(scenario);
        g_autoptr(GError) error = NULL;
        auto_destroy(scenario) again = load_text(text, &error);

        assert_null(error);
        g_autofree char *text_again = scenario_text(again);
        const char *body = strchr(text, '\n'), *body_again = strchr(text_again, '\n');
        assert_string_equal(body, body_again); /* the first line names the file */
    }
}

static void abuse_is_refused_in_one_line(void **state)
{
    static const struct {
        const char *name, *from, *to, *expected; /* the message contains it */
    } cases[] = {
        {"unknown group", "[expect]\n", "[expects]\n",
         "[expects]: unknown group; allowed: scenario"},
        {"route not of this scenario", "[route stream-device]", "[route relay]",
         "[route relay]: 'relay' is not among the scenario's routes"},
        {"unknown route group", "[expect stream-device]", "[expect streams]",
         "[expect streams]: 'streams' is not among"},
        {"unknown key", "title=A title\n", "title=A\ntile=B\n",
         "[scenario] tile: unknown key; allowed: title, workloads"},
        {"missing key", "title=A title\n", "", "[scenario] title: missing"},
        {"empty list", "workloads=hello;other", "workloads=", "[scenario] workloads: empty"},
        {"word twice", "workloads=hello;other", "workloads=hello;hello",
         "workloads: 'hello' twice"},
        {"workload with a slash", "workloads=hello;other", "workloads=../x",
         "workloads: '../x' is not allowed"},
        {"unknown route", "routes=gpu-module;", "routes=gpu;",
         "[scenario] routes: 'gpu' is not allowed; allowed, separated by ';': gpu-module, "},
        {"unknown VM", "title=A title\n", "title=A\nvms=xen\n",
         "vms: 'xen' is not allowed; allowed, separated by ';': sim, qemu"},
        {"unknown transport", "title=A title\n", "title=A\ntransports=usb\n",
         "transports: 'usb' is not allowed; allowed, separated by ';': pty, socket"},
        {"sink of another route", "sinks=appsink;overlay", "sinks=receive-only",
         "[route stream-device] sinks: 'receive-only' is not allowed"},
        {"unknown key of a route", "sinks=appsink;overlay", "sink=appsink",
         "[route stream-device] sink: unknown key; allowed: sinks, drawings"},
        {"drawing where none is drawn", "sinks=appsink;overlay", "drawings=full-frame",
         "[route stream-device] drawings: on this route the vGPU does not draw the workload"},
        {"unknown factor", "title=A title\n", "title=A\nfixed=routes\n",
         "[scenario] fixed: 'routes' is not allowed; allowed, separated by ';': sinks, drawings, "
         "workloads, transports"},
        {"set with a blank", "title=A title\n", "title=A\nsets=the paper\n",
         "[scenario] sets: 'the paper' is not allowed"},
        {"no number", "title=A title\n", "title=A\nseconds=ten\n",
         "seconds: 'ten' is not allowed; allowed: 2 to 3600"},
        {"too short", "title=A title\n", "title=A\nseconds=1\n", "seconds: '1' is not allowed"},
        {"test too short", "title=A title\n", "title=A\ntest_seconds=0\n",
         "test_seconds: '0' is not allowed; allowed: 1 to 3600"},
        {"unknown link", "title=A title\n", "title=A\nlinks=ether\n",
         "links: 'ether' is not allowed; allowed, separated by ';': loopback, 1g, 100m"},
        {"a link that is passed by", "title=A title\n",
         "title=A\nlinks=3m\nclient_transport=unix\n", "links: 3m needs client_transport=tcp"},
        {"unknown codecs", "title=A title\n", "title=A\nclient_codecs=h264\n",
         "client_codecs: 'h264' is not allowed; allowed: all, no-h264, broken-h264"},
        {"waits for what the client cannot show", "title=A title\n",
         "title=A\nclient_codecs=no-h264\n",
         "step 5 'wait shown pgpu' can be carried out on none of the scenario's routes "
         "(no H.264: client_codecs)"},
        {"a film where none is drawn", "3=wait shown vgpu", "3=vm film",
         "step 3 'vm film' can be carried out on none of the scenario's routes"},
        {"impossible on one route only", "routes=gpu-module;stream-device",
         "routes=gpu-module;"
         "stream-device;vgpu-lz4",
         "on route vgpu-lz4: step 6 'play' needs an earlier 'agent open' "
         "or 'vm film'"},
        {"too many", "title=A title\n", "title=A\nrepeats=101\n", "allowed: 1 to 100"},
        {"negative", "title=A title\n", "title=A\nrepeats=-1\n", "repeats: '-1' is not allowed"},
        {"no size", "title=A title\n", "title=A\nvgpu_resolution=1024\n",
         "vgpu_resolution: '1024' is not allowed; allowed: WIDTHxHEIGHT from 384x32 to 8192x8192, "
         "or workload"},
        {"smaller than a barcode", "title=A title\n", "title=A\nvgpu_resolution=320x200\n",
         "vgpu_resolution: '320x200' is not allowed"},
        {"unknown action", "3=wait shown vgpu", "3=wait vgpu",
         "[timeline] 3: unknown action 'wait vgpu'; allowed: vm desktop"},
        {"step left out", "3=wait shown vgpu\n", "",
         "[timeline] 4: steps are numbered in their "
         "order; allowed here: 3"},
        {"step twice", "3=wait shown vgpu\n", "3=wait shown vgpu\n3=play\n", "[timeline] 3: twice"},
        {"no steps", "[timeline]\n", "[timeline]\n[expect]\n", "[expect]: twice"},
        {"open twice", "3=wait shown vgpu", "3=agent open",
         "step 4 'agent open' cannot come after 'agent open'"},
        {"shown before connected", "2=client connect", "2=vm pause",
         "step 3 'wait shown vgpu' needs an earlier 'client connect'"},
        {"finish without open", "4=agent open", "4=vm pause",
         "step 5 'wait shown pgpu' needs an "
         "earlier 'agent open'"},
        {"play after finish", "8=wait drained", "8=play",
         "step 8 'play' cannot come after 'agent finish'"},
        {"compared while playing", "8=wait drained", "8=vm pause",
         "step 9 'compare pgpu' needs an earlier 'wait drained'"},
        {"left open", "10=agent close\n11=compare vgpu\n", "", "the port is still open at the end"},
        {"unknown expectation", "wrong_pixels=0", "wrong_pixel=0",
         "[expect] wrong_pixel: unknown key; allowed: sources, other_channel, second_client"},
        {"unknown source", "sources=vgpu;pgpu;vgpu", "sources=vgpu;gpu",
         "[expect] sources: 'gpu' is no source; allowed: vgpu and pgpu"},
        {"source twice in a row", "sources=vgpu;pgpu;vgpu", "sources=vgpu;vgpu",
         "[expect] sources: 'vgpu' twice in a row"},
        {"one bound twice", "wrong_pixels=0", "wrong_pixels=0\nwrong_pixels <= 5",
         "[expect] wrong_pixels <: 'wrong_pixels=' in the same group bounds the same metric"},
        {"bounds that exclude each other", "wrong_pixels=0", "fps_shown >= 30\nfps_shown <= 29",
         "[expect gpu-module] fps_shown: 30 at least and 29 at most: no number is both"},
        {"a second client's frames without it", "wrong_pixels=0", "second_frames_missed = 0",
         "[expect gpu-module] second_frames_missed: contradicts the timeline, which has no "
         "'second client connect'"},
        {"no comparison that we know", "wrong_pixels=0", "wrong_pixels < 5",
         "not a key-value pair"},
        {"negative expectation", "wrong_pixels=0", "wrong_pixels=-1",
         "[expect] wrong_pixels: '-1' is not allowed; allowed: a number from 0"},
        {"expectation that is no number", "wrong_pixels=0", "wrong_pixels=nan",
         "[expect] wrong_pixels: 'nan' is not allowed"},
        {"empty expectation", "wrong_pixels=0", "wrong_pixels=", "wrong_pixels: '' is not allowed"},
        {"shorter run that is longer", "title=A title\n", "title=A\nseconds=4\nquick_seconds=9\n",
         "[scenario] quick_seconds: 9 contradicts seconds=4, which is less"},
        {"more repeats when quick", "title=A title\n", "title=A\nrepeats=1\nquick_repeats=2\n",
         "[scenario] quick_repeats: 2 contradicts repeats=1"},
        {"compared by nobody", "11=compare vgpu\n", "",
         "[expect gpu-module] wrong_pixels: contradicts the timeline, which has no 'compare vgpu'"},
        {"pGPU that cannot come", "routes=gpu-module;", "routes=original;gpu-module;",
         "[expect original] sources: 'vgpu;pgpu;vgpu' contradicts the route, on which no such "
         "client is shown the pgpu"},
        {"a second client that never comes", "wrong_pixels=0\n",
         "wrong_pixels=0\nsecond_client=vgpu\n",
         "[expect gpu-module] second_client: 'vgpu' contradicts the route, on which no such client"},
        {"vGPU that is not there", "routes=gpu-module;", "routes=relay;gpu-module;",
         "[expect relay] sources: 'vgpu;pgpu;vgpu' contradicts the route"},
        {"picture compared by nobody",
         "9=compare pgpu\n10=agent close\n11=compare vgpu\n[expect]\n",
         "9=agent close\n10=compare vgpu\n[expect]\npgpu_psnr_db>=30\n",
         "[expect gpu-module] pgpu_psnr_db: contradicts the timeline, which has no "
         "'compare pgpu'"},
        {"no keyfile", "[scenario]\n", "scenario\n", "no scenario: "},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *at = strstr(good, cases[i].from);
        assert_non_null(at);
        g_autofree char *before = g_strndup(good, (size_t)(at - good));
        g_autofree char *text = g_strconcat(before, cases[i].to, at + strlen(cases[i].from), NULL);
        g_autoptr(GError) error = NULL;
        auto_destroy(scenario) scenario = load_text(text, &error);

        if (scenario || !strstr(error->message, cases[i].expected) ||
            !strstr(error->message, "case.ini: ") || strchr(error->message, '\n'))
            fail_msg("%s: expected '%s', got '%s'", cases[i].name, cases[i].expected,
                     scenario ? "no error" : error->message);
    }
}

static void a_file_that_is_not_there_is_named(void **state)
{
    g_autoptr(GError) error = NULL;
    assert_null(scenario_load("/nowhere/x.ini", &error));
    assert_non_null(strstr(error->message, "/nowhere/x.ini: no scenario: "));
}

static unsigned count_cases(const struct scenario *scenario, const struct case_filter *filter,
                            char **ret_first)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func(g_free);
    case_expand(scenario, filter, cases);
    *ret_first = cases->len ? case_id(g_ptr_array_index(cases, 0)) : NULL;
    return cases->len;
}

static void the_matrix_is_expanded_and_filtered(void **state)
{
    static const char *const one_route[] = {"stream-device", NULL};
    static const char *const one_sink[] = {"overlay", NULL};
    const struct {
        struct case_filter filter;
        unsigned expected;
        const char *first;
    } cases[] = {
        {{0}, 6, "case,gpu-module,appsink,hello,pty"},
        {{.routes = one_route}, 4, "case,stream-device,appsink,hello,pty"},
        {{.sinks = one_sink}, 2, "case,stream-device,overlay,hello,pty"},
    };
    auto_destroy(scenario) scenario = load_text(good, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *first = NULL;
        assert_int_equal(count_cases(scenario, &cases[i].filter, &first), cases[i].expected);
        assert_string_equal(first, cases[i].first);
    }
}

static void how_long_and_how_often_is_decided_by_the_command_line(void **state)
{
    const struct {
        struct case_filter filter;
        unsigned seconds, repeats;
    } cases[] = {
        {{0}, 10, 3},
        {{.quick = true}, 5, 1},
        {{.test = true}, 2, 1},
        {{.quick = true, .seconds = 7, .repeats = 9}, 7, 9},
        {{.test = true, .repeats = 2}, 2, 2},
    };
    auto_destroy(scenario) scenario = load_text(good, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
        case_expand(scenario, &cases[i].filter, all);
        const struct plan_case *c = g_ptr_array_index(all, 0);
        assert_int_equal(c->seconds, cases[i].seconds);
        assert_int_equal(c->repeats, cases[i].repeats);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_overridden_by_the_route),
        cmocka_unit_test(a_film_can_be_drawn_in_several_ways),
        cmocka_unit_test(an_axis_is_varied_where_it_applies),
        cmocka_unit_test(what_is_shown_can_be_read_again),
        cmocka_unit_test(abuse_is_refused_in_one_line),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(the_matrix_is_expanded_and_filtered),
        cmocka_unit_test(how_long_and_how_often_is_decided_by_the_command_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
