/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The program as the harness sees it: commands, notices, samples, errors. */
#include "agent/tests/fake-host.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#define SIM_AGENT_ARGUMENTS_MAX 8

static char *program, *recording, *low_recording, *longer_recording, *folder, *samples;

/* One run of the program. */
static struct {
    GSubprocess *process;
    GDataInputStream *notices;
    struct fake_host host;
    char *port; /* --port's argument */
} run;

static int set_up_all(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(self);
    g_autofree char *recordings = g_build_filename(tests, "recordings", NULL);
    const char *command[] = {"sim-agent/tests/make-recordings", recordings, NULL};
    int status;

    (void)state;
    program = g_build_filename(tests, "..", "sim-agent", NULL);
    recording = g_build_filename(recordings, "plain.mp4", NULL);
    low_recording = g_build_filename(recordings, "plain-low.mp4", NULL);
    longer_recording = g_build_filename(recordings, "resized.h264", NULL);
    folder = g_dir_make_tmp("test-sim-agent-XXXXXX", NULL);
    samples = g_build_filename(folder, "agent.csv", NULL);
    return g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                        &status, NULL) &&
                   g_spawn_check_wait_status(status, NULL)
               ? 0
               : -1;
}

static int tear_down_all(void **state)
{
    (void)state;
    g_rmdir(folder);
    g_free(program);
    g_free(recording);
    g_free(low_recording);
    g_free(longer_recording);
    g_free(folder);
    g_free(samples);
    return 0;
}

/* With one more option, or NULL. */
static void begin(const char *option, const char *value)
{
    const char *argv[] = {program, "--port", NULL,  "--recording", recording, "--samples",
                          samples, "--fps",  "100", option,        value,     NULL};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    struct termios raw;

    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    tcgetattr(master, &raw);
    cfmakeraw(&raw);
    tcsetattr(master, TCSANOW, &raw);
    fake_host_init(&run.host, master);
    run.port = g_strconcat("tty:", ptsname(master), NULL);
    argv[2] = run.port;
    run.process = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
    assert_non_null(run.process);
    run.notices = g_data_input_stream_new(g_subprocess_get_stdout_pipe(run.process));
}

static void command(const char *line)
{
    g_autofree char *text = g_strconcat(line, "\n", NULL);

    assert_true(g_output_stream_write_all(g_subprocess_get_stdin_pipe(run.process), text,
                                          strlen(text), NULL, NULL, NULL));
}

/* The next notice must have this word; returns what follows its time. */
static char *notice(const char *word)
{
    g_autofree char *line = g_data_input_stream_read_line(run.notices, NULL, NULL, NULL);

    assert_non_null(line);
    g_auto(GStrv) parts = g_strsplit(line, " ", 3);
    assert_string_equal(parts[0], word);
    assert_true(g_ascii_strtoll(parts[1], NULL, 10) > 0);
    return g_strdup(parts[2] ? parts[2] : "");
}

static void expect_notice(const char *word, const char *pairs)
{
    g_autofree char *got = notice(word);

    assert_string_equal(got, pairs);
}

static void expect_end(void)
{
    assert_null(g_data_input_stream_read_line(run.notices, NULL, NULL, NULL));
    assert_true(g_subprocess_wait(run.process, NULL, NULL));
    assert_int_equal(g_subprocess_get_exit_status(run.process), 0);
}

static int tear_down(void **state)
{
    (void)state;
    if (run.host.session.fd >= 0)
        fake_host_finish(&run.host);
    g_clear_object(&run.notices);
    g_clear_object(&run.process);
    g_clear_pointer(&run.port, g_free);
    g_unlink(samples);
    return 0;
}

static void start(void)
{
    struct port_event event;

    begin(NULL, NULL);
    expect_notice("ready", "recording=plain.mp4 width=320 height=240 fps=100 units=30 keyframes=3"
                           " barcode=0 steps=1");
    command("open");
    expect_notice("opened", "");
    fake_host_capabilities(&run.host);
    fake_host_expect(&run.host, PORT_EVENT_CAPABILITIES, &event);
    fake_host_start(&run.host);
    fake_host_expect(&run.host, PORT_EVENT_FORMAT, &event);
    expect_notice("started", "codecs=3,1");
    expect_notice("format", "width=320 height=240");
    expect_notice("playing", "");
}

