/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vdibench-agent: the agent of a Linux guest (agent/program.h).
 */
#include "agent/linux/encoder-child.h"
#include "agent/linux/guarded-encoder.h"
#include "agent/linux/kms.h"
#include "agent/linux/port-socket.h"
#include "agent/linux/port-tty.h"
#include "agent/linux/uevents.h"
#include "agent/linux/vaapi.h"
#include "agent/linux/x11.h"
#include "agent/linux/x264.h"
#include "agent/program.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <libavutil/log.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char socket_prefix[] = "socket:", tty_prefix[] = "tty:";

static struct source *create_x11(const char *display)
{
    return x11_create(NULL, display);
}

/* The preset is faster than any other, and its pictures are no slower to decode. Two threads, each
 * with half of a picture, take two thirds to nine tenths of the time of one; more slices would
 * cost quality. */
static struct encoder *create_x264(const struct settings *settings)
{
    const char *threads = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? "2" : "1";
    const char *const options[] = {"preset",      "ultrafast", "threads", threads,
                                   "thread_type", "slice",     NULL};

    (void)settings;
    return x264_create(options);
}

/* Of the rows, and the argument of the process in which the encoder runs. */
#define X264 "x264"
#define VAAPI "vaapi"
#define VAAPI_HEVC "vaapi-hevc"

static struct encoder *create_vaapi(const struct settings *settings)
{
    return guarded_encoder_create(encoder_child_create(VAAPI, PORT_CODEC_H264, VAAPI),
                                  settings->state);
}

static struct encoder *create_vaapi_hevc(const struct settings *settings)
{
    return guarded_encoder_create(encoder_child_create(VAAPI_HEVC, PORT_CODEC_H265, VAAPI_HEVC),
                                  settings->state);
}

static enum port_codec child_codec(const char *argument)
{
    return strcmp(argument, VAAPI_HEVC) == 0 ? PORT_CODEC_H265 : PORT_CODEC_H264;
}

static struct port *create_port(const char *port)
{
    if (strncmp(port, socket_prefix, sizeof socket_prefix - 1) == 0)
        return port_socket_create(port + sizeof socket_prefix - 1);
    if (strncmp(port, tty_prefix, sizeof tty_prefix - 1) == 0)
        port += sizeof tty_prefix - 1;
    return port_tty_create(port);
}

static int port_problem(const char *port)
{
    const char *path = strchr(port, ':');

    return access(path ? path + 1 : port, R_OK | W_OK) == 0 ? 0 : -errno;
}

/* With the priorities of syslog, which the journal reads from standard error. */
static void log_to_journal(enum settings_log_level level, const char *line)
{
    static const int priorities[] = {3, 4, 6, 7};

    fprintf(stderr, "<%d>%s\n", priorities[level], line);
}

static const struct program_source sources[] = {
    {.name = "kms", .create = kms_create, .list = kms_list},
    {.name = "x11", .create = create_x11},
};

static const struct program_encoder encoders[] = {
    {.name = X264,
     .text = "H.264 on the processor",
     .advice = "is libavcodec built with libx264?",
     .codec = PORT_CODEC_H264,
     .create = create_x264},
    {.name = VAAPI,
     .text = "H.264 on a graphics card, in a process of its own; not run on hardware",
     .fallback = X264,
     .codec = PORT_CODEC_H264,
     .create = create_vaapi},
    {.name = VAAPI_HEVC,
     .text = "H.265 on a graphics card, in a process of its own; not run on hardware",
     .fallback = X264,
     .codec = PORT_CODEC_H265,
     .create = create_vaapi_hevc},
};

int main(int argc, char **argv)
{
    const struct program_system system = {
        .port = "/dev/virtio-ports/org.spice-space.pgpu.0",
        .ports = "PATH|tty:PATH|socket:PATH",
        .ports_help = "the port to the GPU module: a device, or the socket on which a host listens",
        .state = "/var/lib/vdibench-agent",
        .sources = sources,
        .sources_count = sizeof sources / sizeof *sources,
        .encoders = encoders,
        .encoders_count = sizeof encoders / sizeof *encoders,
        .display_watch_create = uevents_create,
        .port_create = create_port,
        .port_problem = port_problem,
        .log = getenv("JOURNAL_STREAM") ? log_to_journal : NULL,
    };

    av_log_set_level(AV_LOG_QUIET); /* errors are reported in one line */
    if (argc == 3 && strcmp(argv[1], ENCODER_CHILD_OPTION) == 0)
        return encoder_child_serve(vaapi_create(child_codec(argv[2])));
    return program_main(&system, argc, (const char *const *)argv);
}
