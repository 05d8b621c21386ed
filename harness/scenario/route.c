/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/route.h"

#include "protocol/port-protocol.h"

/* What upstream's stream device listens on. */
#define STREAM_PORT_NAME "org.spice-space.stream.0"

static const char *const client_sinks[] = {"appsink", "overlay", "overlay-sync", NULL};
static const char *const relay_sinks[] = {"receive-only", NULL};
/* Nothing is shown. */
static const char *const no_sinks[] = {"no-client", NULL};
/* What the vGPU draws the client draws again, into its canvas. */
static const char *const canvas_sinks[] = {"canvas", NULL};
/* Images are cheapest where only what has changed is drawn; the server takes
 * for a video what is drawn again and again at the same place and size. */
static const char *const image_drawings[] = {"dirty-rects", "full-frame", NULL};
static const char *const video_drawings[] = {"full-frame", "dirty-rects", NULL};
static const char *const whole_drawings[] = {"full-frame", NULL};
/* A vGPU with 3D: at once is the best that a timer could be, 30 Hz is QEMU's default. */
static const char *const gl_drawings[] = {"gl-at-once", "gl-refresh-30", NULL};

/* Original SPICE: its vGPU draws the workload, and the server sends it in one way. The last
 * three are the plots'. */
#define VGPU(ROUTE, TITLE, COMPRESSION, STREAMING, CODECS, DRAWINGS, COLOUR, DASH, POINT)  \
    {                                                                                      \
        .name = ROUTE, .title = TITLE, .vm_program = "vm-sim", .port_name = PORT_NAME,     \
        .has_vgpu = true, .shows = true, .can_be_mediated = true, .drawings = DRAWINGS,    \
        .image_compression = COMPRESSION, .streaming = STREAMING, .video_codecs = CODECS,  \
        .client_program = "client", .sinks = canvas_sinks, .colour = COLOUR, .dash = DASH, \
        .point = POINT                                                                     \
    }

static const struct route routes[] = {
    {
        .name = "gpu-module",
        .title = "our module in the SPICE server, on the existing display channel",
        .vm_program = "vm-sim",
        .port_name = PORT_NAME,
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
    /* Images only. */
    VGPU("vgpu-off", "original SPICE: the vGPU draws the workload, images as they are", "off",
         "off", NULL, image_drawings, 0x000000, "(1,1)", 5),
    VGPU("vgpu-auto-glz", "the same, QEMU's default: images in QUIC or GLZ, as the server chooses",
         "auto_glz", "off", NULL, image_drawings, 0x042210, "(20,4)", 7),
    VGPU("vgpu-auto-lz", "the same, images in QUIC or LZ, as the server chooses", "auto_lz", "off",
         NULL, image_drawings, 0x113c07, "(20,4,3,4)", 9),
    VGPU("vgpu-glz", "the same, images in GLZ", "glz", "off", NULL, image_drawings, 0x004b3f,
         "(6,3)", 11),
    VGPU("vgpu-lz4", "the same, images in LZ4", "lz4", "off", NULL, image_drawings, 0x2fae4b,
         "(3,3)", 13),
    VGPU("vgpu-quic", "the same, images in QUIC", "quic", "off", NULL, image_drawings, 0x155774,
         "(12,6)", 15),
    /* Everything that is drawn again and again is a video. */
    VGPU("vgpu-mjpeg", "the same, the server finds the video and encodes it as MJPEG", "auto_glz",
         "all", "spice:mjpeg", video_drawings, 0xdc96be, "(16,3,3,3,3,3)", 5),
    VGPU("vgpu-h264", "the same, as H.264, by software", "auto_glz", "all", "gstreamer:h264",
         video_drawings, 0x430c4a, "(8,8)", 9),
    VGPU("vgpu-vp8", "the same, as VP8", "auto_glz", "all", "gstreamer:vp8", video_drawings,
         0xe62274, "(24,3,3,3)", 11),
    VGPU("vgpu-vp9", "the same, as VP9", "auto_glz", "all", "gstreamer:vp9", video_drawings,
         0xbc6fcf, "(24,6,3,6)", 13),
    VGPU("vgpu-gl", "a vGPU with 3D, whose buffer the server (0.16) encodes as H.264, by software",
         "auto_glz", "off", "gstreamer:h264", gl_drawings, 0xa84f30, "(18,2,2,2)", 13),
    /* Only what looks like a photograph is a video. */
    VGPU("vgpu-mjpeg-filter", "the same, only pictures with soft edges, as MJPEG", "auto_glz",
         "filter", "spice:mjpeg", video_drawings, 0xf18181, "(10,10)", 5),
    VGPU("vgpu-h264-filter", "the same, as H.264", "auto_glz", "filter", "gstreamer:h264",
         video_drawings, 0xd4b5f2, "(14,4,14,4,3,4)", 7),
    VGPU("vgpu-vp8-filter", "the same, as VP8", "auto_glz", "filter", "gstreamer:vp8",
         video_drawings, 0xf1d6ae, "(5,10)", 11),
    VGPU("vgpu-vp9-filter", "the same, as VP9", "auto_glz", "filter", "gstreamer:vp9",
         video_drawings, 0x011713, "(3,10)", 13),
    {
        .name = "tigervnc",
        .title = "outside SPICE: TigerVNC's X server, on which a program draws the workload",
        .vm = "vnc",
        .vm_program = "vm-vnc",
        .has_vgpu = true,
        .shows = true,
        .drawings = whole_drawings,
        .client_program = "vnc-client",
        .uri_scheme = "vnc",
        .sinks = canvas_sinks,
        .colour = 0x822160,
        .dash = "(18,3,9,3)",
        .point = 11,
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
    {
        .name = "shadow-paging",
        .title = "no display: what the shadow page tables of a mediated vGPU cost its guest",
        .vm = "shadow",
        .vm_program = "shadow-paging-run",
        .can_be_mediated = true,
        .sinks = no_sinks,
        .colour = 0x72550e,
        .dash = "(4,2)",
        .point = 9,
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
