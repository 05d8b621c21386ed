/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * loaded-library: which libspice-server this process really runs with, as
 * LD_LIBRARY_PATH can be wrong without anybody noticing.
 */
#ifndef VDIBENCH_LOADED_LIBRARY_H
#define VDIBENCH_LOADED_LIBRARY_H

#include <glib.h>

/* The path of the mapped libspice-server.so.1 by /proc/self/maps; free with
 * g_free(). With a folder `expected`, NULL and `error` when it is not the library
 * that lies (or to which a link lies) in that folder. */
char *loaded_library_find(const char *expected, GError **error);

#endif
