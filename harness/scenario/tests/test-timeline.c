/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* timeline: which steps a route takes, and which orders of them are refused. */
#include "harness/scenario/timeline.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* The steps, separated by commas, as an array of struct step. */
static GArray *steps_of(const char *text)
{
    GArray *steps = g_array_new(false, false, sizeof(struct step));
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    for (unsigned i = 0; words[i]; i++) {
        struct step step = {.number = i + 1};
        if (!step_parse(g_strstrip(words[i]), &step, NULL))
            fail_msg("no action: %s", words[i]);
        g_array_append_val(steps, step);
    }
    return steps;
}

static void orders_are_checked_for_each_route(void **state)
{
    static const char paper[] =
        "vm desktop, client connect, wait shown vgpu, agent open, "
        "wait shown pgpu, vm pause, vm film, play, agent finish, vm finish, "
        "wait drained, compare pgpu, agent close, compare vgpu";
    static const struct {
        const char *route;
        bool no_h264;
        const char *steps, *wanted; /* NULL: accepted */
    } cases[] = {
        {"gpu-module", false, paper, NULL},
        {"stream-device", false, paper, NULL},
        {"original", false, paper, NULL},
        {"relay", false, paper, NULL},
        {"vgpu-glz", false, paper, NULL},
        {"gpu-module", true, paper, NULL},

        /* The vGPU can be looked at while the port is open where it stays in sight. */
        {"original", false, "client connect, agent open, play, compare vgpu, agent close", NULL},
        {"gpu-module", true, "client connect, agent open, play, compare vgpu, agent close", NULL},
        {"gpu-module", false, "client connect, agent open, play, compare vgpu, agent close",
         "step 4 'compare vgpu' cannot come after 'agent open'"},

        {"gpu-module", false, "client connect, play",
         "step 2 'play' needs an earlier 'agent open' or 'vm film'"},
        {"vgpu-lz4", false, "client connect, agent open, play, vm film",
         "step 3 'play' needs an earlier 'agent open' or 'vm film'"},
        {"gpu-module", false, "client connect, vm film, play, agent open",
         "step 3 'play' needs an earlier 'agent open' or 'vm film'"},
        {"vgpu-lz4", false, "client connect, vm film, vm desktop",
         "step 3 'vm desktop' cannot come after 'vm film'"},
        {"vgpu-lz4", false, "client connect, vm film, vm pause",
         "step 3 'vm pause' cannot come after 'vm film'"},
        {"vgpu-lz4", false, "client connect, vm film, vm film",
         "step 3 'vm film' cannot come after 'vm film'"},
        {"vgpu-lz4", false, "client connect, vm finish",
         "step 2 'vm finish' needs an earlier 'vm film'"},
        {"vgpu-lz4", false, "client connect, vm film, compare vgpu",
         "step 3 'compare vgpu' cannot come after 'vm film'"},
        {"vgpu-lz4", false, "client connect, vm film, vm finish",
         "the film is still playing at the end"},
        {"vgpu-lz4", false, "client connect, vm film, wait drained",
         "step 3 'wait drained' needs an earlier 'agent finish' or 'vm finish'"},
        {"vgpu-lz4", false, "client connect, vm film, vm finish, play",
         "step 4 'play' cannot come after 'agent finish' or 'vm finish'"},

        {"gpu-module", false, "keep pictures",
         "step 1 'keep pictures' needs an earlier 'client connect'"},
        {"gpu-module", false, "client connect, agent open, keep pictures, play, save pictures",
         "step 5 'save pictures' needs an earlier 'wait drained'"},
        {"gpu-module", false,
         "client connect, agent open, play, agent finish, wait drained, save pictures",
         "step 6 'save pictures' needs an earlier 'keep pictures'"},

        {"gpu-module", false, "second client connect",
         "step 1 'second client connect' needs an earlier 'client connect'"},
        {"gpu-module", false, "client connect, second client disconnect",
         "step 2 'second client disconnect' needs an earlier 'second client connect'"},
        {"gpu-module", false, "client connect, second client connect, second client connect",
         "step 3 'second client connect' cannot come after 'second client connect'"},
        {"gpu-module", false, "client connect, wait second shown vgpu",
         "step 2 'wait second shown vgpu' needs an earlier 'second client connect'"},
        {"gpu-module", false, "client connect, second client connect, wait second shown pgpu",
         "step 3 'wait second shown pgpu' needs an earlier 'agent open'"},

        {"gpu-module", false, "client connect, second client freeze",
         "step 2 'second client freeze' needs an earlier 'second client connect'"},
        {"gpu-module", false, "client connect, second client connect, second client thaw",
         "step 3 'second client thaw' needs an earlier 'second client freeze'"},
        {"gpu-module", false,
         "client connect, second client connect, second client freeze, "
         "wait second shown vgpu",
         "step 4 'wait second shown vgpu' cannot come after 'second client freeze'"},
        {"gpu-module", false, "client connect, second client connect, second client freeze",
         "it is still frozen at the end"},
        {"gpu-module", false,
         "client connect, second client connect, agent open, "
         "second client freeze, play, second client thaw, play, agent finish, wait drained, "
         "wait second drained, agent close, second client disconnect",
         NULL},
        {"gpu-module", false,
         "client connect, second client connect, agent open, "
         "wait second drained",
         "step 4 'wait second drained' needs an earlier 'agent finish'"},

        {"gpu-module", false, "client connect, agent crash",
         "step 2 'agent crash' needs an earlier 'agent open'"},
        {"gpu-module", false, "client connect, agent open, agent crash",
         "step 3 'agent crash' needs an earlier 'wait shown pgpu'"},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, agent finish, agent crash",
         "step 5 'agent crash' cannot come after 'agent finish'"},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, client disconnect, "
         "agent crash",
         "step 5 'agent crash' needs an earlier 'wait shown pgpu'"},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, agent crash, agent close",
         "step 5 'agent close' needs an earlier 'agent open'"},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, agent crash, agent open",
         "step 5 'agent open' cannot come after 'agent crash'"},
        {"gpu-module", false, "agent start", "step 1 'agent start' needs an earlier 'agent crash'"},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, agent crash, "
         "wait shown vgpu, compare vgpu, agent start, agent open, agent close",
         NULL},
        {"original", false, "client connect, agent open, wait shown pgpu, agent crash, agent start",
         "the port is still open at the end"},

        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, vm mode 800x600, "
         "vm no-primary, vm reset, agent close, compare vgpu",
         NULL},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, agent hang, agent finish",
         "step 5 'agent finish' cannot come after 'agent hang'"},
        {"gpu-module", false, "client connect, agent open, agent recover",
         "step 3 'agent recover' needs an earlier 'agent hang'"},
        {"gpu-module", false, "client connect, agent open, agent still",
         "step 3 'agent still' needs an earlier 'wait shown pgpu'"},
        {"gpu-module", false, "client connect, vm no-primary, compare vgpu",
         "step 3 'compare vgpu' cannot come after 'vm no-primary'"},
        {"gpu-module", false, "vm no-primary, vm mode 800x600, vm pause", NULL},
        {"vgpu-lz4", false, "client connect, vm film, vm mode 800x600",
         "step 3 'vm mode' cannot come after 'vm film'"},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, vm unplug, "
         "wait agent stopped, agent close",
         NULL},
        {"gpu-module", false, "vm unplug, client connect",
         "step 2 'client connect' cannot come after 'vm unplug'"},
        {"gpu-module", false, "client connect, agent open, play, vm shutdown", NULL},
        {"gpu-module", false, "client connect, vm shutdown, wait shown vgpu",
         "step 3 'wait shown vgpu' needs an earlier 'client connect'"},
        {"gpu-module", false, "client connect, vm shutdown, vm desktop",
         "step 3 'vm desktop' cannot come after 'vm shutdown'"},

        {"gpu-module", false, "client connect, agent open, wait agent stopped",
         "step 3 'wait agent stopped' cannot come after 'client connect'"},
        {"gpu-module", false, "wait agent stopped", "needs an earlier 'agent open'"},
        {"gpu-module", false, "agent open", "the port is still open at the end"},
        {"gpu-module", false,
         "client connect, agent open, wait shown pgpu, agent finish, "
         "wait drained, client disconnect, client connect, compare pgpu, agent close",
         "step 8 'compare pgpu' needs an earlier 'wait shown pgpu'"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GArray) steps = steps_of(cases[i].steps);
        g_autoptr(GError) error = NULL;
        bool accepted = timeline_check((const struct step *)steps->data, steps->len,
                                       route_find(cases[i].route), !cases[i].no_h264, &error);
        if (cases[i].wanted ? accepted || !strstr(error->message, cases[i].wanted) ||
                                  strchr(error->message, '\n')
                            : !accepted)
            fail_msg("%s: %s: %s", cases[i].route, cases[i].steps,
                     error ? error->message : "accepted");
    }
}

