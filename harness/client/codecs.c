/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/client/codecs.h"

#include <gst/gst.h>
#include <stdbool.h>

static void for_each_h264_decoder(void (*act)(GstPluginFeature *decoder))
{
    g_autoptr(GstCaps) h264 = gst_caps_new_empty_simple("video/x-h264");
    GList *decoders = gst_element_factory_list_get_elements(
        GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO, GST_RANK_NONE);
    /* Not "subset only": a decoder's own caps are narrower than the bare media type. */
    GList *h264_decoders = gst_element_factory_list_filter(decoders, h264, GST_PAD_SINK, false);

    for (GList *at = h264_decoders; at; at = at->next)
        act(GST_PLUGIN_FEATURE(at->data));
    gst_plugin_feature_list_free(h264_decoders);
    gst_plugin_feature_list_free(decoders);
}

static void hide(GstPluginFeature *decoder)
{
    gst_registry_remove_feature(gst_registry_get(), decoder);
}

static void never_choose(GstPluginFeature *decoder)
{
    gst_plugin_feature_set_rank(decoder, GST_RANK_NONE);
}

void codecs_hide_h264(void)
{
    for_each_h264_decoder(hide);
}

void codecs_break_h264(void)
{
    for_each_h264_decoder(never_choose);
}
