/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/vm-words.h"

static const char *const commands[VM_ORDER_COUNT] = {
    [VM_BOOT_DESKTOP] = "desktop", [VM_PAUSE] = "pause",
    [VM_RESUME] = "resume",        [VM_START_FILM] = "film",
    [VM_FINISH_FILM] = "finish",   [VM_SET_MODE] = "mode",
    [VM_RESET] = "reset",          [VM_DROP_PRIMARY] = "no-primary",
    [VM_DRAW_GL] = "gl-draw",      [VM_UNPLUG] = "unplug",
    [VM_SAVE_SCREEN] = "snapshot", [VM_MIGRATE] = "migrate",
    [VM_GO_ON] = "start",          [VM_SHUT_DOWN] = "shutdown",
    [VM_RUN_LOAD] = "load",
};

/* Where `key` is not NULL, only notices with key=value are this event. */
static const struct {
    const char *word, *key, *value;
} notices[VM_EVENT_COUNT] = {
    [VM_READY] = {"ready", NULL, NULL},
    [VM_PORT_OPENED] = {"port", "state", "opened"},
    [VM_PORT_CLOSED] = {"port", "state", "closed"},
    [VM_DESKTOP_SHOWN] = {"vgpu", "screen", "desktop"},
    [VM_PAUSED] = {"paused", NULL, NULL},
    [VM_PLAYING] = {"playing", NULL, NULL},
    [VM_DRAINED] = {"drained", NULL, NULL},
    [VM_MODE_SHOWN] = {"mode", NULL, NULL},
    [VM_PRIMARY_DROPPED] = {"no-primary", NULL, NULL},
    [VM_GL_DRAWN] = {"gl-drawn", NULL, NULL},
    [VM_UNPLUGGED] = {"unplugged", NULL, NULL},
    [VM_SCREEN_SAVED] = {"snapshot", NULL, NULL},
    [VM_MIGRATED] = {"migrated", NULL, NULL},
    [VM_HAS_SHUT_DOWN] = {"shut-down", NULL, NULL},
    [VM_LOADED] = {"loaded", NULL, NULL},
};

bool vm_words_order(struct vm *vm, enum vm_order order, const char *argument, GError **error)
{
    return argument ? child_send(vm->child, error, "%s %s", commands[order], argument)
                    : child_send(vm->child, error, "%s", commands[order]);
}

static void take_ready(struct vm *vm, const struct notice *ready)
{
    vm->listen = g_strdup(notice_value(ready, "listen"));
    vm->port = g_strdup(notice_value(ready, "port"));
    vm->library = g_strdup(notice_value(ready, "library"));
    vm->agents = g_strdup(notice_value(ready, "agents"));
    if (notice_value(ready, "pid"))
        vm->server = (pid_t)notice_count(ready, "pid");
}

bool vm_words_next(struct vm *vm, enum vm_event_kind kind, struct vm_event *ret_event)
{
    const struct notice *notice;

    do {
        notice = child_next_notice(vm->child, notices[kind].word, &vm->cursor);
    } while (notice && notices[kind].key &&
             g_strcmp0(notice_value(notice, notices[kind].key), notices[kind].value) != 0);
    if (!notice)
        return false;
    if (kind == VM_READY)
        take_ready(vm, notice);
    *ret_event = (struct vm_event){notice->time_ns, notice_count(notice, "number")};
    return true;
}
