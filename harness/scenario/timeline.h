/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * timeline: what is done in a run, step after step.
 *
 * One timeline serves all routes of its scenario: a step that a route has
 * nothing to do for (opening the port where there is no agent, waiting for a
 * picture that cannot come) is left out there.
 *
 * Pure functions, any thread.
 */
#ifndef VDIBENCH_TIMELINE_H
#define VDIBENCH_TIMELINE_H

#include "harness/scenario/route.h"

#include <stdbool.h>

enum action {
    ACTION_VM_DESKTOP,
    ACTION_VM_PAUSE,
    ACTION_VM_RESUME,
    ACTION_VM_FILM,
    ACTION_VM_FINISH,
    ACTION_VM_MODE,
    ACTION_VM_NO_PRIMARY,
    ACTION_VM_RESET,
    ACTION_VM_GL_DRAW,
    ACTION_VM_UNPLUG,
    ACTION_VM_MIGRATE,
    ACTION_VM_SHUTDOWN,
    ACTION_VM_LOAD,
    ACTION_CLIENT_CONNECT,
    ACTION_CLIENT_DISCONNECT,
    ACTION_SECOND_CONNECT,
    ACTION_SECOND_DISCONNECT,
    ACTION_SECOND_FREEZE,
    ACTION_SECOND_THAW,
    ACTION_AGENT_OPEN,
    ACTION_AGENT_STILL,
    ACTION_AGENT_HANG,
    ACTION_AGENT_RECOVER,
    ACTION_AGENT_FINISH,
    ACTION_AGENT_CLOSE,
    ACTION_AGENT_CRASH,
    ACTION_AGENT_START,
    ACTION_WAIT_SHOWN_VGPU,
    ACTION_WAIT_SHOWN_PGPU,
    ACTION_WAIT_SECOND_VGPU,
    ACTION_WAIT_SECOND_PGPU,
    ACTION_WAIT_STOPPED,
    ACTION_WAIT_DRAINED,
    ACTION_WAIT_SECOND_DRAINED,
    ACTION_PLAY,
    ACTION_PRESS_KEYS,
    ACTION_REST,
    ACTION_KEEP_PICTURES,
    ACTION_SAVE_PICTURES,
    ACTION_COMPARE_VGPU,
    ACTION_COMPARE_PGPU,
    ACTION_COUNT
};

struct step {
    unsigned number; /* as in the scenario, from 1 */
    enum action action;
    unsigned width_px, height_px; /* of "vm mode WxH" */
};

/* "vm desktop" and so on, without a size; static. */
const char *action_text(enum action action);

/* The step as a scenario has it, a size as "WxH"; free it. */
char *action_usage(enum action action);

/* For somebody who writes a scenario: what the step does, a sentence (NULL: it
 * only waits); what it then waits for, the end of a sentence that begins with
 * "Waits for" (NULL: it does not wait); and what a route must have, or the step
 * is left out there ("": it applies to all routes; free it). */
const char *action_does(enum action action);
const char *action_waits_for(enum action action);
char *action_about(enum action action);

/* The step takes the scenario's seconds. */
bool action_lasts(enum action action);

/* The step as in the scenario; free it. */
char *step_text(const struct step *step);

/* Sets all but the number. False and `error` (naming what is allowed) when the
 * text is no step. */
bool step_parse(const char *text, struct step *ret_step, GError **error);

/* False where a step is left out: on a route that lacks what it is about. Of a
 * first client without H.264 (`client_h264` false) nothing is awaited that it
 * could not show. */
bool action_applies(enum action action, const struct route *route, bool client_h264);

/* Refuses an order of steps which cannot work on that route ("agent finish"
 * for example before "agent open"). `error` names the step and what is missing. */
bool timeline_check(const struct step *steps, unsigned n, const struct route *route,
                    bool client_h264, GError **error);

#endif
