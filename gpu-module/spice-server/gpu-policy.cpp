/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include <config.h>

#include "gpu-policy.h"

#include "display-channel-private.h"
#include "video-encoder.h"

static host_policy read_environment()
{
    host_policy policy;
    const host_policy_variable *variable;

    host_policy_init(&policy);
    for (unsigned i = 0; (variable = host_policy_variable_at(i)); i++) {
        const char *value = g_getenv(variable->name);
        if (value && !variable->set(&policy, value)) {
            g_warning("GPU module: %s=%s is not understood, expected is %s: taken is %s",
                      variable->name, value, variable->expects, variable->fallback);
        }
    }
    return policy;
}

const host_policy &gpu_policy()
{
    static const host_policy policy = read_environment();

    return policy;
}

uint8_t gpu_policy_codecs(DisplayChannel *display)
{
    const GArray *codecs = display_channel_get_video_codecs(display);
    uint8_t named = 0;

    for (guint i = 0; codecs && i < codecs->len; i++) {
        named |= PORT_CODEC_BIT(g_array_index(codecs, RedVideoCodec, i).type);
    }
    return host_policy_codecs(&gpu_policy(), named);
}
