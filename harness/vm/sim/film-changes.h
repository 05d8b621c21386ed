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

#include "harness/vm/sim/film.h"

typedef struct FilmChanges FilmChanges;

FilmChanges *film_changes_create(const Film *film);
void film_changes_free(FilmChanges *changes); /* NULL is allowed */

/* For each tile whether it has changed since the picture before; before the
 * first one comes the last, as a film is played round and round. */
const uint8_t *film_changes_at(const FilmChanges *changes, unsigned index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FilmChanges, film_changes_free)

#endif
