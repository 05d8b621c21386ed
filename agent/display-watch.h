/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * display-watch: what a system reports of its displays: a monitor or a card that comes or goes, a
 * resume. An agent that waits because its screen could not be captured tries again then.
 *
 * The display events' thread calls wait(), another one creates and destroys.
 */
#ifndef AGENT_DISPLAY_WATCH_H
#define AGENT_DISPLAY_WATCH_H

#include <stdbool.h>

struct display_watch;
struct os_wake;

struct display_watch_class {
    /* Until the displays may have changed: true; or the wake is set: false. */
    bool (*wait)(struct display_watch *watch, struct os_wake *wake);
    void (*destroy)(struct display_watch *watch);
};

struct display_watch {
    const struct display_watch_class *class;
};

#endif
