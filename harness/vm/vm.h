/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm: the virtual machine of a run, whatever it is made of.
 *
 * A VM is a process with a libspice-server; the agent opens its port and the
 * clients connect to its address. The run starts the process with the command line
 * of its class, sends it orders and waits for its events. How orders and events are
 * expressed is defined by the class. Each class is in a folder of its own: sim/ is
 * the simulated VM, qemu/ a real one, relay/ the relay, which has only the port and serves as the
 * lower bound of what a route can cost, vnc/ a VNC server with a film on its screen, shadow/ a guest
 * whose vGPU has page tables and no display.
 *
 * Main thread. Events arrive in the default main context.
 */
#ifndef VDIBENCH_VM_H
#define VDIBENCH_VM_H

#include "harness/instrument/child.h"

#include <stdbool.h>
#include <stdint.h>

/* How the VM is set up. The strings are borrowed; NULL or 0: the class's default. */
struct vm_options {
    const char *listen;   /* for clients: ADDRESS:PORT (port 0: any) or unix:PATH */
    const char *tls;      /* folder for certificates, with TLS */
    const char *port;     /* pty:LINK or socket:PATH */
    const char *samples;  /* file */
    const char *sockets;  /* private folder with a short name */
    const char *library;  /* folder of the libspice-server; NULL: the system's */
    bool several_clients; /* a second client does not end the first one's session */

    /* Only for a VM with a vGPU. */
    const char *port_name;
    unsigned width_px, height_px;
    unsigned fps;
    unsigned displays;
    bool sound;
    bool incoming; /* starts as the target of a migration */
    bool seamless; /* migrates seamlessly */
    const char *image_compression, *streaming, *video_codecs;
    const char *gpu, *guest;    /* of a real VM: PCI functions, and the disk of its guest */
    const char *recordings;     /* folder that such a guest reads */
    const char *film, *drawing; /* a recording that the vGPU shows, and how it draws it */

    /* Only for a mediated vGPU. `submissions` is for its samples, `recording` what a load
     * decodes. */
    const char *submissions;
    const char *policy, *load, *traps, *reconstruction, *recording;
};

/* What the VM can be ordered to do; in the comments, the event that answers. */
enum vm_order {
    VM_BOOT_DESKTOP, /* VM_DESKTOP_SHOWN */
    VM_PAUSE,        /* VM_PAUSED: the vGPU draws nothing more */
    VM_RESUME,       /* no event */
    VM_START_FILM,   /* VM_PLAYING when it has begun, VM_DRAINED at its end */
    VM_FINISH_FILM,  /* VM_DRAINED */
    VM_SET_MODE,     /* "WxH": VM_MODE_SHOWN */
    VM_RESET,        /* VM_MODE_SHOWN, when the guest boots again */
    VM_DROP_PRIMARY, /* VM_PRIMARY_DROPPED */
    VM_DRAW_GL,      /* VM_GL_DRAWN */
    VM_UNPLUG,       /* VM_UNPLUGGED */
    VM_SAVE_SCREEN,  /* a file: VM_SCREEN_SAVED */
    VM_MIGRATE,      /* an address: VM_MIGRATED, when the clients have moved there */
    VM_GO_ON,        /* no event; lets the target of a migration run */
    VM_SHUT_DOWN,    /* VM_HAS_SHUT_DOWN; then the process ends */
    VM_RUN_LOAD,     /* seconds: VM_LOADED, when they have passed */
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
    VM_LOADED,
    VM_EVENT_COUNT
};

struct vm_event {
    int64_t time_ns;
    uint64_t number; /* of the vGPU's last update; its barcode holds the lower 16 bits */
};

struct vm;

struct vm_class {
    const char *name;    /* in scenarios and results */
    const char *program; /* beside vdibench's own, or an absolute path */
    /* Runs an agent in the guest, given vm->agents, the agent's program and its arguments; NULL:
     * the agent is a process of the host. */
    const char *agent_runner;

    /* Appends the program's arguments to the array, which owns them. */
    void (*add_arguments)(const struct vm_options *options, GPtrArray *arguments);
    /* False and `error` when the VM cannot be reached or does not know the order. */
    bool (*order)(struct vm *vm, enum vm_order order, const char *argument, GError **error);
    /* Takes the next event of this kind, and skips the events of other kinds before
     * it. False when there is none yet. */
    bool (*next)(struct vm *vm, enum vm_event_kind kind, struct vm_event *ret_event);
};

struct vm {
    const struct vm_class *class;
    struct child *child;
    unsigned cursor; /* for the class: how many of the child's notices have been read */
    char *listen;    /* the address for clients; NULL until VM_READY */
    char *port;      /* the path that the agent opens */
    char *agents;    /* for agent_runner: the way into the guest; NULL: there is none */
    char *library;   /* the libspice-server that was loaded; NULL: none */
    pid_t server;    /* the process that has it; until VM_READY the child */
};

/* The simulated VM, QEMU, and what can take the place of both: the relay, a VNC server, and shadow
 * page tables without a display. */
extern const struct vm_class vm_sim, vm_qemu, vm_relay, vm_vnc, vm_shadow;

/* NULL when no class has this name. */
const struct vm_class *vm_class_find(const char *name);

/* The event's name for messages, such as "port-opened". */
const char *vm_event_text(enum vm_event_kind kind);

/* The environment for the VM's process: that of this process, with the library and
 * the server's settings. Free it with g_strfreev(). */
char **vm_environment(const struct vm_options *options);

/* Takes ownership of `child`, the VM's process. Never returns NULL. */
struct vm *vm_create(const struct vm_class *class, struct child *child);

/* Ends the process as child_destroy() does, and frees; NULL is allowed. */
void vm_destroy(struct vm *vm);

#endif
