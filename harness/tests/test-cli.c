/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vdibench as its user sees it: the real program in a project folder made for the test
 * ("house"), where the VM, the agent and the client are small shell scripts that can
 * misbehave.
 *
 * Whatever goes wrong, there must be one clear line on standard error, a status other
 * than 0, no child left, and nothing lost of an earlier run.
 */
#include "auto-destroy.h"
#include "harness/tests/process.h"
#include "harness/tests/small-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* Long enough for a busy machine; a passing test does not wait this long. */
#define LONG_S 60

static char *house; /* the project folder: build/, scenarios/ */
static char *tests_folder;

/* All stand-ins begin with this: it logs their process id, and `now` prints the clock. */
#define STUB                                                                     \
    "#!/bin/bash\n"                                                              \
    "house=${0%/build/*}\n"                                                      \
    "echo $$ >> $house/pids\n"                                                   \
    "now() { read -r up _ < /proc/uptime; echo ${up/./}0000000; }\n"             \
    "while [ $# -gt 0 ]; do [ \"$1\" = --samples ] && samples=$2; shift; done\n" \
    "misbehave=$house/misbehave-${0##*/}; [ -e $misbehave ] && . $misbehave\n"

static const struct {
    const char *name, *script;
} stubs[] = {
    {"vm-sim", STUB "echo event,t_ns,number,x,y,width,height,unit,planned_ns > \"$samples\"\n"
                    "echo \"ready $(now) listen=127.0.0.1:1 port=/x\"\n"
                    "echo \"port $(now) state=opened\"; echo \"port $(now) state=closed\"\n"
                    "while read -r line; do [ \"$line\" = quit ] && exit; done\n"},
    {"sim-agent",
     STUB "echo event,t_ns,loop,unit,bytes,crc,planned_ns,key > \"$samples\"\n"
          "echo \"ready $(now)\"\n"
          "while read -r line; do case $line in\n"
          "open) echo \"opened $(now)\"; echo \"playing $(now)\"\n"
          "  for i in 0 1 2; do echo frame,$(now),0,$i,100,$i,$(now),0; done >> \"$samples\";;\n"
          "finish) echo \"drained $(now) frames=3 bytes=300\";;\n"
          "close) echo \"closed $(now)\";;\n"
          "quit) exit;;\n"
          "esac; done\n"},
    {"client", STUB
     "echo event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height > \"$samples\"\n"
     "echo \"connected $(now)\"\n"
     "echo \"shown $(now) source=vgpu channel=0\"\n"
     "echo \"shown $(now) source=pgpu channel=0\"\n"
     "while read -r line; do case $line in\n"
     "units) for i in 0 1 2; do\n"
     "    echo received,$(now),1,0,$i,114,$i,,,,; echo shown,$(now),1,0,$i,,,pgpu,,9,9\n"
     "  done >> \"$samples\"; echo \"received-total $(now) received=3 shown=3\";;\n"
     "quit) exit;;\n"
     "esac; done\n"},
};

static const char scenario[] = "[scenario]\n"
                               "title=A test\n"
                               "workloads=hello\n"
                               "routes=stream-device\n"
                               "sets=short;long\n"
                               "seconds=2\n"
                               "repeats=1\n"
                               "[timeline]\n"
                               "1=client connect\n"
                               "2=agent open\n"
                               "3=wait shown pgpu\n"
                               "4=play\n"
                               "5=agent finish\n"
                               "6=wait drained\n"
                               "7=agent close\n"
                               "[expect]\n"
                               "other_channel=pgpu\n"
                               "frames_lost=0\n";

static char *in_house(const char *name)
{
    return g_build_filename(house, name, NULL);
}

static void put(const char *name, const char *text, int mode)
{
    g_autofree char *file = in_house(name);
    g_autofree char *folder = g_path_get_dirname(file);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    assert_true(g_file_set_contents(file, text, -1, NULL));
    assert_int_equal(g_chmod(file, mode), 0);
}

/* The recordings of test-recording; does nothing when they exist. */
static void make_recordings(const char *folder)
{
    const char *argv[] = {"sim-agent/tests/make-recordings", folder, NULL};
    int status;
    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                             &status, NULL));
    assert_true(g_spawn_check_wait_status(status, NULL));
}

static void link_recording(const char *folder, const char *name, const char *as)
{
    g_autofree char *from = g_build_filename(folder, name, NULL);
    g_autofree char *recordings = in_house("build/recordings");
    g_autofree char *to = g_build_filename(recordings, as, NULL);
    assert_int_equal(g_mkdir_with_parents(recordings, 0755), 0);
    assert_int_equal(symlink(from, to), 0);
}

static void copy_vdibench(const char *binary, const char *as)
{
    g_autofree char *copy = in_house(as);
    g_autoptr(GFile) from = g_file_new_for_path(binary), to = g_file_new_for_path(copy);
    g_autoptr(GError) error = NULL;
    if (!g_file_copy(from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error))
        fail_msg("%s: run make first", error->message);
}

static int build_house(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_free(tests_folder);
    tests_folder = g_path_get_dirname(self);
    g_autofree char *binary = g_build_filename(tests_folder, "..", "vdibench", NULL);
    house = g_dir_make_tmp("test-cli-XXXXXX", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(stubs); i++) {
        g_autofree char *name = g_build_filename("build", stubs[i].name, NULL);
        put(name, stubs[i].script, 0755);
    }
    put("scenarios/test.ini", scenario, 0644);
    g_autofree char *made = g_build_filename(tests_folder, "recordings", NULL);
    make_recordings(made);
    link_recording(made, "plain.mp4", "hello.mp4");
    link_recording(made, "resized.h264", "resized.h264");
    put("pids", "", 0644);

    copy_vdibench(binary, "build/vdibench");
    g_setenv("XDG_RUNTIME_DIR", house, true);
    g_setenv("VDIBENCH_LOCK", "", true); /* nothing is measured */
    return 0;
}

