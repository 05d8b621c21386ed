/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/testbed.h"

#include "auto-destroy.h"
#include "harness/instrument/samples.h"
#include "harness/run/processes.h"
#include "harness/run/viewer.h"
#include "media/barcode.h"
#include "media/picture.h"

#include <math.h>

/* Playing is measured from this long after its first frame, a rest from its begin. */
#define WARM_UP_SECONDS 1.0
/* Between two questions to the client whether it has everything. */
#define ASK_SECONDS 0.02
/* Longer than any client holds a frame back (402 ms): when nothing was shown
 * for so long, nothing more will be. */
#define QUIET_SECONDS 0.8
/* A client that shows the vGPU's last update does so at once; a busy machine
 * may need longer. */
#define CATCH_UP_SECONDS 5.0

struct testbed {
    struct processes all;
    struct notes *notes;
    const struct step *step; /* the present one */
    struct viewer first, second;
    bool window_open;
    bool paused;
    unsigned paused_number; /* the vGPU's update then */
};

void notes_init(struct notes *notes)
{
    *notes = (struct notes){.wrong_pixels = NAN, .saved = g_ptr_array_new()};
}

void notes_finish(struct notes *notes)
{
    for (unsigned i = 0; notes->saved && i < notes->saved->len; i++) {
        struct saved_picture *saved = g_ptr_array_index(notes->saved, i);
        g_free(saved->file);
        g_free(saved);
    }
    g_clear_pointer(&notes->saved, g_ptr_array_unref);
    g_clear_pointer(&notes->library, g_free);
}

static bool do_vm_desktop(struct testbed *bed, GError **error)
{
    return processes_ask_vm(&bed->all, VM_BOOT_DESKTOP, NULL, VM_DESKTOP_SHOWN, NULL, error);
}

/* What the VM does to the vGPU's screen is done when it has drawn it. */
static bool change_screen(struct testbed *bed, enum vm_order order, const char *argument,
                          enum vm_event_kind answer, GError **error)
{
    struct vm_event done;

    if (!processes_ask_vm(&bed->all, order, argument, answer, &done, error))
        return false;
    bed->paused_number = (unsigned)done.number;
    return true;
}

static bool pause_vgpu(struct testbed *bed, GError **error)
{
    return change_screen(bed, VM_PAUSE, NULL, VM_PAUSED, error);
}

static bool do_vm_pause(struct testbed *bed, GError **error)
{
    bed->paused = true;
    return pause_vgpu(bed, error);
}

static bool do_vm_resume(struct testbed *bed, GError **error)
{
    bed->paused = false;
    return processes_order_vm(&bed->all, VM_RESUME, error);
}

static bool do_client_connect(struct testbed *bed, GError **error)
{
    return processes_connect_client(&bed->all, error);
}

static bool disconnect(struct testbed *bed, struct child *client, struct viewer *viewer,
                       GError **error)
{
    if (!processes_ask(&bed->all, client, "disconnected", error, "disconnect"))
        return false;
    viewer_forget(viewer, client);
    return true;
}

static bool do_client_disconnect(struct testbed *bed, GError **error)
{
    return disconnect(bed, bed->all.client, &bed->first, error);
}

static bool do_second_connect(struct testbed *bed, GError **error)
{
    return processes_connect_second(&bed->all, error);
}

static bool do_second_disconnect(struct testbed *bed, GError **error)
{
    return disconnect(bed, bed->all.second, &bed->second, error);
}

static bool do_second_freeze(struct testbed *bed, GError **error)
{
    bed->notes->frozen_begin_ns = samples_now_ns();
    processes_freeze_second(&bed->all, true);
    return true;
}

static bool do_second_thaw(struct testbed *bed, GError **error)
{
    processes_freeze_second(&bed->all, false);
    bed->notes->frozen_end_ns = samples_now_ns();
    return true;
}

static bool do_agent_open(struct testbed *bed, GError **error)
{
    server_observer_mark(bed->all.server, "open");
    return processes_ask(&bed->all, bed->all.agent, "opened", error, "open") &&
           processes_wait_vm(&bed->all, VM_PORT_OPENED, NULL, error);
}

static bool do_agent_finish(struct testbed *bed, GError **error)
{
    return child_send(bed->all.agent, error, "finish");
}

