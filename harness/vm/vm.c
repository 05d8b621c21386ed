/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/vm.h"

const struct vm_class *vm_class_find(const char *name)
{
    static const struct vm_class *const classes[] = {&vm_sim, &vm_qemu, &vm_relay, &vm_vnc,
                                                     &vm_shadow};

    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
        if (g_str_equal(classes[i]->name, name))
            return classes[i];
    }
    return NULL;
}

const char *vm_event_text(enum vm_event_kind kind)
{
    static const char *const texts[VM_EVENT_COUNT] = {
        [VM_READY] = "ready",
        [VM_PORT_OPENED] = "port-opened",
        [VM_PORT_CLOSED] = "port-closed",
        [VM_DESKTOP_SHOWN] = "desktop-shown",
        [VM_PAUSED] = "paused",
        [VM_PLAYING] = "playing",
        [VM_DRAINED] = "drained",
        [VM_MODE_SHOWN] = "mode-shown",
        [VM_PRIMARY_DROPPED] = "primary-dropped",
        [VM_GL_DRAWN] = "gl-drawn",
        [VM_UNPLUGGED] = "unplugged",
        [VM_SCREEN_SAVED] = "screen-saved",
        [VM_MIGRATED] = "migrated",
        [VM_HAS_SHUT_DOWN] = "has-shut-down",
        [VM_LOADED] = "loaded",
    };

    return texts[kind];
}

char **vm_environment(const struct vm_options *options)
{
    char **environment = g_environ_unsetenv(g_get_environ(), "LD_LIBRARY_PATH");

    if (options->several_clients)
        environment = g_environ_setenv(environment, "SPICE_DEBUG_ALLOW_MC", "1", true);
    if (options->library)
        environment = g_environ_setenv(environment, "LD_LIBRARY_PATH", options->library, true);
    return environment;
}

struct vm *vm_create(const struct vm_class *class, struct child *child)
{
    struct vm *vm = g_new0(struct vm, 1);

    vm->class = class;
    vm->child = child;
    vm->server = child_pid(child);
    return vm;
}

void vm_destroy(struct vm *vm)
{
    if (!vm)
        return;
    child_destroy(vm->child);
    g_free(vm->listen);
    g_free(vm->port);
    g_free(vm->agents);
    g_free(vm->library);
    g_free(vm);
}