static int tear_down_house(void **state)
{
    const char *argv[] = {"rm", "-rf", house, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_clear_pointer(&house, g_free);
    return 0;
}

struct outcome {
    int status;
    char *output, *complaint;
};

static void outcome_finish(struct outcome *outcome)
{
    g_free(outcome->output);
    g_free(outcome->complaint);
}

/* `words`: the arguments, separated by blanks; HOUSE stands for the house,
 * TESTS for the folder of this program. */
static struct outcome run_vdibench(const char *words)
{
    g_autoptr(GString) line = g_string_new("HOUSE/build/vdibench ");
    struct outcome outcome = {0};
    g_string_append(line, words);
    g_string_replace(line, "HOUSE", house, 0);
    g_string_replace(line, "TESTS", tests_folder, 0);
    g_auto(GStrv) argv = g_strsplit(g_strchomp(line->str), " ", -1);
    assert_true(g_spawn_sync(house, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &outcome.output,
                             &outcome.complaint, &outcome.status, NULL));
    return outcome;
}

static void assert_no_child_left(void)
{
    g_autofree char *file = in_house("pids");
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_auto(GStrv) pids = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; pids[i] && *pids[i]; i++) {
        if (kill(atoi(pids[i]), 0) == 0 || errno != ESRCH)
            fail_msg("process %s is still there", pids[i]);
    }
}

