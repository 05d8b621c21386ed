/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * auto-destroy: variables that clean up after themselves at the end of their scope.
 *
 *     auto_destroy(rows) rows = rows_read(file, error);    a struct rows *
 *     auto_finish(told) told = {0};                        a struct told
 *
 * The first calls what DEFINE_AUTO_DESTROY() has named, unless the pointer is
 * NULL: g_steal_pointer() keeps the object. The second calls told_finish(&told).
 * GLib's g_autoptr() does the same for a name made by typedef, which our structs
 * do not have.
 */
#ifndef VDIBENCH_AUTO_DESTROY_H
#define VDIBENCH_AUTO_DESTROY_H

/* Beside the declaration of `destroy`, a function of one struct TAG *. */
#define DEFINE_AUTO_DESTROY(tag, destroy)                                                \
    __attribute__((unused)) static inline void tag##_auto_destroy(struct tag **variable) \
    {                                                                                    \
        if (*variable)                                                                   \
            destroy(*variable);                                                          \
    }

#define auto_destroy(tag) __attribute__((cleanup(tag##_auto_destroy))) __typeof__(struct tag *)
#define auto_finish(tag) __attribute__((cleanup(tag##_finish))) struct tag

#endif