/* The rows' first fields, and each row has the header's columns. */
static void check_samples(GArray *crcs)
{
    g_autofree char *text = NULL;
    unsigned frames = 0, sent = 0;

    assert_true(g_file_get_contents(samples, &text, NULL, NULL));
    g_auto(GStrv) rows = g_strsplit(g_strchomp(text), "\n", -1);
    assert_string_equal(rows[0], "event,t_ns,loop,unit,bytes,crc,planned_ns,key");
    for (unsigned i = 1; rows[i]; i++) {
        g_auto(GStrv) fields = g_strsplit(rows[i], ",", -1);
        assert_int_equal(g_strv_length(fields), 8);
        if (g_str_equal(fields[0], "sent")) {
            sent++;
        } else if (g_str_equal(fields[0], "frame")) {
            assert_int_equal(g_ascii_strtoull(fields[2], NULL, 10), frames / 30);
            assert_int_equal(g_ascii_strtoull(fields[3], NULL, 10), frames % 30);
            assert_int_equal(g_ascii_strtoull(fields[5], NULL, 16),
                             g_array_index(crcs, uint32_t, frames));
            assert_true(g_ascii_strtoll(fields[1], NULL, 10) >=
                        g_ascii_strtoll(fields[6], NULL, 10));
            assert_int_equal(atoi(fields[7]), frames % 10 == 0);
            frames++;
        }
    }
    assert_int_equal(frames, crcs->len);
    assert_int_equal(sent, crcs->len);
}

static void a_recording_is_played(void **state)
{
    struct port_event event;
    g_autoptr(GArray) crcs = g_array_new(false, false, sizeof(uint32_t));
    uint64_t bytes = 0;

    (void)state;
    start();
    for (;;) {
        fake_host_read(&run.host, &event);
        if (event.kind != PORT_EVENT_DATA_END)
            break;
        uint32_t crc = (uint32_t)crc32(0, run.host.session.body, event.bytes);
        g_array_append_val(crcs, crc);
        bytes += event.bytes;
        if (crcs->len == 35) { /* in the second loop; the answer follows the last frame */
            fake_host_stop(&run.host);
            fake_host_capabilities(&run.host);
        }
    }
    assert_int_equal(event.kind, PORT_EVENT_CAPABILITIES);
    assert_true(crcs->len >= 35);
    expect_notice("stopped", "");
    command("finish");
    g_autofree char *drained = notice("drained");
    command("close");
    expect_notice("closed", "");
    fake_host_expect(&run.host, PORT_EVENT_NONE, &event);
    assert_int_equal(event.bytes, 0);
    g_autofree char *expected = g_strdup_printf("frames=%u bytes=%" PRIu64, crcs->len, bytes);
    assert_string_equal(drained, expected);
    command("quit");
    expect_end();
    check_samples(crcs);
}

static void feed_back_a_queue(void)
{
    const struct port_feedback feedback = {.frames_in_flight = 2, .achieved_kbps = 1};
    uint8_t message[PORT_HEADER_BYTES + PORT_FEEDBACK_BYTES];

    fake_host_write(&run.host, message,
                    (size_t)port_compose_feedback(message, sizeof message, &feedback));
}

/* Two recordings: after feedback that reports a queue, the smaller one is sent, from a key
 * frame on. */
