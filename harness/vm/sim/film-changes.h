/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * film-changes: which tiles change from each picture of a film to the next,
 * found out beforehand: a program knows what it draws, and does not look for it
 * when it should draw.
 *
 * A tile has changed when it differs (film_tile_differs) from what it showed
 * when it changed last, so that small errors do not add up: who leaves out
 * pictures, and draws what has changed in them too, is never further off than
 * twice the tolerance. The barcode's tiles do not count. Created by one thread,
 * then read by any.
 */
#ifndef VDIBENCH_VM_SIM_FILM_CHANGES_H
#define VDIBENCH_VM_SIM_FILM_CHANGES_H

#include "auto-destroy.h"
#include "harness/vm/sim/film.h"

#include <stdint.h>

struct film_changes;

struct film_changes *film_changes_create(const struct film *film);
void film_changes_destroy(struct film_changes *changes); /* NULL is allowed */

/* For each tile whether it has changed since the picture before; before the
 * first one comes the last, as a film is played round and round. */
const uint8_t *film_changes_at(const struct film_changes *changes, unsigned index);

DEFINE_AUTO_DESTROY(film_changes, film_changes_destroy)

#endif
