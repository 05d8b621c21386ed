/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * qemu-process: the system's QEMU with a small guest (guest/prepare), as a process that dies
 * with this one.
 *
 * Main thread; its end is reported in the default main context.
 */
#ifndef VDIBENCH_QEMU_PROCESS_H
#define VDIBENCH_QEMU_PROCESS_H

#include "auto-destroy.h"

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* The ids of what QEMU's protocol is asked about. */
#define QEMU_PORT "pgpu"

/* Sockets in the private folder: the second one is agent-in-guest's. */
#define QEMU_SOCKET_SPICE "qemu"
#define QEMU_SOCKET_AGENTS "agents"

/* In the folder of the samples: what QEMU has complained of, and the guest's serial line. */
#define QEMU_LOG "qemu.log"
#define QEMU_SERIAL_LOG "guest.log"

/* Nothing is owned. */
struct qemu_settings {
    const char *system; /* folder of kernel and initramfs, as guest/prepare makes it */
    const char *guest;  /* a disk with a guest that is started instead; NULL: none */
    const char *gpu;    /* PCI addresses of a card's functions, separated by commas; NULL: none */
    const char
        *recordings;   /* a folder that such a guest has at the same place, to read; NULL: none */
    const char *serve; /* the program that the guest goes on with */
    const char *programs; /* folder of ours */
    const char *folder;   /* for samples and logs; absolute */
    const char *sockets;  /* private folder with a short name; absolute */
    const char *port_name;
    bool kvm;
    bool paused; /* it runs when its monitor says so */
    unsigned width_px, height_px, fps;
    const char *image_compression, *streaming, *video_codecs; /* NULL: QEMU's default */
};

struct qemu_process;

/* `ended` is called with its status as waitpid() has it. NULL and `error` when it cannot be started. */
struct qemu_process *qemu_process_start(const struct qemu_settings *settings,
                                        void (*ended)(void *data, int status), void *data,
                                        GError **error);
/* Ends it, if it has not ended; NULL is allowed. */
void qemu_process_destroy(struct qemu_process *process);

pid_t qemu_process_pid(const struct qemu_process *process);

/* Sockets to its monitor and to the guest's port `orders`; each to be taken over once. */
int qemu_process_take_monitor(struct qemu_process *process);
int qemu_process_take_orders(struct qemu_process *process);

/* Of its last complaint with this beginning somewhere in it, what follows; NULL: there is none. Free
 * it. */
char *qemu_complaint(const char *folder, const char *beginning);

/* Whether a guest that powers off at once has done so with KVM within 10 s. */
bool qemu_boots_with_kvm(const struct qemu_settings *settings, char **ret_problem);

/* The libspice-server that it has loaded, by /proc/PID/maps, must be the one of folder
 * `expected`, or, if NULL, none of below `ours`. NULL and `error`, or the file; free it. */
char *qemu_library(pid_t pid, const char *expected, const char *ours, GError **error);

DEFINE_AUTO_DESTROY(qemu_process, qemu_process_destroy)

#endif
