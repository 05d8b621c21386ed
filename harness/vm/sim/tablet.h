/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * tablet: the guest's absolute pointing device, without which a client would have to
 * grab the pointer. What the server reports to it becomes notices: tablet (its logical
 * size), pointer (a position in it).
 */
#ifndef VDIBENCH_TABLET_H
#define VDIBENCH_TABLET_H

#include <spice.h>

/* Adds the one tablet to the server; it lives as long as the process. */
void tablet_add(SpiceServer *server);

#endif
