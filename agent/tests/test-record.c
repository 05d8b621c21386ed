/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * The real agent captures an X server, sends, and records; the simulated agent then sends the
 * recording. The host gets the same bytes twice, but for what each appends.
 */
#include "agent/recorder.h"
#include "agent/tests/fake-host.h"
#include "agent/tests/x-server.h"
#include "protocol/host/unix-socket.h"

#include <gio/gio.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define FRAMES 8

static char *folder, *port, *file, *index_file;
static int listener;
static struct fake_host host;
static GSubprocess *agent;

static char *program(const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(self);

    return g_build_filename(tests, "..", name, NULL);
}

static int set_up(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("vdibench-record-XXXXXX", NULL);
    g_autofree char *socket = g_build_filename(folder, "port", NULL);
    port = g_strconcat("socket:", socket, NULL);
    file = g_build_filename(folder, "live.h264", NULL);
    index_file = g_strconcat(file, RECORDER_INDEX_SUFFIX, NULL);
    listener = unix_socket_listen(socket, 1);
    return listener >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (agent)
        g_subprocess_force_exit(agent);
    g_clear_object(&agent);
    fake_host_finish(&host);
    x_server_stop();
    close(listener);
    unlink(port + strlen("socket:"));
    unlink(file);
    unlink(index_file);
    rmdir(folder);
    g_free(folder);
    g_free(port);
    g_free(file);
    g_free(index_file);
    return 0;
}

static void die_with_the_test(void *data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Starts an agent and opens the session; it has sent its FORMAT afterwards. */
static void start_agent(const char *const *argv)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                  G_SUBPROCESS_FLAGS_STDERR_PIPE);
    struct pollfd socket = {.fd = listener, .events = POLLIN};
    struct port_event event;

    g_subprocess_launcher_set_child_setup(launcher, die_with_the_test, NULL, NULL);
    g_subprocess_launcher_setenv(launcher, "DISPLAY", x_server.name, true);
    agent = g_subprocess_launcher_spawnv(launcher, argv, NULL);
    assert_non_null(agent);
    assert_int_equal(poll(&socket, 1, FAKE_HOST_DEADLINE_MS), 1);
    fake_host_init(&host, accept(listener, NULL, NULL));
    fake_host_capabilities(&host);
    fake_host_start(&host);
    do
        fake_host_read(&host, &event);
    while (event.kind != PORT_EVENT_FORMAT);
}

/*
 * The agent's standard error; it ends with this status. The signal comes before the end of its
 * input, after which the simulated agent would no longer catch it: g_subprocess_send_signal() has
 * another thread send it, and that may be too late.
 */
static char *stop_agent(int status)
{
    g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0), out = NULL, lines = NULL;

    kill((pid_t)g_ascii_strtoll(g_subprocess_get_identifier(agent), NULL, 10), SIGTERM);
    assert_true(g_subprocess_communicate(agent, nothing, NULL, &out, &lines, NULL));
    if (!g_subprocess_get_if_exited(agent))
        fail_msg("signal %d ended the agent; its lines: %.*s", g_subprocess_get_term_sig(agent),
                 (int)g_bytes_get_size(lines), (const char *)g_bytes_get_data(lines, NULL));
    assert_int_equal(g_subprocess_get_exit_status(agent), status);
    g_clear_object(&agent);
    fake_host_finish(&host);
    return g_strndup(g_bytes_get_data(lines, NULL), g_bytes_get_size(lines));
}

/* Appends the next frame to what was sent before. Pointers are passed over. */
static void take_frame(GByteArray *sent)
{
    struct port_event event;

    do
        fake_host_read(&host, &event);
    while (event.kind == PORT_EVENT_CURSOR_SET_END || event.kind == PORT_EVENT_CURSOR_MOVE);
    assert_int_equal(event.kind, PORT_EVENT_DATA_END);
    g_byte_array_append(sent, host.session.body, event.bytes);
}

static void start_real_agent(void)
{
    g_autofree char *vdibench_agent = program("vdibench-agent");
    const char *argv[] = {vdibench_agent, "--source", "x11",       "--port", port,
                          "--record",     file,       "--trailer", NULL};

    if (!x_server_start("320x240x24")) {
        print_message("Xvfb is missing\n");
        skip();
    }
    start_agent(argv);
}

static void what_was_recorded_is_sent_again(void **state)
{
    (void)state;
    g_autofree char *sim_agent = program("sim-agent");
    const char *argv[] = {sim_agent, "--port",    port,          "--recording",
                          file,      "--trailer", "--keep-open", NULL};
    g_autoptr(GByteArray) captured = g_byte_array_new(), replayed = g_byte_array_new();
    g_autofree char *index = NULL;

    start_real_agent();
    for (unsigned i = 0; i < FRAMES; i++) {
        take_frame(captured);
        x_server_fill(0x203040 * (i + 1), (int16_t)(20 * i), 10, 60, 60);
    }
    g_free(stop_agent(0));
    assert_true(g_file_get_contents(index_file, &index, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(index, "\n", 0);
    assert_true(g_strv_length(lines) >= 1 + FRAMES + 1); /* one more may have been on its way */

    start_agent(argv);
    for (unsigned i = 0; i < FRAMES; i++)
        take_frame(replayed);
    g_free(stop_agent(0));
    assert_int_equal(replayed->len, captured->len);
    assert_memory_equal(replayed->data, captured->data, captured->len);
}

/* The session goes on, and its user is told once. */
static void a_full_disk_ends_the_recording_only(void **state)
{
    (void)state;
    g_autoptr(GByteArray) captured = g_byte_array_new();

    assert_int_equal(symlink("/dev/full", file), 0);
    start_real_agent();
    for (unsigned i = 0; i < 3; i++) {
        take_frame(captured);
        x_server_fill(0x203040 * (i + 1), 0, 0, 320, 100);
    }
    g_autofree char *lines = stop_agent(0);
    const char *line = strstr(lines, ": cannot record any further: No space left on device: make");
    if (!line)
        fail_msg("the agent's lines: %s", lines);
    assert_null(strstr(line + 3, "cannot record"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_recorded_is_sent_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_ends_the_recording_only, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
