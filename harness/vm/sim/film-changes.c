/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/film-changes.h"

#include "media/barcode.h"

#include <stdbool.h>

G_STATIC_ASSERT(BARCODE_WIDTH_PX % TILE_PX == 0 && BARCODE_HEIGHT_PX % TILE_PX == 0);

struct film_changes {
    size_t tiles;
    uint8_t *changed; /* `tiles` entries for each picture */
};

static bool is_barcode(unsigned column, unsigned row)
{
    return column < BARCODE_WIDTH_PX / TILE_PX && row < BARCODE_HEIGHT_PX / TILE_PX;
}

/* `shown`: for each tile the picture from which it was drawn. */
static void find(const struct film *film, unsigned index, unsigned *shown, uint8_t *changed)
{
    const struct tile_grid grid = film_grid(film);

    for (unsigned row = 0; row < grid.rows; row++) {
        for (unsigned column = 0; column < grid.columns; column++, shown++, changed++) {
            *changed =
                !is_barcode(column, row) && film_tile_differs(film, *shown, index, column, row);
            if (*changed)
                *shown = index;
        }
    }
}

struct film_changes *film_changes_create(const struct film *film)
{
    struct film_changes *changes = g_new0(struct film_changes, 1);
    const struct tile_grid grid = film_grid(film);
    const unsigned n = film_pictures(film);

    changes->tiles = (size_t)grid.columns * grid.rows;
    changes->changed = g_malloc0(changes->tiles * n);
    g_autofree unsigned *shown = g_new0(unsigned, changes->tiles);
    for (unsigned i = 1; i <= n; i++)
        find(film, i % n, shown, changes->changed + changes->tiles * (i % n));
    return changes;
}

void film_changes_destroy(struct film_changes *changes)
{
    if (!changes)
        return;
    g_free(changes->changed);
    g_free(changes);
}

const uint8_t *film_changes_at(const struct film_changes *changes, unsigned index)
{
    return changes->changed + changes->tiles * index;
}
