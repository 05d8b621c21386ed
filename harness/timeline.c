#include "timeline.h"

#include <gio/gio.h>

/* What is so at a point of a timeline. */
enum condition {
    DESKTOP = 1 << 0,   /* the VM has booted */
    PAUSED = 1 << 1,    /* the vGPU draws nothing */
    CONNECTED = 1 << 2, /* the client is there */
    OPEN = 1 << 3,      /* the port is open */
    SEEN = 1 << 4,      /* the pGPU was shown since the port was opened */
    FINISHED = 1 << 5,  /* the agent captures nothing more */
    DRAINED = 1 << 6,   /* its last frame has arrived */
};

static const char *const condition_texts[] = {
    "vm desktop",  "vm pause",      "client connect", "agent open", "wait shown pgpu",
    "agent finish", "wait drained",
};

static const struct {
    const char *text;
    guint needs, excludes; /* conditions before it */
    guint sets, clears;    /* and after it */
    gboolean vgpu, screen;
} actions[ACTION_COUNT] = {
    [ACTION_VM_DESKTOP] = {"vm desktop", 0, DESKTOP, DESKTOP, 0, TRUE, FALSE},
    [ACTION_VM_PAUSE] = {"vm pause", 0, PAUSED, PAUSED, 0, TRUE, FALSE},
    [ACTION_VM_RESUME] = {"vm resume", PAUSED, 0, 0, PAUSED, TRUE, FALSE},
    [ACTION_CLIENT_CONNECT] = {"client connect", 0, CONNECTED, CONNECTED, 0, FALSE, FALSE},
    [ACTION_CLIENT_DISCONNECT] = {"client disconnect", CONNECTED, 0, 0, CONNECTED, FALSE, FALSE},
    [ACTION_AGENT_OPEN] = {"agent open", 0, OPEN, OPEN, SEEN | FINISHED | DRAINED, FALSE, FALSE},
    [ACTION_AGENT_FINISH] = {"agent finish", OPEN, FINISHED, FINISHED, 0, FALSE, FALSE},
    [ACTION_AGENT_CLOSE] = {"agent close", OPEN, 0, 0, OPEN, FALSE, FALSE},
    [ACTION_WAIT_SHOWN_VGPU] = {"wait shown vgpu", CONNECTED, 0, 0, 0, TRUE, TRUE},
    [ACTION_WAIT_SHOWN_PGPU] = {"wait shown pgpu", CONNECTED | OPEN, 0, SEEN, 0, FALSE, TRUE},
    [ACTION_WAIT_DRAINED] = {"wait drained", CONNECTED | FINISHED, DRAINED, DRAINED, 0, FALSE,
                             FALSE},
    [ACTION_PLAY] = {"play", CONNECTED | OPEN, FINISHED, 0, 0, FALSE, FALSE},
    /* Comparing pauses the vGPU, and lets it go on unless it was paused. */
    [ACTION_COMPARE_VGPU] = {"compare vgpu", CONNECTED, OPEN, 0, 0, TRUE, TRUE},
    [ACTION_COMPARE_PGPU] = {"compare pgpu", CONNECTED | OPEN | SEEN | DRAINED, 0, 0, 0, FALSE,
                             TRUE},
};

const char *action_text(Action action)
{
    return actions[action].text;
}

gboolean action_needs_vgpu(Action action)
{
    return actions[action].vgpu;
}

gboolean action_needs_screen(Action action)
{
    return actions[action].screen;
}

gboolean action_parse(const char *text, Action *ret_action, GError **error)
{
    for (guint i = 0; i < ACTION_COUNT; i++) {
        if (g_str_equal(actions[i].text, text)) {
            *ret_action = (Action)i;
            return TRUE;
        }
    }

    g_autoptr(GString) allowed = g_string_new(NULL);
    for (guint i = 0; i < ACTION_COUNT; i++)
        g_string_append_printf(allowed, "%s%s", i ? ", " : "", actions[i].text);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "unknown action '%s'; allowed: %s",
                text, allowed->str);
    return FALSE;
}

gboolean timeline_check(const Step *steps, guint n, GError **error)
{
    guint now = 0;

    for (guint i = 0; i < n; i++) {
        Action action = steps[i].action;
        for (guint bit = 0; bit < G_N_ELEMENTS(condition_texts); bit++) {
            gboolean is = now >> bit & 1;
            gboolean missing = (actions[action].needs >> bit & 1) && !is;
            gboolean wrong = (actions[action].excludes >> bit & 1) && is;
            if (missing || wrong) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                            "step %u '%s' %s '%s'", steps[i].number, actions[action].text,
                            missing ? "needs an earlier" : "cannot come after",
                            condition_texts[bit]);
                return FALSE;
            }
        }
        now = (now | actions[action].sets) & ~actions[action].clears;
    }
    if (now & OPEN) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "the last steps must be 'agent finish', 'wait drained' and 'agent close': the "
                    "port is still open at the end");
        return FALSE;
    }
    return TRUE;
}
