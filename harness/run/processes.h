/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * processes: the VM, the agent and the clients of one repeat.
 *
 * Main thread; the default main context runs while something is waited for.
 * The death of any of them ends any waiting: the others would wait in vain.
 */
#ifndef VDIBENCH_PROCESSES_H
#define VDIBENCH_PROCESSES_H

#include "harness/instrument/child.h"
#include "harness/plan/case.h"
#include "harness/run/link.h"
#include "harness/run/observe-cpu.h"
#include "harness/run/observe-module.h"
#include "harness/run/observe-server.h"
#include "harness/run/pinning.h"
#include "harness/vm/vm.h"

#include <stdbool.h>

/* In the repeat's folder: what an encoder in the agent has made (H.264, Annex B), one access
 * unit for each `frame` row of all agents, in their order. Agents that replay write none. */
#define PROCESSES_STREAM "agent.h264"

/* In cpu.csv, what carries the packets of a limited link; nobody's cost. */
#define PROCESSES_LINK "link"

/* In cpu.csv, the real VM; its agent runs on processors of its own, which are QEMU's. */
#define PROCESSES_QEMU "qemu"

/* In cpu.csv, beside the guest's own time, which plays the workload: the real agent, and the X
 * server that it captures. */
#define PROCESSES_GUEST "guest"
#define PROCESSES_REAL_AGENT "vdibench-agent"
#define PROCESSES_X_SERVER "Xvfb"

struct processes {
    /* Set by the owner; nothing of it is owned. */
    const struct plan_case *c;
    const char *programs; /* folder of the binaries */
    const struct libraries *libraries;
    const char *recording;         /* file of the workload */
    const char *runtime;           /* folder for the port and sockets */
    const char *folder;            /* folder for samples and logs */
    bool receive_only;             /* the first client decodes key frames only */
    const char *gpu, *guest;       /* of a real VM, see struct run_options */
    const struct pinning *pinning; /* NULL: the kernel decides where a process runs */
    GCancellable *cancellable;
    struct cpu_observer *cpu; /* NULL: nobody observes */

    /* Owned; NULL until started. */
    struct vm *vm;
    struct child *agent, *client, *second, *bridge;
    struct module_observer *module; /* NULL where the server has no GPU module */
    struct server_observer *server;
    bool frozen;          /* the second client is */
    unsigned agents, vms; /* started so far */
    struct link *link;    /* between the VM and its clients; NULL: loopback */
    char *library;        /* what the last VM loaded; NULL: none */

    /* How far each one's notices have been read. */
    unsigned agent_cursor, client_cursor, second_cursor, bridge_cursor;
};

/* Each starts a process and waits until it is ready. The n-th agent writes
 * agent-N.csv, the first one agent.csv. connect_*() lets a client that is there
 * already connect again. */
bool processes_start_vm(struct processes *all, GError **error);
bool processes_start_agent(struct processes *all, GError **error);
/* Lets the agent open the port, and waits until the VM has seen it. */
bool processes_open_port(struct processes *all, GError **error);
bool processes_connect_client(struct processes *all, GError **error);
bool processes_connect_second(struct processes *all, GError **error);

/* Lets the second client run no more (SIGSTOP), or on (SIGCONT). Its
 * connections stay: the server sees nothing but that nobody reads. */
void processes_freeze_second(struct processes *all, bool freeze);

/* The agent is to crash; waits until it has. False and `error` when it ends in
 * any other way. */
bool processes_crash_agent(struct processes *all, GError **error);

/* Lets the VM migrate to a new one, which takes its place with its clients and
 * writes vm-2.csv. The agent, whose port stays behind, is ended. */
bool processes_migrate_vm(struct processes *all, GError **error);

/* Ends the VM, and fails as processes_end() does. */
bool processes_end_vm(struct processes *all, GError **error);

/* Ends them all, client first, and frees what is owned. False and `error` when
 * one had to be killed or ended with a complaint, or not all that was observed
 * could be written; the first one's. */
bool processes_end(struct processes *all, GError **error);

/* Waits until `condition` is true; `what` is for the error of a timeout. */
bool processes_wait(struct processes *all, bool (*condition)(void *data), void *data,
                    const char *what, GError **error);

/* Lets time pass while everything runs. */
bool processes_run_for(struct processes *all, double seconds, GError **error);

/* Waits for the next notice `word` of a child, with key=value unless `key` is
 * NULL. The notice is the child's. */
const struct notice *processes_wait_notice(struct processes *all, struct child *child,
                                           const char *word, const char *key, const char *value,
                                           GError **error);

/* Sends a command, as child_send() does, and waits for the notice `word` that
 * answers it. */
const struct notice *processes_ask(struct processes *all, struct child *child, const char *word,
                                   GError **error, const char *format, ...) G_GNUC_PRINTF(5, 6);

/* The same of the VM: an event, and an order with the event that answers it.
 * `argument` as the order has it, or NULL. `ret_event` may be NULL. */
bool processes_wait_vm(struct processes *all, enum vm_event_kind kind, struct vm_event *ret_event,
                       GError **error);
/* Takes the event if it has come, without waiting. */
bool processes_next_vm_event(struct processes *all, enum vm_event_kind kind,
                             struct vm_event *ret_event);
bool processes_ask_vm(struct processes *all, enum vm_order order, const char *argument,
                      enum vm_event_kind answer, struct vm_event *ret_event, GError **error);
/* An order that nothing answers. */
bool processes_order_vm(struct processes *all, enum vm_order order, const char *argument,
                        GError **error);

#endif
