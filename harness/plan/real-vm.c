/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/real-vm.h"

#include <gio/gio.h>
#include <string.h>

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
        if (step->action == ACTION_AGENT_OPEN && c->route->has_agent && !c->route->delivers)
            return refuse(c, action_text(step->action),
                          "nobody reads its port, and the guest's kernel hangs up", error);
        if (lacking[step->action] && action_applies(step->action, c->route, h264))
            return refuse(c, action_text(step->action), lacking[step->action], error);
    }
    return true;
}

bool real_vm_admits(const struct plan_case *c, bool own_guest, GError **error)
{
    const struct scenario *scenario = c->scenario;

    if (!case_has_real_vm(c))
        return !g_str_equal(c->axis[AXIS_TRANSPORT], TRANSPORT_VIRTIO) ||
               refuse(c, "transport " TRANSPORT_VIRTIO, "it has no such port: add --vm " VM_QEMU,
                      error);
    if (case_has_real_agent(c) && !own_guest)
        return refuse(c, c->axis[AXIS_AGENT],
                      "the small guest has no X server: give it another one by --guest", error);
    if (scenario->displays > 1)
        return refuse(c, "displays", "it has one vGPU", error);
    if (scenario->audio_delay_ms)
        return refuse(c, "audio_delay_ms", "it has no sound card", error);
    if (scenario->client_transport == CLIENT_TRANSPORT_TLS)
        return refuse(c, "client_transport=tls", "its clients come by a plain socket", error);
    return admits_steps(c, error);
}

static void append(GString *list, const char *word)
{
    g_string_append_printf(list, "%s%s", list->len ? ", " : "", word);
}

/* Once for each route: what differs between its cases is not what keeps it from a real VM. */
static GPtrArray *cases_of_routes(const struct scenario *scenario)
{
    static const char *const real[] = {VM_QEMU, NULL};
    const struct case_filter filter = {.words[AXIS_VM] = real};
    GPtrArray *cases = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    case_expand(scenario, &filter, cases);
    for (unsigned i = 0; i < cases->len;) {
        const struct plan_case *c = g_ptr_array_index(cases, i);
        if (g_hash_table_add(seen, (void *)c->route))
            i++;
        else
            g_ptr_array_remove_index(cases, i);
    }
    return cases;
}

static void append_row(GString *table, const struct scenario *scenario)
{
    g_autoptr(GPtrArray) cases = cases_of_routes(scenario);
    g_autofree char *beginning = g_strdup_printf("%s: vm " VM_QEMU ": ", scenario->name);
    g_autoptr(GString) routes = g_string_new(NULL), refused = g_string_new(NULL);
    g_autofree char *reason = NULL;

    for (unsigned i = 0; i < cases->len; i++) {
        const struct plan_case *c = g_ptr_array_index(cases, i);
        g_autoptr(GError) error = NULL;

        if (!case_has_real_vm(c)) /* the relay is none */
            continue;
        append(real_vm_admits(c, false, &error) ? routes : refused, c->route->name);
        if (error && !reason)
            reason = g_strdup(error->message + strlen(beginning));
    }
    g_string_append_printf(table, "| %s | %s | %s%s%s |\n", scenario->name, routes->str,
                           refused->str, reason ? ": " : "", reason ? reason : "");
}

char *real_vm_table(const GPtrArray *scenarios)
{
    GString *table = g_string_new("| scenario | its routes with `--vm " VM_QEMU "` | refused |\n"
                                  "|---|---|---|\n");

    for (unsigned i = 0; i < scenarios->len; i++)
        append_row(table, g_ptr_array_index((GPtrArray *)scenarios, i));
    return g_string_free(table, false);
}