static bool do_agent_still(struct testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "still", error, "still") != NULL;
}

static bool do_agent_hang(struct testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "hung", error, "hang") != NULL;
}

static bool do_agent_recover(struct testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "recovered", error, "recover") != NULL;
}

static bool do_vm_film(struct testbed *bed, GError **error)
{
    return processes_order_vm(&bed->all, VM_START_FILM, error);
}

static bool do_vm_finish(struct testbed *bed, GError **error)
{
    return processes_order_vm(&bed->all, VM_FINISH_FILM, error);
}

static bool do_vm_mode(struct testbed *bed, GError **error)
{
    g_autofree char *mode = g_strdup_printf("%ux%u", bed->step->width_px, bed->step->height_px);
    return change_screen(bed, VM_SET_MODE, mode, VM_MODE_SHOWN, error);
}

static bool do_vm_reset(struct testbed *bed, GError **error)
{
    bed->paused = false;
    return change_screen(bed, VM_RESET, NULL, VM_MODE_SHOWN, error);
}

static bool do_vm_no_primary(struct testbed *bed, GError **error)
{
    return processes_ask_vm(&bed->all, VM_DROP_PRIMARY, NULL, VM_PRIMARY_DROPPED, NULL, error);
}

static bool do_vm_gl_draw(struct testbed *bed, GError **error)
{
    return processes_ask_vm(&bed->all, VM_DRAW_GL, NULL, VM_GL_DRAWN, NULL, error);
}

static bool do_vm_unplug(struct testbed *bed, GError **error)
{
    return processes_ask_vm(&bed->all, VM_UNPLUG, NULL, VM_UNPLUGGED, NULL, error);
}

static void close_window(struct testbed *bed)
{
    if (bed->window_open) {
        cpu_observer_mark(bed->all.cpu, false);
        server_observer_mark(bed->all.server, "end");
    }
    bed->window_open = false;
}

static bool do_vm_migrate(struct testbed *bed, GError **error)
{
    close_window(bed);
    bed->paused = false;
    return processes_migrate_vm(&bed->all, error);
}

static bool is_disconnected(void *data)
{
    const struct child *client = data;
    for (unsigned i = child_notice_count(client); i-- > 0;) {
        const char *word = child_notice(client, i)->word;
        if (g_str_equal(word, "connected") || g_str_equal(word, "disconnected"))
            return g_str_equal(word, "disconnected");
    }
    return true;
}

/* Connected clients see the end of the session, and live on. */
static bool do_vm_shutdown(struct testbed *bed, GError **error)
{
    struct child *clients[] = {bed->all.client, bed->all.second};

    close_window(bed);
    if (!processes_ask_vm(&bed->all, VM_SHUT_DOWN, NULL, VM_HAS_SHUT_DOWN, NULL, error) ||
        !processes_end_vm(&bed->all, error))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(clients) && clients[i]; i++) {
        if (!processes_wait(&bed->all, is_disconnected, clients[i],
                            "waiting for the client to see the end of the session", error))
            return false;
    }
    return true;
}

static bool do_agent_close(struct testbed *bed, GError **error)
{
    close_window(bed);
    server_observer_mark(bed->all.server, "close");
    return processes_ask(&bed->all, bed->all.agent, "closed", error, "close") &&
           processes_wait_vm(&bed->all, VM_PORT_CLOSED, NULL, error);
}

static bool do_agent_crash(struct testbed *bed, GError **error)
{
    close_window(bed);
    return processes_crash_agent(&bed->all, error) &&
           processes_wait_vm(&bed->all, VM_PORT_CLOSED, NULL, error);
}

static bool do_agent_start(struct testbed *bed, GError **error)
{
    return processes_start_agent(&bed->all, error);
}

struct shown_wait {
    struct child *client;
    struct viewer *viewer;
    const char *source;
};

static bool is_shown(void *data)
{
    const struct shown_wait *wait = data;
    return viewer_shows(wait->viewer, wait->client, wait->source);
}

static bool wait_shown(struct testbed *bed, struct child *client, struct viewer *viewer,
                       const char *source, GError **error)
{
    struct shown_wait wait = {client, viewer, source};
    g_autofree char *what =
        g_strdup_printf("waiting for %s to show the %s", child_name(client), source);
    return processes_wait(&bed->all, is_shown, &wait, what, error);
}

