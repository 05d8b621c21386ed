/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * Films as the harness plays them: vm-sim on the system's libspice-server, with the
 * settings of original SPICE's routes, and the client.
 */
#include "auto-destroy.h"
#include "harness/evaluate/join.h"
#include "harness/instrument/folder.h"
#include "harness/tests/clip.h"
#include "harness/tests/program.h"
#include "media/barcode.h"
#include "media/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* Ends a test when a program hangs; a working program needs much less. */
#define DEADLINE_S 60
/* The server begins a stream with the 20th picture of a video. */
#define UPDATES_MIN 60
#define PICTURES 20
#define FPS 60
#define SIZE "640x360"
#define OPTIONS_MAX 24

struct fixture {
    char *folder, *port, *vm_csv, *client_csv, *shown, *snapshot;
    char *listen; /* where vm-sim listens */
    struct program vm, client;
};

static char *folder_of_all; /* holds the film, which is made once */
static char *film;

static int make_film(void **state)
{
    folder_of_all = g_dir_make_tmp("test-vgpu-film-XXXXXX", NULL);
    film = clip_make(folder_of_all, "film.mp4",
                     "-f lavfi -i testsrc2=rate=60:size=" SIZE
                     " -frames:v 20 -c:v libx264 -preset ultrafast -bf 0 -pix_fmt yuv420p");
    return 0;
}

static int remove_film(void **state)
{
    folder_remove(folder_of_all);
    g_clear_pointer(&folder_of_all, g_free);
    g_clear_pointer(&film, g_free);
    return 0;
}

static int set_up(void **state)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    fixture->folder = g_dir_make_tmp("vgpu-film-XXXXXX", NULL);
    fixture->port = g_strdup_printf("pty:%s/port", fixture->folder);
    fixture->vm_csv = g_build_filename(fixture->folder, "vm.csv", NULL);
    fixture->client_csv = g_build_filename(fixture->folder, "client.csv", NULL);
    fixture->shown = g_build_filename(fixture->folder, "shown.png", NULL);
    fixture->snapshot = g_build_filename(fixture->folder, "vgpu.png", NULL);
    g_unsetenv("G_MESSAGES_DEBUG");
    alarm(DEADLINE_S);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    folder_remove(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->port);
    g_free(fixture->vm_csv);
    g_free(fixture->client_csv);
    g_free(fixture->shown);
    g_free(fixture->snapshot);
    g_free(fixture->listen);
    g_free(fixture);
    alarm(0);
    return 0;
}

/* The value of `key` in the next notice `word`; other notices are skipped. */
static char *await_value(struct program *program, const char *word, const char *key)
{
    g_autofree char *prefix = g_strconcat(key, "=", NULL);

    for (;;) {
        g_autofree char *line = g_data_input_stream_read_line(program->notices, NULL, NULL, NULL);
        if (!line)
            fail_msg("ended before '%s'", word);
        g_auto(GStrv) words = g_strsplit(line, " ", -1);
        if (!g_str_equal(words[0], word))
            continue;
        for (char **pair = words; *pair; pair++)
            if (g_str_has_prefix(*pair, prefix))
                return g_strdup(*pair + strlen(prefix));
        fail_msg("no %s in '%s'", prefix, line);
    }
}

static void await(struct program *program, const char *word, const char *key, const char *value)
{
    for (;;) {
        g_autofree char *is = await_value(program, word, key);
        if (g_str_equal(is, value))
            return;
    }
}

/* Starts vm-sim with the film. */
static void start_vm(struct fixture *fixture, const char *drawing, const char *const *more)
{
    const char *argv[OPTIONS_MAX] = {"vm-sim",       "--port-name", "org.spice-space.pgpu.0",
                                     "--port",       fixture->port, "--size",
                                     SIZE,           "--film",      film,
                                     "--drawing",    drawing,       "--samples",
                                     fixture->vm_csv};
    unsigned n = 13;

    while (*more && n < OPTIONS_MAX - 1)
        argv[n++] = *more++;
    program_start(&fixture->vm, argv);
    fixture->listen = await_value(&fixture->vm, "ready", "listen");
}

static void end_both(struct fixture *fixture, char **ret_vm_complaints)
{
    g_autofree char *client_complaints = NULL;

    assert_int_equal(program_end(&fixture->client, &client_complaints), 0);
    assert_string_equal(client_complaints, "");
    assert_int_equal(program_end(&fixture->vm, ret_vm_complaints), 0);
}

static unsigned snapshot(struct fixture *fixture)
{
    g_autofree char *command = g_strdup_printf("snapshot %s\n", fixture->snapshot);
    program_command(&fixture->vm, command);
    g_autofree char *number = await_value(&fixture->vm, "snapshot", "number");
    return (unsigned)strtoul(number, NULL, 10);
}

static struct picture_difference compare(struct fixture *fixture)
{
    g_autofree char *command = g_strdup_printf("save %s\n", fixture->shown);
    struct picture_difference difference;

