/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The program vm-sim as the harness runs it: its notices, its exit status and the files
 * that it leaves behind. No client is needed.
 */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <spice/stream-device.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

/* Ends the test when vm-sim hangs; a working one needs much less. */
#define DEADLINE_S 60
#define STREAM_PORT "org.spice-space.stream.0"

struct fixture {
    char *folder, *port, *port_spec;
    GSubprocess *process;
    GDataInputStream *notices;
    char *line; /* the last notice */
};

static char *program_path(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    return g_build_filename(folder, "..", "vm-sim", NULL); /* build/tests/.. */
}

static GSubprocess *spawn(const char *const *arguments, GSubprocessFlags flags)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(words, program_path());
    for (; *arguments; arguments++)
        g_ptr_array_add(words, g_strdup(*arguments));
    g_ptr_array_add(words, NULL);
    GSubprocess *process = g_subprocess_newv((const char *const *)words->pdata, flags, &error);
    if (!process)
        fail_msg("%s", error->message);
    return process;
}

static int setup(void **state)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    fixture->folder = g_dir_make_tmp("vm-sim-XXXXXX", NULL);
    fixture->port = g_build_filename(fixture->folder, "port", NULL);
    fixture->port_spec = g_strconcat("pty:", fixture->port, NULL);
    alarm(DEADLINE_S);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->process)
        g_subprocess_force_exit(fixture->process); /* still running only after a failed test */
    g_clear_object(&fixture->process);
    g_clear_object(&fixture->notices);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->port);
    g_free(fixture->port_spec);
    g_free(fixture->line);
    g_free(fixture);
    alarm(0);
    return 0;
}

