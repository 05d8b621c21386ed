/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * axis-options: an option for each axis of a case, made of their table. Main thread.
 */
#ifndef VDIBENCH_AXIS_OPTIONS_H
#define VDIBENCH_AXIS_OPTIONS_H

#include "harness/plan/case.h"

#include <stdbool.h>

struct axis_options {
    GOptionEntry entries[AXIS_COUNT + 1]; /* for command_parse() */
    char **words[AXIS_COUNT];             /* what was given; NULL: nothing */
    char *help[AXIS_COUNT], *argument[AXIS_COUNT];
};

/* The struct must stay where it is until the options are parsed. */
void axis_options_init(struct axis_options *options);
void axis_options_finish(struct axis_options *options);

/* False and `error` when a word is none of its axis. */
bool axis_options_check(struct axis_options *options, GError **error);

/* The filter takes what was given; valid while the options are. */
void axis_options_set(const struct axis_options *options, struct case_filter *filter);

#endif
