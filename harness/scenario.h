/*
 * scenario: a run described in a file, both functional test and benchmark.
 *
 * A GKeyFile (scenarios/NAME.ini) with the groups [scenario], [timeline],
 * [expect], and [path PATH] and [expect PATH] which override for one path.
 * `vdibench show` prints one completely. Everything in the file is checked:
 * what is unknown, out of range or contradicts itself is refused.
 */
#ifndef VDIBENCH_SCENARIO_H
#define VDIBENCH_SCENARIO_H

#include "expect.h"
#include "path.h"
#include "timeline.h"

/* The first second of a stream is measured apart: something must come after. */
#define SECONDS_MIN 2
#define SECONDS_MAX 3600
#define REPEATS_MAX 100

/* What of a scenario depends on the path. */
typedef struct {
    const Path *path;
    char **sinks;
    Expect expect;
} ScenarioPath;

typedef struct {
    char *name; /* the file's name without .ini */
    char *file;
    char *title;
    char **workloads;   /* recordings by name */
    char **transports;  /* "pty", "socket" */
    GPtrArray *paths;   /* ScenarioPath, in the file's order */
    GArray *steps;      /* Step */
    guint vgpu_width_px, vgpu_height_px, vgpu_fps;
    guint seconds, repeats;             /* of a benchmark */
    guint quick_seconds, quick_repeats; /* with --quick */
    guint test_seconds;                 /* as a functional test, one repeat */
    guint seed;                         /* of whatever is random in a run */
} Scenario;

/* Reads and checks `file`. NULL and `error`, one line that names file, group,
 * key and what is allowed. Any thread. */
Scenario *scenario_load(const char *file, GError **error);
void scenario_destroy(Scenario *scenario);

/* The complete scenario for people, defaults filled in; free it. */
char *scenario_text(const Scenario *scenario);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_destroy)

#endif
