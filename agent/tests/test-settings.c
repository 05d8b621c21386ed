/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The command line and the file of the agent's program, and what is refused. */
#include "agent/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define ARGUMENTS_MAX 8

static const struct settings_platform platform = {"/dev/port",  "PATH|tty:PATH", "a device",
                                                  "/var/state", "auto|x11|kms",  "auto|x264"};
static char path[] = "/tmp/test-settings-XXXXXX";
static char error[SETTINGS_LINE_BYTES];

/* `arguments`: separated by spaces; `file`: what --settings names, or NULL. */
static bool read_settings(struct settings *ret, const char *arguments, const char *file)
{
    const char *argv[ARGUMENTS_MAX + 3] = {"agent"};
    int argc = 1;
    char copy[SETTINGS_LINE_BYTES];

    snprintf(copy, sizeof copy, "%s", arguments);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        assert_true(argc < ARGUMENTS_MAX);
        argv[argc++] = word;
    }
    if (file) {
        FILE *to = fopen(path, "w");
        assert_non_null(to);
        assert_true(fputs(file, to) >= 0);
        assert_int_equal(fclose(to), 0);
        argv[argc++] = "--settings";
        argv[argc++] = path;
    }
    error[0] = '\0';
    return settings_read(ret, &platform, argc, argv, error);
}

static void nothing_given_is_the_defaults(void **state)
{
    (void)state;
    struct settings settings;

    assert_true(read_settings(&settings, "", NULL));
    assert_string_equal(settings.port, "/dev/port");
    assert_string_equal(settings.display, "auto");
    assert_string_equal(settings.source, "auto");
    assert_string_equal(settings.encoder, "auto");
    assert_int_equal(settings.bitrate_kbps, 20000);
    assert_int_equal(settings.frame_rate_hz, 30);
    assert_int_equal(settings.log_level, LOG_LEVEL_INFO);
    assert_string_equal(settings.record, "");
    assert_false(settings.list || settings.self_test || settings.help);
}

static void the_command_line_goes_before_the_file(void **state)
{
    (void)state;
    struct settings settings;

    assert_true(read_settings(&settings, "--port=socket:/run/x --bitrate 5000 --self-test",
                              "# the agent of this guest\n[agent]\n\nbitrate = 9000\r\n"
                              "frame-rate=60\nsource=kms\nlog-level=debug"));
    assert_string_equal(settings.port, "socket:/run/x");
    assert_int_equal(settings.bitrate_kbps, 5000);
    assert_int_equal(settings.frame_rate_hz, 60);
    assert_string_equal(settings.source, "kms");
    assert_int_equal(settings.log_level, LOG_LEVEL_DEBUG);
    assert_true(settings.self_test);
}

static void bad_command_lines_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *error;
    } cases[] = {
        {"left", "command line: an argument that is no option (see --help): left"},
        {"--prot x", "command line: an unknown option (see --help): --prot"},
        {"--por=x", "command line: an unknown option (see --help): --por=x"},
        {"--port a --port=b", "command line: an option that is given twice: --port=b"},
        {"--list=1", "command line: an option that takes no value: --list=1"},
        {"--port", "command line: an option without its value: --port"},
        {"--port=", "command line: port: 1 to 511 characters"},
        {"--bitrate 99", "command line: bitrate 99: a number from 100 to 200000"},
        {"--bitrate 200001", "command line: bitrate 200001: a number from 100 to 200000"},
        {"--bitrate 4294967396", "command line: bitrate 4294967396: a number from 100 to 200000"},
        {"--bitrate 1e4", "command line: bitrate 1e4: a number from 100 to 200000"},
        {"--frame-rate -1", "command line: frame-rate -1: a number from 1 to 240"},
        {"--source amf", "command line: source amf: one of auto|x11|kms"},
        {"--source auto|x11", "command line: source auto|x11: one of auto|x11|kms"},
        {"--log-level all", "command line: log-level all: one of error|warning|info|debug"},
        {"--list --self-test", "command line: one of the two only: --list --self-test"},
        {"--list --record x",
         "command line: nothing is sent that could be recorded: --list --record"},
        {"--settings /nonexistent",
         "/nonexistent: cannot read the settings: No such file or directory"},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        assert_false(read_settings(&settings, cases[i].arguments, NULL));
        assert_string_equal(error, cases[i].error);
    }
}

static void bad_files_are_refused_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *file, *error;
    } cases[] = {
        {"bitrate=500", ":1: a key before the group [agent]: bitrate=500"},
        {"[agent]\nbitrate", ":2: neither KEY=VALUE nor a comment (#): bitrate"},
        {"[client]\n", ":1: the only group is [agent]: [client]"},
        {"[agent]\n\nbitrat=1", ":3: an unknown key: bitrat"},
        {"[agent]\nlist=1", ":2: only the command line may have it: list"},
        {"[agent]\nport=a\nport=b", ":3: a key that is given twice: port"},
        {"[agent]\nframe-rate=241", ":2: frame-rate 241: a number from 1 to 240"},
        {"[agent]\nport=", ":2: port: 1 to 511 characters"},
        /* Wrong also where the command line has it. */
        {"[agent]\nbitrate=1", ":2: bitrate 1: a number from 100 to 200000"},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings settings;
        assert_false(read_settings(&settings, "--bitrate 500", cases[i].file));
        assert_memory_equal(error, path, strlen(path));
        assert_string_equal(error + strlen(path), cases[i].error);
    }
}

static void a_line_that_is_too_long_is_refused(void **state)
{
    (void)state;
    struct settings settings;
    char file[2 * SETTINGS_LINE_BYTES];

    memset(file, 'x', sizeof file);
    memcpy(file, "[agent]\n#", 9);
    file[sizeof file - 1] = '\0';
    assert_false(read_settings(&settings, "", file));
    assert_string_equal(error + strlen(path), ":2: the line is too long: shorten it");
}

static void the_help_has_each_setting(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    settings_write_help(&platform, to);
    assert_int_equal(fclose(to), 0);
    assert_non_null(strstr(text, "--port PATH|tty:PATH\n      a device (default: /dev/port)\n"));
    assert_non_null(strstr(text, "(default: /dev/port)\n"));
    assert_non_null(strstr(text, "--source auto|x11|kms\n"));
    assert_non_null(strstr(text, "in 1000 bit/s; 100 to 200000 (default: 20000)\n"));
    assert_non_null(strstr(text, "settings port, display, source, encoder, bitrate, frame-rate, "
                                 "log-level, state.\n"));
    free(text);
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_is_the_defaults),
        cmocka_unit_test(the_command_line_goes_before_the_file),
        cmocka_unit_test(bad_command_lines_are_refused),
        cmocka_unit_test(bad_files_are_refused_with_their_line),
        cmocka_unit_test(a_line_that_is_too_long_is_refused),
        cmocka_unit_test(the_help_has_each_setting),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
