/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * catalog: the scenarios that there are, TOP/scenarios/NAME.ini.
 *
 * `top` is the project's folder. Any thread.
 */
#ifndef VDIBENCH_CATALOG_H
#define VDIBENCH_CATALOG_H

#include "harness/scenario/scenario.h"

/* By its name, or a file by its path. NULL and `error` when there is none, or
 * it is not good. */
struct scenario *catalog_load_one(const char *top, const char *name, GError **error);

/* Those that are named (`names` ends with NULL), or all when none is. Of
 * Scenario; NULL and `error` when one of them is not good or named twice. */
GPtrArray *catalog_load(const char *top, char **names, GError **error);

/* Those that declare the set; NULL and `error` when none does. */
GPtrArray *catalog_load_set(const char *top, const char *set, GError **error);

#endif