static void start(struct fixture *fixture, const char *listen, const char *extra, const char *value)
{
    const char *arguments[] = {"--port-name", STREAM_PORT, "--port", fixture->port_spec,
                               "--listen",    listen,      extra,    value,
                               NULL};

    fixture->process =
        spawn(arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    fixture->notices = g_data_input_stream_new(g_subprocess_get_stdout_pipe(fixture->process));
}

/* Reads up to the notice that begins with `word` and contains `pair`. */
static const char *expect(struct fixture *fixture, const char *word, const char *pair)
{
    for (;;) {
        g_free(fixture->line);
        fixture->line = g_data_input_stream_read_line(fixture->notices, NULL, NULL, NULL);
        if (!fixture->line)
            fail_msg("vm-sim ended before: %s %s", word, pair);
        if (g_str_has_prefix(fixture->line, word) && strstr(fixture->line, pair))
            return fixture->line;
    }
}

/* The value of key=value in the last notice; free with g_free(). */
static char *value_of(const struct fixture *fixture, const char *key)
{
    g_auto(GStrv) words = g_strsplit(fixture->line, " ", -1);
    g_autofree char *prefix = g_strconcat(key, "=", NULL);

    for (char **word = words; *word; word++)
        if (g_str_has_prefix(*word, prefix))
            return g_strdup(*word + strlen(prefix));
    fail_msg("%s has no %s", fixture->line, key);
    return NULL;
}

static void command(const struct fixture *fixture, const char *line)
{
    GOutputStream *commands = g_subprocess_get_stdin_pipe(fixture->process);
    assert_true(g_output_stream_printf(commands, NULL, NULL, NULL, "%s\n", line));
}

/* Waits for a clean end that leaves neither link nor socket. */
static void expect_clean_end(struct fixture *fixture)
{
    assert_true(g_subprocess_wait(fixture->process, NULL, NULL));
    assert_true(g_subprocess_get_if_exited(fixture->process));
    assert_int_equal(g_subprocess_get_exit_status(fixture->process), 0);
    g_clear_object(&fixture->process);
    assert_int_equal(g_rmdir(fixture->folder), 0);
    assert_int_equal(g_mkdir(fixture->folder, 0700), 0);
}

static void port_opens_and_closes(void **state)
{
    struct fixture *fixture = *state;
    StreamDevHeader header;

    start(fixture, "127.0.0.1:0", NULL, NULL);
    expect(fixture, "ready ", fixture->port);
    expect(fixture, "vgpu ", "screen=console width=1024 height=768");
    for (int i = 0; i < 3; i++) {
        int fd = open(fixture->port, O_RDWR | O_NOCTTY);
        assert_true(fd >= 0);
        expect(fixture, "port ", "state=opened");
        /* The server sends the agent a greeting, with both libraries. */
        assert_int_equal(read(fd, &header, sizeof header), sizeof header);
        assert_int_equal(header.protocol_version, STREAM_DEVICE_PROTOCOL);
        assert_int_equal(header.type, STREAM_TYPE_CAPABILITIES);
        close(fd);
        expect(fixture, "port ", "state=closed");
    }
    command(fixture, "quit");
    expect_clean_end(fixture);
}

static void pause_stops_the_count(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *picture = g_build_filename(fixture->folder, "picture.png", NULL);
    g_autofree char *snapshot = g_strconcat("snapshot ", picture, NULL);

    start(fixture, "127.0.0.1:0", "--vgpu-fps", "60");
    command(fixture, "desktop"); /* the console is shown first, however early this comes */
    expect(fixture, "vgpu ", "screen=console");
    expect(fixture, "vgpu ", "screen=desktop");
    command(fixture, "pause");
    expect(fixture, "paused ", "number=");
    g_autofree char *number = value_of(fixture, "number");
    for (int i = 0; i < 3; i++) {
        command(fixture, snapshot);
        expect(fixture, "snapshot ", picture);
        g_autofree char *same = value_of(fixture, "number");
        assert_string_equal(same, number);
    }
    command(fixture, "resume");
    g_autofree char *later = g_strdup(number);
    while (g_str_equal(later, number)) { /* it counts on, or the deadline passes */
        g_free(later);
        command(fixture, snapshot);
        expect(fixture, "snapshot ", picture);
        later = value_of(fixture, "number");
    }
    assert_int_equal(g_unlink(picture), 0);
    command(fixture, "quit");
    expect_clean_end(fixture);
}

static void modes_come_and_go(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "127.0.0.1:0", "--displays", "2");
    command(fixture, "desktop");
    expect(fixture, "vgpu ", "screen=desktop");
    command(fixture, "mode 801x600");
    expect(fixture, "vgpu ", "screen=desktop width=801 height=600");
    expect(fixture, "mode ", "width=801 height=600");
    command(fixture, "no-primary");
    expect(fixture, "no-primary ", "");
    command(fixture, "pause"); /* when nothing is drawn there is nothing to wait for */
    expect(fixture, "paused ", "number=");
    command(fixture, "mode 1024x768");
    expect(fixture, "vgpu ", "screen=desktop width=1024");
    expect(fixture, "mode ", "width=1024 height=768");
    command(fixture, "reset");
    expect(fixture, "vgpu ", "screen=console width=1024 height=768");
    expect(fixture, "mode ", "width=1024 height=768");
    command(fixture, "unplug");
    expect(fixture, "unplugged ", "");
    command(fixture, "quit");
    expect_clean_end(fixture);
}

static void shutdown_with_an_open_port(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "127.0.0.1:0", NULL, NULL);
    expect(fixture, "ready ", "listen=127.0.0.1:");
    int fd = open(fixture->port, O_RDWR | O_NOCTTY);
    expect(fixture, "port ", "state=opened");
    command(fixture, "shutdown");
    expect(fixture, "port ", "state=closed");
    expect(fixture, "shut-down ", "");
    expect_clean_end(fixture);
    close(fd);
}

static void end_of_input_ends_it(void **state)
{
    struct fixture *fixture = *state;

    start(fixture, "127.0.0.1:0", NULL, NULL);
    expect(fixture, "ready ", "listen=127.0.0.1:");
    g_output_stream_close(g_subprocess_get_stdin_pipe(fixture->process), NULL, NULL);
    expect_clean_end(fixture);
}