static bool do_wait_shown_vgpu(struct testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.client, &bed->first, "vgpu", error);
}

static bool do_wait_shown_pgpu(struct testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.client, &bed->first, "pgpu", error);
}

static bool do_wait_second_vgpu(struct testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.second, &bed->second, "vgpu", error);
}

static bool do_wait_second_pgpu(struct testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.second, &bed->second, "pgpu", error);
}

/* The agent's last order is to stop, or it has had none yet. */
static bool agent_stands_still(void *data)
{
    const struct child *agent = data;
    for (unsigned i = child_notice_count(agent); i-- > 0;) {
        const char *word = child_notice(agent, i)->word;
        if (g_str_equal(word, "stopped") || g_str_equal(word, "started") ||
            g_str_equal(word, "opened"))
            return !g_str_equal(word, "started");
    }
    return true;
}

static bool do_wait_stopped(struct testbed *bed, GError **error)
{
    return processes_wait(&bed->all, agent_stands_still, bed->all.agent,
                          "waiting for the agent's order to stop", error);
}

/* What the client has of the workload. */
struct progress {
    uint64_t received, shown;
    int64_t number; /* of the picture's barcode */
};

static bool ask_progress(struct testbed *bed, struct child *client, struct progress *ret_progress,
                         GError **error)
{
    const struct notice *total = processes_ask(&bed->all, client, "received-total", error, "units");
    if (!total)
        return false;
    const char *number = notice_value(total, "number");
    *ret_progress = (struct progress){
        .received = MAX(notice_count(total, "received"), notice_count(total, "units")),
        .shown = notice_count(total, "shown"),
        .number = number ? g_ascii_strtoll(number, NULL, 10) : -1,
    };
    return true;
}

/* What the one who plays the workload has done. */
struct played {
    int64_t time_ns;
    uint64_t frames; /* of an agent: written */
    uint64_t number; /* of a vGPU: of the last picture */
};

/* All that was played has been received, and shown where it can be. */
static bool has_all(const struct testbed *bed, const struct progress *now,
                    const struct played *drained)
{
    if (bed->all.c->route->drawings)
        return now->number == (int64_t)(drained->number & 0xffff);
    return now->received >= drained->frames &&
           (!bed->all.c->route->shows || now->shown >= now->received);
}

/* Everything that was played has been shown, or will not be any more. That
 * some frame never arrives is no error here: it will be counted. `drained` NULL:
 * nobody knows how many are to come. */
static bool wait_arrived(struct testbed *bed, struct child *client, const struct played *drained,
                         GError **error)
{
    struct progress before = {0}, now;
    int64_t changed_us = g_get_monotonic_time();

    for (;;) {
        if (!ask_progress(bed, client, &now, error))
            return false;
        if (drained && has_all(bed, &now, drained))
            return true;
        if (now.received != before.received || now.shown != before.shown ||
            now.number != before.number)
            changed_us = g_get_monotonic_time();
        if (g_get_monotonic_time() - changed_us > QUIET_SECONDS * G_USEC_PER_SEC)
            return true;
        before = now;
        if (!processes_run_for(&bed->all, ASK_SECONDS, error))
            return false;
    }
}

/* Waits until who plays the workload, agent or vGPU, has begun or has sent all. */
static bool wait_played(struct testbed *bed, enum vm_event_kind kind, struct played *ret_played,
                        GError **error)
{
    struct vm_event event;
    const struct notice *notice;

    if (bed->all.c->route->drawings) {
        if (!processes_wait_vm(&bed->all, kind, &event, error))
            return false;
        *ret_played = (struct played){.time_ns = event.time_ns, .number = event.number};
        return true;
    }
    notice = processes_wait_notice(&bed->all, bed->all.agent,
                                   kind == VM_PLAYING ? "playing" : "drained", NULL, NULL, error);
    if (notice)
        *ret_played = (struct played){notice->time_ns, .frames = notice_count(notice, "frames")};
    return notice != NULL;
}

static bool do_wait_drained(struct testbed *bed, GError **error)
{
    struct played drained;

    if (!wait_played(bed, VM_DRAINED, &drained, error))
        return false;
    close_window(bed);
    if (bed->all.c->route->drawings) { /* the film's last picture stays */
        bed->paused = true;
        bed->paused_number = (unsigned)drained.number;
    }
    return wait_arrived(bed, bed->all.client, &drained, error);
}

