/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * options: vm-sim's command line.
 */
#ifndef VDIBENCH_VM_SIM_OPTIONS_H
#define VDIBENCH_VM_SIM_OPTIONS_H

#include "auto-destroy.h"
#include "harness/vm/sim/film-screen.h"
#include "shadow-paging/workloads/mediated-vgpu.h"

#include <glib.h>
#include <stdbool.h>

/* How the guest draws a film. */
enum film_drawing {
    FILM_FULL_FRAME,
    FILM_DIRTY_RECTS,   /* only its changes */
    FILM_GL_AT_ONCE,    /* on a buffer of a vGPU with 3D, which is announced at once */
    FILM_GL_REFRESH_30, /* when QEMU's timer would do so, by default */
};

struct vm_options {
    char *listen;
    char *port_name;
    char *port;
    char *second_port;    /* of the same name; NULL: none */
    char *samples;        /* NULL: none */
    char *tls;            /* folder for key and certificate; NULL: no TLS */
    char *expect_library; /* NULL: any */
    int width_px, height_px;
    int vgpu_fps;
    gboolean incoming; /* the target of a migration: does not run yet */
    gboolean seamless;
    gboolean sound;        /* the guest plays a tone */
    int displays;          /* 1 or 2 */
    int image_compression; /* SpiceImageCompression */
    int streaming;         /* SPICE_STREAM_VIDEO_... */
    char *video_codecs;    /* "encoder:codec;..."; NULL: the server's own choice */
    char *film;            /* NULL: none */
    int drawing;           /* enum film_drawing */
    char *submissions;     /* file for the samples of a mediated vGPU; NULL: it is none */
    struct mediated_vgpu_settings mediated; /* the strings are owned */
};

/* NULL and `error` when an option is unknown, missing or has a wrong value.
 * --help prints and exits. */
struct vm_options *options_parse(int argc, char **argv, GError **error);

/* Parses "WxH"; false when the vGPU cannot have that size. */
bool options_parse_size(const char *text, int *ret_width_px, int *ret_height_px);
void options_destroy(struct vm_options *options);

DEFINE_AUTO_DESTROY(vm_options, options_destroy)

#endif
