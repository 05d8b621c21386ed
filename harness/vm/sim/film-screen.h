/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * film-screen: the screen (screen.h) on which a film is played.
 *
 * begin() draws the whole chosen picture. step() draws the next chosen one: either
 * the whole picture, in one command, or only the tiles that have changed since, in
 * one command for each rectangle. The barcode's place is left alone, as by any
 * screen.
 */
#ifndef VDIBENCH_VM_SIM_FILM_SCREEN_H
#define VDIBENCH_VM_SIM_FILM_SCREEN_H

#include "harness/vm/sim/film-changes.h"
#include "harness/vm/sim/screen.h"

/* `changes` NULL: each picture is drawn whole. The film and the changes are borrowed;
 * nothing else may use the film while the screen does. */
struct vm_screen *film_screen_create(struct film *film, const struct film_changes *changes);

/* Chooses the picture that the next begin() or step() shows; by default the first. */
void film_screen_choose(struct vm_screen *screen, unsigned index);

#endif
