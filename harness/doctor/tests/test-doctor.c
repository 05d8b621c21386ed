/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * doctor: each point is found good on a good machine and bad on a bad one. What is read
 * from files is read from a root of the test's own; what programs answer is asked with
 * their folders taken out of PATH, of the real vdibench.
 */
#include "auto-destroy.h"
#include "harness/doctor/doctor.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char *root;

static int make_root(void **state)
{
    root = g_dir_make_tmp("test-doctor-XXXXXX", NULL);
    return root ? 0 : -1;
}

static int remove_root(void **state)
{
    const char *argv[] = {"rm", "-rf", root, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_clear_pointer(&root, g_free);
    return 0;
}

/* NULL: it is not there. */
static void put(const char *name, const char *text)
{
    g_autofree char *file = g_build_filename(root, name, NULL);
    g_autofree char *folder = g_path_get_dirname(file);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    g_unlink(file);
    if (text)
        assert_true(g_file_set_contents(file, text, -1, NULL));
}

static struct finding look(const struct probe *table, const char *point)
{
    const struct machine machine = {
        .root = root, .programs = root, .top = root, .results = root, .sample_ms = 0};
    struct finding finding = {0};

    for (; table->point; table++) {
        if (g_str_equal(table->point, point)) {
            table->look(&machine, &finding);
            assert_non_null(finding.found);
            assert_null(strchr(finding.found, '\n'));
            return finding;
        }
    }
    fail_msg("there is no point %s", point);
    return finding;
}

#define CPU "sys/devices/system/cpu/"
#define CLOCK "sys/devices/system/clocksource/clocksource0/current_clocksource"
#define PCI "sys/bus/pci/devices/0000:41:00.0/"

static void what_the_files_say_is_found(void **state)
{
    static const struct {
        const struct probe *table;
        const char *point, *file, *text;
        enum probe_state state;
        const char *found, *mend; /* a part of it; NULL: there is no command */
    } cases[] = {
        {probes_processors, "governor", CPU "cpu0/cpufreq/scaling_governor", "performance\n",
         PROBE_OK, "performance", NULL},
        {probes_processors, "governor", CPU "cpu0/cpufreq/scaling_governor", "powersave\n",
         PROBE_LIMITED, "powersave: ", "echo performance"},
        {probes_processors, "governor", CPU "cpu0/cpufreq/scaling_governor", NULL, PROBE_LIMITED,
         "not to be seen", NULL},
        {probes_processors, "SMT", CPU "smt/active", "0\n", PROBE_OK, "off", NULL},
        {probes_processors, "SMT", CPU "smt/active", "1\n", PROBE_LIMITED, "on: ", "smt/control"},
        {probes_processors, "turbo", CPU "cpufreq/boost", "0\n", PROBE_OK, "off", NULL},
        {probes_processors, "turbo", CPU "cpufreq/boost", "1\n", PROBE_LIMITED,
         "on: ", "echo 0 > /" CPU "cpufreq/boost"},
        {probes_processors, "turbo", CPU "intel_pstate/no_turbo", "1\n", PROBE_OK, "off", NULL},
        {probes_processors, "turbo", CPU "intel_pstate/no_turbo", "0\n", PROBE_LIMITED,
         "on: ", "echo 1 > /" CPU "intel_pstate/no_turbo"},
        {probes_processors, "memory", "proc/meminfo", "MemTotal: 9 kB\nMemAvailable: 4194304 kB\n",
         PROBE_OK, "4096 MiB", NULL},
        {probes_processors, "memory", "proc/meminfo", "MemAvailable: 1048576 kB\n", PROBE_LIMITED,
         "1024 MiB", NULL},
        {probes_processors, "load now", "proc/stat", NULL, PROBE_MISSING, "/proc/stat", "mount"},
        {probes_processors, "load now", "proc/stat", "cpu 1 2 3 4 5 6 7 8\n", PROBE_OK, "0 %",
         NULL},
        {probes_kernel, "schedstat", "proc/self/schedstat", "1 2 3\n", PROBE_OK, "each thread",
         NULL},
        {probes_kernel, "schedstat", "proc/self/schedstat", NULL, PROBE_MISSING,
         "CONFIG_SCHED_INFO", NULL},
        {probes_kernel, "clock source", CLOCK, "tsc\n", PROBE_OK, "tsc", NULL},
        {probes_kernel, "clock source", CLOCK, "hpet\n", PROBE_LIMITED, "hpet: ", "echo tsc"},
        {probes_kernel, "perf", "proc/sys/kernel/perf_event_paranoid", "-1\n", PROBE_OK, "-1",
         NULL},
        {probes_kernel, "perf", "proc/sys/kernel/perf_event_paranoid", NULL, PROBE_LIMITED,
         "no performance counters", NULL},
        {probes_kernel, "pty", "dev/ptmx", NULL, PROBE_MISSING, "gives no pty", "mount -t devpts"},
        {probes_hardware, "KVM", "dev/kvm", "", PROBE_OK, "/dev/kvm", NULL},
        {probes_hardware, "KVM", "dev/kvm", NULL, PROBE_LIMITED, "not there", "modprobe kvm_intel"},
        {probes_hardware, "pGPU", PCI "class", NULL, PROBE_LIMITED, "no display controller", NULL},
        {probes_build, "programs", "vm-sim", NULL, PROBE_MISSING, "vm-sim is not built",
         "make programs"},
        {probes_build, "libspice-server", "spice-server/lib/libspice-server.so.1", NULL,
         PROBE_MISSING, "is not built", "make spice-server"},
        {probes_build, "recordings", "recordings", NULL, PROBE_MISSING, "none in", "make programs"},
        {probes_build, "recordings", "recordings/movie.mp4", "", PROBE_OK, "1", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        remove_root(state);
        make_root(state);
        put(cases[i].file, cases[i].text);
        struct finding finding = look(cases[i].table, cases[i].point);
        if (finding.state != cases[i].state || !strstr(finding.found, cases[i].found) ||
            !finding.mend != !cases[i].mend ||
            (finding.mend && !strstr(finding.mend, cases[i].mend)))
            fail_msg("%s '%s': got %s, '%s', '%s'", cases[i].point, cases[i].text,
                     probe_state_text(finding.state), finding.found, finding.mend);
        finding_finish(&finding);
    }
}

static void a_library_of_another_version_limits(void **state)
{
    put("spice-server/lib/libspice-server.so.1", "");
    put("spice-server/lib/built-from", "0.14.0-1\n");
    struct finding finding = look(probes_build, "libspice-server");
    assert_int_equal(finding.state, PROBE_LIMITED);
    finding_finish(&finding);
}

static void the_pgpu_is_found(void **state)
{
    put(PCI "vendor", "0x1002\n");
    put(PCI "device", "0x67e3\n");
    put(PCI "class", "0x030000\n");
    struct finding finding = look(probes_hardware, "pGPU");
    assert_int_equal(finding.state, PROBE_OK);
    assert_non_null(strstr(finding.found, "WX4100"));
    finding_finish(&finding);
}

/* What the doctor reports in an environment with such variables; free it. */
static JsonNode *examine(char **environment, int *ret_status)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    g_autofree char *vdibench = g_build_filename(folder, "..", "vdibench", NULL);
    char *argv[] = {vdibench, (char *)"doctor", (char *)"--json", NULL};
    g_autofree char *output = NULL, *complaint = NULL;

    assert_true(g_spawn_sync(NULL, argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &output,
                             &complaint, ret_status, NULL));
    JsonNode *node = json_from_string(output, NULL);
    if (!node)
        fail_msg("no JSON: '%s', '%s'", output, complaint);
    return node;
}

static JsonObject *point_of(JsonNode *report, const char *point)
{
    JsonArray *points = json_object_get_array_member(json_node_get_object(report), "points");
    for (unsigned i = 0; i < json_array_get_length(points); i++) {
        JsonObject *one = json_array_get_object_element(points, i);
        if (g_str_equal(json_object_get_string_member(one, "point"), point))
            return one;
    }
    fail_msg("there is no point %s", point);
    return NULL;
}

static void assert_point(JsonNode *report, const char *point, const char *state, const char *mend)
{
    JsonObject *one = point_of(report, point);
    const char *is = json_object_get_string_member(one, "state");
    const char *command =
        json_object_get_null_member(one, "mend") ? "" : json_object_get_string_member(one, "mend");
    if (!g_str_equal(is, state) || !strstr(command, mend))
        fail_msg("%s: expected %s, '%s', got %s, '%s'", point, state, mend, is, command);
}

/* GStreamer's list of plugins and PATH are both a folder of the test's. */
static void without_programs_each_has_its_command(void **state)
{
    static const char *const points[][3] = {
        {"gnuplot", "missing", "apt-get install gnuplot-nox"},
        {"H.264 decoder", "missing", "apt-get install gstreamer1.0-libav"},
        {"H.264 encoder", "limited", "apt-get install gstreamer1.0-plugins-ugly"},
        {"libx264", "limited", "apt-get install ffmpeg"},
        {"PSNR", "limited", "apt-get install ffmpeg"},
        {"SSIM", "limited", "apt-get install ffmpeg"},
        {"VMAF", "limited", "apt-get install ffmpeg"},
        {"namespaces", "limited", "sudo "},
        {"veth", "limited", "apt-get install iproute2"},
        {"tbf", "limited", "apt-get install iproute2"},
        {"netem", "limited", "apt-get install iproute2"},
        {"wirefilter", "limited", "apt-get install vde2"},
        {"QEMU", "limited", "apt-get install qemu-system-x86"},
        {"Slurm", "limited", "apt-get install slurm-client"},
        {"jq", "limited", "apt-get install jq"},
        {"benchstat", "limited", "go install "},
        {"libspice-server", "limited", "apt-get install libspice-server1"}, /* no dpkg-query */
    };
    g_autofree char *registry = g_build_filename(root, "registry", NULL);
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "PATH", root, true);
    environment = g_environ_setenv(environment, "GST_REGISTRY_1_0", registry, true);
    environment = g_environ_setenv(environment, "GST_PLUGIN_SYSTEM_PATH_1_0", root, true);
    environment = g_environ_setenv(environment, "GST_PLUGIN_PATH_1_0", root, true);
    int status;
    g_autoptr(JsonNode) report = examine(environment, &status);

    assert_false(g_spawn_check_wait_status(status, NULL));
    assert_false(json_object_get_boolean_member(json_node_get_object(report), "ready"));
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++)
        assert_point(report, points[i][0], points[i][1], points[i][2]);
}

