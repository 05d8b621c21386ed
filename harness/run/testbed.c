#include "harness/run/testbed.h"

#include "media/barcode.h"
#include "media/picture.h"
#include "harness/run/processes.h"
#include "harness/instrument/samples.h"
#include "harness/run/viewer.h"

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

struct Testbed {
    Processes all;
    Notes *notes;
    const Step *step; /* the present one */
    Viewer first, second;
    gboolean window_open;
    gboolean paused;
    guint paused_number; /* the vGPU's update then */
};

void notes_init(Notes *notes)
{
    *notes = (Notes){.wrong_pixels = NAN, .saved = g_ptr_array_new()};
}

void notes_finish(Notes *notes)
{
    for (guint i = 0; notes->saved && i < notes->saved->len; i++) {
        SavedPicture *saved = g_ptr_array_index(notes->saved, i);
        g_free(saved->file);
        g_free(saved);
    }
    g_clear_pointer(&notes->saved, g_ptr_array_unref);
    g_clear_pointer(&notes->library, g_free);
}

static guint64 count_in(const Notice *notice, const char *key)
{
    const char *text = notice_value(notice, key);
    return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static gboolean do_vm_desktop(Testbed *bed, GError **error)
{
    return child_send(bed->all.vm, error, "desktop") &&
           processes_wait_notice(&bed->all, bed->all.vm, "vgpu", "screen", "desktop", error);
}

static gboolean pause_vgpu(Testbed *bed, GError **error)
{
    const Notice *notice = processes_ask(&bed->all, bed->all.vm, "paused", error, "pause");
    if (!notice)
        return FALSE;
    bed->paused_number = (guint)count_in(notice, "number");
    return TRUE;
}

static gboolean do_vm_pause(Testbed *bed, GError **error)
{
    bed->paused = TRUE;
    return pause_vgpu(bed, error);
}

static gboolean do_vm_resume(Testbed *bed, GError **error)
{
    bed->paused = FALSE;
    return child_send(bed->all.vm, error, "resume");
}

static gboolean do_client_connect(Testbed *bed, GError **error)
{
    return processes_connect_client(&bed->all, error);
}

static gboolean disconnect(Testbed *bed, Child *client, Viewer *viewer, GError **error)
{
    if (!processes_ask(&bed->all, client, "disconnected", error, "disconnect"))
        return FALSE;
    viewer_forget(viewer, client);
    return TRUE;
}

static gboolean do_client_disconnect(Testbed *bed, GError **error)
{
    return disconnect(bed, bed->all.client, &bed->first, error);
}

static gboolean do_second_connect(Testbed *bed, GError **error)
{
    return processes_connect_second(&bed->all, error);
}

static gboolean do_second_disconnect(Testbed *bed, GError **error)
{
    return disconnect(bed, bed->all.second, &bed->second, error);
}

static gboolean do_second_freeze(Testbed *bed, GError **error)
{
    bed->notes->frozen_begin_ns = samples_now_ns();
    processes_freeze_second(&bed->all, TRUE);
    return TRUE;
}

static gboolean do_second_thaw(Testbed *bed, GError **error)
{
    processes_freeze_second(&bed->all, FALSE);
    bed->notes->frozen_end_ns = samples_now_ns();
    return TRUE;
}

static gboolean do_agent_open(Testbed *bed, GError **error)
{
    server_observer_mark(bed->all.server, "open");
    return processes_ask(&bed->all, bed->all.agent, "opened", error, "open") &&
           processes_wait_notice(&bed->all, bed->all.vm, "port", "state", "opened", error);
}

static gboolean do_agent_finish(Testbed *bed, GError **error)
{
    return child_send(bed->all.agent, error, "finish");
}

static gboolean do_agent_still(Testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "still", error, "still") != NULL;
}

static gboolean do_agent_hang(Testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "hung", error, "hang") != NULL;
}

static gboolean do_agent_recover(Testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "recovered", error, "recover") != NULL;
}