/* Longer than a name may be. */
#define TEN "0123456789"
#define LONG_NAME TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void bad_input_is_refused_before_anything_starts(void **state)
{
    static const struct {
        const char *name, *words, *expected;
    } cases[] = {
        {"unknown command", "bake", "bake: unknown command; allowed: list, show, run"},
        {"one of a list is unknown", "run --route stream-device,cable",
         "--route cable: unknown; allowed: "},
        {"list with an argument", "list x", "list: 'x'"},
        {"doctor with an argument", "doctor x", "doctor: 'x'"},
        {"show without a scenario", "show", "show: one scenario is needed"},
        {"unknown scenario", "run nothing", "scenario nothing: there is no"},
        {"unknown scenario shown", "show nothing", "scenario nothing: there is no"},
        {"no scenario file", "run HOUSE/build/vm-sim", "no scenario: "},
        {"scenario twice", "run test test", "scenario test: named twice"},
        {"unknown key", "run HOUSE/bad.ini", "bad.ini: [scenario] titel: unknown key; allowed: "},
        {"unknown option", "run --speed 3", "Unknown option --speed"},
        {"unknown route", "run --route cable", "--route cable: unknown; allowed: gpu-module, "},
        {"unknown sink", "run --sink drain", "--sink drain: unknown; allowed: appsink, "},
        {"unknown drawing", "run --drawing oil",
         "--drawing oil: unknown; allowed: dirty-rects, full-frame"},
        {"unknown VM", "run --vm xen", "--vm xen: unknown; allowed: sim, qemu"},
        {"unknown transport", "run --transport pigeon",
         "--transport pigeon: unknown; allowed: pty, socket"},
        {"no number", "run --repeat many", "many"},
        {"no repeats", "run --repeat 0", "--repeat 0: allowed: 1 to 100"},
        {"too many repeats", "run --repeat 101", "--repeat 101: allowed: 1 to 100"},
        {"negative repeats", "run --repeat=-1", "--repeat -1: allowed: 1 to 100"},
        {"too short", "run --seconds 1", "--seconds 1: allowed: 2 to 3600"},
        {"nothing left", "run --route relay", "nothing to run"},
        {"folder exists", "run --output HOUSE/scenarios", "scenarios: exists already"},
        {"file exists", "run --output HOUSE/pids", "pids: exists already"},
        {"folder below a file", "run --output HOUSE/pids/x", "pids/x: cannot be created"},
        {"no recording", "run --recording HOUSE/none.mp4", "none.mp4: No such file or directory"},
        {"no video", "run --recording HOUSE/scenarios/test.ini", "test.ini: has no video"},
        {"B-frames", "run --recording TESTS/recordings/bframes.mp4", "bframes.mp4: has B-frames"},
        {"no key frame", "run --recording TESTS/recordings/no-idr.h264",
         "no-idr.h264: has no key frame"},
        {"0 frames", "run --recording TESTS/recordings/empty.mp4", "empty.mp4: is empty"},
        {"film that changes its size",
         "run HOUSE/film.ini --recording build/recordings/resized.h264",
         "resized.h264: changes its size"},
        {"film of another size", "run HOUSE/film.ini",
         "hello.mp4: is 320x240, the vGPU that is to draw it 1024x768: set "
         "vgpu_resolution=workload"},
        {"screen too small", "run HOUSE/small.ini",
         "hello.mp4: is 320x240, a vGPU of its size can be from 384x32"},
        {"newline in a recording's name", "run --recording HOUSE/a\nb.mp4 --output HOUSE/out",
         "/a?b.mp4: the recording's name has a control character: rename it"},
        {"newline in its folder's", "run --recording HOUSE/a\nb/c.mp4", "/a?b/c.mp4: the rec"},
        {"no UTF-8 in a recording's name", "run --recording HOUSE/a\xff.mp4 --output HOUSE/out",
         "the recording's name is no UTF-8 text: rename it"},
        {"long name", "run --recording HOUSE/" LONG_NAME ".mp4 --output HOUSE/out",
         ".mp4: the recording's name is longer than 100 bytes: rename it"},
        {"hidden name", "sessions test --recording HOUSE/.mp4 --output HOUSE/out",
         "/.mp4: the recording's name begins with a dot: rename it"},
        {"newline in a scenario's name", "run HOUSE/a\nb.ini --output HOUSE/out",
         "/a?b.ini: the scenario's name has a control character: rename it"},
        {"no UTF-8 in a scenario's name", "run HOUSE/\xff.ini", "the scenario's name is no UTF-8"},
        {"long scenario", "run HOUSE/" LONG_NAME ".ini", "the scenario's name is longer than 100"},
        {"newline in the results' name", "run --output HOUSE/o\nt",
         "/o?t: the results folder's name has a control character: rename it"},
        {"no UTF-8 in the results' name", "run --output HOUSE/o\xff/t",
         "the results folder's name is no UTF-8 text"},
        {"a case that is none", "run test --only-case a,b",
         "--only-case a,b: there is no such case"},
        {"options for Slurm without it", "run test --slurm-option=--partition=x",
         "--slurm-option and --slurm-jobs need --slurm"},
        {"a budget for Slurm", "run --slurm --all --budget 5",
         "--slurm: leave --all, --tap and --dry-run out"},
        {"nothing to merge", "merge HOUSE/out", "merge: give the new folder, and those to merge"},
        {"a part that is none", "merge HOUSE/out HOUSE/none",
         "none/result.json: no such file: give a folder that vdibench run has written"},
        {"no sessions", "sessions --max 0", "--max 0: allowed: 1 to 10000"},
        {"never in time", "sessions --within 0", "--within 0: allowed: 1 to 60000"},
        {"no minutes for sessions", "sessions --minutes 0", "--minutes 0: allowed: 1 to 10080"},
        {"unknown clients", "sessions --client blind",
         "--client blind: unknown; allowed: receive-only, decoding"},
        {"one of a list of clients is unknown", "sessions --client decoding,blind",
         "--client blind: unknown; allowed: receive-only, decoding"},
        {"one of a list of routes is unknown", "sessions --route relay,cable",
         "--route cable: unknown; allowed: "},
        {"two scenarios", "sessions test test", "sessions: 'test': one scenario is enough"},
        {"sessions of nothing", "sessions HOUSE/film.ini", "with the step 'play' is needed"},
        {"unknown set", "run --set nothing",
         "--set nothing: no scenario declares it; there is: "
         "short, long"},
        {"contradiction", "run HOUSE/longer.ini", "quick_seconds: 9 contradicts seconds=2"},
        {"set and scenario", "run --set short test", "--set short: and scenario test: give one"},
        {"all without a budget", "run --all", "--all and --budget MINUTES need each other"},
        {"budget without all", "run --budget 3", "--all and --budget MINUTES need each other"},
        {"no budget", "run --all --budget 0", "--budget 0: allowed: 1 to 1440"},
        {"budget too small", "run --all --budget 1 --seconds 600",
         "--budget 1: too little for any case, the shortest takes 602 s"},
        {"warm-up as tests", "run --tap --warm-up 1",
         "--warm-up: leave --all, --tap and --slurm out"},
        {"until-ci alone", "run --until-ci 5",
         "--until-ci PCT and --time-limit MINUTES need each other"},
        {"until-ci as tests", "run --tap --until-ci 5 --time-limit 1",
         "--until-ci: leave --all and --tap out"},
        {"no seed", "run --seed=-1", "--seed -1: allowed: 0 to 2147483647"},
        {"all with repeats", "run --all --budget 1 --repeat 2", "--all: runs each case once"},
        {"program not built", "run HOUSE/relay.ini", "build/relay: is not there: run make first"},
        {"library not built", "run HOUSE/module.ini", "our SPICE server is not built"},
        {"server not built", "run test --server 9.9.9",
         "--server 9.9.9: is not built: run make spice-server SPICE_VERSION=9.9.9 first"},
        {"recording not fetched", "run HOUSE/workload.ini", "workload other: no recording other"},
    };
    static const char *const variants[][3] = {
        {"bad.ini", "title=", "titel="},
        {"relay.ini", "routes=stream-device", "routes=relay;stream-device"},
        {"module.ini", "routes=stream-device", "routes=gpu-module"},
        {"workload.ini", "workloads=hello", "workloads=other"},
        {"longer.ini", "seconds=2", "seconds=2\nquick_seconds=9"},
        {"small.ini", "seconds=2", "seconds=2\nvgpu_resolution=workload"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        g_autoptr(GString) text = g_string_new(scenario);
        g_string_replace(text, "other_channel=pgpu\n", "", 0); /* not on every route */
        assert_int_equal(g_string_replace(text, variants[i][1], variants[i][2], 0), 1);
        put(variants[i][0], text->str, 0644);
    }
    put("film.ini",
        "[scenario]\ntitle=A film\nworkloads=hello\nroutes=vgpu-lz4\n"
        "[timeline]\n1=client connect\n",
        0644);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        auto_finish(outcome) outcome = run_vdibench(cases[i].words);
        const char *newline = strchr(outcome.complaint, '\n');
        if (g_spawn_check_wait_status(outcome.status, NULL) ||
            !strstr(outcome.complaint, cases[i].expected) ||
            !g_str_has_prefix(outcome.complaint, "vdibench: ") || !newline || newline[1])
            fail_msg("%s: expected one line with '%s', status %d, got '%s'", cases[i].name,
                     cases[i].expected, outcome.status, outcome.complaint);
    }
    g_autofree char *results = in_house("results"), *out = in_house("out");
    assert_false(g_file_test(results, G_FILE_TEST_EXISTS));
    assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    assert_no_child_left();
}

/* The only case of result.json. */
static JsonObject *read_case(JsonParser *parser, const char *folder)
{
    g_autofree char *name = g_build_filename(folder, "result.json", NULL);
    g_autofree char *file = in_house(name);
    g_autoptr(GError) error = NULL;
    json_parser_load_from_file(parser, file, &error);
    assert_null(error);
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    return json_array_get_object_element(json_object_get_array_member(root, "cases"), 0);
}

