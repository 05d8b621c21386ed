/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vdibench-agent: the agent of a Windows guest (agent/program.h). As the first argument
 * --service runs it as a Windows service, and --worker is what that starts.
 */
#define COBJMACROS
#include "agent/program.h"
#include "agent/windows/amf.h"
#include "agent/windows/dxgi-displays.h"
#include "agent/windows/dxgi.h"
#include "agent/windows/hardware.h"
#include "agent/windows/media-foundation.h"
#include "agent/windows/port-serial.h"
#include "agent/windows/service.h"
#include "protocol/port-protocol.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Of the rows. */
#define MEDIA_FOUNDATION "media-foundation"

/* The one source of this process, which has the device of the encoder's pictures. */
static struct source *screen;

static struct source *create_dxgi(const char *display)
{
    const struct dxgi_settings settings = {.display = display ? display : "auto",
                                           .duplicate = hardware_duplicate};

    screen = dxgi_source_create(&settings);
    return screen;
}

static void list_display(FILE *to, const struct display *display)
{
    const struct dxgi_settings settings = {.display = display->name,
                                           .duplicate = hardware_duplicate};
    struct source *source = dxgi_source_create(&settings);
    struct source_mode mode;

    if (!source)
        return;
    fprintf(to, "  %s (%s): ", display->name, display->card);
    if (source->class->open(source, &mode) < 0)
        fprintf(to, "not usable: %s\n", source->class->error(source));
    else
        fprintf(to, "%" PRIu32 "x%" PRIu32 " pixels\n", mode.width_px, mode.height_px);
    source->class->destroy(source);
}

static void list_displays(FILE *to)
{
    static struct dxgi_displays displays;
    HRESULT result = dxgi_displays_get(&displays);

    if (FAILED(result) || displays.count == 0)
        fprintf(to, "  none (0x%08x): is the card's driver installed?\n", (unsigned)result);
    for (unsigned i = 0; i < displays.count; i++)
        list_display(to, &displays.list[i]);
    dxgi_displays_release(&displays);
}

/* Of the encoder that is opened just now, and takes its pictures as textures. */
static void *device_of_screen(void *data)
{
    (void)data;
    if (!screen)
        return NULL;
    dxgi_source_use_textures(screen, true);
    return dxgi_source_device(screen);
}

static struct encoder *create_amf(const struct settings *settings)
{
    const struct amf_runtime runtime = {.init = hardware_amf(), .device = device_of_screen};

    (void)settings;
    return amf_create(&runtime);
}

static void use_memory(void *data)
{
    (void)data;
    if (screen)
        dxgi_source_use_textures(screen, false);
}

static struct encoder *create_media_foundation(const struct settings *settings)
{
    const struct media_foundation_settings platform = {.find = hardware_transform,
                                                       .opening = use_memory};

    (void)settings;
    return media_foundation_create(&platform);
}

/* Another program may have it, which is the problem, too. */
static int port_problem(const char *name)
{
    struct port *port = port_serial_create(name);
    int error = port ? port->class->open(port) : -ENOMEM;

    if (port)
        port->class->destroy(port);
    return error;
}

static const struct program_source sources[] = {
    {.name = "dxgi", .create = create_dxgi, .list = list_displays},
};

static const struct program_encoder encoders[] = {
    {.name = "amf",
     .text = "H.264 on an AMD card",
     .advice = "is there an AMD card, and its driver?",
     .fallback = MEDIA_FOUNDATION,
     .codec = PORT_CODEC_H264,
     .create = create_amf},
    {.name = MEDIA_FOUNDATION,
     .text = "H.264 by an encoder of Windows', a card's or the processor's; not run on Windows",
     .advice = "is its Media Feature Pack installed?",
     .codec = PORT_CODEC_H264,
     .create = create_media_foundation},
};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--service") == 0)
        return service_run();
    if (argc > 1 && strcmp(argv[1], "--worker") == 0) {
        service_log_to_file();
        argv++; /* what it was started as is no setting */
        argc--;
    }
    const struct program_system system = {
        .port = "org.spice-space.pgpu.0",
        .ports = "NAME|\\\\.\\Global\\NAME|COM5",
        .ports_help =
            "the port to the GPU module: a VirtIO serial port, by its name or its path, or a "
            "COM port",
        .sources = sources,
        .sources_count = sizeof sources / sizeof *sources,
        .encoders = encoders,
        .encoders_count = sizeof encoders / sizeof *encoders,
        .port_create = port_serial_create,
        .port_problem = port_problem,
    };

    return program_main(&system, argc, (const char *const *)argv);
}