static gboolean do_vm_film(Testbed *bed, GError **error)
{
    return child_send(bed->all.vm, error, "film");
}

static gboolean do_vm_finish(Testbed *bed, GError **error)
{
    return child_send(bed->all.vm, error, "finish");
}

/* What a command does to the vGPU's screen is done when it has drawn it. */
static gboolean screen_has_changed(Testbed *bed, const Notice *mode)
{
    if (!mode)
        return FALSE;
    bed->paused_number = (guint)count_in(mode, "number");
    return TRUE;
}

static gboolean do_vm_mode(Testbed *bed, GError **error)
{
    return screen_has_changed(bed, processes_ask(&bed->all, bed->all.vm, "mode", error,
                                                 "mode %ux%u", bed->step->width_px,
                                                 bed->step->height_px));
}

static gboolean do_vm_reset(Testbed *bed, GError **error)
{
    bed->paused = FALSE;
    return screen_has_changed(bed, processes_ask(&bed->all, bed->all.vm, "mode", error, "reset"));
}

static gboolean do_vm_no_primary(Testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.vm, "no-primary", error, "no-primary") != NULL;
}

static gboolean do_vm_gl_draw(Testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.vm, "gl-drawn", error, "gl-draw") != NULL;
}

static gboolean do_vm_unplug(Testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.vm, "unplugged", error, "unplug") != NULL;
}

static void close_window(Testbed *bed)
{
    if (bed->window_open) {
        cpu_observer_mark(bed->all.cpu, FALSE);
        server_observer_mark(bed->all.server, "end");
    }
    bed->window_open = FALSE;
}

static gboolean do_vm_migrate(Testbed *bed, GError **error)
{
    close_window(bed);
    bed->paused = FALSE;
    return processes_migrate_vm(&bed->all, error);
}

static gboolean is_disconnected(void *data)
{
    const Child *client = data;
    for (guint i = child_notice_count(client); i-- > 0;) {
        const char *word = child_notice(client, i)->word;
        if (g_str_equal(word, "connected") || g_str_equal(word, "disconnected"))
            return g_str_equal(word, "disconnected");
    }
    return TRUE;
}

/* Whoever is connected sees the end of the session, and lives on. */
static gboolean do_vm_shutdown(Testbed *bed, GError **error)
{
    Child *clients[] = {bed->all.client, bed->all.second};

    close_window(bed);
    if (!processes_ask(&bed->all, bed->all.vm, "shut-down", error, "shutdown") ||
        !processes_end_vm(&bed->all, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(clients) && clients[i]; i++) {
        if (!processes_wait(&bed->all, is_disconnected, clients[i],
                            "waiting for the client to see the end of the session", error))
            return FALSE;
    }
    return TRUE;
}

static gboolean do_agent_close(Testbed *bed, GError **error)
{
    close_window(bed);
    server_observer_mark(bed->all.server, "close");
    return processes_ask(&bed->all, bed->all.agent, "closed", error, "close") &&
           processes_wait_notice(&bed->all, bed->all.vm, "port", "state", "closed", error);
}

static gboolean do_agent_crash(Testbed *bed, GError **error)
{
    close_window(bed);
    return processes_crash_agent(&bed->all, error) &&
           processes_wait_notice(&bed->all, bed->all.vm, "port", "state", "closed", error);
}

static gboolean do_agent_start(Testbed *bed, GError **error)
{
    return processes_start_agent(&bed->all, error);
}

typedef struct {
    Child *client;
    Viewer *viewer;
    const char *source;
} ShownWait;

static gboolean is_shown(void *data)
{
    const ShownWait *wait = data;
    return viewer_shows(wait->viewer, wait->client, wait->source);
}

static gboolean wait_shown(Testbed *bed, Child *client, Viewer *viewer, const char *source,
                           GError **error)
{
    ShownWait wait = {client, viewer, source};
    g_autofree char *what =
        g_strdup_printf("waiting for %s to show the %s", child_name(client), source);
    return processes_wait(&bed->all, is_shown, &wait, what, error);
}

static gboolean do_wait_shown_vgpu(Testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.client, &bed->first, "vgpu", error);
}