static bool do_wait_second_drained(struct testbed *bed, GError **error)
{
    return wait_arrived(bed, bed->all.second, NULL, error);
}

static bool receives(const struct testbed *bed)
{
    return action_applies(ACTION_WAIT_DRAINED, bed->all.c->route,
                          bed->all.c->scenario->client_codecs == CLIENT_CODECS_ALL);
}

static bool do_play(struct testbed *bed, GError **error)
{
    /* Where nothing is received the same time passes: what does not come is seen, too. */
    if (!receives(bed) || bed->window_open)
        return processes_run_for(&bed->all, bed->all.c->seconds, error);

    struct played playing;
    if (!wait_played(bed, VM_PLAYING, &playing, error))
        return false;
    double since = (double)(samples_now_ns() - playing.time_ns) / 1e9;
    if (!processes_run_for(&bed->all, WARM_UP_SECONDS - since, error))
        return false;
    cpu_observer_mark(bed->all.cpu, true);
    server_observer_mark(bed->all.server, "begin");
    bed->window_open = true;
    since = (double)(samples_now_ns() - playing.time_ns) / 1e9;
    return processes_run_for(&bed->all, bed->all.c->seconds - since, error);
}

/* Nothing is played: who wakes all the same? What the step before has set off
 * shall be over. */
static bool do_rest(struct testbed *bed, GError **error)
{
    if (!processes_run_for(&bed->all, WARM_UP_SECONDS, error))
        return false;
    server_observer_mark(bed->all.server, "rest");
    if (!processes_run_for(&bed->all, bed->all.c->seconds, error))
        return false;
    server_observer_mark(bed->all.server, "rested");
    return true;
}

/* The step's own file in the repeat's folder; free it. */
static char *picture_file(const struct testbed *bed, const char *what)
{
    g_autofree char *name = g_strdup_printf("step-%u-%s.png", bed->step->number, what);
    return g_build_filename(bed->all.folder, name, NULL);
}

static const struct notice *save_shown(struct testbed *bed, const char *file, GError **error)
{
    return processes_ask(&bed->all, bed->all.client, "saved", error, "save %s", file);
}

/* The vGPU's update that a picture shows, by its barcode; -1: none of it. */
static int vgpu_number(const struct picture *picture)
{
    enum barcode_source source;
    uint16_t number;
    return barcode_read(picture->bgrx, picture->stride_bytes, picture->width_px, picture->height_px,
                        &source, &number) &&
                   source == BARCODE_SOURCE_VGPU
               ? number
               : -1;
}

/* Saves what is shown until it is the vGPU's last update, or until that should
 * have come: then the last picture is the one to be judged. */
static struct picture *save_last_update(struct testbed *bed, const char *file, GError **error)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)(CATCH_UP_SECONDS * G_USEC_PER_SEC);

    for (;;) {
        if (!save_shown(bed, file, error))
            return NULL;
        auto_destroy(picture) shown = picture_load(file, error);
        if (!shown)
            return NULL;
        if (vgpu_number(shown) == (int)(bed->paused_number & 0xffff) ||
            g_get_monotonic_time() > end_us)
            return g_steal_pointer(&shown);
        if (!processes_run_for(&bed->all, ASK_SECONDS, error))
            return NULL;
    }
}

static bool do_compare_vgpu(struct testbed *bed, GError **error)
{
    g_autofree char *shown_file = picture_file(bed, "shown");
    g_autofree char *vgpu_file = picture_file(bed, "vgpu");
    struct picture_difference difference;

    if (!bed->paused && !pause_vgpu(bed, error))
        return false;
    auto_destroy(picture) shown = save_last_update(bed, shown_file, error);
    if (!shown ||
        !processes_ask_vm(&bed->all, VM_SAVE_SCREEN, vgpu_file, VM_SCREEN_SAVED, NULL, error))
        return false;
    auto_destroy(picture) vgpu = picture_load(vgpu_file, error);
    if (!vgpu || !picture_compare(shown, vgpu, &difference, error))
        return false;
    bed->notes->wrong_pixels = fmax(bed->notes->wrong_pixels, (double)difference.wrong_pixels);
    return bed->paused || processes_order_vm(&bed->all, VM_RESUME, error);
}

