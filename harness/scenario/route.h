/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * route: the ways from a port to a client that are compared.
 *
 * A constant table; everything that differs between the ways is in it, so
 * that no other file asks for a way by its name.
 */
#ifndef VDIBENCH_ROUTE_H
#define VDIBENCH_ROUTE_H

#include <glib.h>
#include <stdbool.h>

struct route {
    const char *name;
    const char *title;
    const char *vm;              /* what stands in for every VM here; NULL: the case's VM */
    const char *vm_program;      /* beside vdibench's own binary, as are the others */
    const char *port_name;       /* NULL: the program knows only one */
    bool ours;                   /* the project is about it, and its VM loads the library with the
                                  * GPU module; the others are rivals, or a floor */
    const char *column;          /* of the function table; NULL: in none */
    bool has_agent;              /* a guest's agent opens the port and plays the workload */
    bool trailer;                /* the agent appends the trailer to each access unit */
    bool has_vgpu;               /* the VM has a vGPU, which shows a boot and a desktop */
    bool shows;                  /* the client decodes and shows pictures */
    bool delivers;               /* what the agent plays is expected to reach the client */
    const char *const *drawings; /* how the guest can draw the workload on the vGPU, the best for
                                  * this route first, NULL-terminated; NULL: the vGPU does not
                                  * show the workload */
    const char *image_compression, *streaming, *video_codecs; /* of vm-sim; NULL: its default */
    bool can_be_mediated;       /* its vGPU can be one with shadow page tables (the axis vgpu) */
    bool counts_by_itself;      /* vm_program writes module.csv; elsewhere the module's counters
                            * are read */
    const char *client_program; /* NULL: there is no client, and nothing is shown */
    const char *uri_scheme;     /* of the server's address for the client; NULL: spice */
    const char *const *sinks;   /* how its client can show; NULL-terminated */
    unsigned colour;  /* 0xRRGGBB in every plot; no two are of one lightness, for grey print */
    const char *dash; /* gnuplot's dash type */
    unsigned point;   /* gnuplot's filled point type; the open one of the shape is one less */
};

/* NULL when there is no such route. */
const struct route *route_find(const char *name);

/* The table, ended by NULL at index `n`. */
const struct route *route_at(unsigned index);

/* "gpu-module, stream-device, ..." for messages; free it. */
char *route_names(void);

#endif
