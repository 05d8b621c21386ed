/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * film-screen: the screen (screen.h) on which a film is played.
 *
 * begin() draws the picture that was chosen whole, step() what has changed
 * since: each picture whole, in one command, or only the tiles that have
 * changed, in a command for each rectangle. The barcode's place is left alone,
 * as by any screen.
 */
#ifndef VDIBENCH_VM_SIM_FILM_SCREEN_H
#define VDIBENCH_VM_SIM_FILM_SCREEN_H

#include "harness/vm/sim/film-changes.h"
#include "harness/vm/sim/screen.h"

/* `changes` NULL: each picture is drawn whole. The film is borrowed and used by
 * the screen alone, the changes are borrowed. */
struct vm_screen *film_screen_create(struct film *film, const struct film_changes *changes);

/* The picture that the next begin() or step() shows; the first without this. */
void film_screen_choose(struct vm_screen *screen, unsigned index);

#endif
