/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * loaded-library: which libspice-server this process really uses, since a wrong
 * LD_LIBRARY_PATH would go unnoticed.
 */
#ifndef VDIBENCH_LOADED_LIBRARY_H
#define VDIBENCH_LOADED_LIBRARY_H

#include <glib.h>

/* The path of the loaded libspice-server.so.1 according to /proc/self/maps; free it
 * with g_free(). Unless `expected` is NULL: NULL and `error` when this is not the
 * library in the folder `expected` (or the one to which a link there points). */
char *loaded_library_find(const char *expected, GError **error);

#endif
