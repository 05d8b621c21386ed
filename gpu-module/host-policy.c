/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/host-policy.h"

#include <stddef.h>
#include <string.h>

/* Those that spice-server's `video-codecs` can name. */
#define SERVER_CODECS                                                    \
    (PORT_CODEC_BIT(PORT_CODEC_MJPEG) | PORT_CODEC_BIT(PORT_CODEC_VP8) | \
     PORT_CODEC_BIT(PORT_CODEC_H264) | PORT_CODEC_BIT(PORT_CODEC_VP9))

static const struct {
    const char *name;
    enum port_codec codec;
} codec_names[] = {
    {"h264", PORT_CODEC_H264}, {"h265", PORT_CODEC_H265},   {"vp8", PORT_CODEC_VP8},
    {"vp9", PORT_CODEC_VP9},   {"mjpeg", PORT_CODEC_MJPEG},
};

static bool set_module(struct host_policy *policy, const char *value)
{
    const bool on = strcmp(value, "on") == 0;

    if (!on && strcmp(value, "off") != 0)
        return false;
    policy->module_on = on;
    return true;
}

static unsigned codec_bit(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof codec_names / sizeof *codec_names; i++)
        if (strlen(codec_names[i].name) == length &&
            strncmp(codec_names[i].name, name, length) == 0)
            return PORT_CODEC_BIT(codec_names[i].codec);
    return 0;
}

static bool set_codecs(struct host_policy *policy, const char *value)
{
    uint8_t codecs = 0;

    for (const char *at = value;; at++) {
        const size_t length = strcspn(at, ",");
        const unsigned bit = codec_bit(at, length);
        if (bit == 0)
            return false;
        codecs |= (uint8_t)bit;
        at += length;
        if (*at == '\0')
            break;
    }
    policy->codecs = codecs;
    policy->codecs_named = true;
    return true;
}

/* 1 to 5 digits from *at on, which is moved behind them; 0: none, or more. */
static uint32_t read_px(const char **at)
{
    const size_t digits = strspn(*at, "0123456789");
    uint32_t px = 0;

    if (digits < 1 || digits > 5)
        return 0;
    for (size_t i = 0; i < digits; i++)
        px = px * 10 + (uint32_t)(*(*at)++ - '0');
    return px;
}

static bool set_max_size(struct host_policy *policy, const char *value)
{
    const char *at = value;
    const uint32_t width_px = read_px(&at);

    if (*at++ != 'x')
        return false;
    const uint32_t height_px = read_px(&at);
    if (*at != '\0' || width_px == 0 || height_px == 0)
        return false;
    policy->max_width_px = width_px;
    policy->max_height_px = height_px;
    return true;
}

static const struct host_policy_variable variables[] = {
    {"SPICE_GPU_MODULE", "on or off", "on", set_module},
    {"SPICE_GPU_CODECS", "one or more of h264,h265,vp8,vp9,mjpeg", "h264,h265,vp8,vp9,mjpeg",
     set_codecs},
    {"SPICE_GPU_MAX_SIZE", "WIDTHxHEIGHT in pixels", "8192x8192", set_max_size},
};

const struct host_policy_variable *host_policy_variable_at(unsigned index)
{
    return index < sizeof variables / sizeof *variables ? &variables[index] : NULL;
}

void host_policy_init(struct host_policy *policy)
{
    const struct host_policy_variable *variable;

    *policy = (struct host_policy){0};
    for (unsigned i = 0; (variable = host_policy_variable_at(i)); i++)
        variable->set(policy, variable->fallback);
    policy->codecs_named = false;
}

uint8_t host_policy_codecs(const struct host_policy *policy, uint8_t server_codecs)
{
    const uint8_t h265 = PORT_CODEC_BIT(PORT_CODEC_H265);

    server_codecs &= SERVER_CODECS;
    if (server_codecs == SERVER_CODECS || policy->codecs_named)
        server_codecs |= h265;
    return policy->codecs & server_codecs;
}

bool host_policy_allows_size(const struct host_policy *policy, uint32_t width_px,
                             uint32_t height_px)
{
    return width_px <= policy->max_width_px && height_px <= policy->max_height_px;
}
