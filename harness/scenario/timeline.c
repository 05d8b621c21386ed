/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/timeline.h"

#include <gio/gio.h>
#include <stdint.h>
#include <string.h>

/* SPICE's limit. */
#define SIDE_MAX_PX 8192

/* What is so at a point of a timeline. */
enum condition {
    DESKTOP = 1 << 0,    /* the VM has booted */
    PAUSED = 1 << 1,     /* the vGPU draws nothing */
    CONNECTED = 1 << 2,  /* the client is there */
    OPEN = 1 << 3,       /* the port is open */
    SEEN = 1 << 4,       /* the pGPU was shown since the port was opened */
    FINISHED = 1 << 5,   /* nothing more of the workload is played */
    DRAINED = 1 << 6,    /* its last frame has arrived */
    FILM = 1 << 7,       /* the vGPU draws the workload */
    SECOND = 1 << 8,     /* the second client is there */
    CRASHED = 1 << 9,    /* the agent is gone */
    HIDDEN = 1 << 10,    /* the client shows the pGPU, or soon will */
    PLAYER = 1 << 11,    /* there is who plays the workload */
    BARE = 1 << 12,      /* the vGPU has no primary surface */
    UNPLUGGED = 1 << 13, /* the vGPU is gone */
    SHUT_DOWN = 1 << 14, /* the VM is gone */
    FROZEN = 1 << 15,    /* the second client runs no more */
    STILL = 1 << 16,     /* nothing moves on the pGPU's screen */
    HUNG = 1 << 17,      /* the agent's capture does not return */
    KEEPING = 1 << 18,   /* the client keeps pictures */
};

/* The vGPU is gone, alone or with the VM. */
#define LOST (UNPLUGGED | SHUT_DOWN)

/* The step by which each of them comes about. */
static const char *const condition_texts[] = {
    "vm desktop",           "vm pause",        "client connect",
    "agent open",           "wait shown pgpu", "agent finish' or 'vm finish",
    "wait drained",         "vm film",         "second client connect",
    "agent crash",          "agent open",      "agent open' or 'vm film",
    "vm no-primary",        "vm unplug",       "vm shutdown",
    "second client freeze", "agent still",     "agent hang",
    "keep pictures",
};

/* What a step is about, without which it is left out. */
enum need {
    VGPU = 1 << 0,
    SCREEN = 1 << 1, /* the client shows pictures */
    AGENT = 1 << 2,
    DRAWN = 1 << 3,     /* the workload, by the vGPU */
    DELIVERY = 1 << 4,  /* of what the agent plays, to a client with H.264 */
    RECEPTION = 1 << 5, /* of the workload, in the first client */
    LOAD = 1 << 6,      /* of page tables, without a display */
};

static const char *const need_texts[] = {
    "a vGPU",
    "a client that shows pictures",
    "an agent",
    "a vGPU that draws the workload",
    "an agent whose frames reach a client with H.264",
    "a first client that receives the workload",
    "a load of the GPU's page tables and no display",
};