static void feedback_lowers_the_bitrate(void **state)
{
    struct port_event event;
    g_autoptr(GArray) crcs = g_array_new(false, false, sizeof(uint32_t));
    unsigned first = 0, smaller = 0;

    (void)state;
    begin("--recording", low_recording);
    g_autofree char *ready = notice("ready");
    assert_true(g_str_has_suffix(ready, " steps=2"));
    command("open");
    fake_host_announce(&run.host, PORT_EXTENSION_FEEDBACK);
    fake_host_expect(&run.host, PORT_EVENT_CAPABILITIES, &event);
    fake_host_start(&run.host);
    fake_host_expect(&run.host, PORT_EVENT_FORMAT, &event);
    for (;;) {
        fake_host_read(&run.host, &event);
        if (event.kind != PORT_EVENT_DATA_END)
            break;
        uint32_t crc = (uint32_t)crc32(0, run.host.session.body, event.bytes);
        g_array_append_val(crcs, crc);
        if (crcs->len == 1) { /* not before it: the first frame is of the larger one */
            first = event.bytes;
            feed_back_a_queue();
        }
        if (crcs->len % 10 == 1 && event.bytes < first && smaller++ == 0) {
            fake_host_stop(&run.host);
            fake_host_capabilities(&run.host);
        }
        assert_true(crcs->len < 1000);
    }
    assert_int_equal(event.kind, PORT_EVENT_CAPABILITIES);
    for (const char *word = "opened"; !g_str_equal(word, "step");) {
        static char got[32];
        g_autofree char *line = g_data_input_stream_read_line(run.notices, NULL, NULL, NULL);
        assert_non_null(line);
        assert_int_equal(sscanf(line, "%31s", got), 1);
        word = got;
        assert_true(!g_str_equal(word, "step") || strstr(line, "step=0 kbps="));
    }
    assert_true(g_output_stream_close(g_subprocess_get_stdin_pipe(run.process), NULL, NULL));
    assert_true(g_subprocess_wait(run.process, NULL, NULL));
    check_samples(crcs);
}

static void a_lost_port_is_told(void **state)
{
    (void)state;
    start();
    fake_host_finish(&run.host);
    expect_notice("port-lost", "");
    command("quit");
    expect_end();
}

static void a_stop_is_told(void **state)
{
    (void)state;
    start();
    fake_host_stop(&run.host);
    expect_notice("stopped", "");
    command("quit");
    expect_notice("closed", "");
    expect_end();
}

/* Frames sent before are complete and in the samples; the one on its way is not. */
static void a_crash_cuts_a_frame(void **state)
{
    struct port_event event;
    g_autoptr(GArray) crcs = g_array_new(false, false, sizeof(uint32_t));

    (void)state;
    start();
    command("crash");
    for (;;) {
        fake_host_read(&run.host, &event);
        if (event.kind != PORT_EVENT_DATA_END)
            break;
        uint32_t crc = (uint32_t)crc32(0, run.host.session.body, event.bytes);
        g_array_append_val(crcs, crc);
    }
    assert_int_equal(event.kind, PORT_EVENT_NONE);
    assert_true(event.bytes > 0);
    assert_null(g_data_input_stream_read_line(run.notices, NULL, NULL, NULL));
    assert_true(g_subprocess_wait(run.process, NULL, NULL));
    assert_true(g_subprocess_get_if_signaled(run.process));
    assert_int_equal(g_subprocess_get_term_sig(run.process), SIGABRT);
    check_samples(crcs);
}

static void the_end_of_input_ends_it_in_the_middle_of_playing(void **state)
{
    (void)state;
    start();
    assert_true(g_output_stream_close(g_subprocess_get_stdin_pipe(run.process), NULL, NULL));
    expect_notice("closed", "");
    expect_end();
}

static void a_signal_ends_it(void **state)
{
    (void)state;
    start();
    g_subprocess_send_signal(run.process, SIGTERM);
    expect_notice("closed", "");
    expect_end();
}

