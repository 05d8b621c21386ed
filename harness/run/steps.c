/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/steps.h"

#include "harness/instrument/samples.h"

static bool step_vm_desktop(struct testbed *bed, GError **error)
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

bool steps_pause_vgpu(struct testbed *bed, GError **error)
{
    return change_screen(bed, VM_PAUSE, NULL, VM_PAUSED, error);
}

static bool step_vm_pause(struct testbed *bed, GError **error)
{
    bed->paused = true;
    return steps_pause_vgpu(bed, error);
}

static bool step_vm_resume(struct testbed *bed, GError **error)
{
    bed->paused = false;
    return processes_order_vm(&bed->all, VM_RESUME, NULL, error);
}

static bool step_client_connect(struct testbed *bed, GError **error)
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

static bool step_client_disconnect(struct testbed *bed, GError **error)
{
    return disconnect(bed, bed->all.client, &bed->first, error);
}

static bool step_second_connect(struct testbed *bed, GError **error)
{
    return processes_connect_second(&bed->all, error);
}

static bool step_second_disconnect(struct testbed *bed, GError **error)
{
    return disconnect(bed, bed->all.second, &bed->second, error);
}

static bool step_second_freeze(struct testbed *bed, GError **error)
{
    bed->notes->frozen_begin_ns = samples_now_ns();
    processes_freeze_second(&bed->all, true);
    return true;
}

static bool step_second_thaw(struct testbed *bed, GError **error)
{
    processes_freeze_second(&bed->all, false);
    bed->notes->frozen_end_ns = samples_now_ns();
    return true;
}

static bool step_agent_open(struct testbed *bed, GError **error)
{
    server_observer_mark(bed->all.server, "open");
    return processes_open_port(&bed->all, error);
}

static bool step_agent_finish(struct testbed *bed, GError **error)
{
    return child_send(bed->all.agent, error, "finish");
}

static bool step_agent_still(struct testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "still", error, "still") != NULL;
}

static bool step_agent_hang(struct testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "hung", error, "hang") != NULL;
}

static bool step_agent_recover(struct testbed *bed, GError **error)
{
    return processes_ask(&bed->all, bed->all.agent, "recovered", error, "recover") != NULL;
}

static bool step_vm_film(struct testbed *bed, GError **error)
{
    return processes_order_vm(&bed->all, VM_START_FILM, NULL, error);
}

static bool step_vm_finish(struct testbed *bed, GError **error)
{
    return processes_order_vm(&bed->all, VM_FINISH_FILM, NULL, error);
}

static bool step_vm_mode(struct testbed *bed, GError **error)
{
    g_autofree char *mode = g_strdup_printf("%ux%u", bed->step->width_px, bed->step->height_px);
    return change_screen(bed, VM_SET_MODE, mode, VM_MODE_SHOWN, error);
}

static bool step_vm_reset(struct testbed *bed, GError **error)
{
    bed->paused = false;
    return change_screen(bed, VM_RESET, NULL, VM_MODE_SHOWN, error);
}

static bool step_vm_no_primary(struct testbed *bed, GError **error)
{
    return processes_ask_vm(&bed->all, VM_DROP_PRIMARY, NULL, VM_PRIMARY_DROPPED, NULL, error);
}

static bool step_vm_gl_draw(struct testbed *bed, GError **error)
{
    return processes_ask_vm(&bed->all, VM_DRAW_GL, NULL, VM_GL_DRAWN, NULL, error);
}

static bool step_vm_unplug(struct testbed *bed, GError **error)
{
    return processes_ask_vm(&bed->all, VM_UNPLUG, NULL, VM_UNPLUGGED, NULL, error);
}

void steps_close_window(struct testbed *bed)
{
    if (bed->window_open) {
        cpu_observer_mark(bed->all.cpu, false);
        server_observer_mark(bed->all.server, "end");
    }
    bed->window_open = false;
}