/* SIGHUP, which a closed terminal sends, once left the link and the socket behind. */
static void a_signal_ends_it_with_an_open_port(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct fixture *fixture = *state;
    g_autofree char *listen = g_strconcat("unix:", fixture->folder, "/spice", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        start(fixture, listen, NULL, NULL);
        expect(fixture, "ready ", listen);
        int fd = open(fixture->port, O_RDWR | O_NOCTTY);
        expect(fixture, "port ", "state=opened");
        g_subprocess_send_signal(fixture->process, signals[i]);
        expect(fixture, "port ", "state=closed");
        expect_clean_end(fixture);
        g_clear_object(&fixture->notices);
        close(fd);
    }
}

/* The next vm-sim must replace what a killed one leaves behind. */
static void a_killed_one_does_not_block_the_next(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *listen = g_strconcat("unix:", fixture->folder, "/spice", NULL);

    start(fixture, listen, NULL, NULL);
    expect(fixture, "ready ", listen);
    g_subprocess_force_exit(fixture->process);
    g_subprocess_wait(fixture->process, NULL, NULL);
    g_clear_object(&fixture->process);
    g_clear_object(&fixture->notices);
    start(fixture, listen, NULL, NULL);
    expect(fixture, "ready ", listen);
    command(fixture, "quit");
    expect_clean_end(fixture);
}

static void samples_hold_the_events(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "vm.csv", NULL);
    g_autofree char *rows = NULL;

    start(fixture, "127.0.0.1:0", "--samples", path);
    expect(fixture, "vgpu ", "screen=console");
    int fd = open(fixture->port, O_RDWR | O_NOCTTY);
    expect(fixture, "port ", "state=opened");
    close(fd);
    expect(fixture, "port ", "state=closed");
    command(fixture, "quit");
    g_subprocess_wait(fixture->process, NULL, NULL);

    assert_true(g_file_get_contents(path, &rows, NULL, NULL));
    assert_true(
        g_str_has_prefix(rows, "event,t_ns,number,x,y,width,height,unit,planned_ns\ndrawn,"));
    assert_non_null(strstr(rows, ",1,0,0,1024,768,,\n"));
    assert_non_null(strstr(rows, "\nscreen,"));
    const char *opened = strstr(rows, "\nport-opened,");
    assert_non_null(opened);
    assert_non_null(strstr(opened, "\nport-closed,"));
    assert_int_equal(g_unlink(path), 0);
    expect_clean_end(fixture);
}

static int listen_on_free_port(char **ret_address)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret_address = g_strdup_printf("127.0.0.1:%u", ntohs(address.sin_port));
    return fd;
}

/* Expects one line on standard error that names the culprit, one error notice, and
 * status 1. */
static void expect_refusal(const char *const *arguments, const char *reason, const char *culprit)
{
    g_autoptr(GSubprocess) process =
        spawn(arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                             G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autofree char *notices = NULL, *errors = NULL;

    alarm(DEADLINE_S); /* for each of the many processes of a test */
    assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, &notices, &errors, NULL));
    assert_int_equal(g_subprocess_get_exit_status(process), 1);
    if (!g_str_has_prefix(notices, "error ") || !strstr(notices, reason))
        fail_msg("expected error reason=%s, got %s", reason, notices);
    if (!g_str_has_prefix(errors, "vm-sim: ") || !strstr(errors, culprit))
        fail_msg("expected one line with %s, got %s", culprit, errors);
    assert_ptr_equal(strchr(errors, '\n'), errors + strlen(errors) - 1);
}