/* Any name that is not refused must give results that can be read. */
static void a_good_name_is_carried_through(void **state)
{
    static const char *const names[] = {"my film.mp4", "a..b.mp4", "\"ä\", 100%.mp4"};

    g_autofree char *from = in_house("build/recordings/hello.mp4");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *recording = in_house(names[i]);
        g_autofree char *name = g_strdup_printf("out %zu '%%'", i);
        g_autofree char *out = in_house(name);
        g_autofree char *vdibench = in_house("build/vdibench");
        char *const run_argv[] = {vdibench, "run", "--recording", recording, "-o", out, NULL};
        char *const report_argv[] = {vdibench, "report", out, NULL};
        g_autoptr(JsonParser) parser = json_parser_new();
        g_autofree char *complaint = NULL;
        int status;

        assert_int_equal(symlink(from, recording), 0);
        assert_true(g_spawn_sync(house, (char **)run_argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                                 NULL, NULL, &complaint, &status, NULL));
        if (status)
            fail_msg("%s: %s", names[i], complaint);
        assert_string_equal(json_object_get_string_member(read_case(parser, name), "workload"),
                            names[i]);
        g_autofree char *outcome = NULL;
        assert_true(g_spawn_sync(house, (char **)report_argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
                                 NULL, NULL, NULL, &outcome, &status, NULL));
        if (strstr(outcome, "result.json"))
            fail_msg("%s: %s", names[i], outcome);
    }
}

/* There must be one line that names the variable, and nothing may be created. */
static void a_bad_runtime_folder_is_reported_before_anything_is_created(void **state)
{
    g_autofree char *out = in_house("out");

    g_setenv("XDG_RUNTIME_DIR", "/proc", true); /* where no folder can be created */
    auto_finish(outcome) outcome = run_vdibench("run --output HOUSE/out");
    g_setenv("XDG_RUNTIME_DIR", house, true);
    assert_int_not_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.complaint, "vdibench: /proc/vdibench-"));
    assert_non_null(strstr(outcome.complaint, "set XDG_RUNTIME_DIR to a folder"));
    assert_ptr_equal(strchr(outcome.complaint, '\n'),
                     outcome.complaint + strlen(outcome.complaint) - 1);
    assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

/* Every command must fail when its output could not be written. */
static void a_full_disk_is_reported(void **state)
{
    static const char *const to_full[] = {"list", "show test", "steps", "--help", "run --dry-run"};

    for (size_t i = 0; i < G_N_ELEMENTS(to_full); i++) {
        g_autofree char *line =
            g_strdup_printf("'%s/build/vdibench' %s > /dev/full", house, to_full[i]);
        char *argv[] = {(char *)"/bin/sh", (char *)"-c", line, NULL};
        g_autofree char *complaint = NULL;
        int status;
        assert_true(g_spawn_sync(house, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &complaint,
                                 &status, NULL));
        if (g_spawn_check_wait_status(status, NULL) || !strstr(complaint, "cannot write to stand"))
            fail_msg("%s: status %d, '%s'", to_full[i], status, complaint);
    }
}

static void a_run_on_a_full_disk_fails(void **state)
{
    g_autofree char *script =
        g_strdup_printf("head -c 1000000 /dev/zero > \"$DISK/fill\" 2> /dev/null\n"
                        "'%s/build/vdibench' run --output \"$DISK/out\"",
                        house);
    g_autofree char *complaint = NULL;
    int status;

    if (!small_disk_run(64, script, &status, &complaint))
        skip(); /* creating a mount namespace is not permitted here */
    if (g_spawn_check_wait_status(status, NULL) || !strstr(complaint, "No space left"))
        fail_msg("status %d, '%s'", status, complaint);
    assert_no_child_left();
}

/* A disk of any size between none and enough: either all is there, or the run fails, says
 * why, and names no file that is not there; what is there is whole. */
static void a_disk_that_fills_up_is_reported(void **state)
{
    g_autofree char *script =
        g_strdup_printf("out=$('%s/build/vdibench' run --report --output \"$DISK/out\")\n"
                        "status=$?\n"
                        "for file in $(echo \"$out\" | grep -o \"$DISK/[^ ,:]*\"); do\n"
                        "  [ -e \"$file\" ] || { echo \"$file is claimed\" >&2; exit 79; }\n"
                        "done\n"
                        "if [ -e \"$DISK/out/result.json\" ]; then\n"
                        "  jq -e .schema \"$DISK/out/result.json\" > /dev/null || exit 78\n"
                        "fi\n"
                        "if [ -e \"$DISK/out/report.html\" ]; then\n"
                        "  tail -1 \"$DISK/out/report.html\" | grep -q '</html>' || exit 77\n"
                        "fi\n"
                        "[ $status != 0 ] || [ -s \"$DISK/out/report.html\" ] || exit 76\n"
                        "exit $status",
                        house);
    unsigned passed = 0, failed = 0;

    for (unsigned kib = 16; kib <= 1024; kib *= 4) {
        g_autofree char *complaint = NULL;
        int status;

        if (!small_disk_run(kib, script, &status, &complaint))
            skip(); /* creating a mount namespace is not permitted here */
        assert_true(WIFEXITED(status));
        bool named = strstr(complaint, "No space left") || strstr(complaint, "is the disk full?");
        if (WEXITSTATUS(status) > 1 || (WEXITSTATUS(status) == 1 && !named))
            fail_msg("%u KiB: status %d, '%s'", kib, WEXITSTATUS(status), complaint);
        passed += WEXITSTATUS(status) == 0;
        failed += WEXITSTATUS(status) == 1;
    }
    assert_int_not_equal(passed, 0);
    assert_int_not_equal(failed, 0);
    assert_no_child_left();
}

static void help_is_help(void **state)
{
    static const char *const words[] = {"--help",     "list --help",     "show --help",
                                        "run --help", "sessions --help", "doctor --help"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        auto_finish(outcome) outcome = run_vdibench(words[i]);
        assert_int_equal(outcome.status, 0);
        assert_string_equal(outcome.complaint, "");
        assert_non_null(strstr(outcome.output, "vdibench"));
    }
}

