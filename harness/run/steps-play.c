/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/instrument/samples.h"
#include "harness/run/steps.h"
#include "harness/scenario/link-profile.h"

#include <math.h>

/* Playing is measured from this long after its first frame, a rest from its begin. */
#define WARM_UP_SECONDS 1.0
/* Longer than any client holds a frame back (402 ms): when nothing was shown
 * for so long, nothing more will be. */
#define QUIET_SECONDS 0.8
/* Between two keys: 0.1 s on average, longer than a frame's interval at 30 Hz, and so
 * uneven that the keys come at each time of an interval alike. The shares of the range
 * are the multiples of the golden ratio modulo 1, which never repeat and are spread
 * evenly. */
#define KEY_SECONDS_MIN 0.05
#define KEY_SECONDS_RANGE 0.1
#define GOLDEN_RATIO 0.6180339887498949

/* The same for bytes on a limited link: TCP sends a lost packet again after 0.2 s or more, and
 * waits twice as long each time. */
#define LINK_QUIET_SECONDS 2.0
/* On a limited link there may be a backlog of minutes. A picture that comes so long after
 * the last slot is of no use to anybody. */
#define DRAIN_SECONDS 10

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

bool step_wait_shown_vgpu(struct testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.client, &bed->first, "vgpu", error);
}

bool step_wait_shown_pgpu(struct testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.client, &bed->first, "pgpu", error);
}

bool step_wait_second_vgpu(struct testbed *bed, GError **error)
{
    return wait_shown(bed, bed->all.second, &bed->second, "vgpu", error);
}

bool step_wait_second_pgpu(struct testbed *bed, GError **error)
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

bool step_wait_stopped(struct testbed *bed, GError **error)
{
    return processes_wait(&bed->all, agent_stands_still, bed->all.agent,
                          "waiting for the agent's order to stop", error);
}

/* What the client has of the workload. */
struct progress {
    uint64_t received, shown, bytes;
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
        .bytes = notice_count(total, "bytes"),
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

static bool has_limited_link(const struct testbed *bed)
{
    return link_profile_find(bed->all.c->axis[AXIS_LINK])->mbit_s > 0;
}

static bool has_progressed(const struct testbed *bed, const struct progress *before,
                           const struct progress *now)
{
    return now->received != before->received || now->shown != before->shown ||
           now->number != before->number || (has_limited_link(bed) && now->bytes != before->bytes);
}

/* Everything that was played has been shown, or will not be any more; or the wait was over, which
 * is noted. That some frame never arrives is no error here: it will be counted. `drained` NULL:
 * nobody knows how many are to come. */
static bool wait_arrived(struct testbed *bed, struct child *client, const struct played *drained,
                         int64_t deadline_us, GError **error)
{
    struct progress before = {0}, now;
    int64_t changed_us = g_get_monotonic_time();
    double quiet_s = has_limited_link(bed) ? LINK_QUIET_SECONDS : QUIET_SECONDS;

    for (;;) {
        if (!ask_progress(bed, client, &now, error))
            return false;
        if (drained && has_all(bed, &now, drained))
            return true;
        if (has_progressed(bed, &before, &now))
            changed_us = g_get_monotonic_time();
        if ((double)(g_get_monotonic_time() - changed_us) > quiet_s * G_USEC_PER_SEC)
            return true;
        if (g_get_monotonic_time() > deadline_us) {
            bed->notes->undrained = true;
            return true;
        }
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

bool steps_wait_playing(struct testbed *bed, GError **error)
{
    struct played playing;
    return wait_played(bed, VM_PLAYING, &playing, error);
}

/* Behind a limited link the vGPU, too, may have to wait for room until long after its last slot;
 * that it is over by then is noted. */
static bool wait_film(struct testbed *bed, int64_t deadline_us, struct played *ret_drained,
                      GError **error)
{
    struct vm_event event;

    while (!processes_next_vm_event(&bed->all, VM_DRAINED, &event)) {
        bed->notes->undrained = g_get_monotonic_time() > deadline_us;
        if (bed->notes->undrained)
            return true;
        if (!processes_run_for(&bed->all, ASK_SECONDS, error))
            return false;
    }
    *ret_drained = (struct played){.time_ns = event.time_ns, .number = event.number};
    return true;
}

bool step_wait_drained(struct testbed *bed, GError **error)
{
    struct played drained = {0};
    bool limited = has_limited_link(bed);
    int64_t deadline_us =
        limited ? g_get_monotonic_time() + DRAIN_SECONDS * G_USEC_PER_SEC : INT64_MAX;

    if (!(limited && bed->all.c->route->drawings ? wait_film(bed, deadline_us, &drained, error)
                                                 : wait_played(bed, VM_DRAINED, &drained, error)))
        return false;
    steps_close_window(bed);
    if (bed->notes->undrained)
        return true;
    if (bed->all.c->route->drawings) { /* the film's last picture stays */
        bed->paused = true;
        bed->paused_number = (unsigned)drained.number;
    }
    return wait_arrived(bed, bed->all.client, &drained, deadline_us, error);
}

bool step_wait_second_drained(struct testbed *bed, GError **error)
{
    return wait_arrived(bed, bed->all.second, NULL, INT64_MAX, error);
}

static bool receives(const struct testbed *bed)
{
    return action_applies(ACTION_WAIT_DRAINED, bed->all.c->route,
                          bed->all.c->scenario->client_codecs == CLIENT_CODECS_ALL);
}

bool step_play(struct testbed *bed, GError **error)
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

/* The last key has a pause after it, too, in which it is answered. */
bool step_press_keys(struct testbed *bed, GError **error)
{
    double left = bed->all.c->seconds, share = 0;

    for (;;) {
        double pause = KEY_SECONDS_MIN + KEY_SECONDS_RANGE * share;
        if (!processes_run_for(&bed->all, pause, error))
            return false;
        left -= pause;
        if (left <= 0)
            return true;
        if (!processes_ask(&bed->all, bed->all.client, "pressed", error, "press"))
            return false;
        share = fmod(share + GOLDEN_RATIO, 1);
    }
}

/* Nothing is played: who wakes all the same? What the step before has set off
 * shall be over. */
bool step_rest(struct testbed *bed, GError **error)
{
    if (!processes_run_for(&bed->all, WARM_UP_SECONDS, error))
        return false;
    server_observer_mark(bed->all.server, "rest");
    if (!processes_run_for(&bed->all, bed->all.c->seconds, error))
        return false;
    server_observer_mark(bed->all.server, "rested");
    return true;
}