static void wrong_command_lines_are_refused(void **state)
{
    struct fixture *fixture = *state;
    char *taken = NULL;
    int fd = listen_on_free_port(&taken);
    g_autofree char *file = g_build_filename(fixture->folder, "file", NULL);
    g_autofree char *pty_file = g_strconcat("pty:", file, NULL);
    g_autofree char *socket_file = g_strconcat("socket:", file, NULL);
    g_autofree char *unix_file = g_strconcat("unix:", file, NULL);
    const struct {
        const char *option, *value, *reason, *culprit;
    } cases[] = {
        {"--listen", taken, "listen", taken},
        {"--listen", "localhost", "listen", "localhost"},
        {"--listen", "127.0.0.1:99999", "listen", "127.0.0.1:99999"},
        {"--listen", "unix:", "listen", "unix:"},
        {"--listen", unix_file, "listen", file},
        {"--listen", "unix:/no/such/folder/spice", "listen", "/no/such/folder/spice"},
        {"--port", "pty:/no/such/folder/port", "port", "/no/such/folder/port"},
        {"--port", pty_file, "port", file},
        {"--port", socket_file, "port", file},
        {"--port", "serial:0", "port", "serial:0"},
        {"--samples", "/no/such/folder/vm.csv", "samples", "/no/such/folder/vm.csv"},
        {"--samples", file, "samples", file},
        {"--expect-library", "/no/such/folder", "library", "/no/such/folder"},
        {"--expect-library", "/tmp", "library", "/tmp"},
        {"--size", "1024", "options", "1024"},
        {"--size", "1024x768x2", "options", "1024x768x2"},
        {"--size", "0x0", "options", "0x0"},
        {"--size", "100000x100000", "options", "100000x100000"},
        {"--size", "-1024x768", "options", "-1024x768"},
        {"--vgpu-fps", "0", "options", "0"},
        {"--displays", "3", "options", "1 or 2"},
        {"--vgpu-fps", "many", "options", "many"},
        {"--image-compression", "jpeg", "options", "auto_glz"},
        {"--streaming", "yes", "options", "filter"},
        {"--film", "/no/such/film.mp4", "film", "/no/such/film.mp4: No such file or directory"},
        {"--film", file, "film", "file: is no video"},
        {"--film", fixture->folder, "film", fixture->folder},
        {"--tls", "/no/such/folder", "server", "/no/such/folder/ca.pem"},
        {"--drawing", "lines", "options", "full-frame, dirty-rects"},
        {"--video-codecs", "gstreamer:h266", "options", "unknown 'gstreamer:h266'"},
        {"--video-codecs", "spice:h264", "options", "unknown 'spice:h264'"},
        {"--video-codecs", "spice:mjpeg;", "options", "unknown ''"},
        {"--video-codecs", "", "options", "unknown ''"},
        {"--no-such-option", NULL, "options", "--no-such-option"},
        {"stray", NULL, "options", "stray"},
    };

    assert_true(g_file_set_contents(file, "kept", -1, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *arguments[] = {
            "--port-name",  "p", "--port", fixture->port_spec, cases[i].option,
            cases[i].value, NULL};
        expect_refusal(arguments, cases[i].reason, cases[i].culprit);
        assert_int_equal(g_access(fixture->port, F_OK), -1); /* nothing is left behind */
    }
    expect_refusal((const char *const[]){"--port", "pty:x", NULL}, "options", "--port-name");
    expect_refusal((const char *const[]){"--port-name", "x", NULL}, "options", "--port");
    assert_int_equal(g_unlink(file), 0);
    close(fd);
    g_free(taken);
}

/* Otherwise the server would use MJPEG instead, without any message. */
static void missing_encoder_is_refused(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *registry = g_build_filename(fixture->folder, "registry", NULL);
    const char *arguments[] = {"--port-name",
                               "p",
                               "--port",
                               fixture->port_spec,
                               "--video-codecs",
                               "spice:mjpeg;gstreamer:h264",
                               NULL};

    /* A machine without GStreamer's plugins. */
    g_setenv("GST_PLUGIN_SYSTEM_PATH_1_0", "/nonexistent", true);
    g_setenv("GST_REGISTRY", registry, true);
    expect_refusal(arguments, "options", "install gstreamer1.0-plugins-ugly");
    g_unsetenv("GST_PLUGIN_SYSTEM_PATH_1_0");
    g_unsetenv("GST_REGISTRY");
    g_unlink(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(port_opens_and_closes, setup, teardown),
        cmocka_unit_test_setup_teardown(pause_stops_the_count, setup, teardown),
        cmocka_unit_test_setup_teardown(modes_come_and_go, setup, teardown),
        cmocka_unit_test_setup_teardown(shutdown_with_an_open_port, setup, teardown),
        cmocka_unit_test_setup_teardown(end_of_input_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_signal_ends_it_with_an_open_port, setup, teardown),
        cmocka_unit_test_setup_teardown(a_killed_one_does_not_block_the_next, setup, teardown),
        cmocka_unit_test_setup_teardown(samples_hold_the_events, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_command_lines_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(missing_encoder_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
