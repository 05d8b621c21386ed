/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm: the virtual machine of a run, whatever it is made of.
 *
 * One is a process with a libspice-server, whose port the agent opens and to
 * whose address the clients connect. The run starts it with the command line of
 * its class (vm_command), gives it orders and waits for what happens to it; how
 * both are said is the class's business. Each class lies in a folder of its own:
 * sim/ is the simulated VM, relay/ the floor, which has nothing but the port.
 *
 * Main thread. Events arrive in the default main context.
 */
#ifndef VDIBENCH_VM_H
#define VDIBENCH_VM_H

#include "harness/instrument/child.h"

#include <stdbool.h>
#include <stdint.h>

/* What it is to be. Nothing is owned; NULL or 0: as the class has it by itself. */
struct vm_options {
    const char *listen;   /* for clients: ADDRESS:PORT (port 0: any) or unix:PATH */
    const char *tls;      /* folder for certificates, with TLS */
    const char *port;     /* pty:LINK or socket:PATH */
    const char *samples;  /* file */
    const char *library;  /* folder of the libspice-server; NULL: the system's */
    bool several_clients; /* a second client does not end the first one's session */

    /* Of a VM with a vGPU alone. */
    const char *port_name;
    unsigned width_px, height_px;
    unsigned fps;
    unsigned displays;
    bool sound;
    bool incoming; /* waits for a migration */
    bool seamless; /* migrates so */
    const char *image_compression, *streaming, *video_codecs;
    const char *film, *drawing; /* a recording that the vGPU shows, and how it draws it */
};

/* What it is to do, and what answers it. */
enum vm_order {
    VM_BOOT_DESKTOP, /* VM_DESKTOP_SHOWN */
    VM_PAUSE,        /* VM_PAUSED: the vGPU draws nothing more */
    VM_RESUME,       /* - */
    VM_START_FILM,   /* VM_PLAYING when it has begun, VM_DRAINED at its end */
    VM_FINISH_FILM,  /* VM_DRAINED */
    VM_SET_MODE,     /* "WxH": VM_MODE_SHOWN */
    VM_RESET,        /* VM_MODE_SHOWN, of the boot */
    VM_DROP_PRIMARY, /* VM_PRIMARY_DROPPED */
    VM_DRAW_GL,      /* VM_GL_DRAWN */
    VM_UNPLUG,       /* VM_UNPLUGGED */
    VM_SAVE_SCREEN,  /* a file: VM_SCREEN_SAVED */
    VM_MIGRATE,      /* an address: VM_MIGRATED, when the clients have gone there */
    VM_GO_ON,        /* -; after an incoming migration */
    VM_SHUT_DOWN,    /* VM_HAS_SHUT_DOWN; then it ends */
    VM_ORDER_COUNT
};

enum vm_event_kind {
    VM_READY, /* vm->listen, vm->port and vm->library are set */
    VM_PORT_OPENED,
    VM_PORT_CLOSED,
    VM_DESKTOP_SHOWN,
    VM_PAUSED, /* .number */
    VM_PLAYING,
    VM_DRAINED,    /* .number */
    VM_MODE_SHOWN, /* .number */
    VM_PRIMARY_DROPPED,
    VM_GL_DRAWN,
    VM_UNPLUGGED,
    VM_SCREEN_SAVED,
    VM_MIGRATED,
    VM_HAS_SHUT_DOWN,
    VM_EVENT_COUNT
};

struct vm_event {
    int64_t time_ns;
    uint64_t number; /* of the vGPU's last update; its barcode has the lower 16 bits */
};

struct vm;

struct vm_class {
    const char *name;    /* of the axis, in scenarios and results */
    const char *program; /* beside vdibench's own, or an absolute path */

    /* Appends the program's arguments, which the array frees. */
    void (*add_arguments)(const struct vm_options *options, GPtrArray *arguments);
    /* False and `error` when it cannot be reached any more, or knows no such order. */
    bool (*order)(struct vm *vm, enum vm_order order, const char *argument, GError **error);
    /* The next event of this kind since the last one that was taken, of any kind;
     * those between are forgotten. False when there is none yet. */
    bool (*next)(struct vm *vm, enum vm_event_kind kind, struct vm_event *ret_event);
};

struct vm {
    const struct vm_class *class;
    struct child *child;
    unsigned cursor; /* the class's: how far the child's notices have been read */
    char *listen;    /* the address for clients; NULL until VM_READY */
    char *port;      /* the path that the agent opens */
    char *library;   /* the libspice-server that was loaded; NULL: none */
};

/* The simulated VM, and the relay in its place. */
extern const struct vm_class vm_sim, vm_relay;

/* NULL when there is none of this name. */
const struct vm_class *vm_class_find(const char *name);

/* What an event is called in messages: "port-opened". */
const char *vm_event_text(enum vm_event_kind kind);

/* The environment for its process: ours, with the library and the server's
 * settings. Free it with g_strfreev(). */
char **vm_environment(const struct vm_options *options);

/* Takes `child`, its process. Never NULL. */
struct vm *vm_create(const struct vm_class *class, struct child *child);

/* Ends the process as child_destroy() does, and frees; NULL is allowed. */
void vm_destroy(struct vm *vm);

#endif
