/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/real-vm.h"

#include <gio/gio.h>

/* What only the simulated VM does, and why. */
static const char *const lacking[ACTION_COUNT] = {
    [ACTION_VM_FILM] = "no program in the guest plays a recording on the vGPU",
    [ACTION_VM_NO_PRIMARY] = "its vGPU's driver always has a primary surface",
    [ACTION_VM_RESET] = "the agent ends with its guest: build/tests/test-vm-qemu resets it",
    [ACTION_VM_GL_DRAW] = "its vGPU has no 3D",
    [ACTION_VM_UNPLUG] = "qxl-vga cannot be unplugged",
    [ACTION_VM_MIGRATE] = "there is no second one to migrate to",
    [ACTION_PRESS_KEYS] = "no program in the guest answers keys",
};

static bool refuse(const struct plan_case *c, const char *what, const char *why, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s: vm %s: %s: %s", c->scenario->name,
                c->axis[AXIS_VM], what, why);
    return false;
}

static bool admits_steps(const struct plan_case *c, GError **error)
{
    const bool h264 = c->scenario->client_codecs == CLIENT_CODECS_ALL;

    for (unsigned i = 0; i < c->scenario->steps->len; i++) {
        const struct step *step = &g_array_index(c->scenario->steps, struct step, i);
        if (lacking[step->action] && action_applies(step->action, c->route, h264))
            return refuse(c, action_text(step->action), lacking[step->action], error);
    }
    return true;
}

bool real_vm_admits(const struct plan_case *c, GError **error)
{
    const struct scenario *scenario = c->scenario;

    if (!case_has_real_vm(c))
        return !g_str_equal(c->axis[AXIS_TRANSPORT], TRANSPORT_VIRTIO) ||
               refuse(c, "transport " TRANSPORT_VIRTIO, "it has no such port: add --vm " VM_QEMU,
                      error);
    if (case_has_real_agent(c))
        return refuse(c, c->axis[AXIS_AGENT], "such an agent runs on the host", error);
    if (scenario->displays > 1)
        return refuse(c, "displays", "it has one vGPU", error);
    if (scenario->audio_delay_ms)
        return refuse(c, "audio_delay_ms", "it has no sound card", error);
    if (scenario->client_transport == CLIENT_TRANSPORT_TLS)
        return refuse(c, "client_transport=tls", "its clients come by a plain socket", error);
    return admits_steps(c, error);
}