static bool step_vm_migrate(struct testbed *bed, GError **error)
{
    steps_close_window(bed);
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
static bool step_vm_shutdown(struct testbed *bed, GError **error)
{
    struct child *clients[] = {bed->all.client, bed->all.second};

    steps_close_window(bed);
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

static bool step_vm_load(struct testbed *bed, GError **error)
{
    g_autofree char *seconds = g_strdup_printf("%u", bed->all.c->seconds);

    cpu_observer_mark(bed->all.cpu, true);
    server_observer_mark(bed->all.server, "begin");
    bed->window_open = true;
    bool ok = processes_order_vm(&bed->all, VM_RUN_LOAD, seconds, error) &&
              processes_run_for(&bed->all, bed->all.c->seconds, error) &&
              processes_wait_vm(&bed->all, VM_LOADED, NULL, error);
    steps_close_window(bed);
    return ok;
}

static bool step_agent_close(struct testbed *bed, GError **error)
{
    steps_close_window(bed);
    server_observer_mark(bed->all.server, "close");
    return processes_ask(&bed->all, bed->all.agent, "closed", error, "close") &&
           processes_wait_vm(&bed->all, VM_PORT_CLOSED, NULL, error);
}

static bool step_agent_crash(struct testbed *bed, GError **error)
{
    steps_close_window(bed);
    return processes_crash_agent(&bed->all, error) &&
           processes_wait_vm(&bed->all, VM_PORT_CLOSED, NULL, error);
}

static bool step_agent_start(struct testbed *bed, GError **error)
{
    return processes_start_agent(&bed->all, error);
}

static bool (*const steps[ACTION_COUNT])(struct testbed *bed, GError **error) = {
    [ACTION_VM_DESKTOP] = step_vm_desktop,
    [ACTION_VM_PAUSE] = step_vm_pause,
    [ACTION_VM_RESUME] = step_vm_resume,
    [ACTION_VM_FILM] = step_vm_film,
    [ACTION_VM_FINISH] = step_vm_finish,
    [ACTION_VM_MODE] = step_vm_mode,
    [ACTION_VM_NO_PRIMARY] = step_vm_no_primary,
    [ACTION_VM_RESET] = step_vm_reset,
    [ACTION_VM_GL_DRAW] = step_vm_gl_draw,
    [ACTION_VM_UNPLUG] = step_vm_unplug,
    [ACTION_VM_MIGRATE] = step_vm_migrate,
    [ACTION_VM_SHUTDOWN] = step_vm_shutdown,
    [ACTION_VM_LOAD] = step_vm_load,
    [ACTION_CLIENT_CONNECT] = step_client_connect,
    [ACTION_CLIENT_DISCONNECT] = step_client_disconnect,
    [ACTION_SECOND_CONNECT] = step_second_connect,
    [ACTION_SECOND_DISCONNECT] = step_second_disconnect,
    [ACTION_SECOND_FREEZE] = step_second_freeze,
    [ACTION_SECOND_THAW] = step_second_thaw,
    [ACTION_AGENT_OPEN] = step_agent_open,
    [ACTION_AGENT_STILL] = step_agent_still,
    [ACTION_AGENT_HANG] = step_agent_hang,
    [ACTION_AGENT_RECOVER] = step_agent_recover,
    [ACTION_AGENT_FINISH] = step_agent_finish,
    [ACTION_AGENT_CLOSE] = step_agent_close,
    [ACTION_AGENT_CRASH] = step_agent_crash,
    [ACTION_AGENT_START] = step_agent_start,
    [ACTION_WAIT_SHOWN_VGPU] = step_wait_shown_vgpu,
    [ACTION_WAIT_SHOWN_PGPU] = step_wait_shown_pgpu,
    [ACTION_WAIT_SECOND_VGPU] = step_wait_second_vgpu,
    [ACTION_WAIT_SECOND_PGPU] = step_wait_second_pgpu,
    [ACTION_WAIT_STOPPED] = step_wait_stopped,
    [ACTION_WAIT_DRAINED] = step_wait_drained,
    [ACTION_WAIT_SECOND_DRAINED] = step_wait_second_drained,
    [ACTION_PLAY] = step_play,
    [ACTION_PRESS_KEYS] = step_press_keys,
    [ACTION_REST] = step_rest,
    [ACTION_KEEP_PICTURES] = step_keep_pictures,
    [ACTION_SAVE_PICTURES] = step_save_pictures,
    [ACTION_COMPARE_VGPU] = step_compare_vgpu,
    [ACTION_COMPARE_PGPU] = step_compare_pgpu,
};

bool steps_carry_out(struct testbed *bed, GError **error)
{
    return steps[bed->step->action](bed, error);
}
