/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/video-codecs.h"

#include <gio/gio.h>
#include <gst/gst.h>

/* The elements that spice-server 0.15 uses (server/gstreamer-encoder.c). */
static const struct {
    const char *name;
    const char *element; /* of GStreamer; NULL: in the server itself */
    const char *package;
} known[] = {
    {"spice:mjpeg", NULL, NULL},
    {"gstreamer:mjpeg", "avenc_mjpeg", "gstreamer1.0-libav"},
    {"gstreamer:vp8", "vp8enc", "gstreamer1.0-plugins-good"},
    {"gstreamer:vp9", "vp9enc", "gstreamer1.0-plugins-good"},
    {"gstreamer:h264", "x264enc", "gstreamer1.0-plugins-ugly"},
};

static bool has_element(const char *name)
{
    gst_init(NULL, NULL);
    g_autoptr(GstElementFactory) factory = gst_element_factory_find(name);
    return factory != NULL;
}

static bool check_one(const char *name, GError **error)
{
    g_autoptr(GString) allowed = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_str_equal(known[i].name, name)) {
            if (!known[i].element || has_element(known[i].element))
                return true;
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "--video-codecs %s: GStreamer has no %s: install %s", name,
                        known[i].element, known[i].package);
            return false;
        }
        g_string_append_printf(allowed, "%s%s", i ? ", " : "", known[i].name);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "--video-codecs: unknown '%s': give one or more of %s, separated by ';'", name,
                allowed->str);
    return false;
}

bool video_codecs_check(const char *list, GError **error)
{
    g_auto(GStrv) names = g_strsplit(list, ";", -1);

    for (char **name = names; *name; name++) {
        if (!check_one(*name, error))
            return false;
    }
    return *names || check_one("", error);
}

bool video_codecs_set(SpiceServer *server, const char *list, GError **error)
{
    int set = spice_server_set_video_codecs(server, list);
    const char *taken = spice_server_get_video_codecs(server);
    bool same = set == 0 && g_strcmp0(taken, list) == 0;

    if (!same)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "--video-codecs %s: this libspice-server uses %s instead: use one that was "
                    "built with GStreamer",
                    list, taken);
    spice_server_free_video_codecs(server, taken);
    return same;
}