static gboolean do_wait_shown_pgpu(Testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.client, &bed->first, "pgpu", error);
}

static gboolean do_wait_second_vgpu(Testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.second, &bed->second, "vgpu", error);
}

static gboolean do_wait_second_pgpu(Testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.second, &bed->second, "pgpu", error);
}

/* The last thing that the agent was told is to stop, or nothing yet. */
static gboolean agent_stands_still(void *data)
{
    const Child *agent = data;
    for (guint i = child_notice_count(agent); i-- > 0;) {
        const char *word = child_notice(agent, i)->word;
        if (g_str_equal(word, "stopped") || g_str_equal(word, "started") ||
            g_str_equal(word, "opened"))
            return !g_str_equal(word, "started");
    }
    return TRUE;
}

static gboolean do_wait_stopped(Testbed *bed, GError **error)
{
    return processes_wait(&bed->all, agent_stands_still, bed->all.agent,
                          "waiting for the agent to be told to stop", error);
}

/* What the client has of the workload. */
typedef struct {
    guint64 received, shown;
    gint64 number; /* of the picture's barcode */
} Progress;

static gboolean ask_progress(Testbed *bed, Child *client, Progress *ret_progress, GError **error)
{
    const Notice *total = processes_ask(&bed->all, client, "received-total", error, "units");
    if (!total)
        return FALSE;
    const char *number = notice_value(total, "number");
    *ret_progress = (Progress){
        .received = MAX(count_in(total, "received"), count_in(total, "units")),
        .shown = count_in(total, "shown"),
        .number = number ? g_ascii_strtoll(number, NULL, 10) : -1,
    };
    return TRUE;
}

/* All that the agent wrote has been received, and shown where it can be. */
static gboolean has_all(const Testbed *bed, const Progress *now, const Notice *drained)
{
    if (bed->all.c->path->drawings)
        return now->number == (gint64)(count_in(drained, "number") & 0xffff);
    return now->received >= count_in(drained, "frames") &&
           (!bed->all.c->path->shows || now->shown >= now->received);
}

/* Everything that was played has been shown, or will not be any more. That
 * some frame never arrives is no error here: it will be counted. `drained` NULL:
 * nobody knows how many are to come. */
static gboolean wait_arrived(Testbed *bed, Child *client, const Notice *drained, GError **error)
{
    Progress before = {0}, now;
    gint64 changed_us = g_get_monotonic_time();

    for (;;) {
        if (!ask_progress(bed, client, &now, error))
            return FALSE;
        if (drained && has_all(bed, &now, drained))
            return TRUE;
        if (now.received != before.received || now.shown != before.shown ||
            now.number != before.number)
            changed_us = g_get_monotonic_time();
        if (g_get_monotonic_time() - changed_us > QUIET_SECONDS * G_USEC_PER_SEC)
            return TRUE;
        before = now;
        if (!processes_run_for(&bed->all, ASK_SECONDS, error))
            return FALSE;
    }
}

/* Who plays the workload. */
static Child *player_of(const Testbed *bed)
{
    return bed->all.c->path->drawings ? bed->all.vm : bed->all.agent;
}

static gboolean do_wait_drained(Testbed *bed, GError **error)
{
    const Notice *drained =
        processes_wait_notice(&bed->all, player_of(bed), "drained", NULL, NULL, error);
    if (!drained)
        return FALSE;
    close_window(bed);
    if (bed->all.c->path->drawings) { /* the film's last picture stays */
        bed->paused = TRUE;
        bed->paused_number = (guint)count_in(drained, "number");
    }
    return wait_arrived(bed, bed->all.client, drained, error);
}

