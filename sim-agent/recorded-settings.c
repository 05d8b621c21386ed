/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "sim-agent/recorded-settings.h"

#include "sim-agent/ladder.h"

#include <gio/gio.h>
#include <string.h>

/* In the provenance, and not the encoder's to know: what the picture is, and the bitrate,
 * which is a setting of its own. */
static const char *const left_out[] = {
    "c",         "b",           "maxrate", "bufsize", "colorspace", "color_primaries",
    "color_trc", "color_range", NULL,
};

/* "3000k" or "3000000" in 1000 bit/s; 0: neither. */
static uint32_t read_kbps(const char *text)
{
    char *end;
    uint64_t number = g_ascii_strtoull(text, &end, 10);

    if (g_str_equal(end, "k"))
        return number > 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
    return *end == '\0' && number / 1000 <= UINT32_MAX ? (uint32_t)(number / 1000) : 0;
}

/* Understands "-name value" or "-name:v value", one after the other. */
static bool understand(struct recorded_settings *settings, const char *text, const char *preset)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autoptr(GStrvBuilder) kept = g_strv_builder_new();

    for (char **word = words; *word; word += 2) {
        if (**word != '-' || !word[1])
            return false;
        g_auto(GStrv) parts = g_strsplit(*word + 1, ":", 2);
        const char *name = parts[0], *value = word[1];
        if (g_str_equal(name, "maxrate") || (g_str_equal(name, "b") && settings->kbps == 0))
            settings->kbps = read_kbps(value);
        if (g_strv_contains(left_out, name))
            continue;
        g_strv_builder_add(kept, name);
        g_strv_builder_add(kept, preset && g_str_equal(name, "preset") ? preset : value);
    }
    settings->options = g_strv_builder_end(kept);
    return settings->kbps > 0;
}

/* What sim-agent/record would have used. */
static char *usual_options(const struct recording *recording)
{
    unsigned gop = MAX(2 * recording->fps_num / recording->fps_den, 1);

    return g_strdup_printf("-profile:v high -preset medium -tune zerolatency -g %u -keyint_min %u "
                           "-sc_threshold 0 -bf 0 -refs 1 -maxrate %uk "
                           "-x264-params sliced-threads=0:threads=1",
                           gop, gop, MAX(ladder_kbps(recording), 1));
}

struct recorded_settings *recorded_settings_load(const char *path,
                                                 const struct recording *recording,
                                                 const char *preset, GError **error)
{
    auto_destroy(recorded_settings) settings = g_new0(struct recorded_settings, 1);
    g_autofree char *beside = recording_beside(path, ".ini");
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *options = NULL;

    if (g_key_file_load_from_file(file, beside, G_KEY_FILE_NONE, NULL))
        options = g_key_file_get_string(file, "encoder", "options", NULL);
    if (!options)
        options = usual_options(recording);
    if (understand(settings, options, preset))
        return g_steal_pointer(&settings);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: [encoder] options= are not names and values with a bitrate, as "
                "sim-agent/record writes them: %s",
                beside, options);
    return NULL;
}

void recorded_settings_destroy(struct recorded_settings *settings)
{
    if (!settings)
        return;
    g_strfreev(settings->options);
    g_free(settings);
}