static void warm_ups_are_kept_and_not_counted(void **state)
{
    auto_finish(outcome) outcome = run_vdibench("run --warm-up 1 --no-twin --output HOUSE/out");
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *folder = in_house("out/cases/test,stream-device,appsink,hello,pty");
    static const char *const left[] = {"warm-up-1/client.csv", "repeat-1/client.csv"};

    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.complaint, "2 repeats of 1 cases"));
    assert_non_null(strstr(outcome.complaint, "[1/2] test/stream-device/appsink, warm-up 1 of 1"));
    assert_non_null(strstr(outcome.complaint, "[2/2] test/stream-device/appsink, repeat 1 of 1"));
    JsonObject *c = read_case(parser, "out");
    assert_int_equal(json_array_get_length(json_object_get_array_member(c, "repeats")), 1);
    for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
        g_autofree char *file = g_build_filename(folder, left[i], NULL);
        if (!g_file_test(file, G_FILE_TEST_EXISTS))
            fail_msg("%s is not there", file);
    }
}

static void a_run_leaves_its_results(void **state)
{
    auto_finish(outcome) outcome = run_vdibench("run --output HOUSE/out");
    g_autoptr(JsonParser) parser = json_parser_new();
    static const char *const left[] = {"agent.csv",  "client.csv", "vm.csv",    "cpu.csv",
                                       "frames.csv", "client.log", "vm-sim.log"};

    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.output, "stream-device appsink"));
    assert_non_null(strstr(outcome.complaint, "[1/1] test/stream-device/appsink, repeat 1 of 1"));
    JsonObject *c = read_case(parser, "out");
    assert_string_equal(json_object_get_string_member(c, "status"), "passed");
    JsonObject *metrics = json_object_get_object_member(c, "metrics");
    JsonObject *shown = json_object_get_object_member(metrics, "frames_shown");
    assert_float_equal(json_object_get_double_member(shown, "median"), 3, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
        g_autofree char *file = g_build_filename(
            house, "out/cases/test,stream-device,appsink,hello,pty/repeat-1", left[i], NULL);
        assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
    }
    assert_no_child_left();
}

/* Runs `vdibench run` of everything on a terminal of its own, with `option` (NULL: none), and
 * answers when it is asked. Returns its exit status, and what it has printed, which the
 * caller frees. */
static int run_on_terminal(const char *option, const char *answer, char **ret_printed)
{
    g_autofree char *binary = in_house("build/vdibench"), *out = in_house("out");
    g_autoptr(GString) printed = g_string_new(NULL);
    bool answered = false;
    char part[256];
    int terminal, status;
    ssize_t n;

    pid_t pid = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(pid >= 0);
    if (pid == 0) {
        execl(binary, binary, "run", "--output", out, option, NULL);
        _exit(127);
    }
    while ((n = read(terminal, part, sizeof part)) > 0) {
        g_string_append_len(printed, part, n);
        if (!answered && strstr(printed->str, "[y/N] ")) {
            assert_int_equal(write(terminal, answer, strlen(answer)), strlen(answer));
            answered = true;
        }
    }
    close(terminal);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    *ret_printed = g_string_free(g_steal_pointer(&printed), false);
    return WEXITSTATUS(status);
}

static void a_run_of_everything_asks_on_a_terminal(void **state)
{
    g_autofree char *refused = NULL, *accepted = NULL, *unasked = NULL;
    g_autofree char *out = in_house("out");

    assert_int_equal(run_on_terminal(NULL, "\n", &refused), 1);
    assert_non_null(strstr(refused, "vdibench: 1 repeats of 1 cases, about 1 min\r\nGo on? [y/N]"));
    assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
    assert_int_equal(run_on_terminal(NULL, "y\n", &accepted), 0);
    assert_true(g_file_test(out, G_FILE_TEST_EXISTS));
    g_autofree char *first = in_house("first");
    assert_int_equal(g_rename(out, first), 0);
    assert_int_equal(run_on_terminal("--yes", "", &unasked), 0);
    assert_null(strstr(unasked, "[y/N]"));
}

static void a_list_is_as_good_as_several_options(void **state)
{
    auto_finish(outcome) list = run_vdibench("run --dry-run --transport pty,socket");
    auto_finish(outcome) several = run_vdibench("run --dry-run --transport pty --transport socket");
    assert_string_equal(list.output, several.output);
    assert_non_null(strstr(list.output, "2 repeats of 2 cases"));
}

static void a_pinned_process_has_its_processors(void **state)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *file = in_house("processors");
    g_autofree char *allowed = NULL, *expected = NULL;

    if (g_get_num_processors() < 2)
        skip(); /* there is nothing to divide */
    put("misbehave-vm-sim", "grep Cpus_allowed: /proc/self/status > $house/processors\n", 0644);
    auto_finish(outcome) outcome = run_vdibench("run --pin --output HOUSE/out");
    assert_int_equal(outcome.status, 0);
    read_case(parser, "out");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonObject *environment = json_object_get_object_member(root, "environment");
    JsonObject *pinned = json_object_get_object_member(environment, "pinned");
    const char *vm = json_object_get_string_member(pinned, "vm");
    const char *argv[] = {"taskset",       "--cpu-list",        vm,  "grep",
                          "Cpus_allowed:", "/proc/self/status", NULL};
    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &expected,
                             NULL, NULL, NULL));
    assert_true(g_file_get_contents(file, &allowed, NULL, NULL));
    assert_string_equal(allowed, expected);
}

/* `words` print JSON, which the caller frees. */
static JsonNode *read_json(const char *words)
{
    auto_finish(outcome) outcome = run_vdibench(words);
    JsonNode *node = json_from_string(outcome.output, NULL);
    if (outcome.status || !node)
        fail_msg("%s: no JSON: %s%s", words, outcome.output, outcome.complaint);
    return node;
}

