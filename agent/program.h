/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * program: the agent's program, the same on all systems: its settings, what it lists and
 * tests, its log, and the session that it keeps running until it is stopped.
 *
 * A system's main() has tables of its sources, encoders and ports, and calls program_main().
 * The port is opened as soon as it is there, and again whenever it was closed. Without a
 * viewer nothing is captured, and no screen is opened.
 */
#ifndef AGENT_PROGRAM_H
#define AGENT_PROGRAM_H

#include "agent/display-watch.h"
#include "agent/encoder.h"
#include "agent/observer.h"
#include "agent/port.h"
#include "agent/settings.h"
#include "agent/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The word of --display, --source and --encoder that leaves the choice to the program. */
#define PROGRAM_AUTO "auto"

/* The first of the sources that can be opened is the one that "auto" stands for. */
struct program_source {
    const char *name; /* the word of --source */
    /* `display` is the setting's, NULL for "auto". NULL: memory is short. */
    struct source *(*create)(const char *display);
    /* A line for each display that there is, with its size, and why it cannot be captured if
     * that is so; each is indented by two. NULL: the one that is opened is listed. */
    void (*list)(FILE *to);
};

/* The first of the encoders is the one that "auto" stands for. */
struct program_encoder {
    const char *name;     /* the word of --encoder */
    const char *text;     /* what it is, for --list */
    const char *advice;   /* where it cannot be opened */
    const char *fallback; /* the encoder that follows once this one is off; or NULL */
    uint8_t codec;        /* enum port_codec */
    struct encoder *(*create)(const struct settings *settings); /* NULL: memory is short */
};

struct program_system {
    const char *port;  /* the default of --port */
    const char *ports; /* for --help: the forms of a port's name, and what they are */
    const char *ports_help;
    const char *state; /* of --state; NULL: there is none */
    const struct program_source *sources;
    size_t sources_count; /* at most FIRST_SOURCE_MAX */
    const struct program_encoder *encoders;
    size_t encoders_count;
    struct port *(*port_create)(const char *port); /* the setting's; NULL: memory is short */
    /* 0, or why the port cannot be opened just now: negative errno. It need not be certain. */
    int (*port_problem)(const char *port);
    /* NULL and *ret_error (negative errno): the agent looks for displays itself. NULL: so it does on
     * this system. */
    struct display_watch *(*display_watch_create)(int *ret_error);
    /* Where reports go, one line each; NULL: to standard error. Any thread. */
    void (*log)(enum settings_log_level level, const char *line);
};

/* Exit status: 0 after a stop (agent/os/stop.h) or what --list, --self-test and --help print;
 * 1 when something fails that no waiting mends; 2 when the settings are wrong. */
int program_main(const struct program_system *system, int argc, const char *const *argv);

#endif
