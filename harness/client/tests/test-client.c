/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The client as a process: with servers that do not speak SPICE, and with the simulated VM. */
#include "auto-destroy.h"
#include "harness/instrument/folder.h"
#include "harness/tests/program.h"
#include "media/barcode.h"
#include "media/picture.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define DEADLINE_S 60
#define COMMAND_MAX 8

static char *folder; /* each test's own */

static int set_up(void **state)
{
    (void)state;
    alarm(DEADLINE_S);
    folder = g_dir_make_tmp("test-client-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    g_clear_pointer(&folder, g_free);
    return 0;
}

static void bad_invocations_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *argv[COMMAND_MAX];
        const char *reason;
        const char *complaint;
    } cases[] = {
        {"no server", {"client"}, "usage", "one of --uri and --unix is needed"},
        {"two servers",
         {"client", "--uri", "spice://a:1", "--unix", "b"},
         "usage",
         "one of --uri and --unix is needed"},
        {"unknown sink",
         {"client", "--unix", "b", "--sink", "screen"},
         "usage",
         "--sink screen: must be appsink, overlay or overlay-sync"},
        {"unknown option", {"client", "--host", "b"}, "usage", "Unknown option --host"},
        {"an argument", {"client", "--unix", "b", "c"}, "usage", "arguments beside the options"},
        {"no time",
         {"client", "--unix", "b", "--connect-timeout", "0"},
         "usage",
         "--connect-timeout must be 1 or more"},
        {"a time that overflows",
         {"client", "--unix", "b", "--connect-timeout", "2147484"},
         "usage",
         "--connect-timeout must be 1 or more, an hour at most"},
        {"no delay",
         {"client", "--unix", "b", "--audio-delay", "-2"},
         "usage",
         "--audio-delay must be 0 or more, an hour at most"},
        {"samples exist",
         {"client", "--unix", "b", "--samples", "/dev/null"},
         "samples",
         "cannot create the sample file /dev/null"},
        {"nothing listens",
         {"client", "--uri", "spice://127.0.0.1:1"},
         "connect",
         "spice://127.0.0.1:1: nothing listens there"},
        {"no socket",
         {"client", "--unix", "/nonexistent/socket"},
         "connect",
         "/nonexistent/socket: nothing listens there"},
        {"no SPICE address",
         {"client", "--uri", "ftp://127.0.0.1:1"},
         "connect",
         "ftp://127.0.0.1:1: "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct program client;
        g_autofree char *complaints = NULL;
        program_start(&client, cases[i].argv);
        g_autofree char *reason = program_expect_value(&client, "error", "reason");
        int status = program_end(&client, &complaints);
        if (status != 1 || g_strcmp0(reason, cases[i].reason) != 0 ||
            !strstr(complaints, cases[i].complaint))
            fail_msg("%s: status %d, reason %s, complaints %s", cases[i].name, status, reason,
                     complaints);
    }
}

/* A listening socket on a free port; *ret_uri is its address. */
static int listen_somewhere(char **ret_uri)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *ret_uri = g_strdup_printf("spice://127.0.0.1:%u", ntohs(address.sin_port));
    return fd;
}

static void expect_failure(struct program *client, const char *complaint)
{
    g_autofree char *complaints = NULL;
    g_autofree char *reason = program_expect_value(client, "error", "reason");

    assert_string_equal(reason, "connect");
    assert_int_equal(program_end(client, &complaints), 1);
    if (!strstr(complaints, complaint))
        fail_msg("not \"%s\": %s", complaint, complaints);
}

static void a_server_that_is_silent_is_given_up(void **state)
{
    (void)state;
    g_autofree char *uri = NULL;
    int fd = listen_somewhere(&uri);
    struct program client;

    program_start(&client,
                  (const char *[]){"client", "--uri", uri, "--connect-timeout", "1", NULL});
    expect_failure(&client, "the server does not answer in time");
    close(fd);
}

static void a_server_that_hangs_up_is_given_up(void **state)
{
    (void)state;
    g_autofree char *uri = NULL;
    int fd = listen_somewhere(&uri);
    struct program client;

    program_start(&client, (const char *[]){"client", "--uri", uri, NULL});
    int connection = accept(fd, NULL, NULL);
    assert_true(connection >= 0);
    close(connection);
    expect_failure(&client, uri);
    close(fd);
}