static void a_program_can_read_steps_scenarios_and_summaries(void **state)
{
    g_autoptr(JsonNode) steps = read_json("steps --json");
    JsonObject *first = json_array_get_object_element(json_node_get_array(steps), 0);
    assert_true(json_object_has_member(first, "does") && json_object_has_member(first, "needs"));

    g_autoptr(JsonNode) shown = read_json("show test --json");
    JsonObject *of = json_node_get_object(shown);
    assert_string_equal(
        json_object_get_string_member(json_object_get_object_member(of, "timeline"), "2"),
        "agent open");
    assert_string_equal(
        json_object_get_string_member(json_object_get_object_member(of, "scenario"), "title"),
        "A test");

    auto_finish(outcome) run = run_vdibench("run test --output HOUSE/out");
    assert_int_equal(run.status, 0);
    g_autoptr(JsonNode) summary = read_json("summary HOUSE/out --json");
    assert_int_equal(json_array_get_length(json_node_get_array(summary)), 1);
    JsonObject *row = json_array_get_object_element(json_node_get_array(summary), 0);
    assert_string_equal(json_object_get_string_member(row, "label"), "stream-device appsink");
    assert_true(json_object_has_member(row, "latency_ms_p50"));
}

static void the_version_is_the_projects_and_the_librarys(void **state)
{
    auto_finish(outcome) outcome = run_vdibench("--version");
    assert_int_equal(outcome.status, 0);
    assert_true(g_str_has_prefix(outcome.output, "vdibench 0."));
    assert_non_null(strstr(outcome.output, "\nlibspice-server: "));
    assert_non_null(strstr(outcome.output, "(not built)")); /* there is none in the house */
}

static void a_set_is_its_scenarios(void **state)
{
    g_autoptr(GString) text = g_string_new(scenario);
    g_string_replace(text, "sets=short;long", "sets=long", 0);
    put("scenarios/other.ini", text->str, 0644);

    auto_finish(outcome) json = run_vdibench("list --json");
    g_autoptr(JsonNode) listed = json_from_string(json.output, NULL);
    assert_non_null(listed);
    assert_int_equal(json_array_get_length(json_node_get_array(listed)), 2);
    auto_finish(outcome) list = run_vdibench("list");
    assert_non_null(strstr(list.output, "test                     short,long       A test\n"));
    auto_finish(outcome) steps = run_vdibench("steps");
    assert_int_equal(steps.status, 0);
    assert_non_null(
        strstr(steps.output, "\nagent close               The agent closes its port.\n"));
    auto_finish(outcome) one = run_vdibench("run --set short --dry-run");
    assert_int_equal(one.status, 0);
    assert_non_null(strstr(one.output, "1 repeats of 1 cases"));
    assert_non_null(strstr(one.output, "  test,stream-device,appsink,hello,pty\n"));
    auto_finish(outcome) both = run_vdibench("run --set long --dry-run");
    assert_non_null(strstr(both.output, "2 repeats of 2 cases"));

    auto_finish(outcome) outcome = run_vdibench("run --set short --output HOUSE/out");
    g_autoptr(JsonParser) parser = json_parser_new();
    assert_int_equal(outcome.status, 0);
    read_case(parser, "out");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    assert_string_equal(json_object_get_string_member(root, "set"), "short");
    assert_true(json_object_has_member(json_object_get_object_member(root, "environment"), "pgpu"));
}

static void a_dry_run_prints_what_would_be_run(void **state)
{
    auto_finish(outcome) outcome = run_vdibench("run --dry-run --repeat 3 --no-twin");
    g_autofree char *results = in_house("results");
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.complaint, "");
    assert_non_null(strstr(outcome.output, "3 repeats of 1 cases"));
    assert_false(g_file_test(results, G_FILE_TEST_EXISTS));
    assert_no_child_left();
}

/* A bad recording is left out with the reason, and so are cases that do not fit. */
static void a_budget_takes_what_it_can(void **state)
{
    put("build/recordings/bad.mp4", "", 0644);
    auto_finish(outcome) dry = run_vdibench("run --all --budget 1 --dry-run");
    assert_int_equal(dry.status, 0);
    assert_non_null(strstr(dry.output, "Budget 1 min: 12 of 12 cases"));
    assert_non_null(strstr(dry.output, "test,stream-device,overlay,resized,socket\n"));
    assert_non_null(strstr(dry.output, "6 cases are left out:\n"));
    assert_non_null(strstr(dry.output, "test,stream-device,overlay,bad,pty: /"));

    auto_finish(outcome) short_one = run_vdibench("run --all --budget 1 --seconds 25 --dry-run");
    assert_non_null(strstr(short_one.output, "Budget 1 min: 2 of 12 cases"));
    assert_non_null(strstr(short_one.output, "16 cases are left out:\n"));
    assert_non_null(strstr(short_one.output, ": the budget of 1 min is used up; "));

    auto_finish(outcome) ran =
        run_vdibench("run test --all --budget 1 --sink overlay --transport pty "
                     "--seconds 25 --output HOUSE/out --dry-run");
    g_autofree char *out = in_house("out");
    assert_non_null(strstr(ran.output, "Budget 1 min: 2 of 2 cases"));
    assert_false(g_file_test(out, G_FILE_TEST_EXISTS));
}

static void what_is_left_out_is_written_down(void **state)
{
    g_autofree char *other = in_house("build/recordings/resized.h264");
    g_autofree char *design = in_house("out/design.txt");
    g_autoptr(JsonParser) parser = json_parser_new();

    g_unlink(other);
    put("build/recordings/bad.mp4", "", 0644);
    auto_finish(outcome) outcome =
        run_vdibench("run --all --budget 1 --sink overlay --transport pty "
                     "--output HOUSE/out");
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.output, "Budget 1 min: 1 of 1 cases"));
    assert_true(g_file_test(design, G_FILE_TEST_EXISTS));
    assert_string_equal(json_object_get_string_member(read_case(parser, "out"), "sink"), "overlay");
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *left_out = json_object_get_array_member(root, "left_out");
    assert_int_equal(json_array_get_length(left_out), 1);
    JsonObject *one = json_array_get_object_element(left_out, 0);
    assert_string_equal(json_object_get_string_member(one, "case"),
                        "test,stream-device,overlay,bad,pty");
    assert_non_null(strstr(json_object_get_string_member(one, "reason"), "is empty"));
}