static gboolean do_wait_second_drained(Testbed *bed, GError **error)
{
    return wait_arrived(bed, bed->all.second, NULL, error);
}

static gboolean receives(const Testbed *bed)
{
    return action_applies(ACTION_WAIT_DRAINED, bed->all.c->path,
                          bed->all.c->scenario->client_codecs == CLIENT_CODECS_ALL);
}

static gboolean do_play(Testbed *bed, GError **error)
{
    /* Where nothing is received the same time passes: what does not come is seen, too. */
    if (!receives(bed) || bed->window_open)
        return processes_run_for(&bed->all, bed->all.c->seconds, error);

    const Notice *playing =
        processes_wait_notice(&bed->all, player_of(bed), "playing", NULL, NULL, error);
    if (!playing)
        return FALSE;
    double since = (double)(samples_now_ns() - playing->time_ns) / 1e9;
    if (!processes_run_for(&bed->all, WARM_UP_SECONDS - since, error))
        return FALSE;
    cpu_observer_mark(bed->all.cpu, TRUE);
    server_observer_mark(bed->all.server, "begin");
    bed->window_open = TRUE;
    since = (double)(samples_now_ns() - playing->time_ns) / 1e9;
    return processes_run_for(&bed->all, bed->all.c->seconds - since, error);
}

/* Nothing is played: who wakes all the same? What the step before has set off
 * shall be over. */
static gboolean do_rest(Testbed *bed, GError **error)
{
    if (!processes_run_for(&bed->all, WARM_UP_SECONDS, error))
        return FALSE;
    server_observer_mark(bed->all.server, "rest");
    if (!processes_run_for(&bed->all, bed->all.c->seconds, error))
        return FALSE;
    server_observer_mark(bed->all.server, "rested");
    return TRUE;
}

/* The step's own file in the repeat's folder; free it. */
static char *picture_file(const Testbed *bed, const char *what)
{
    g_autofree char *name = g_strdup_printf("step-%u-%s.png", bed->step->number, what);
    return g_build_filename(bed->all.folder, name, NULL);
}

static const Notice *save_shown(Testbed *bed, const char *file, GError **error)
{
    return processes_ask(&bed->all, bed->all.client, "saved", error, "save %s", file);
}

/* The vGPU's update that a picture shows, by its barcode; -1: none of it. */
static int vgpu_number(const Picture *picture)
{
    enum barcode_source source;
    uint16_t number;
    return barcode_read(picture->bgrx, picture->stride_bytes, picture->width_px,
                        picture->height_px, &source, &number) &&
                   source == BARCODE_SOURCE_VGPU
               ? number
               : -1;
}

/* Saves what is shown until it is the vGPU's last update, or until that should
 * have come: then the last picture is the one to be judged. */
static Picture *save_last_update(Testbed *bed, const char *file, GError **error)
{
    gint64 end_us = g_get_monotonic_time() + (gint64)(CATCH_UP_SECONDS * G_USEC_PER_SEC);

    for (;;) {
        if (!save_shown(bed, file, error))
            return NULL;
        g_autoptr(Picture) shown = picture_load(file, error);
        if (!shown)
            return NULL;
        if (vgpu_number(shown) == (int)(bed->paused_number & 0xffff) ||
            g_get_monotonic_time() > end_us)
            return g_steal_pointer(&shown);
        if (!processes_run_for(&bed->all, ASK_SECONDS, error))
            return NULL;
    }
}

static gboolean do_compare_vgpu(Testbed *bed, GError **error)
{
    g_autofree char *shown_file = picture_file(bed, "shown");
    g_autofree char *vgpu_file = picture_file(bed, "vgpu");
    PictureDifference difference;

    if (!bed->paused && !pause_vgpu(bed, error))
        return FALSE;
    g_autoptr(Picture) shown = save_last_update(bed, shown_file, error);
    if (!shown ||
        !processes_ask(&bed->all, bed->all.vm, "snapshot", error, "snapshot %s", vgpu_file))
        return FALSE;
    g_autoptr(Picture) vgpu = picture_load(vgpu_file, error);
    if (!vgpu || !picture_compare(shown, vgpu, &difference, error))
        return FALSE;
    bed->notes->wrong_pixels = fmax(bed->notes->wrong_pixels, (double)difference.wrong_pixels);
    return bed->paused || child_send(bed->all.vm, error, "resume");
}

