/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/probe.h"
#include "harness/run/program-output.h"

#include <gst/gst.h>
#include <string.h>

/* The decoder that the library takes: of all that can, the one of the highest rank. */
static void look_at_decoder(const struct machine *machine, struct finding *ret_finding)
{
    g_autoptr(GError) error = NULL;
    if (!gst_init_check(NULL, NULL, &error)) {
        finding_set(ret_finding, PROBE_MISSING, "apt-get install gstreamer1.0-plugins-base",
                    "GStreamer does not start: %s", error->message);
        return;
    }
    g_autoptr(GstCaps) h264 = gst_caps_new_empty_simple("video/x-h264");
    GList *decoders = gst_element_factory_list_get_elements(
        GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO, GST_RANK_MARGINAL);
    GList *fitting = gst_element_factory_list_filter(decoders, h264, GST_PAD_SINK, false);

    fitting = g_list_sort(fitting, (GCompareFunc)gst_plugin_feature_rank_compare_func);
    if (fitting)
        finding_set(ret_finding, PROBE_OK, NULL, "%s", GST_OBJECT_NAME(fitting->data));
    else
        finding_set(ret_finding, PROBE_MISSING, "apt-get install gstreamer1.0-libav",
                    "GStreamer has none, so no client shows the pGPU");
    gst_plugin_feature_list_free(fitting);
    gst_plugin_feature_list_free(decoders);
}

static void look_at_server_encoder(const struct machine *machine, struct finding *ret_finding)
{
    GstElementFactory *factory =
        gst_init_check(NULL, NULL, NULL) ? gst_element_factory_find("x264enc") : NULL;

    if (factory)
        finding_set(ret_finding, PROBE_OK, NULL, "x264enc");
    else
        finding_set(ret_finding, PROBE_LIMITED, "apt-get install gstreamer1.0-plugins-ugly",
                    "GStreamer has no x264enc: the vGPU's pictures are not sent as H.264");
    g_clear_object(&factory);
}

/* Whether `ffmpeg -filters` or `-encoders` lists that name, in its second column. */
static bool lists(const char *list, const char *name)
{
    g_autofree char *output =
        program_output(NULL, (const char *[]){"ffmpeg", "-hide_banner", list, NULL});
    g_autofree char *column = g_strdup_printf(" %s ", name);

    return output && strstr(output, column);
}

static void look_for_in_ffmpeg(struct finding *finding, const char *list, const char *name,
                               const char *serves)
{
    g_autofree char *ffmpeg = g_find_program_in_path("ffmpeg");

    if (lists(list, name))
        finding_set(finding, PROBE_OK, NULL, "of FFmpeg");
    else if (ffmpeg)
        finding_set(finding, PROBE_LIMITED, NULL, "this FFmpeg was built without it: %s", serves);
    else
        finding_set(finding, PROBE_LIMITED, "apt-get install ffmpeg", "FFmpeg is not installed: %s",
                    serves);
}

static void look_at_agent_encoder(const struct machine *machine, struct finding *ret_finding)
{
    look_for_in_ffmpeg(ret_finding, "-encoders", "libx264", "no real encoder in the loop");
}

static void look_at_psnr(const struct machine *machine, struct finding *ret_finding)
{
    look_for_in_ffmpeg(ret_finding, "-filters", "psnr", "this measure of quality is left out");
}

static void look_at_ssim(const struct machine *machine, struct finding *ret_finding)
{
    look_for_in_ffmpeg(ret_finding, "-filters", "ssim", "this measure of quality is left out");
}

static void look_at_vmaf(const struct machine *machine, struct finding *ret_finding)
{
    look_for_in_ffmpeg(ret_finding, "-filters", "libvmaf", "this measure of quality is left out");
}

const struct probe probes_media[] = {
    {"H.264 decoder", true, look_at_decoder},
    {"H.264 encoder", false, look_at_server_encoder},
    {"libx264", false, look_at_agent_encoder},
    {"PSNR", false, look_at_psnr},
    {"SSIM", false, look_at_ssim},
    {"VMAF", false, look_at_vmaf},
    {NULL, false, NULL},
};
