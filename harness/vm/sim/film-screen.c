/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/sim/film-screen.h"

#include "media/barcode.h"

#include <stdint.h>
#include <string.h>

struct film_screen {
    struct vm_screen screen; /* first */
    struct film *film;
    const struct film_changes *changes; /* NULL: pictures are drawn whole */
    unsigned index;                     /* the picture to show next */
    unsigned last;                      /* the picture that was drawn last */
    uint8_t *wanted;                    /* for each tile: whether to draw it */
    size_t tiles;
};

/* The barcode's place is left alone. */
static void want_all(struct film_screen *film_screen)
{
    const struct tile_grid grid = film_grid(film_screen->film);

    memset(film_screen->wanted, 1, film_screen->tiles);
    for (unsigned row = 0; row < MIN(BARCODE_HEIGHT_PX / TILE_PX, grid.rows); row++)
        memset(film_screen->wanted + (size_t)row * grid.columns, 0,
               MIN(BARCODE_WIDTH_PX / TILE_PX, grid.columns));
}

/* Includes the tiles that changed in pictures that were skipped. */
static void want_changes(struct film_screen *film_screen)
{
    const unsigned n = film_pictures(film_screen->film);

    memset(film_screen->wanted, 0, film_screen->tiles);
    for (unsigned i = film_screen->last; i != film_screen->index;) {
        i = (i + 1) % n;
        const uint8_t *changed = film_changes_at(film_screen->changes, i);
        for (size_t tile = 0; tile < film_screen->tiles; tile++)
            film_screen->wanted[tile] |= changed[tile];
    }
}

static void draw(struct film_screen *film_screen, struct framebuffer *picture)
{
    film_draw(film_screen->film, film_screen->index, film_screen->wanted, picture);
    film_screen->last = film_screen->index;
}

static void film_begin(struct vm_screen *screen, struct framebuffer *picture)
{
    struct film_screen *film_screen = (struct film_screen *)screen;

    want_all(film_screen);
    draw(film_screen, picture);
}

static void film_step(struct vm_screen *screen, struct framebuffer *picture, struct damage *damage)
{
    struct film_screen *film_screen = (struct film_screen *)screen;

    if (screen->whole) {
        want_all(film_screen);
        damage_add(damage, picture, (struct rect){0, 0, picture->width_px, picture->height_px});
    } else {
        want_changes(film_screen);
        tiles_merge(film_screen->wanted, film_grid(film_screen->film), picture, damage);
    }
    draw(film_screen, picture);
}

static void film_screen_destroy(struct vm_screen *screen)
{
    struct film_screen *film_screen = (struct film_screen *)screen;

    g_free(film_screen->wanted);
    g_free(film_screen);
}

struct vm_screen *film_screen_create(struct film *film, const struct film_changes *changes)
{
    const struct tile_grid grid = film_grid(film);
    struct film_screen *film_screen = g_new0(struct film_screen, 1);

    film_screen->screen = (struct vm_screen){
        .name = "film",
        .whole = changes == NULL,
        .begin = film_begin,
        .step = film_step,
        .destroy = film_screen_destroy,
    };
    film_screen->film = film;
    film_screen->changes = changes;
    film_screen->tiles = (size_t)grid.columns * grid.rows;
    film_screen->wanted = g_malloc0(film_screen->tiles);
    return &film_screen->screen;
}

void film_screen_choose(struct vm_screen *screen, unsigned index)
{
    ((struct film_screen *)screen)->index = index;
}