static const struct {
    const char *text;
    unsigned about;
    unsigned needs, excludes; /* conditions before it */
    unsigned sets, clears;    /* and after it */
    const char *does;         /* a sentence; NULL: it only waits */
    const char *waits_for;    /* completes "Waits for ..."; NULL: for nothing */
} actions[ACTION_COUNT] = {
    [ACTION_VM_DESKTOP] = {"vm desktop", VGPU, 0, DESKTOP | FILM | BARE | LOST, DESKTOP, 0,
                           .does = "The guest boots into a desktop, which the vGPU draws.",
                           .waits_for = "the desktop to be drawn"},
    [ACTION_VM_PAUSE] = {"vm pause", VGPU, 0, PAUSED | FILM | BARE | LOST, PAUSED, 0,
                         .does = "The vGPU draws nothing more.",
                         .waits_for = "the last update to be drawn"},
    [ACTION_VM_RESUME] = {"vm resume", VGPU, PAUSED, FILM | LOST, 0, PAUSED,
                          .does = "The vGPU goes on drawing."},
    [ACTION_VM_FILM] = {"vm film", DRAWN, 0, FILM | BARE | LOST, FILM | PLAYER,
                        PAUSED | FINISHED | DRAINED, .does = "The vGPU draws the workload."},
    [ACTION_VM_FINISH] = {"vm finish", DRAWN, FILM, FINISHED, FINISHED, 0,
                          .does = "The vGPU ends the workload with its present picture."},
    [ACTION_VM_MODE] = {"vm mode", VGPU, 0, FILM | LOST, 0, BARE,
                        .does = "The vGPU's driver changes the mode.",
                        .waits_for = "the vGPU to have drawn in it"},
    [ACTION_VM_NO_PRIMARY] =
        {"vm no-primary", VGPU, 0, FILM | BARE | LOST, BARE, 0,
         .does = "The vGPU loses its primary surface until the next vm mode or vm reset.",
         .waits_for = "the surface to be gone"},
    /* The guest boots again. */
    [ACTION_VM_RESET] = {"vm reset", VGPU, 0, FILM | LOST, 0, BARE | DESKTOP | PAUSED,
                         .does = "The machine is reset and boots again.",
                         .waits_for = "the vGPU to have drawn"},
    [ACTION_VM_GL_DRAW] =
        {"vm gl-draw", VGPU, 0, BARE | LOST, 0, 0,
         .does =
             "The vGPU shows a picture by GL scanout, which only clients on a unix socket take (a "
             "memfd stands for the GPU's buffer).",
         .waits_for = "the server to release the buffer"},
    [ACTION_VM_UNPLUG] = {"vm unplug", VGPU, 0, FILM | LOST, UNPLUGGED,
                          CONNECTED | SECOND | SEEN | HIDDEN,
                          .does = "The QXL device is unplugged, with its display channel.",
                          .waits_for = "the device to be gone"},
    /* The agent's port is another one there, as if the agent had crashed. */
    [ACTION_VM_MIGRATE] =
        {"vm migrate", VGPU | AGENT, 0, FILM | LOST | CRASHED | SECOND, CRASHED,
         OPEN | SEEN | HIDDEN | PLAYER | STILL | BARE | PAUSED | DESKTOP,
         .does =
             "The VM migrates to a second one and takes the client along. The agent's port stays "
             "behind: agent start follows.",
         .waits_for = "the client to leave the first VM"},
    [ACTION_VM_SHUTDOWN] = {"vm shutdown", VGPU, 0, SHUT_DOWN, SHUT_DOWN,
                            CONNECTED | SECOND | OPEN | SEEN | HIDDEN | PLAYER | FILM,
                            .does =
                                "The server is destroyed in its present state, and the VM ends.",
                            .waits_for = "a clean end, and the clients to see it"},
    [ACTION_VM_LOAD] =
        {"vm load", LOAD, 0, 0, 0, 0,
         .does = "For the scenario's seconds the guest's programs write the GPU's page tables and "
                 "submit work to it, as the case's load has it.",
         .waits_for = "the last submission"},
    [ACTION_CLIENT_CONNECT] =
        {"client connect", 0, 0, CONNECTED | LOST, CONNECTED, 0,
         .does = "The client connects: a new process the first time, the same one later.",
         .waits_for = "its connection"},
    [ACTION_CLIENT_DISCONNECT] = {"client disconnect", 0, CONNECTED, 0, 0,
                                  CONNECTED | SEEN | DRAINED, .does = "The client disconnects.",
                                  .waits_for = "all of its channels to be closed"},
    /* Without a first one nothing would be measured or compared. */
    [ACTION_SECOND_CONNECT] = {"second client connect", SCREEN, CONNECTED, SECOND, SECOND, 0,
                               .does = "A second client connects, which has all codecs.",
                               .waits_for = "its connection"},
    [ACTION_SECOND_DISCONNECT] = {"second client disconnect", SCREEN, SECOND, FROZEN, 0, SECOND,
                                  .does = "The second client disconnects.",
                                  .waits_for = "all of its channels to be closed"},
    [ACTION_SECOND_FREEZE] =
        {"second client freeze", SCREEN, SECOND, FROZEN, FROZEN, 0,
         .does =
             "The second client's process is stopped (SIGSTOP): its connections stay, and nobody "
             "reads from them."},
    [ACTION_SECOND_THAW] = {"second client thaw", SCREEN, FROZEN, 0, 0, FROZEN,
                            .does = "The second client's process goes on."},
    [ACTION_AGENT_OPEN] = {"agent open", AGENT, 0, OPEN | CRASHED | SHUT_DOWN,
                           OPEN | HIDDEN | PLAYER, SEEN | FINISHED | DRAINED,
                           .does = "The agent opens its port.",
                           .waits_for = "the VM to see it open"},
    /* It is the next frame that stays: there must be one. */
    [ACTION_AGENT_STILL] =
        {"agent still", AGENT | RECEPTION, OPEN | SEEN, STILL | FINISHED | HUNG, STILL, 0,
         .does =
             "Nothing moves on the pGPU's screen any more: the recording's next key frame stays, "
             "and is sent again on request.",
         .waits_for = "that frame to be sent"},
    /* The client shows the vGPU after a while: for 'compare vgpu' wait for it. */
    [ACTION_AGENT_HANG] = {"agent hang", AGENT | RECEPTION, OPEN | SEEN, HUNG | FINISHED, HUNG,
                           SEEN | HIDDEN,
                           .does =
                               "The agent's capture does not return, while the port stays open.",
                           .waits_for = "the capture to hang"},
    [ACTION_AGENT_RECOVER] = {"agent recover", AGENT | RECEPTION, HUNG, 0, HIDDEN, HUNG,
                              .does = "The agent's capture returns.",
                              .waits_for = "the capture to return"},
    [ACTION_AGENT_FINISH] = {"agent finish", AGENT, OPEN, FINISHED | HUNG, FINISHED, 0,
                             .does = "The agent captures nothing more."},
    [ACTION_AGENT_CLOSE] = {"agent close", AGENT, OPEN, 0, 0, OPEN | HIDDEN | PLAYER,
                            .does = "The agent closes its port.",
                            .waits_for = "the VM to see it closed"},
    /* It is a frame that is cut: some must be on their way. */
    [ACTION_AGENT_CRASH] =
        {"agent crash", AGENT | RECEPTION, OPEN | SEEN, FINISHED | HUNG, CRASHED,
         OPEN | HIDDEN | PLAYER | SEEN,
         .does = "The agent cuts its next frame in the middle and ends by SIGABRT.",
         .waits_for = "that end (any other one fails), and the VM to see the port closed"},
    [ACTION_AGENT_START] = {"agent start", AGENT | RECEPTION, CRASHED, 0, 0, CRASHED,
                            .does = "A new agent process starts.", .waits_for = "it to be ready"},
    [ACTION_WAIT_SHOWN_VGPU] = {"wait shown vgpu", VGPU | SCREEN, CONNECTED, 0, 0, 0,
                                .waits_for = "a picture of the vGPU on any display of the client"},
    [ACTION_WAIT_SHOWN_PGPU] = {"wait shown pgpu", SCREEN | RECEPTION | AGENT, CONNECTED | OPEN, 0,
                                SEEN, 0,
                                .waits_for = "a picture of the pGPU on any display of the client"},
    [ACTION_WAIT_SECOND_VGPU] = {"wait second shown vgpu", VGPU | SCREEN, SECOND, FROZEN, 0, 0,
                                 .waits_for =
                                     "a picture of the vGPU on any display of the second client"},
    [ACTION_WAIT_SECOND_PGPU] = {"wait second shown pgpu", SCREEN | DELIVERY, SECOND | OPEN, FROZEN,
                                 0, 0,
                                 .waits_for =
                                     "a picture of the pGPU on any display of the second client"},
    /* Whom nobody watches shall not capture. */
    [ACTION_WAIT_STOPPED] = {"wait agent stopped", SCREEN | RECEPTION | AGENT, OPEN,
                             CONNECTED | SECOND, 0, 0,
                             .waits_for = "the agent to be asked to stop, as nobody is connected"},
    [ACTION_WAIT_DRAINED] =
        {"wait drained", RECEPTION, CONNECTED | FINISHED, DRAINED, DRAINED, FILM,
         .waits_for = "the last frame to be written, and then to be shown or to be lost"},
    [ACTION_WAIT_SECOND_DRAINED] = {"wait second drained", SCREEN | DELIVERY, SECOND | FINISHED,
                                    FROZEN, 0, 0,
                                    .waits_for =
                                        "the second client to have shown nothing new for 0.8 s"},
    [ACTION_PLAY] =
        {"play", 0, CONNECTED | PLAYER, FINISHED, 0, 0,
         .does =
             "The scenario's seconds pass, and are measured from the workload's second second on. "
             "Again in the same opening of the port: the playing lasts that much longer. Where the "
             "workload does not reach the client, the seconds only pass.",
         .waits_for = "the workload's first picture, where it reaches the client"},
    [ACTION_PRESS_KEYS] =
        {"press keys", SCREEN | RECEPTION, CONNECTED | PLAYER, FINISHED | HUNG | STILL, 0, 0,
         .does =
             "The scenario's seconds pass while it plays. Meanwhile the client presses a key ten "
             "times a second, at uneven distances, for the metrics input_*."},
    [ACTION_REST] =
        {"rest", VGPU | SCREEN, DESKTOP, FILM, 0, 0,
         .does =
             "After a second, for what the step before has set off, the scenario's seconds pass, and the "
             "server's wake-ups are counted."},
    /* Comparing pauses the vGPU, and lets it go on unless it was paused. */
    /* It would weigh on all that is measured: see evaluate. */
    [ACTION_KEEP_PICTURES] =
        {"keep pictures", SCREEN | RECEPTION, CONNECTED, KEEPING, KEEPING, 0,
         .does = "From now on the client keeps one in 13 of the pictures that it shows, for the "
                 "metrics shown_*. It costs time: latencies, ages and processor times of the run "
                 "are left out."},
    [ACTION_SAVE_PICTURES] = {"save pictures", SCREEN | RECEPTION, KEEPING | DRAINED, 0, 0, KEEPING,
                              .does = "The client writes the pictures that it has kept.",
                              .waits_for = "all of them to be written"},
    [ACTION_COMPARE_VGPU] =
        {"compare vgpu", VGPU | SCREEN, CONNECTED, HIDDEN | FILM | BARE, 0, 0,
         .does = "Compares what the client shows with the VM's own picture, pixel by pixel.",
         .waits_for = "the vGPU's last update to be shown"},
    [ACTION_COMPARE_PGPU] =
        {"compare pgpu", SCREEN | RECEPTION | AGENT, CONNECTED | OPEN | SEEN | DRAINED, 0, 0, 0,
         .does = "Saves what the client shows, to be compared with the recording's picture.",
         .waits_for = "the picture to be saved"},
};