static void trouble_fails_the_case_and_is_reported(void **state)
{
    static const struct {
        const char *name, *program, *script, *expected;
    } cases[] = {
        {"VM dies at its start", "vm-sim",
         "echo 'vm-sim: 127.0.0.1:1: address in use: choose another' >&2; exit 1",
         "vm-sim ended with status 1: vm-sim: 127.0.0.1:1: address in use: choose another"},
        {"VM reports too little", "vm-sim", "echo \"ready $(now)\"; cat", "lacks listen= or port="},
        {"recording is not good", "sim-agent",
         "echo 'error 1 reason=recording'; echo 'sim-agent: x: no H.264' >&2; exit 1",
         "sim-agent ended with status 1, reason recording: sim-agent: x: no H.264"},
        {"client cannot connect", "client", "echo 'client: no route' >&2; exit 2",
         "step 1 'client connect': client ended with status 2: client: no route"},
        {"client crashes", "client", "echo \"connected $(now)\"; kill -ABRT $$",
         "client was ended by signal 6"},
        {"samples are rubbish", "client", "echo rubbish > \"$samples\"; samples=/dev/null",
         "client.csv: line 1: no sample file"},
        {"an expectation is not met", "client",
         "echo event,t_ns,channel,stream,unit,bytes,crc,source,number,width,height > \"$samples\"; "
         "samples=/dev/null",
         "other_channel: expected 'pgpu', the client showed ''"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *misbehave = g_strconcat("misbehave-", cases[i].program, NULL);
        g_autofree char *words = g_strdup_printf("run --output HOUSE/out-%zu", i);
        g_autofree char *folder = g_strdup_printf("out-%zu", i);
        g_autofree char *script = g_strconcat(cases[i].script, "\n", NULL);
        g_autofree char *file = in_house(misbehave);
        g_autoptr(JsonParser) parser = json_parser_new();

        put(misbehave, script, 0644);
        auto_finish(outcome) outcome = run_vdibench(words);
        g_unlink(file);
        JsonObject *c = read_case(parser, folder);
        if (g_spawn_check_wait_status(outcome.status, NULL) ||
            !strstr(outcome.complaint, cases[i].expected) ||
            !g_str_equal(json_object_get_string_member(c, "status"), "failed") ||
            !strstr(json_object_get_string_member(c, "reason"), cases[i].expected))
            fail_msg("%s: status %d, '%s'", cases[i].name, outcome.status, outcome.complaint);
        assert_no_child_left();
    }
}

static void as_a_test_it_speaks_tap(void **state)
{
    put("misbehave-client", "echo 'no such device' >&2; exit 77\n", 0644);
    auto_finish(outcome) skipped = run_vdibench("run --tap");
    assert_int_equal(skipped.status, 0);
    assert_non_null(
        strstr(skipped.output, "1..1\nok 1 - test/stream-device/appsink # SKIP step 1 "));
    put("misbehave-client", "exit 1\n", 0644);
    auto_finish(outcome) failed = run_vdibench("run --tap --output HOUSE/failed");
    assert_int_not_equal(failed.status, 0);
    assert_non_null(
        strstr(failed.output, "1..1\nnot ok 1 - test/stream-device/appsink\n# step 1 "));
    g_autofree char *file = in_house("misbehave-client");
    g_unlink(file);
    auto_finish(outcome) passed = run_vdibench("run --tap --output HOUSE/passed");
    assert_string_equal(passed.output, "1..1\nok 1 - test/stream-device/appsink\n");
    assert_no_child_left();
}

/* Starts a long run, and sends it a signal when its client is running. */
static pid_t start_and_signal(int signal_number, const char *then)
{
    g_autofree char *misbehave = g_strconcat("echo > $house/playing\n", then, NULL);
    g_autofree char *binary = in_house("build/vdibench");
    g_autofree char *out = in_house("out");
    g_autofree char *playing = in_house("playing");
    const char *argv[] = {binary, "run",      "--seconds", "3600", "--repeat",
                          "3",    "--output", out,         NULL};
    GPid pid;

    /* A FIFO that the client's stand-in opens when it runs: no polling is needed. */
    assert_int_equal(mkfifo(playing, 0600), 0);
    put("misbehave-client", misbehave, 0644);
    assert_true(g_spawn_async(house, (char **)argv, NULL,
                              G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                                  G_SPAWN_STDERR_TO_DEV_NULL,
                              NULL, NULL, &pid, NULL));
    int fd = open(playing, O_RDONLY);
    char newline; /* read, since closing the FIFO before the write would kill the stand-in */
    assert_true(fd >= 0);
    assert_int_equal(read(fd, &newline, 1), 1);
    close(fd);
    assert_int_equal(kill(pid, signal_number), 0); /* 0: none */
    return pid;
}

static void an_interruption_keeps_the_samples(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_autoptr(JsonParser) parser = json_parser_new();
        int status;
        pid_t pid = start_and_signal(signals[i], "");
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 130);
        JsonObject *c = read_case(parser, "out");
        if (!g_str_equal(json_object_get_string_member(c, "status"), "interrupted"))
            fail_msg("%s: %s", json_object_get_string_member(c, "status"),
                     json_object_get_string_member(c, "reason"));
        g_autofree char *samples =
            in_house("out/cases/test,stream-device,appsink,hello,pty/repeat-1/agent.csv");
        assert_true(g_file_test(samples, G_FILE_TEST_EXISTS));
        assert_no_child_left();
        tear_down_house(state);
        build_house(state);
    }
}