    program_command(&fixture->client, command);
    await(&fixture->client, "saved", "file", fixture->shown);
    auto_destroy(picture) shown = picture_load(fixture->shown, NULL);
    auto_destroy(picture) vgpu = picture_load(fixture->snapshot, NULL);
    assert_non_null(shown);
    assert_non_null(vgpu);
    assert_true(picture_compare(shown, vgpu, &difference, NULL));
    return difference;
}

static struct join *join_of(const struct rows *vm, const struct fixture *fixture,
                            struct rows **ret_client)
{
    g_autoptr(GError) error = NULL;
    assert_non_null(vm);
    *ret_client = rows_read(fixture->client_csv, &error);
    struct join *join = *ret_client ? join_film(vm, *ret_client, &error) : NULL;
    if (!join)
        fail_msg("%s", error->message);
    return join;
}

static unsigned count(const struct rows *rows, const char *event, const char *column,
                      const char *value)
{
    unsigned n = 0;
    for (unsigned i = 0; i < rows_count(rows); i++)
        n += rows_is(rows, i, event) && (!column || g_str_equal(rows_text(rows, i, column), value));
    return n;
}

/* Slot i must be planned i/fps after the first and show picture i mod N, even after
 * slots that were skipped. */
static void check_slots(const struct rows *vm)
{
    int64_t first_ns = 0, i = 0;

    for (unsigned row = 0; row < rows_count(vm); row++) {
        if (!rows_is(vm, row, "frame") && !rows_is(vm, row, "skipped"))
            continue;
        int64_t planned_ns = rows_number(vm, row, "planned_ns", -1);
        if (i == 0)
            first_ns = planned_ns;
        assert_int_equal(planned_ns, first_ns + i * INT64_C(1000000000) / FPS);
        assert_int_equal(rows_number(vm, row, "unit", -1), i % PICTURES);
        assert_true(rows_time_ns(vm, row) >= planned_ns);
        i++;
    }
    assert_true(i > 0);
}

/* Each drawing must carry its slot's number; the barcode is the last one, or part of a
 * whole picture. */
static void check_drawn(const struct rows *vm, const char *drawing)
{
    unsigned last = 0; /* the row before, except for those of clients */

    for (unsigned row = 1; row < rows_count(vm); row++) {
        if (g_str_has_prefix(rows_text(vm, row, "event"), "client-"))
            continue;
        unsigned before = last;
        last = row;
        if (!rows_is(vm, before, "drawn") || rows_is(vm, row, "drawn"))
            continue;
        bool whole = rows_number(vm, before, "height", 0) == 360;
        bool barcode = rows_number(vm, before, "x", -1) == 0 &&
                       rows_number(vm, before, "y", -1) == 0 &&
                       rows_number(vm, before, "width", 0) == BARCODE_WIDTH_PX &&
                       rows_number(vm, before, "height", 0) == BARCODE_HEIGHT_PX;
        assert_true(whole || barcode);
        /* Between two slots of the film. */
        if (rows_is(vm, row, "frame") && rows_number(vm, row, "unit", 0) > 1)
            assert_true(g_str_equal(drawing, "full-frame") ? whole : barcode);
    }
}

/* What the server logs when it sends the whole screen as a stream. */
#define VIDEO " " SIZE " (0, 0)"

/* How soon the server detects a video depends on the machine. */
static void await_video(struct program *vm)
{
    for (;;) {
        g_autofree char *line = g_data_input_stream_read_line(vm->complaints, NULL, NULL, NULL);
        assert_non_null(line);
        if (strstr(line, VIDEO))
            return;
    }
}

struct setting {
    const char *name, *drawing;
    const char *options[7];
    bool video;    /* the server sends a stream of the whole screen */
    bool pipeline; /* the client's library decodes it with GStreamer, which it does not for MJPEG */
};

static void play(struct fixture *fixture, const struct setting *setting)
{
    start_vm(fixture, setting->drawing, setting->options);
    g_autofree char *uri = g_strconcat("spice://", fixture->listen, NULL);

    program_command(&fixture->vm, "desktop\n");
    await(&fixture->vm, "vgpu", "screen", "desktop");
    program_start(&fixture->client,
                  (const char *[]){"client", "--uri", uri, "--samples", fixture->client_csv, NULL});
    await(&fixture->client, "shown", "source", "vgpu");
    program_command(&fixture->vm, "film\n");
    await(&fixture->vm, "vgpu", "screen", "film");
    await(&fixture->vm, "playing", "pictures", G_STRINGIFY(PICTURES));
    if (setting->video)
        await_video(&fixture->vm);
    if (setting->pipeline)
        await(&fixture->client, "stream", "state", "created");
    for (unsigned first = snapshot(fixture); snapshot(fixture) < first + UPDATES_MIN;)
        ;
    program_command(&fixture->vm, "finish\n");
    g_autofree char *number = await_value(&fixture->vm, "drained", "number");
    assert_int_equal(strtoul(number, NULL, 10), snapshot(fixture));

    /* Soon after a video's end the server sends its last picture again, losslessly: with
     * all settings the client ends with exactly this picture, or the deadline passes. */
    while (compare(fixture).wrong_pixels > 0)
        ;
}