static bool do_compare_pgpu(struct testbed *bed, GError **error)
{
    g_autofree char *file = picture_file(bed, "shown");
    const struct notice *saved = save_shown(bed, file, error);
    if (!saved)
        return false;

    /* Which access unit it is follows from the samples: judged afterwards. */
    struct saved_picture *picture = g_new0(struct saved_picture, 1);
    picture->file = g_steal_pointer(&file);
    picture->time_ns = saved->time_ns;
    g_ptr_array_add(bed->notes->saved, picture);
    return true;
}

static bool (*const doers[ACTION_COUNT])(struct testbed *bed, GError **error) = {
    [ACTION_VM_DESKTOP] = do_vm_desktop,
    [ACTION_VM_PAUSE] = do_vm_pause,
    [ACTION_VM_RESUME] = do_vm_resume,
    [ACTION_VM_FILM] = do_vm_film,
    [ACTION_VM_FINISH] = do_vm_finish,
    [ACTION_VM_MODE] = do_vm_mode,
    [ACTION_VM_NO_PRIMARY] = do_vm_no_primary,
    [ACTION_VM_RESET] = do_vm_reset,
    [ACTION_VM_GL_DRAW] = do_vm_gl_draw,
    [ACTION_VM_UNPLUG] = do_vm_unplug,
    [ACTION_VM_MIGRATE] = do_vm_migrate,
    [ACTION_VM_SHUTDOWN] = do_vm_shutdown,
    [ACTION_CLIENT_CONNECT] = do_client_connect,
    [ACTION_CLIENT_DISCONNECT] = do_client_disconnect,
    [ACTION_SECOND_CONNECT] = do_second_connect,
    [ACTION_SECOND_DISCONNECT] = do_second_disconnect,
    [ACTION_SECOND_FREEZE] = do_second_freeze,
    [ACTION_SECOND_THAW] = do_second_thaw,
    [ACTION_AGENT_OPEN] = do_agent_open,
    [ACTION_AGENT_STILL] = do_agent_still,
    [ACTION_AGENT_HANG] = do_agent_hang,
    [ACTION_AGENT_RECOVER] = do_agent_recover,
    [ACTION_AGENT_FINISH] = do_agent_finish,
    [ACTION_AGENT_CLOSE] = do_agent_close,
    [ACTION_AGENT_CRASH] = do_agent_crash,
    [ACTION_AGENT_START] = do_agent_start,
    [ACTION_WAIT_SHOWN_VGPU] = do_wait_shown_vgpu,
    [ACTION_WAIT_SHOWN_PGPU] = do_wait_shown_pgpu,
    [ACTION_WAIT_SECOND_VGPU] = do_wait_second_vgpu,
    [ACTION_WAIT_SECOND_PGPU] = do_wait_second_pgpu,
    [ACTION_WAIT_STOPPED] = do_wait_stopped,
    [ACTION_WAIT_DRAINED] = do_wait_drained,
    [ACTION_WAIT_SECOND_DRAINED] = do_wait_second_drained,
    [ACTION_PLAY] = do_play,
    [ACTION_REST] = do_rest,
    [ACTION_COMPARE_VGPU] = do_compare_vgpu,
    [ACTION_COMPARE_PGPU] = do_compare_pgpu,
};

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
        if (!doers[bed->step->action](bed, error)) {
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
                .recording = place->recording,
                .runtime = place->runtime,
                .folder = place->folder,
                .receive_only = place->receive_only,
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
    struct cpu_observer *cpu = cpu_observer_create(cpu_file, error);
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
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: not all samples could be written",
                    cpu_file);
        ok = false;
    }
    return ok;
}

struct testbed *testbed_start(const struct plan_case *c, const struct place *place, GError **error)
{
    struct testbed *bed = g_new(struct testbed, 1);
    struct played playing;

    testbed_init(bed, c, place, NULL);
    if (run_until(bed, ACTION_PLAY, error) && wait_played(bed, VM_PLAYING, &playing, error))
        return bed;
    testbed_end(bed);
    return NULL;
}

void testbed_end(struct testbed *bed)
{
    testbed_finish(bed, NULL);
    g_free(bed);
}
