/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void list_source(const struct settings *settings, const struct program_source *row)
{
    const char *display = settings->display;
    struct source_mode mode;

    if (row->list) {
        row->list(stdout);
        return;
    }
    struct source *source = row->create(strcmp(display, PROGRAM_AUTO) == 0 ? NULL : display);
    if (!source)
        return;
    if (source->class->open(source, &mode) < 0)
        printf("  %s: not usable: %s\n", display, source->class->error(source));
    else
        printf("  %s: %" PRIu32 "x%" PRIu32 " pixels\n", display, mode.width_px, mode.height_px);
    source->class->close(source);
    source->class->destroy(source);
}

static void list_encoder(const struct settings *settings, const struct program_encoder *row)
{
    const struct encoder_settings picture = {
        .width_px = 640, .height_px = 480, .fps_num = 30, .fps_den = 1, .kbps = 1000};
    struct encoder *encoder = row->create(settings);

    if (!encoder)
        return;
    int result = encoder->class->open(encoder, &picture);
    const char *text = encoder->class->error ? encoder->class->error(encoder) : "";
    if (result < 0 && text[0])
        printf("  %s: not usable: %s\n", row->name, text);
    else if (result < 0)
        printf("  %s: not usable: %s: %s\n", row->name, strerror(-result), row->advice);
    else
        printf("  %s: %s\n", row->name, row->text);
    encoder->class->destroy(encoder);
}

void listing_print(const struct program_system *system, const struct settings *settings)
{
    for (size_t i = 0; i < system->sources_count; i++) {
        printf("displays of the source %s\n", system->sources[i].name);
        list_source(settings, &system->sources[i]);
    }
    printf("encoders\n");
    for (size_t i = 0; i < system->encoders_count; i++)
        list_encoder(settings, &system->encoders[i]);
    int problem = system->port_problem(settings->port);
    printf("port\n  %s%s%s\n", settings->port, problem ? ": not usable: " : "",
           problem ? strerror(-problem) : "");
}