static void check_samples(const struct fixture *fixture, const struct setting *setting)
{
    auto_destroy(rows) client = NULL;
    auto_destroy(rows) vm = rows_read(fixture->vm_csv, NULL);
    auto_destroy(join) join = join_of(vm, fixture, &client);
    const struct frame *first = &g_array_index(join->frames, struct frame, 0);
    const struct frame *last = first + join->frames->len - 1;

    assert_true(join->frames->len >= UPDATES_MIN);
    while (last > first && last->fate == FATE_SKIPPED)
        last--; /* slots in which this machine was too slow to draw */
    assert_int_equal(last->fate, FATE_SHOWN);
    /* The barcode must be readable in lossy pictures too. */
    assert_int_equal(count(client, "shown", "source", "vgpu"), count(client, "shown", NULL, NULL));
    assert_true(join->count[FATE_SHOWN] > 1); /* how many depends on the machine */
    assert_true((count(client, "stream-create", NULL, NULL) > 0) == setting->pipeline);
    assert_true(count(client, "traffic", "stream", "") > 0);
    check_slots(vm);
    check_drawn(vm, setting->drawing);
}

static void each_setting_shows_the_film(void **state)
{
    static const struct setting settings[] = {
        {"glz", "full-frame", {"--image-compression", "glz"}, false, false},
        {"glz", "dirty-rects", {"--image-compression", "glz"}, false, false},
        {"lz4", "full-frame", {"--image-compression", "lz4"}, false, false},
        {"lz4", "dirty-rects", {"--image-compression", "lz4"}, false, false},
        {"mjpeg",
         "full-frame",
         {"--image-compression", "auto_glz", "--streaming", "all", "--video-codecs", "spice:mjpeg"},
         true,
         false},
        {"h264",
         "full-frame",
         {"--image-compression", "auto_glz", "--streaming", "all", "--video-codecs",
          "gstreamer:h264"},
         true,
         true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        struct fixture *fixture;
        g_autofree char *log = NULL;
        set_up((void **)&fixture);
        /* The server logs on standard error when it begins a stream. */
        g_setenv("G_MESSAGES_DEBUG", "Spice", true);
        play(fixture, &settings[i]);
        end_both(fixture, &log);
        print_message("%s %s\n", settings[i].name, settings[i].drawing);
        check_samples(fixture, &settings[i]);
        if (!settings[i].video)
            assert_null(strstr(log, VIDEO));
        tear_down((void **)&fixture);
    }
}

static void slots_are_planned_whatever_happens(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *complaints = NULL;

    start_vm(fixture, "dirty-rects", (const char *[]){NULL});
    program_command(&fixture->vm, "film\n");
    await(&fixture->vm, "playing", "pictures", G_STRINGIFY(PICTURES));
    /* The guest is prevented from drawing for some slots. */
    program_command(&fixture->vm, "pause\n");
    g_autofree char *paused = await_value(&fixture->vm, "paused", "number");
    for (int64_t end_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC / FPS;
         g_get_monotonic_time() < end_us;)
        assert_int_equal(snapshot(fixture), strtoul(paused, NULL, 10));
    program_command(&fixture->vm, "resume\n");
    while (snapshot(fixture) < strtoul(paused, NULL, 10) + PICTURES)
        ;
    program_command(&fixture->vm, "finish\n");
    g_autofree char *frames = await_value(&fixture->vm, "drained", "frames");

    /* Afterwards the vGPU is paused until it is resumed. */
    unsigned number = snapshot(fixture);
    assert_int_equal(snapshot(fixture), number);
    program_command(&fixture->vm, "finish\n"); /* no film is playing: no effect */
    program_command(&fixture->vm, "resume\n");
    while (snapshot(fixture) == number)
        ;
    program_command(&fixture->vm, "desktop\n");
    await(&fixture->vm, "vgpu", "screen", "desktop");
    assert_int_equal(program_end(&fixture->vm, &complaints), 0);
    assert_string_equal(complaints, "");

    auto_destroy(rows) vm = rows_read(fixture->vm_csv, NULL);
    assert_non_null(vm);
    assert_true(count(vm, "skipped", NULL, NULL) >= 8);
    assert_int_equal(count(vm, "frame", NULL, NULL), strtoul(frames, NULL, 10));
    check_slots(vm);
}

static void commands_without_a_film_are_ignored(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *complaints = NULL;

    program_start(&fixture->vm,
                  (const char *[]){"vm-sim", "--port-name", "p", "--port", fixture->port, NULL});
    program_command(&fixture->vm, "film\nfinish\npause\n");
    await(&fixture->vm, "paused", "number", "1");
    assert_int_equal(program_end(&fixture->vm, &complaints), 0);
    assert_true(g_str_has_prefix(complaints, "vm-sim: unknown command: film:"));
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_setting_shows_the_film),
        test(slots_are_planned_whatever_happens),
        test(commands_without_a_film_are_ignored),
    };
    return cmocka_run_group_tests(tests, make_film, remove_film);
}
