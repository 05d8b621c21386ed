/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * markup: text that goes into HTML or XML. Pure functions, any thread.
 */
#ifndef VDIBENCH_MARKUP_H
#define VDIBENCH_MARKUP_H

#include <glib.h>
#include <stdbool.h>

/* Appends `text`, escaped for use between tags and in a quoted attribute. What XML
 * 1.0 cannot hold at all (control characters, broken UTF-8) becomes U+FFFD. */
void markup_add(GString *document, const char *text);

/* printf, with each %s argument escaped like that. */
void markup_printf(GString *document, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Appends an SVG document as an element of an HTML page, without prolog, and
 * with `prefix` before its ids, so that several fit into one page. Only what
 * draws is let through: an element or attribute that could run a script or load
 * something is an error, as is text that is no SVG; then nothing is appended. */
bool markup_add_svg(GString *page, const char *svg, const char *prefix, GError **error);

#endif
