/*
 * timeline: what is done in a run, step after step.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_TIMELINE_H
#define VDIBENCH_TIMELINE_H

#include <glib.h>

typedef enum {
    ACTION_VM_DESKTOP,
    ACTION_VM_PAUSE,
    ACTION_VM_RESUME,
    ACTION_CLIENT_CONNECT,
    ACTION_CLIENT_DISCONNECT,
    ACTION_AGENT_OPEN,
    ACTION_AGENT_FINISH,
    ACTION_AGENT_CLOSE,
    ACTION_WAIT_SHOWN_VGPU,
    ACTION_WAIT_SHOWN_PGPU,
    ACTION_WAIT_DRAINED,
    ACTION_PLAY,
    ACTION_COMPARE_VGPU,
    ACTION_COMPARE_PGPU,
    ACTION_COUNT
} Action;

typedef struct {
    guint number; /* as in the scenario, from 1 */
    Action action;
} Step;

/* "vm desktop" and so on; static. */
const char *action_text(Action action);

/* False and `error` (naming what is allowed) when the text is no action. */
gboolean action_parse(const char *text, Action *ret_action, GError **error);

/* True for an action that needs a picture source or a screen which a path may
 * not have: such steps are left out there. */
gboolean action_needs_vgpu(Action action);
gboolean action_needs_screen(Action action);

/* Refuses an order of steps which cannot work ("agent finish" before "agent
 * open", say). `error` names the step and what is missing. */
gboolean timeline_check(const Step *steps, guint n, GError **error);

#endif
