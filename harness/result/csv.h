/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * csv: a text as a field of CSV. Pure, any thread.
 */
#ifndef VDIBENCH_CSV_H
#define VDIBENCH_CSV_H

#include <glib.h>

/* Appends the field, quoted where RFC 4180 asks for it, and a comma. */
void csv_add_text(GString *csv, const char *text);

#endif
