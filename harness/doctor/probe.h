/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * probe: one point of what a machine must have to be measured on, how it is looked at,
 * and the one command that mends it.
 *
 * A probe changes nothing on the machine. Main thread: probes start programs and wait
 * for them.
 */
#ifndef VDIBENCH_PROBE_H
#define VDIBENCH_PROBE_H

#include <glib.h>
#include <stdbool.h>

enum probe_state {
    PROBE_OK,
    PROBE_LIMITED, /* less can be measured, or less well */
    PROBE_MISSING,
    PROBE_STATE_COUNT
};

/* What is looked at. Nothing is owned. */
struct machine {
    const char *root;     /* below it lie proc/, sys/ and dev/: "/", or a test's own */
    const char *programs; /* the folder of our programs */
    const char *top;      /* the project's folder */
    const char *results;  /* where results will be written */
    unsigned sample_ms;   /* how long the processors are watched */
    const char *
        gpu; /* the PCI address of the card that a VM is to have; NULL: none is asked for, or none found */
};

struct finding {
    enum probe_state state;
    char *found; /* one line: what is there, or what is not */
    char *mend;  /* one command; NULL: nothing to mend, or nothing that a command could */
};

struct probe {
    const char *point;
    bool needed; /* for what the doctor was asked about: `make bench`, or a VM with the card */
    void (*look)(const struct machine *machine, struct finding *ret_finding);
};

/* The probes, each table ended by a point of NULL. */
extern const struct probe probes_build[];      /* what was built and fetched */
extern const struct probe probes_media[];      /* decoders, encoders, measures of quality */
extern const struct probe probes_kernel[];     /* what the kernel gives, and to whom */
extern const struct probe probes_processors[]; /* how steady the processors are */
extern const struct probe probes_hardware[];   /* what would be needed for real VMs and GPUs */
extern const struct probe probes_tools[];      /* for many hosts, and for reading results */
/* Whether a VM can have a card, and what that VM has. The first one is whether there is the card: the others may be
 * looked at only if it is PROBE_OK. */
extern const struct probe probes_gpu[];

/* "ok" and so on; static. */
const char *probe_state_text(enum probe_state state);

/* Sets the finding; `mend` may be NULL. */
void finding_set(struct finding *finding, enum probe_state state, const char *mend,
                 const char *format, ...) G_GNUC_PRINTF(4, 5);
void finding_finish(struct finding *finding);

/* A file below the machine's root, without blanks at its ends; NULL when it cannot be
 * read; free it. */
char *machine_text(const struct machine *machine, const char *file);

/* PROBE_OK when the program is found in PATH, otherwise `state`, with the command that
 * installs `package`. */
void look_for_program(struct finding *finding, enum probe_state state, const char *program,
                      const char *package, const char *serves);

#endif
