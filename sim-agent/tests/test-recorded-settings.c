/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* What is read from a recording's provenance. */
#include "sim-agent/recorded-settings.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static char *folder, *recording_path, *provenance_path;
static struct recording recording;

static int set_up(void **state)
{
    struct recording_unit unit = {.size = 12500, .slots = 1};

    (void)state;
    folder = g_dir_make_tmp("test-recorded-settings-XXXXXX", NULL);
    recording_path = g_build_filename(folder, "made-up.mp4", NULL);
    provenance_path = g_build_filename(folder, "made-up.ini", NULL);
    recording = (struct recording){.fps_num = 25, .fps_den = 1, .slots = 1};
    recording.units = g_array_new(false, false, sizeof unit);
    g_array_append_val(recording.units, unit); /* 12.5 kB in 1/25 s: 2500 kbit/s */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    g_unlink(provenance_path);
    g_rmdir(folder);
    g_free(recording_path);
    g_free(provenance_path);
    g_free(folder);
    g_array_unref(recording.units);
    return 0;
}

static struct recorded_settings *load(const char *options, const char *preset, GError **error)
{
    g_autofree char *text = g_strdup_printf("[encoder]\noptions=%s\n", options);

    assert_true(g_file_set_contents(provenance_path, text, -1, NULL));
    return recorded_settings_load(recording_path, &recording, preset, error);
}

static void expect(const char *options, const char *preset, const char *kept, uint32_t kbps)
{
    auto_destroy(recorded_settings) settings = load(options, preset, NULL);
    assert_non_null(settings);
    g_autofree char *line = g_strjoinv(" ", settings->options);
    assert_string_equal(line, kept);
    assert_int_equal(settings->kbps, kbps);
}

static void bitrates_are_apart(void **state)
{
    (void)state;
    expect("-c:v libx264 -profile:v high -preset medium -b:v 3000k -maxrate 4000k -bufsize 750k",
           NULL, "profile high preset medium", 4000);
    expect("-crf 14 -b:v 3000000 -g 60", NULL, "crf 14 g 60", 3000);
    expect("-maxrate 4000k -b:v 3000k", NULL, "", 4000);
}

static void the_preset_can_be_another(void **state)
{
    (void)state;
    expect("-preset medium -tune zerolatency -b:v 1k", "ultrafast",
           "preset ultrafast tune zerolatency", 1);
}

static void without_provenance_they_are_the_usual_ones(void **state)
{
    (void)state;
    auto_destroy(recorded_settings) settings =
        recorded_settings_load(recording_path, &recording, NULL, NULL);
    g_autofree char *line = g_strjoinv(" ", settings->options);
    assert_string_equal(line, "profile high preset medium tune zerolatency g 50 keyint_min 50 "
                              "sc_threshold 0 bf 0 refs 1 "
                              "x264-params sliced-threads=0:threads=1");
    assert_int_equal(settings->kbps, 2500);
}

static void what_is_not_understood_is_refused(void **state)
{
    static const char *const bad[] = {"-preset medium", "-b:v 3000k -preset", "b:v 3000k",
                                      "-b:v much", "-b:v 0k"};

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(load(bad[i], NULL, &error));
        assert_non_null(strstr(error->message, "[encoder] options="));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(bitrates_are_apart),
        TEST(the_preset_can_be_another),
        TEST(without_provenance_they_are_the_usual_ones),
        TEST(what_is_not_understood_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