static gboolean do_compare_pgpu(Testbed *bed, GError **error)
{
    g_autofree char *file = picture_file(bed, "shown");
    const Notice *saved = save_shown(bed, file, error);
    if (!saved)
        return FALSE;

    /* Which access unit it is the samples will tell: judged afterwards. */
    SavedPicture *picture = g_new0(SavedPicture, 1);
    picture->file = g_steal_pointer(&file);
    picture->time_ns = saved->time_ns;
    g_ptr_array_add(bed->notes->saved, picture);
    return TRUE;
}

static gboolean (*const doers[ACTION_COUNT])(Testbed *bed, GError **error) = {
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
static gboolean run_timeline(Testbed *bed, Action end, GError **error)
{
    const Path *path = bed->all.c->path;
    const Scenario *scenario = bed->all.c->scenario;
    const GArray *steps = scenario->steps;
    gboolean h264 = scenario->client_codecs == CLIENT_CODECS_ALL;

    for (guint i = 0; i < steps->len; i++) {
        bed->step = &g_array_index(steps, Step, i);
        if (bed->step->action == end)
            break;
        if (!action_applies(bed->step->action, path, h264))
            continue;
        if (!doers[bed->step->action](bed, error)) {
            g_prefix_error(error, "step %u '%s': ", bed->step->number,
                           action_text(bed->step->action));
            return FALSE;
        }
    }
    return TRUE;
}

static void testbed_init(Testbed *bed, const Case *c, const Place *place, Notes *notes)
{
    *bed = (Testbed){
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

static gboolean run_until(Testbed *bed, Action end, GError **error)
{
    return processes_start_vm(&bed->all, error) &&
           (!bed->all.c->path->has_agent || processes_start_agent(&bed->all, error)) &&
           run_timeline(bed, end, error);
}

static gboolean testbed_finish(Testbed *bed, GError **error)
{
    gboolean ok = processes_end(&bed->all, error);
    viewer_finish(&bed->first);
    viewer_finish(&bed->second);
    return ok;
}

gboolean testbed_run(const Case *c, const Place *place, Notes *notes, GError **error)
{
    g_autofree char *cpu_file = g_build_filename(place->folder, "cpu.csv", NULL);
    g_autoptr(GError) end_error = NULL;
    CpuObserver *cpu = cpu_observer_create(cpu_file, error);
    Testbed bed;

    if (!cpu)
        return FALSE;
    testbed_init(&bed, c, place, notes);
    bed.all.cpu = cpu;
    gboolean ok = run_until(&bed, ACTION_COUNT, error);
    notes->library = g_strdup(bed.all.library);
    if (!testbed_finish(&bed, &end_error) && ok) {
        g_propagate_prefixed_error(error, g_steal_pointer(&end_error), "at the end: ");
        ok = FALSE;
    }
    if (!cpu_observer_destroy(cpu) && ok) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: not all samples could be written",
                    cpu_file);
        ok = FALSE;
    }
    return ok;
}

Testbed *testbed_start(const Case *c, const Place *place, GError **error)
{
    Testbed *bed = g_new(Testbed, 1);

    testbed_init(bed, c, place, NULL);
    if (run_until(bed, ACTION_PLAY, error) &&
        processes_wait_notice(&bed->all, player_of(bed), "playing", NULL, NULL, error))
        return bed;
    testbed_end(bed);
    return NULL;
}

void testbed_end(Testbed *bed)
{
    testbed_finish(bed, NULL);
    g_free(bed);
}
