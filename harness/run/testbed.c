/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/testbed.h"

#include "harness/run/steps.h"

/* The timeline up to the first step with that action, which is not carried
 * out; ACTION_COUNT: all of it. */
static bool run_timeline(struct testbed *bed, enum action end, GError **error)
{
    const struct route *route = bed->all.c->route;
    const struct scenario *scenario = bed->all.c->scenario;
    const GArray *steps = scenario->steps;
    bool h264 = scenario->client_codecs == CLIENT_CODECS_ALL;

    for (unsigned i = 0; i < steps->len; i++) {
        bed->step = &g_array_index(steps, struct step, i);
        if (bed->step->action == end)
            break;
        if (!action_applies(bed->step->action, route, h264))
            continue;
        if (!steps_carry_out(bed, error)) {
            g_prefix_error(error, "step %u '%s': ", bed->step->number,
                           action_text(bed->step->action));
            return false;
        }
    }
    return true;
}

static void testbed_init(struct testbed *bed, const struct plan_case *c, const struct place *place,
                         struct notes *notes)
{
    *bed = (struct testbed){
        .all = {.c = c,
                .programs = place->programs,
                .libraries = place->libraries,
                .recording = place->recording,
                .runtime = place->runtime,
                .folder = place->folder,
                .receive_only = place->receive_only,
                .gpu = place->gpu,
                .guest = place->guest,
                .pinning = place->pinning,
                .cancellable = place->cancellable},
        .notes = notes,
    };
    viewer_init(&bed->first);
    viewer_init(&bed->second);
}

static bool run_until(struct testbed *bed, enum action end, GError **error)
{
    return processes_start_vm(&bed->all, error) &&
           (!bed->all.c->route->has_agent || processes_start_agent(&bed->all, error)) &&
           run_timeline(bed, end, error);
}

static bool testbed_finish(struct testbed *bed, GError **error)
{
    bool ok = processes_end(&bed->all, error);
    viewer_finish(&bed->first);
    viewer_finish(&bed->second);
    return ok;
}

bool testbed_run(const struct plan_case *c, const struct place *place, struct notes *notes,
                 GError **error)
{
    g_autofree char *cpu_file = g_build_filename(place->folder, "cpu.csv", NULL);
    g_autoptr(GError) end_error = NULL;
    struct cpu_observer *cpu = cpu_observer_create(CPU_OBSERVER_PROC, cpu_file, error);
    struct testbed bed;

    if (!cpu)
        return false;
    testbed_init(&bed, c, place, notes);
    bed.all.cpu = cpu;
    bool ok = run_until(&bed, ACTION_COUNT, error);
    notes->library = g_strdup(bed.all.library);
    if (!testbed_finish(&bed, &end_error) && ok) {
        g_propagate_prefixed_error(error, g_steal_pointer(&end_error), "at the end: ");
        ok = false;
    }
    if (!cpu_observer_destroy(cpu) && ok) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: not all samples could be written: is the disk full?", cpu_file);
        ok = false;
    }
    return ok;
}

struct testbed *testbed_start(const struct plan_case *c, const struct place *place,
                              struct cpu_observer *cpu, GError **error)
{
    struct testbed *bed = g_new(struct testbed, 1);

    testbed_init(bed, c, place, NULL);
    bed->all.cpu = cpu;
    if (run_until(bed, ACTION_PLAY, error) && steps_wait_playing(bed, error))
        return bed;
    testbed_end(bed);
    return NULL;
}

void testbed_end(struct testbed *bed)
{
    testbed_finish(bed, NULL);
    g_free(bed);
}
