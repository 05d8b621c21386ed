/*
 * path: the ways from a port to a client that are compared.
 *
 * A constant table; everything that differs between the ways is in it, so
 * that no other file asks for a way by its name.
 */
#ifndef VDIBENCH_PATH_H
#define VDIBENCH_PATH_H

#include <glib.h>

typedef struct {
    const char *name;
    const char *title;
    const char *vm_program; /* beside vdibench's own binary, as are the others */
    const char *port_name;  /* NULL: the program knows only one */
    const char *library;    /* folder for LD_LIBRARY_PATH, below the binaries; NULL: the
                             * system's own library */
    gboolean trailer;       /* the agent appends the trailer to each access unit */
    gboolean has_vgpu;      /* there is a second source to switch to */
    gboolean shows;         /* the client decodes and shows pictures */
    const char *client_program;
    const char *const *sinks; /* how its client can show; NULL-terminated */
} Path;

/* NULL when there is no such path. */
const Path *path_find(const char *name);

/* The table, ended by NULL at index `n`. */
const Path *path_at(guint index);

/* "gpu-module, stream-device, ..." for messages; free it. */
char *path_names(void);

#endif
