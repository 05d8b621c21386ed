/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * settings: what the agent's program was asked for, by its command line and its file.
 *
 * One table (settings.c) has a row for each setting: its name, which is the option
 * --NAME and the key NAME of the file, its default, limits and help. The file has the
 * form of a key file: the group [agent], a line KEY=VALUE for each setting, comments
 * behind # at the beginning of a line. The command line goes before the file.
 *
 * Plain C11, the same on all systems: what differs between them is in struct
 * settings_platform. Any thread; nothing is allocated.
 */
#ifndef AGENT_SETTINGS_H
#define AGENT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A path or a name with its final zero; Windows' paths have 260 at most. */
#define SETTINGS_TEXT_BYTES 512

/* A line of a file, and the text of an error. */
#define SETTINGS_LINE_BYTES 1024

enum settings_log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct settings {
    char port[SETTINGS_TEXT_BYTES];
    char display[SETTINGS_TEXT_BYTES]; /* "auto" or a connector's name */
    char source[SETTINGS_TEXT_BYTES];  /* "auto" or one of the platform's words */
    char encoder[SETTINGS_TEXT_BYTES]; /* the same */
    uint32_t bitrate_kbps;
    uint32_t frame_rate_hz;
    uint32_t log_level;                /* enum settings_log_level */
    char record[SETTINGS_TEXT_BYTES];  /* "": nothing is recorded */
    char samples[SETTINGS_TEXT_BYTES]; /* "": none are written */
    char file[SETTINGS_TEXT_BYTES];    /* "": none was named */
    char state[SETTINGS_TEXT_BYTES];   /* the folder of what is remembered */
    bool trailer;
    bool list, self_test, help;
};

/* What a system offers. The words are separated by |, "auto" is the first. */
struct settings_platform {
    const char *port;
    const char *ports; /* the forms of a port's name, and what they are, for the help */
    const char *ports_help;
    const char *state; /* NULL: no default */
    const char *sources;
    const char *encoders;
};

/* Fills in the defaults, then the command line (argv[0] is not looked at), then, where the
 * command line is silent, the file that it names. False, with one line in `ret_error`
 * (SETTINGS_LINE_BYTES) that names the option, or the file and its line, if something is
 * unknown, out of its limits, given twice, or contradicts something else. */
bool settings_read(struct settings *ret_settings, const struct settings_platform *platform,
                   int argc, const char *const *argv, char *ret_error);

/* What --help prints below its first line: a line or two for each setting. */
void settings_write_help(const struct settings_platform *platform, FILE *to);

#endif