static void steps_are_left_out_where_there_is_nothing_to_do(void **state)
{
    static const struct {
        enum action action;
        const char *taken; /* on these routes of the ones below; (-) is gpu-module, no H.264 */
    } cases[] = {
        {ACTION_PLAY, "gpu-module - original vgpu-lz4 relay"},
        {ACTION_PRESS_KEYS, "gpu-module vgpu-lz4"},
        {ACTION_REST, "gpu-module - original vgpu-lz4"},
        {ACTION_KEEP_PICTURES, "gpu-module vgpu-lz4"},
        {ACTION_SAVE_PICTURES, "gpu-module vgpu-lz4"},
        {ACTION_VM_PAUSE, "gpu-module - original vgpu-lz4"},
        {ACTION_VM_FILM, "vgpu-lz4"},
        {ACTION_VM_FINISH, "vgpu-lz4"},
        {ACTION_AGENT_OPEN, "gpu-module - original relay"},
        {ACTION_AGENT_CRASH, "gpu-module relay"},
        {ACTION_WAIT_SHOWN_VGPU, "gpu-module - original vgpu-lz4"},
        {ACTION_WAIT_SHOWN_PGPU, "gpu-module"},
        {ACTION_WAIT_SECOND_PGPU, "gpu-module -"},
        {ACTION_SECOND_FREEZE, "gpu-module - original vgpu-lz4"},
        {ACTION_WAIT_DRAINED, "gpu-module vgpu-lz4 relay"},
        {ACTION_WAIT_SECOND_DRAINED, "gpu-module -"},
        {ACTION_COMPARE_PGPU, "gpu-module"},
        {ACTION_COMPARE_VGPU, "gpu-module - original vgpu-lz4"},
    };
    static const char *const routes[] = {"gpu-module", "-", "original", "vgpu-lz4", "relay"};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) taken = g_string_new(NULL);
        for (size_t p = 0; p < G_N_ELEMENTS(routes); p++) {
            bool h264 = !g_str_equal(routes[p], "-");
            if (action_applies(cases[i].action, route_find(h264 ? routes[p] : "gpu-module"), h264))
                g_string_append_printf(taken, "%s%s", taken->len ? " " : "", routes[p]);
        }
        if (!g_str_equal(taken->str, cases[i].taken))
            fail_msg("%s: %s", action_text(cases[i].action), taken->str);
    }
}

