/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/route.h"

#include "protocol/port-protocol.h"

/* What upstream's stream device listens on. */
#define STREAM_PORT_NAME "org.spice-space.stream.0"

static const char *const client_sinks[] = {"appsink", "overlay", "overlay-sync", NULL};
static const char *const relay_sinks[] = {"receive-only", NULL};
/* What the vGPU draws the client draws again, into its canvas. */
static const char *const canvas_sinks[] = {"canvas", NULL};
/* Images are cheapest where only what has changed is drawn; the server takes
 * for a video what is drawn again and again at the same place and size. */
static const char *const image_drawings[] = {"dirty-rects", "full-frame", NULL};
static const char *const video_drawings[] = {"full-frame", "dirty-rects", NULL};

static const struct route routes[] = {
    {
        .name = "gpu-module",
        .title = "our module in the SPICE server, on the existing display channel",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
        .library = "spice-server/lib",
        .ours = true,
        .column = "optimised",
        .has_agent = true,
        .has_vgpu = true,
        .shows = true,
        .delivers = true,
        .client_program = "client",
        .sinks = client_sinks,
        .colour = 0x0063ae,
        .dash = "solid",
        .point = 7,
    },
    {
        .name = "stream-device",
        .title = "upstream's stream device in Debian's own library, a second display channel",
        .vm_program = "vm-sim",
        .port_name = STREAM_PORT_NAME,
        .column = "stream-device",
        .has_agent = true,
        .has_vgpu = true,
        .shows = true,
        .delivers = true,
        .client_program = "client",
        .sinks = client_sinks,
        .colour = 0xd55e00,
        .dash = "(16,4)",
        .point = 5,
    },
    {
        .name = "stream-device+trailer",
        .title = "the same, the agent ends each access unit with our trailer",
        .vm_program = "vm-sim",
        .port_name = STREAM_PORT_NAME,
        .has_agent = true,
        .trailer = true,
        .has_vgpu = true,
        .shows = true,
        .delivers = true,
        .client_program = "client",
        .sinks = client_sinks,
        .colour = 0xf0a818,
        .dash = "(10,3,3,3)",
        .point = 9,
    },
    {
        .name = "original",
        .title = "original SPICE with the GPU module's agent: nobody reads the port",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
        .column = "original",
        .has_agent = true,
        .has_vgpu = true,
        .shows = true,
        .client_program = "client",
        .sinks = client_sinks,
        .colour = 0xcccccc,
        .dash = "(2,6)",
        .point = 15,
    },
    {
        .name = "vgpu-glz",
        .title = "original SPICE: the vGPU draws the workload, images in GLZ",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
        .has_vgpu = true,
        .shows = true,
        .drawings = image_drawings,
        .image_compression = "glz",
        .streaming = "off",
        .client_program = "client",
        .sinks = canvas_sinks,
        .colour = 0x004b3f,
        .dash = "(6,3)",
        .point = 11,
    },
    {
        .name = "vgpu-lz4",
        .title = "the same, images in LZ4",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
        .has_vgpu = true,
        .shows = true,
        .drawings = image_drawings,
        .image_compression = "lz4",
        .streaming = "off",
        .client_program = "client",
        .sinks = canvas_sinks,
        .colour = 0x2fae4b,
        .dash = "(3,3)",
        .point = 13,
    },
    {
        .name = "vgpu-mjpeg",
        .title = "the same, the server finds the video and encodes it as MJPEG",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
        .has_vgpu = true,
        .shows = true,
        .drawings = video_drawings,
        .image_compression = "auto_glz",
        .streaming = "all",
        .video_codecs = "spice:mjpeg",
        .client_program = "client",
        .sinks = canvas_sinks,
        .colour = 0xdc96be,
        .dash = "(16,3,3,3,3,3)",
        .point = 5,
    },
    {
        .name = "vgpu-h264",
        .title = "the same, as H.264, by software",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
        .has_vgpu = true,
        .shows = true,
        .drawings = video_drawings,
        .image_compression = "auto_glz",
        .streaming = "all",
        .video_codecs = "gstreamer:h264",
        .client_program = "client",
        .sinks = canvas_sinks,
        .colour = 0x430c4a,
        .dash = "(8,8)",
        .point = 9,
    },
    {
        .name = "relay",
        .title = "the floor: reads the port, writes TCP, no SPICE; its client only receives",
        .vm = "relay",
        .vm_program = "relay",
        .counts_by_itself = true,
        .has_agent = true,
        .delivers = true,
        .client_program = "relay-client",
        .sinks = relay_sinks,
        .colour = 0x717171,
        .dash = "(2,3)",
        .point = 7,
    },
};

const struct route *route_at(unsigned index)
{
    return index < G_N_ELEMENTS(routes) ? &routes[index] : NULL;
}

const struct route *route_find(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(routes); i++) {
        if (g_str_equal(routes[i].name, name))
            return &routes[i];
    }
    return NULL;
}

char *route_names(void)
{
    GString *names = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(routes); i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", routes[i].name);
    return g_string_free(names, false);
}