/* How many runtime folders there are in the house. */
static unsigned count_runtime_folders(void)
{
    g_autoptr(GDir) dir = g_dir_open(house, 0, NULL);
    unsigned count = 0;
    const char *name;
    while ((name = g_dir_read_name(dir)))
        count += g_str_has_prefix(name, "vdibench-");
    return count;
}

/* Expected: nothing is left. A killed harness left its folder for ever. */
static void the_next_start_removes_what_a_killed_one_left(void **state)
{
    int status;
    pid_t pid = start_and_signal(SIGKILL, "");

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(count_runtime_folders(), 1);
    g_autofree char *file = in_house("misbehave-client");
    g_unlink(file);
    auto_finish(outcome) outcome = run_vdibench("run --output HOUSE/next");
    assert_int_equal(outcome.status, 0);
    assert_int_equal(count_runtime_folders(), 0);
}

/* The second run is refused with one line; if it may run nevertheless, both are marked. */
static void two_runs_at_once_know_of_each_other(void **state)
{
    g_autoptr(JsonParser) beside = json_parser_new();
    g_autofree char *lock = in_house("lock");
    int status;

    g_setenv("VDIBENCH_LOCK", lock, true);
    pid_t pid = start_and_signal(0, ""); /* no signal */
    g_autofree char *owner = g_strdup_printf("process %d, which writes to %s/out: ", pid, house);
    g_autofree char *misbehave = in_house("misbehave-client");
    g_unlink(misbehave);
    auto_finish(outcome) refused = run_vdibench("run --output HOUSE/second");
    assert_int_not_equal(refused.status, 0);
    assert_non_null(strstr(refused.complaint, owner));
    assert_ptr_equal(strchr(refused.complaint, '\n') + 1,
                     refused.complaint + strlen(refused.complaint));
    g_autofree char *second = in_house("second");
    assert_false(g_file_test(second, G_FILE_TEST_EXISTS));

    auto_finish(outcome) ran = run_vdibench("run --beside-others --output HOUSE/beside");
    assert_int_equal(ran.status, 0);
    read_case(beside, "beside");
    assert_true(json_object_get_boolean_member(
        json_object_get_object_member(json_node_get_object(json_parser_get_root(beside)),
                                      "environment"),
        "beside_others"));
    kill(pid, SIGTERM);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

/* Even a harness that cannot clean up must leave no process. */
static void its_own_death_ends_the_children(void **state)
{
    /* A client that would not notice the end of its input. */
    pid_t pid = start_and_signal(SIGKILL, "exec sleep 1000 < /dev/null\n");
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);

    g_autofree char *file = in_house("pids");
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_auto(GStrv) pids = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; pids[i] && *pids[i]; i++) {
        if (!process_dies((pid_t)atoi(pids[i]), LONG_S))
            fail_msg("process %s is still alive", pids[i]);
    }
}

static void assert_lists(const char *program, const char *title)
{
    g_autofree char *binary = in_house(program);
    char *argv[] = {binary, (char *)"list", NULL};
    g_autofree char *output = NULL;
    int status;
    assert_true(
        g_spawn_sync(house, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, NULL));
    assert_int_equal(status, 0);
    if (!strstr(output, title) || strchr(strchr(output, '\n') + 1, '\n')[1])
        fail_msg("%s does not list '%s' alone: %s", program, title, output);
}

/* Expected: each has the scenarios that belong to it. A tree whose folder lay in
 * the prefix of an installation had the installed ones. */
static void a_tree_beside_an_installation_is_a_tree(void **state)
{
    g_autoptr(GString) other = g_string_new(scenario);
    g_autofree char *built = in_house("build/vdibench");

    g_string_replace(other, "A test", "Installed", 0);
    put("prefix/share/vdibench/scenarios/test.ini", other->str, 0644);
    put("prefix/libexec/vdibench/placeholder", "", 0644);
    put("prefix/tree/scenarios/test.ini", scenario, 0644);
    put("prefix/tree/build/placeholder", "", 0644);
    copy_vdibench(built, "prefix/libexec/vdibench/vdibench");
    copy_vdibench(built, "prefix/tree/build/vdibench");
    assert_lists("prefix/libexec/vdibench/vdibench", "Installed");
    assert_lists("prefix/tree/build/vdibench", "A test");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, build_house, tear_down_house)
    const struct CMUnitTest tests[] = {
        TEST(bad_input_is_refused_before_anything_starts),
        TEST(a_good_name_is_carried_through),
        TEST(a_bad_runtime_folder_is_reported_before_anything_is_created),
        TEST(a_full_disk_is_reported),
        TEST(a_run_on_a_full_disk_fails),
        TEST(a_disk_that_fills_up_is_reported),
        TEST(help_is_help),
        TEST(a_tree_beside_an_installation_is_a_tree),
        TEST(a_list_is_as_good_as_several_options),
        TEST(a_run_of_everything_asks_on_a_terminal),
        TEST(a_pinned_process_has_its_processors),
        TEST(a_program_can_read_steps_scenarios_and_summaries),
        TEST(the_version_is_the_projects_and_the_librarys),
        TEST(a_set_is_its_scenarios),
        TEST(a_dry_run_prints_what_would_be_run),
        TEST(a_budget_takes_what_it_can),
        TEST(what_is_left_out_is_written_down),
        TEST(a_run_leaves_its_results),
        TEST(warm_ups_are_kept_and_not_counted),
        TEST(trouble_fails_the_case_and_is_reported),
        TEST(as_a_test_it_speaks_tap),
        TEST(an_interruption_keeps_the_samples),
        TEST(its_own_death_ends_the_children),
        TEST(two_runs_at_once_know_of_each_other),
        TEST(the_next_start_removes_what_a_killed_one_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