/* As FFmpeg without x264 and without filters, and a kernel without anything. */
static void a_program_that_lacks_it_limits(void **state)
{
    static const char *const programs[] = {"ffmpeg", "tc", "ip", "unshare", "qemu-system-x86_64"};
    static const char *const points[] = {"libx264", "PSNR", "VMAF",  "namespaces",
                                         "veth",    "tbf",  "netem", "QEMU"};
    g_autofree char *path = g_strconcat(root, ":", g_getenv("PATH"), NULL);
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "PATH", path, true);
    int status;

    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *file = g_build_filename(root, programs[i], NULL);
        put(programs[i], "#!/bin/sh\nexit 1\n");
        assert_int_equal(g_chmod(file, 0755), 0);
    }
    g_autoptr(JsonNode) report = examine(environment, &status);
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++)
        assert_point(report, points[i], "limited", "");
}

/* The build that this test is of has what `make bench` needs. */
static void this_machine_is_ready(void **state)
{
    int status;
    g_autoptr(JsonNode) report = examine(NULL, &status);
    assert_true(g_spawn_check_wait_status(status, NULL));
    assert_true(json_object_get_boolean_member(json_node_get_object(report), "ready"));
}

static void the_text_has_a_line_a_point(void **state)
{
    const struct machine machine = {
        .root = root, .programs = root, .top = root, .results = root, .sample_ms = 0};
    g_autoptr(GPtrArray) diagnoses = doctor_examine(&machine);
    g_autofree char *text = doctor_text(diagnoses, "make bench");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    assert_false(doctor_is_ready(diagnoses));
    assert_int_equal(g_strv_length(lines), diagnoses->len + 2); /* the last line and its newline */
    assert_non_null(strstr(text, "make programs (make bench needs it)\n"));
    assert_non_null(strstr(text, "this machine is not ready for make bench\n"));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        TEST(what_the_files_say_is_found),
        TEST(a_library_of_another_version_limits),
        TEST(the_pgpu_is_found),
        TEST(without_programs_each_has_its_command),
        TEST(a_program_that_lacks_it_limits),
        TEST(this_machine_is_ready),
        TEST(the_text_has_a_line_a_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
