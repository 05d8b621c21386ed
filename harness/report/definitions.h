/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * definitions: what each metric means, and when a repeat is unfit: metrics.def and the
 * rules of quality.c, in Markdown and in HTML. Pure functions, any thread.
 */
#ifndef VDIBENCH_DEFINITIONS_H
#define VDIBENCH_DEFINITIONS_H

#include <json-glib/json-glib.h>

/* The lines between which results/README.md has definitions_markdown(). */
#define DEFINITIONS_BEGIN "<!-- Begin of what `vdibench metrics` prints. -->\n"
#define DEFINITIONS_END "<!-- End of what `vdibench metrics` prints. -->\n"

/* One item for each metric, then the rules for unfit repeats; free it. */
char *definitions_markdown(void);

/* The metrics as an array of objects: name, unit, decimals, direction, meaning. */
JsonNode *definitions_json(void);

/* The same as a part of the report. */
void definitions_add_html(GString *page);

#endif
