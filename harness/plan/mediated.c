/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/plan/mediated.h"

#include "shadow-paging/workloads/load-name.h"

#include <gio/gio.h>

static bool refuse(const struct plan_case *c, enum axis axis, const char *why, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: route %s, %s %s: %s",
                c->scenario->name, c->route->name, axis_definition(axis)->name, c->axis[axis], why);
    return false;
}

bool mediated_admits(const struct plan_case *c, GError **error)
{
    static const enum axis others[] = {AXIS_LOAD, AXIS_TRAPS};
    bool mediated = case_is_mediated(c);

    if (!mediated && !c->route->client_program)
        return refuse(c, AXIS_VGPU,
                      "it measures mediated vGPUs only: give vgpu " VGPU_SHADOW "POLICY", error);
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        bool is_none = g_str_equal(c->axis[others[i]], axis_default(others[i]));
        if (mediated && is_none)
            return refuse(c, others[i], "a mediated vGPU needs one", error);
        if (!mediated && !is_none)
            return refuse(c, others[i],
                          "only a mediated vGPU has one: give vgpu " VGPU_SHADOW "POLICY", error);
    }
    struct load_shape shape;
    if (mediated && c->route->client_program && load_shape_find(c->axis[AXIS_LOAD], &shape) &&
        (shape.kind == LOAD_TRANSCODE || shape.kind == LOAD_MAP))
        return refuse(c, AXIS_LOAD,
                      "only the route shadow-paging has it; bindings-N is transcode-N without "
                      "decoding",
                      error);
    return !mediated || !case_has_real_vm(c) ||
           refuse(c, AXIS_VGPU, "a real VM's vGPU is QEMU's: leave out --vm " VM_QEMU, error);
}
