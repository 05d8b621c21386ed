/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * axis: what the cases of a run can differ in, besides scenario, route, sink,
 * drawing and workload.
 *
 * The one table of it: scenarios, options, results, tables and exports loop over
 * it. A case has one word of each axis (NULL nowhere). Constant; any thread.
 */
#ifndef VDIBENCH_AXIS_H
#define VDIBENCH_AXIS_H

#include "harness/scenario/route.h"

#include <glib.h>
#include <stdbool.h>

/* In the order in which cases, columns and names have them. */
enum axis {
    AXIS_TRANSPORT,
    AXIS_VM,
    AXIS_LINK,
    AXIS_ENCODER,
    AXIS_AGENT,
    AXIS_VGPU,
    AXIS_LOAD,
    AXIS_TRAPS,
    AXIS_RECONSTRUCTION,
    AXIS_COUNT
};

/* A real VM, whose port is one of VirtIO and nothing else (a case of it has that transport). */
#define VM_QEMU "qemu"
#define TRANSPORT_VIRTIO "virtio"

/* Words of the axis agent that others ask for. */
#define AGENT_SIMULATED "sim"
#define AGENT_HOST "host"

/* A vGPU that pays for nothing; one with shadow page tables has a word that begins with
 * VGPU_SHADOW, before the policy. */
#define VGPU_PLAIN "qxl"
#define VGPU_SHADOW "shadow:"

/* The words of a case without shadow page tables: no programs load them, nothing is trapped. */
#define LOAD_NONE "none"
#define TRAPS_NONE "none"

/* The word of the axis encoder that the agents other than the simulated one have. */
#define ENCODER_OF_REAL_AGENT "x264-ultrafast"

struct axis_definition {
    const char *name;    /* of the option (--NAME), the member in result.json, the CSV column */
    const char *key;     /* of the scenario's list */
    char letter;         /* of the option; 0: none */
    const char *meaning; /* for --help */
    const char *caption; /* comes before the word in a heading */
    /* The words, ended by NULL at index `n`; the first one is the default. */
    const char *(*word_at)(unsigned index);
    /* Words that follow a pattern, and the pattern for people; NULL: there are none. */
    bool (*fits_pattern)(const char *word);
    const char *pattern;
    /* On a route that the axis does not apply to, a case has the default. NULL: it applies to
     * all. */
    bool (*applies)(const struct route *route);
    bool always_named; /* also the default is part of a case's name */
    bool in_label;     /* cases that differ in it are compared, as routes are */
    bool varied;       /* `run --all` takes all words, unless the scenario has it fixed */
};

const struct axis_definition *axis_definition(enum axis axis);

const char *axis_default(enum axis axis);
bool axis_allows(enum axis axis, const char *word);
char *axis_choice(enum axis axis); /* "pty, socket" for messages; free it */
bool axis_applies(enum axis axis, const struct route *route);
/* All but those of a mediated vGPU, which no route has together with those of an agent. */
bool axes_all_apply(const struct route *route);

/* Whether cases with these words can be compared: they differ in no axis but those that are in
 * the label. */
bool axes_comparable(const char *const *a, const char *const *b);

/* Appends `separator` and the word of each axis that is part of a case's name. */
void axes_append_name(GString *text, const char *const *words, const char *separator);

/* Appends a blank and the word of each axis that is part of the case's label. */
void axes_append_label(GString *text, const char *const *words);

/* For a heading: "port on pty, link 20m"; only what is part of a case's name and not of its
 * label; free it. */
char *axes_caption(const char *const *words);

#endif