static const struct mistake {
    const char *name;
    const char *arguments[SIM_AGENT_ARGUMENTS_MAX]; /* RECORDING, LONGER, EXISTING are replaced */
    const char *reason;
    const char *message; /* part of it */
} mistakes[] = {
    {"no arguments", {NULL}, "usage", "--port and --recording are needed"},
    {"unknown option", {"--what"}, "usage", "Unknown option --what"},
    {"surplus argument",
     {"--port", "tty:/x", "--recording", "RECORDING", "more"},
     "usage",
     "unknown argument: more"},
    {"unknown port",
     {"--port", "usb:/x", "--recording", "RECORDING"},
     "usage",
     "no port: --port usb:/x: tty:PATH or socket:PATH"},
    {"no rate",
     {"--port", "tty:/x", "--recording", "RECORDING", "--fps", "0"},
     "usage",
     "no frame rate: --fps 0"},
    {"half a rate",
     {"--port", "tty:/x", "--recording", "RECORDING", "--fps", "30/"},
     "usage",
     "no frame rate: --fps 30/"},
    {"missing recording",
     {"--port", "tty:/x", "--recording", "/nonexistent.mp4"},
     "recording",
     "/nonexistent.mp4: No such file"},
    {"recordings that differ",
     {"--port", "tty:/x", "--recording", "RECORDING", "--recording", "LONGER"},
     "recording",
     "have different numbers of frames"},
    {"samples that exist",
     {"--port", "tty:/x", "--recording", "RECORDING", "--samples", "EXISTING"},
     "samples",
     "cannot create the sample file"},
    {"missing tty",
     {"--port", "tty:/nonexistent", "--recording", "RECORDING"},
     "port-open",
     "cannot open the port: tty:/nonexistent: No such file"},
    {"missing socket",
     {"--port", "socket:/nonexistent", "--recording", "RECORDING"},
     "port-open",
     "cannot open the port: socket:/nonexistent: No such file"},
};

static void a_mistake_is_one_clear_line(void **state)
{
    const struct mistake *mistake = *state;
    const char *argv[SIM_AGENT_ARGUMENTS_MAX + 2] = {program};
    g_autofree char *out = NULL, *err = NULL;

    for (unsigned i = 0; mistake->arguments[i]; i++)
        argv[i + 1] = g_str_equal(mistake->arguments[i], "RECORDING")  ? recording
                      : g_str_equal(mistake->arguments[i], "LONGER")   ? longer_recording
                      : g_str_equal(mistake->arguments[i], "EXISTING") ? program
                                                                       : mistake->arguments[i];
    g_autoptr(GSubprocess) process =
        g_subprocess_newv(argv,
                          G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                              G_SUBPROCESS_FLAGS_STDERR_PIPE,
                          NULL);
    /* Its input stays open, so it has to end by itself. */
    g_output_stream_write_all(g_subprocess_get_stdin_pipe(process), "open\n", 5, NULL, NULL, NULL);
    g_autoptr(GDataInputStream) errors =
        g_data_input_stream_new(g_subprocess_get_stderr_pipe(process));
    err = g_data_input_stream_read_line(errors, NULL, NULL, NULL);
    assert_non_null(err);
    assert_true(g_str_has_prefix(err, "sim-agent: "));
    assert_non_null(strstr(err, mistake->message));
    assert_null(g_data_input_stream_read_line(errors, NULL, NULL, NULL));

    g_autoptr(GDataInputStream) notices =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(process));
    g_autofree char *last = NULL;
    while ((out = g_data_input_stream_read_line(notices, NULL, NULL, NULL))) {
        g_free(last);
        last = g_steal_pointer(&out);
    }
    g_autofree char *reason = g_strconcat("reason=", mistake->reason, NULL);
    assert_true(last && g_str_has_prefix(last, "error ") && g_str_has_suffix(last, reason));
    assert_true(g_subprocess_wait(process, NULL, NULL));
    assert_int_equal(g_subprocess_get_exit_status(process), 1);
}

#define RUN_TEST(name) cmocka_unit_test_teardown(name, tear_down)
#define RUNS 7 /* before the mistakes */

int main(void)
{
    struct CMUnitTest tests[RUNS + G_N_ELEMENTS(mistakes)] = {
        RUN_TEST(a_recording_is_played),
        RUN_TEST(feedback_lowers_the_bitrate),
        RUN_TEST(a_lost_port_is_told),
        RUN_TEST(a_stop_is_told),
        RUN_TEST(a_crash_cuts_a_frame),
        RUN_TEST(the_end_of_input_ends_it_in_the_middle_of_playing),
        RUN_TEST(a_signal_ends_it),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++)
        tests[RUNS + i] = (struct CMUnitTest){.name = mistakes[i].name,
                                              .test_func = a_mistake_is_one_clear_line,
                                              .initial_state = (void *)&mistakes[i]};
    signal(SIGPIPE, SIG_IGN); /* it may have ended before the command to open */
    return _cmocka_run_group_tests("sim-agent", tests, G_N_ELEMENTS(tests), set_up_all,
                                   tear_down_all);
}
