/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * scenario: a run described in a file, both functional test and benchmark.
 *
 * A GKeyFile (scenarios/NAME.ini) with the groups [scenario], [timeline],
 * [expect], and [route ROUTE] and [expect ROUTE] which override for one route.
 * `vdibench show` prints one completely. Everything in the file is checked:
 * what is unknown, out of range or contradicts itself is refused.
 */
#ifndef VDIBENCH_SCENARIO_H
#define VDIBENCH_SCENARIO_H

#include "auto-destroy.h"
#include "harness/scenario/axis.h"
#include "harness/scenario/expect.h"
#include "harness/scenario/route.h"
#include "harness/scenario/timeline.h"

#include <stdbool.h>

/* The first second of a stream is measured apart: something must come after. */
#define SECONDS_MIN 2
#define TEST_SECONDS_MIN 1 /* a test measures nothing */
#define SECONDS_MAX 3600
#define REPEATS_MAX 100

/* A vGPU smaller than its barcode has no identity; SPICE's limit above. */
#define VGPU_WIDTH_MIN_PX 384
#define VGPU_HEIGHT_MIN_PX 32
#define VGPU_SIDE_MAX_PX 8192

/* In the order of enum client_codecs. */
#define SCENARIO_CLIENT_CODECS "all no-h264 broken-h264"
/* How "vm migrate" takes the clients along, in the order of struct scenario.seamless_migration. */
#define SCENARIO_MIGRATIONS "semi-seamless seamless"
/* In the order of enum client_transport. */
#define SCENARIO_CLIENT_TRANSPORTS "tcp tls websocket unix"

/* What `run --all` varies besides axes. */
#define SCENARIO_FACTORS "sinks drawings workloads"

/* What of a scenario depends on the route. */
struct scenario_route {
    const struct route *route;
    char **sinks;
    char **drawings; /* NULL where the vGPU shows no film */
    struct expect expect;
};

/* What the first client can decode. A second one has all. */
enum client_codecs {
    CLIENT_CODECS_ALL,
    CLIENT_CODECS_NO_H264,
    CLIENT_CODECS_BROKEN_H264, /* announced, but it fails to decode it */
};

/* How the clients reach the server. */
enum client_transport {
    CLIENT_TRANSPORT_TCP,
    CLIENT_TRANSPORT_TLS,
    CLIENT_TRANSPORT_WEBSOCKET,
    CLIENT_TRANSPORT_UNIX
};

struct scenario {
    char *name; /* the file's name without .ini */
    char *file;
    char *title;
    char **workloads;         /* recordings by name */
    char **words[AXIS_COUNT]; /* of each axis */
    char **sets;              /* it is run with; may be empty */
    char **fixed;             /* what `run --all` does not vary, by the scenario's nature: of
                               * SCENARIO_FACTORS, or the key of an axis; may be empty */
    char *twin;               /* the route of its A/A pair, or "none"; NULL: the first of ours */
    GPtrArray *routes;        /* struct scenario_route, in the file's order */
    GArray *steps;            /* struct step */
    unsigned vgpu_width_px, vgpu_height_px; /* 0: vgpu_resolution=workload, the recording's */
    unsigned vgpu_fps;
    unsigned audio_delay_ms;     /* of the client's audio sink while the guest plays; 0: no sound */
    unsigned seamless_migration; /* boolean: of "vm migrate" */
    unsigned displays;           /* QXL devices; the pGPU takes the first one's */
    enum client_codecs client_codecs;
    enum client_transport client_transport;
    unsigned seconds, repeats;             /* of a benchmark */
    unsigned quick_seconds, quick_repeats; /* with --quick */
    unsigned test_seconds;                 /* as a functional test, one repeat */
    unsigned seed;                         /* of the order of the cases in a round */
};

/* Reads and checks `file`. NULL and `error`, one line that names file, group,
 * key and what is allowed. Any thread. */
struct scenario *scenario_load(const char *file, GError **error);
void scenario_destroy(struct scenario *scenario);

/* True when a step is about that action. */
bool scenario_has(const struct scenario *scenario, enum action action);

/* False and `error` when the scenario makes no sense with that word of the axis. */
bool scenario_admits(const struct scenario *scenario, enum axis axis, const char *word,
                     GError **error);

/* The complete scenario for people, defaults filled in; free it. */
char *scenario_text(const struct scenario *scenario);

DEFINE_AUTO_DESTROY(scenario, scenario_destroy)

#endif
