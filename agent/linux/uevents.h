/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * uevents: the kernel's reports on graphics cards, as a display watch.
 *
 * They come from the kernel itself (NETLINK_KOBJECT_UEVENT), not from udev, whose reports do not
 * reach a service with a network of its own. The drivers send one when a monitor is connected or
 * taken away, and most when they resume; none for a change of the mode or of the virtual terminal.
 */
#ifndef AGENT_LINUX_UEVENTS_H
#define AGENT_LINUX_UEVENTS_H

#include "agent/display-watch.h"

#include <stddef.h>

/* NULL and *ret_error (negative errno): the kernel does not let this process listen. */
struct display_watch *uevents_create(int *ret_error);

/* Whether a message of the kernel's ("ACTION@PATH" and "NAME=VALUE", each with its NUL) is on a
 * graphics card or its connectors. Pure. */
bool uevents_is_of_displays(const char *message, size_t bytes);

#endif