/* A size follows, WxH. */
static bool is_sized(enum action action)
{
    return action == ACTION_VM_MODE;
}

const char *action_text(enum action action)
{
    return actions[action].text;
}

const char *action_does(enum action action)
{
    return actions[action].does;
}

const char *action_waits_for(enum action action)
{
    return actions[action].waits_for;
}

char *action_about(enum action action)
{
    GString *about = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(need_texts); i++) {
        if (actions[action].about & (1u << i))
            g_string_append_printf(about, "%s%s", about->len ? " and " : "", need_texts[i]);
    }
    return g_string_free(about, false);
}

char *action_usage(enum action action)
{
    return g_strconcat(actions[action].text, is_sized(action) ? " WxH" : NULL, NULL);
}

bool action_lasts(enum action action)
{
    return action == ACTION_PLAY || action == ACTION_PRESS_KEYS || action == ACTION_REST ||
           action == ACTION_VM_LOAD;
}

char *step_text(const struct step *step)
{
    const char *text = actions[step->action].text;
    return is_sized(step->action)
               ? g_strdup_printf("%s %ux%u", text, step->width_px, step->height_px)
               : g_strdup(text);
}

/* " WxH" and nothing else; the VM itself refuses what it cannot have. */
static bool parse_size(const char *text, struct step *step)
{
    g_auto(GStrv) sides = g_strsplit(text, "x", -1);
    uint64_t width, height;

    if (g_strv_length(sides) != 2 ||
        !g_ascii_string_to_unsigned(g_strchug(sides[0]), 10, 1, SIDE_MAX_PX, &width, NULL) ||
        !g_ascii_string_to_unsigned(sides[1], 10, 1, SIDE_MAX_PX, &height, NULL))
        return false;
    step->width_px = (unsigned)width;
    step->height_px = (unsigned)height;
    return true;
}