static void sizes_are_read_and_told_again(void **state)
{
    static const char *const wrong[] = {"vm mode",        "vm mode 800",       "vm mode 800x",
                                        "vm mode 0x600",  "vm mode 800x99999", "vm mode 800x600x2",
                                        "vm mode800x600", "vm desktop 800x600"};
    struct step step = {0};

    assert_true(step_parse("vm mode 800x601", &step, NULL));
    assert_int_equal(step.action, ACTION_VM_MODE);
    assert_int_equal(step.width_px, 800);
    assert_int_equal(step.height_px, 601);
    g_autofree char *text = step_text(&step);
    assert_string_equal(text, "vm mode 800x601");
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        if (step_parse(wrong[i], &step, &error) || !strstr(error->message, "vm mode WxH"))
            fail_msg("%s: %s", wrong[i], error ? error->message : "accepted");
    }
}

/* As `vdibench steps` prints it. */
static void each_step_is_explained(void **state)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        const char *does = action_does((enum action)i),
                   *waits_for = action_waits_for((enum action)i);
        g_autofree char *usage = action_usage((enum action)i);
        g_autofree char *about = action_about((enum action)i);

        if (!does && !waits_for)
            fail_msg("%s: neither does nor waits for anything", usage);
        if (does && !g_str_has_suffix(does, "."))
            fail_msg("%s: no sentence: %s", usage, does);
        if (waits_for && g_str_has_suffix(waits_for, "."))
            fail_msg("%s: already a sentence: %s", usage, waits_for);
        if (*about == '\0' && (!action_applies((enum action)i, route_find("relay"), false) ||
                               !action_applies((enum action)i, route_find("vgpu-lz4"), false)))
            fail_msg("%s: is left out although it needs nothing", usage);
    }
    g_autofree char *mode = action_usage(ACTION_VM_MODE);
    assert_string_equal(mode, "vm mode WxH");
    g_autofree char *compare = action_about(ACTION_COMPARE_VGPU);
    assert_string_equal(compare, "a vGPU and a client that shows pictures");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_checked_for_each_route),
        cmocka_unit_test(steps_are_left_out_where_there_is_nothing_to_do),
        cmocka_unit_test(sizes_are_read_and_told_again),
        cmocka_unit_test(each_step_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
