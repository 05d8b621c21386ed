/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/environment.h"

#include "auto-destroy.h"
#include "harness/run/pgpu.h"
#include "harness/run/program-output.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Debian's packages by the name that results call them; where the name has a number that changes
 * from one release of Debian to the next, as a pattern of dpkg-query's. */
static const struct {
    const char *name, *package;
} packages[] = {
    {"libspice-server", "libspice-server1"},
    {"spice-gtk", "libspice-client-glib-2.0-8"},
    {"gstreamer", "libgstreamer1.0-0"},
    {"gstreamer-libav", "gstreamer1.0-libav"},
    {"gstreamer-plugins-base", "gstreamer1.0-plugins-base"},
    {"gstreamer-plugins-good", "gstreamer1.0-plugins-good"},
    {"gstreamer-plugins-bad", "gstreamer1.0-plugins-bad"},
    {"gstreamer-plugins-ugly", "gstreamer1.0-plugins-ugly"},
    {"ffmpeg", "libavcodec[0-9]*"},
    {"x264", "libx264-[0-9]*"},
};

char *environment_revision(const char *top)
{
    g_autofree char *revision =
        program_first_line(top, (const char *[]){"git", "rev-parse", "--short=10", "HEAD", NULL});
    g_autofree char *changes = program_first_line(
        top, (const char *[]){"git", "status", "--porcelain", "--untracked-files=no", NULL});
    if (!revision)
        return g_strdup("unknown");
    return g_strconcat(revision, changes ? "+dirty" : "", NULL);
}

char *environment_host(void)
{
    return g_strcanon(g_strdup(g_get_host_name()), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-",
                      '_');
}

static void add_string(JsonObject *object, const char *name, const char *value)
{
    if (value)
        json_object_set_string_member(object, name, value);
    else
        json_object_set_null_member(object, name);
}

char *environment_cpu_model(const char *root)
{
    g_autofree char *file = g_build_filename(root, "proc/cpuinfo", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL))
        return NULL;
    char *line = strstr(text, "model name");
    char *colon = line ? strchr(line, ':') : NULL;
    if (!colon)
        return NULL;
    char *model = colon + 1;
    model[strcspn(model, "\n")] = '\0';
    return g_strdup(g_strstrip(model));
}

char *environment_package_version(const char *package)
{
    g_autofree char *lines = program_output(
        NULL, (const char *[]){"dpkg-query", "-W", "-f", "${Version}\n", package, NULL});
    g_auto(GStrv) versions = g_strsplit(lines ? lines : "", "\n", -1);
    const char *newest = NULL;

    /* In the order of their names; one that was removed has an empty line. */
    for (char **version = versions; *version; version++)
        newest = **version ? *version : newest;
    return g_strdup(newest);
}

static JsonObject *package_versions(void)
{
    JsonObject *versions = json_object_new();
    for (unsigned i = 0; i < G_N_ELEMENTS(packages); i++) {
        g_autofree char *version = environment_package_version(packages[i].package);
        add_string(versions, packages[i].name, version);
    }
    return versions;
}

char *environment_sha256(const char *file)
{
    g_autoptr(GMappedFile) mapped = g_mapped_file_new(file, false, NULL);
    if (!mapped)
        return NULL;
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(mapped);
    return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
}

/* Where the dynamic loader finds the system's own library. */
static char *system_library_folder(void)
{
    return program_first_line(
        NULL, (const char *[]){"pkg-config", "--variable=libdir", "spice-server", NULL});
}

static JsonObject *library(const char *folder)
{
    JsonObject *object = json_object_new();
    g_autofree char *file = folder ? g_build_filename(folder, "libspice-server.so.1", NULL) : NULL;
    g_autofree char *sum = file ? environment_sha256(file) : NULL;
    add_string(object, "file", file);
    add_string(object, "sha256", sum);
    return object;
}

/* An argument may have any bytes, JSON may not. */
static void add_word(JsonArray *words, const char *word)
{
    g_autofree char *valid = g_utf8_make_valid(word, -1);
    json_array_add_string_element(words, valid);
}

/* The first line of a small file; NULL when it is not there. */
static char *line_of(const char *file)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL))
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return g_steal_pointer(&text);
}

/* What a hypervisor has withheld since the machine was started, in percent of all time. */
static void add_steal(JsonObject *object)
{
    g_autofree char *line =
        line_of("/proc/stat"); /* user nice system idle iowait irq softirq steal */
    double ticks[8], all = 0;

    if (!line || sscanf(line, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &ticks[0], &ticks[1],
                        &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6], &ticks[7]) != 8)
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(ticks); i++)
        all += ticks[i];
    json_object_set_double_member(object, "steal_pct_since_boot", ticks[7] / all * 100);
}

static void add_processors(JsonObject *object)
{
    g_autofree char *governor = line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    g_autofree char *smt = line_of("/sys/devices/system/cpu/smt/control");
    add_string(object, "cpu_governor", governor);
    add_string(object, "smt", smt);
    add_steal(object);
}

/* The files of the codecs that this process has loaded, by the library's name. */
static JsonObject *loaded_codecs(void)
{
    static const char *const names[] = {"libavcodec.so.", "libx264.so.", "libavfilter.so."};
    JsonObject *object = json_object_new();
    g_autofree char *maps = NULL;

    if (!g_file_get_contents("/proc/self/maps", &maps, NULL, NULL))
        return object;
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *at = strstr(maps, names[i]);
        g_autofree char *name = g_strndup(names[i], strcspn(names[i], "."));
        g_autofree char *file = at ? g_strndup(at, strcspn(at, "\n")) : NULL;
        add_string(object, name, file);
    }
    return object;
}

JsonNode *environment_describe(const char *top, const struct libraries *libraries,
                               const char *const *command_line)
{
    JsonObject *object = json_object_new();
    struct utsname kernel;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format_iso8601(now);
    g_autofree char *revision = environment_revision(top);
    g_autofree char *model = environment_cpu_model("/");
    g_autofree char *system = system_library_folder();
    char *dirty = strstr(revision, "+dirty");

    uname(&kernel);
    add_string(object, "time", time);
    add_string(object, "host", g_get_host_name());
    add_string(object, "cpu_model", model);
    json_object_set_int_member(object, "cores", sysconf(_SC_NPROCESSORS_ONLN));
    add_string(object, "kernel", kernel.release);
    json_object_set_boolean_member(object, "dirty", dirty != NULL);
    if (dirty)
        *dirty = '\0';
    add_string(object, "revision", revision);
    add_processors(object);
    g_autofree char *congestion = line_of("/proc/sys/net/ipv4/tcp_congestion_control");
    add_string(object, "tcp_congestion_control", congestion);
    json_object_set_object_member(object, "versions", package_versions());
    json_object_set_object_member(object, "loaded", loaded_codecs());

    add_string(object, "spice_server", libraries->version);
    JsonObject *files = json_object_new();
    json_object_set_object_member(files, "own", library(libraries->own));
    json_object_set_object_member(files, "stock",
                                  library(libraries->stock ? libraries->stock : system));
    json_object_set_object_member(object, "libraries", files);

    auto_destroy(pgpu) pgpu = pgpu_find(PGPU_PCI_DEVICES);
    g_autofree char *card = pgpu ? pgpu_text(pgpu) : NULL;
    add_string(object, "pgpu", card);

    JsonArray *words = json_array_new();
    for (; *command_line; command_line++)
        add_word(words, *command_line);
    json_object_set_array_member(object, "command_line", words);

    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    return node;
}