/* Waits for the next notice that begins with `word` and contains `part`; the caller
 * frees it. */
static char *await(struct program *program, const char *word, const char *part)
{
    for (;;) {
        char *line = g_data_input_stream_read_line(program->notices, NULL, NULL, NULL);
        if (!line)
            fail_msg("the program ended without %s %s", word, part);
        if (g_str_has_prefix(line, word) && line[strlen(word)] == ' ' && strstr(line, part))
            return line;
        g_free(line);
    }
}

static void await_only(struct program *program, const char *word, const char *part)
{
    g_free(await(program, word, part));
}

/* Saves until the picture is the vGPU's update `number`, which may not have arrived yet. */
static struct picture *save_update(struct program *client, unsigned number)
{
    g_autofree char *path = g_build_filename(folder, "shown.png", NULL);
    g_autofree char *command = g_strdup_printf("save %s\n", path);

    for (;;) {
        enum barcode_source source;
        uint16_t got;
        program_command(client, command);
        await_only(client, "saved", " source=vgpu width=800 height=600");
        auto_destroy(picture) picture = picture_load(path, NULL);
        assert_non_null(picture);
        assert_true(barcode_read(picture->bgrx, picture->stride_bytes, picture->width_px,
                                 picture->height_px, &source, &got));
        if (got == number)
            return g_steal_pointer(&picture);
    }
}

static void check_rows(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GHashTable) events = g_hash_table_new(g_str_hash, g_str_equal);
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line && **line; line++) {
        g_auto(GStrv) fields = g_strsplit(*line, ",", -1);
        assert_int_equal(g_strv_length(fields), 12);
        g_hash_table_add(events, (void *)g_intern_string(fields[0]));
    }
    static const char *const expected[] = {"event", "connected", "primary",     "monitors",
                                           "shown", "traffic",   "disconnected"};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        if (!g_hash_table_contains(events, expected[i]))
            fail_msg("no row %s", expected[i]);
}

static void the_vgpu_is_shown_as_it_was_drawn(void **state)
{
    (void)state;
    g_autofree char *port = g_strdup_printf("pty:%s/port", folder);
    g_autofree char *samples = g_build_filename(folder, "client.csv", NULL);
    g_autofree char *snapshot = g_build_filename(folder, "drawn.png", NULL);
    g_autofree char *snapshot_command = g_strdup_printf("snapshot %s\n", snapshot);
    struct program vm, client;

    program_start(&vm, (const char *[]){"vm-sim", "--port-name", "org.example.none", "--port", port,
                                        "--size", "800x600", NULL});
    g_autofree char *listens = program_expect_value(&vm, "ready", "listen");
    g_autofree char *uri = g_strdup_printf("spice://%s", listens);
    program_start(&client, (const char *[]){"client", "--uri", uri, "--samples", samples, NULL});
    await_only(&client, "connected", "");
    await_only(&client, "shown", "source=vgpu channel=0 width=800 height=600");

    program_command(&vm, "desktop\npause\n");
    g_autofree char *paused = await(&vm, "paused", "number=");
    unsigned number = (unsigned)atoi(strstr(paused, "number=") + strlen("number="));
    auto_destroy(picture) shown = save_update(&client, number);
    program_command(&vm, snapshot_command);
    await_only(&vm, "snapshot", "file=");
    auto_destroy(picture) drawn = picture_load(snapshot, NULL);
    struct picture_difference difference;
    assert_non_null(drawn);
    assert_true(picture_compare(shown, drawn, &difference, NULL));
    assert_int_equal(difference.wrong_pixels, 0);

    program_command(&client, "units\n");
    await_only(&client, "received-total", "stream=-1 received=0 decoded=0 shown=0");
    program_command(&client, "disconnect\n");
    await_only(&client, "disconnected", "");
    await_only(&vm, "client", "state=disconnected");
    program_command(&client, "connect\n");
    await_only(&client, "connected", "");
    await_only(&client, "shown", "source=vgpu");
    assert_int_equal(program_end(&client, NULL), 0);
    assert_int_equal(program_end(&vm, NULL), 0);
    check_rows(samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bad_invocations_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_is_silent_is_given_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_hangs_up_is_given_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_vgpu_is_shown_as_it_was_drawn, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
