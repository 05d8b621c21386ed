/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-bed: a real VM, a client and an agent in the guest, for tests. Whatever does not come in time
 * fails the test.
 */
#ifndef VDIBENCH_VM_BED_H
#define VDIBENCH_VM_BED_H

#include "harness/instrument/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Nothing takes so long on a machine that others use, too. */
#define PATIENCE_S 200.0
#define PORT_NAME "org.spice-space.pgpu.0"
/* In the guest. */
#define PORT "/run/ports/" PORT_NAME
/* Its pictures have a barcode. */
#define RECORDING "sim-agent/captures/cad-720p30.mp4"

extern struct vm_bed {
    char *build, *folder;
    unsigned vms, agents; /* started so far */
    struct child *vm, *client, *agent;
    unsigned vm_cursor, client_cursor, saved_cursor, agent_cursor, port_cursor;
    char *listen, *sockets;
    char *key_frame; /* a file with an access unit of the recording */
    pid_t qemu;
    int64_t begin_ns;    /* of the VM */
    const char *missing; /* why there is no VM here */
    bool in_order;       /* the case before has passed */
} bed;

/* cmocka's group set-up and tear-down. */
int vm_bed_begin(void **state);
int vm_bed_finish(void **state);

/* What was built: the file of a program; free it. */
char *vm_bed_program(const char *name);

/* The next notice of this kind; with a `key`, that has this value. */
const struct notice *await(struct child *child, unsigned *cursor, const char *word, const char *key,
                           const char *value);
const struct notice *await_vm(const char *word, const char *key, const char *value);
/* QEMU may report a port's change before or after what has caused it. */
void await_port(const char *state);
void order(struct child *child, const char *line);
/* It ends by itself; how, is in `ret_how`, or must be status 0. */
void await_end(struct child **child, char **ret_how);
/* Fails with the error and the child's last words. */
void complain(const struct child *child, const GError *error);

/* A VM with a folder of its own for samples and logs. `path`, `library`: its PATH and LD_LIBRARY_PATH, or
 * NULL: as always; `more`: further options, ended by NULL, or NULL. */
void start_vm(const char *path, const char *library, const char *const *more);
/* What it reports, in one line, before it ends with a failure; and the log that is named there, or NULL. */
void the_vm_fails(const char *expected, const char *log);
/* Until clients can connect: QEMU's process. Skips the test where there can be no VM, as does
 * skip_without_vm() once this is known. */
pid_t await_listening(void);
void skip_without_vm(void);

void connect_client(void);
void disconnect_client(void);
void client_shows(const char *source);
/* The client's picture is QEMU's own of the vGPU, pixel for pixel, once all of it has arrived. */
void client_has_the_vgpus_pixels(void);
/* The same of a text in a mode of this size, before the guest's program draws anything. */
void client_has_the_text(unsigned width_px, unsigned height_px);

/* A program in the guest, in place of an agent: its words, ended by NULL. */
void start_in_guest(const char *name, const char *const *words);
/* `holder`: a shell's command before it, or NULL. */
void start_agent(const char *holder);
/* It opens the port, and the client shows it. */
void the_agent_streams(void);
void an_agent_streams(void);

#endif
