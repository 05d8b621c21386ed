/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * film-changes: which tiles change from each picture of a film to the next. They are
 * found before the film is played: a real program knows what it draws, and does not
 * have to search for changes while it draws.
 *
 * A tile has changed when it differs (film_tile_differs) from what it showed when it
 * last changed, so that small errors do not add up: a player that skips pictures, but
 * also draws the tiles that changed in them, is never off by more than twice the
 * tolerance. The barcode's tiles never count as changed. Created by one thread, then
 * read by any.
 */
#ifndef VDIBENCH_VM_SIM_FILM_CHANGES_H
#define VDIBENCH_VM_SIM_FILM_CHANGES_H

#include "auto-destroy.h"
#include "harness/vm/sim/film.h"

#include <stdint.h>

struct film_changes;

struct film_changes *film_changes_create(const struct film *film);
void film_changes_destroy(struct film_changes *changes); /* NULL is allowed */

/* For each tile, whether it has changed since the picture before. Since a film is
 * repeated, the last picture is the one before the first. */
const uint8_t *film_changes_at(const struct film_changes *changes, unsigned index);

DEFINE_AUTO_DESTROY(film_changes, film_changes_destroy)

#endif