bool step_parse(const char *text, struct step *ret_step, GError **error)
{
    for (unsigned i = 0; i < ACTION_COUNT; i++) {
        size_t length = strlen(actions[i].text);
        if (is_sized((enum action)i)
                ? g_str_has_prefix(text, actions[i].text) && text[length] == ' ' &&
                      parse_size(text + length, ret_step)
                : g_str_equal(actions[i].text, text)) {
            ret_step->action = (enum action)i;
            return true;
        }
    }

    g_autoptr(GString) allowed = g_string_new(NULL);
    for (unsigned i = 0; i < ACTION_COUNT; i++) {
        g_autofree char *usage = action_usage((enum action)i);
        g_string_append_printf(allowed, "%s%s", i ? ", " : "", usage);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "unknown action '%s'; allowed: %s",
                text, allowed->str);
    return false;
}

static unsigned route_has(const struct route *route, bool client_h264)
{
    bool delivers = route->has_agent && route->delivers;
    bool receives = route->drawings || (delivers && client_h264);
    return (route->has_vgpu ? VGPU : 0) | (route->shows ? SCREEN : 0) |
           (route->has_agent ? AGENT : 0) | (route->drawings ? DRAWN : 0) |
           (delivers ? DELIVERY : 0) | (receives ? RECEPTION : 0) |
           (route->client_program ? 0 : LOAD);
}

