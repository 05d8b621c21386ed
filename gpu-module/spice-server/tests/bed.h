/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * bed: the GPU module in the real SPICE server, for tests: a simulated VM, an
 * unmodified client, and the guest's end of the port in the test's own hands.
 *
 * One VM and one client for all tests of a program: they must survive them
 * all. Whatever does not come within DEADLINE_S fails the test. The pixels of
 * its key frame are 640x480, the vGPU's 1024x768.
 */
#ifndef GPU_MODULE_TESTS_BED_H
#define GPU_MODULE_TESTS_BED_H

#include "gpu-module/tests/abuse.h"
#include "harness/instrument/child.h"
#include "protocol/port-protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define DEADLINE_S 20.0

/* Of bed.key_frame. */
#define BED_WIDTH_PX 640
#define BED_HEIGHT_PX 480

#if defined(__has_feature)
#define BED_UNDER_SANITIZER (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define BED_UNDER_SANITIZER 0
#endif

extern struct bed {
    /* To be set before bed_set_up(): a program and its arguments that run vm-sim,
     * env for example, options of vm-sim's, and one of the client's; NULL: none. */
    const char *const *vm_through, *const *vm_options;
    const char *client_option;
    const char *server; /* with the module, of this version; NULL: the system's version */
    bool is_stock;      /* the distribution's server, and upstream's stream port */
    char *folder;
    char *port;
    char *uri;
    struct child *vm, *client;
    unsigned client_cursor; /* the client's next notice of what it shows */
    uint8_t *key_frame;
    size_t key_frame_size;
} bed;

/* cmocka's group set-up and tear-down. */
int bed_set_up(void **state);
int bed_tear_down(void **state);
/* Only the folder and the key frame; a test that has its own VM. */
void bed_begin(void);
void bed_end(void);

/* What was built beside the test: the file of a program; free it. */
char *bed_program(const char *name);

/* Starts a process whose log is NAME.log in the folder, with the libraries of that
 * folder, or NULL; child_end() and child_destroy() it. */
struct child *bed_start(const char *name, const char *const *argv, const char *library_path);

/* One more client, with an option or NULL; child_end() and child_destroy() it. */
struct child *bed_start_client(const char *name, const char *option);

/* The guest; abuse.h composes its messages by hand. */

/* Opens the port. Closes first what a test that failed has left open. */
int guest_open(void);
void guest_close(int fd);
/* Waits until the host has heard of all closings. A pty is one for all its
 * openers: who opens it while the host is still busy with the guests before can
 * be answered in the place of one of them, and loses then what it writes. */
void guests_are_gone(void);
/* Opens another port than the bed's. */
int guest_open_other(const char *path);
/* Opens the port and waits for START. */
int guest_start(void);
/* The host need not read what follows an error: then writing ends there. */
void guest_write(int fd, const void *bytes, size_t size);
void guest_format(int fd, uint32_t width_px, uint32_t height_px);
void guest_key_frame(int fd);
/* A frame, as one DATA. */
void guest_data(int fd, const uint8_t *bytes, size_t size);
/* The next message of the host of this kind; others are passed over. Its size;
 * `text` (or NULL) gets a NOTIFY_ERROR's. */
unsigned guest_wait(int fd, enum port_event_kind kind, char *text, size_t text_size);
/* The same; the event itself, valid until the next. */
struct port_event guest_wait_event(int fd, enum port_event_kind kind);
/* Tells the host which extensions the guest knows (enum port_extension). */
void guest_announce(int fd, unsigned extensions);

/* Waits for some bytes of the host's, up to the next event at most. */
void guest_read_event(int fd, struct port_parser *parser, struct port_event *ret_event);
/* Breaks the protocol, and closes the port: the host's NOTIFY_ERROR must be
 * `reply`, of what was written before, or of this (NULL). */
void guest_ends_with(int fd, const char *reply);

/* A guest that keeps to the protocol gets its picture shown, and the vGPU
 * comes back when it leaves; VM and client are alive. */
void an_honest_guest_is_served(void);

/* The client shows a picture of "vgpu" or "pgpu" now. */
void client_shows(const char *source);
/* The client's picture is the vGPU's, pixel for pixel. */
void client_has_the_vgpus_pixels(void);
/* Lines of the VM's log that hold this. What it does before it answers a command
 * is in there. */
unsigned vm_log_count(const char *text);
/* What the VM has mapped. */
long vm_address_space_kib(void);
/* What the VM has in memory: from now on, and by how much its largest is above that.
 * Not judged under a sanitizer, which keeps what was freed. */
void vm_memory_begin(void);
void vm_memory_grew_at_most(long kib);
/* The next notice `answer` after that command. */
const struct notice *ask(struct child *child, const char *command, const char *answer);

#endif
