/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/sessions/one-session.h"

#include "auto-destroy.h"
#include "harness/evaluate/cpu-use.h"
#include "harness/run/run-place.h"
#include "harness/run/testbed.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* The vGPU's guest, in the VM's process, is not the server. */
#define DRAWING_THREAD "vgpu-draw"

struct one_session {
    const struct plan_case *c;
    struct place place;
    struct runtime_folder *runtime; /* these two are of `place` */
    char *folder;
    struct cpu_observer *cpu;
    struct testbed *bed;
};

static char *file_of(const struct one_session *session, const char *name)
{
    return g_build_filename(session->folder, name, NULL);
}

static bool begin(struct one_session *session, GError **error)
{
    g_autofree char *cpu_file = file_of(session, "cpu.csv");

    if (g_mkdir_with_parents(session->folder, 0777) < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: cannot be created: %s",
                    session->folder, g_strerror(errno));
        return false;
    }
    session->cpu = cpu_observer_create_for_marks(CPU_OBSERVER_PROC, cpu_file, error);
    if (session->cpu)
        session->bed = testbed_start(session->c, &session->place, session->cpu, error);
    return session->bed != NULL;
}

struct one_session *one_session_create(const struct layout *layout, const struct plan_case *c,
                                       const struct workload *workload, bool receive_only,
                                       const char *folder, GCancellable *cancellable,
                                       GError **error)
{
    struct runtime_folder *runtime = run_place_runtime(layout, error);
    if (!runtime)
        return NULL;
    struct one_session *session = g_new0(struct one_session, 1);

    session->c = c;
    session->runtime = runtime;
    session->folder = g_strdup(folder);
    session->place = (struct place){
        .programs = layout->programs,
        .libraries = &layout->libraries,
        .recording = c->drawing ? workload->film : workload->file,
        .runtime = runtime->path,
        .folder = session->folder,
        .receive_only = receive_only,
        .cancellable = cancellable,
    };
    if (begin(session, error))
        return session;
    one_session_destroy(session);
    return NULL;
}

void one_session_destroy(struct one_session *session)
{
    if (!session)
        return;
    if (session->bed) {
        testbed_end(session->bed);
        g_autofree char *frames = file_of(session, "frames.csv");
        auto_destroy(join) join = one_session_join(session);
        join_write(join, frames, NULL); /* of a full disk the next session's start complains */
    }
    cpu_observer_destroy(session->cpu);
    runtime_folder_destroy(session->runtime);
    g_free(session->folder);
    g_free(session);
}

void one_session_mark(struct one_session *session, bool begin)
{
    cpu_observer_mark(session->cpu, begin);
}

struct join *one_session_join(const struct one_session *session)
{
    bool film = session->c->drawing != NULL;
    g_autofree char *player = file_of(session, film ? "vm.csv" : "agent.csv");
    g_autofree char *client = file_of(session, "client.csv");
    g_autoptr(GError) error = NULL;
    auto_destroy(rows) player_rows = rows_read(player, &error);
    auto_destroy(rows) client_rows = player_rows ? rows_read(client, &error) : NULL;
    struct join *join = NULL;

    /* They write their files in pieces, each in its own time. */
    if (client_rows && rows_count(player_rows) > 0)
        rows_end_at(client_rows, rows_time_ns(player_rows, rows_count(player_rows) - 1));
    if (client_rows)
        join = film ? join_film(player_rows, client_rows, &error)
                    : join_frames(player_rows, client_rows, &error);
    if (!join) {
        fprintf(stderr, "vdibench: %s: its frames cannot be counted: %s\n", session->folder,
                error->message);
        join = g_new0(struct join, 1);
        join->frames = g_array_new(false, false, sizeof(struct frame));
    }
    return join;
}

struct load one_session_load(const struct one_session *session)
{
    g_autofree char *file = file_of(session, "cpu.csv");
    auto_destroy(rows) rows = rows_read(file, NULL);
    unsigned windows = rows ? cpu_window_count(rows) : 0;
    int64_t begin_ns, end_ns;

    if (windows == 0)
        return (struct load){.busy_pct = NAN};
    cpu_window(rows, windows - 1, &begin_ns, &end_ns);
    double all_ns = (double)(end_ns - begin_ns) * (double)sysconf(_SC_NPROCESSORS_ONLN);
    const struct route *route = session->c->route;
    const struct {
        const char *process, *comm;
    } parts[PART_COUNT] = {
        [PART_SERVER] = {route->vm_program, NULL},
        [PART_CLIENT] = {route->client_program, NULL},
        [PART_AGENT] = {"sim-agent", NULL},
        [PART_DRAWING] = {route->vm_program, DRAWING_THREAD},
        [PART_HARNESS] = {"vdibench", NULL},
    };
    struct load load = {.busy_pct =
                            100 * cpu_machine_busy_between_ns(rows, begin_ns, end_ns) / all_ns};
    for (unsigned p = 0; p < PART_COUNT; p++)
        load.part_pct[p] =
            100 * cpu_use_between(rows, parts[p].process, parts[p].comm, begin_ns, end_ns).run_ns /
            all_ns;
    load.part_pct[PART_SERVER] -= load.part_pct[PART_DRAWING];
    return load;
}