bool action_applies(enum action action, const struct route *route, bool client_h264)
{
    return (actions[action].about & ~route_has(route, client_h264)) == 0;
}

static bool refuse(const struct step *step, unsigned conditions, const char *how, GError **error)
{
    unsigned bit = (unsigned)g_bit_nth_lsf(conditions, -1);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "step %u '%s' %s '%s'", step->number,
                actions[step->action].text, how, condition_texts[bit]);
    return false;
}

bool timeline_check(const struct step *steps, unsigned n, const struct route *route,
                    bool client_h264, GError **error)
{
    /* Where the workload does not reach the client an open port hides nothing. */
    unsigned never = route_has(route, client_h264) & RECEPTION ? 0 : HIDDEN;
    unsigned now = 0;

    for (unsigned i = 0; i < n; i++) {
        enum action action = steps[i].action;
        if (!action_applies(action, route, client_h264))
            continue;
        unsigned missing = actions[action].needs & ~now, wrong = actions[action].excludes & now;
        if (missing)
            return refuse(&steps[i], missing, "needs an earlier", error);
        if (wrong)
            return refuse(&steps[i], wrong, "cannot come after", error);
        now = (now | (actions[action].sets & ~never)) & ~actions[action].clears;
    }
    if (now & FROZEN) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "a last step must be 'second client thaw': it is still frozen at the end");
        return false;
    }
    if (now & (OPEN | FILM)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    now & OPEN ? "the last steps must be 'agent finish', 'wait drained' and "
                                 "'agent close': the port is still open at the end"
                               : "the last steps must be 'vm finish' and 'wait drained': the film "
                                 "is still playing at the end");
        return false;
    }
    return true;
}
