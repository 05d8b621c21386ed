#include "harness/vm-sim/film-screen.h"

#include <string.h>

#include "harness/barcode.h"

typedef struct {
    Screen screen; /* first */
    Film *film;
    TileGrid grid;
    unsigned index;     /* the picture to be shown */
    unsigned *shown;    /* for each tile the picture from which it was drawn */
    uint8_t *changed;   /* for each tile */
} FilmScreen;

static gboolean is_barcode(unsigned column, unsigned row)
{
    return column < BARCODE_WIDTH_PX / TILE_PX && row < BARCODE_HEIGHT_PX / TILE_PX;
}

G_STATIC_ASSERT(BARCODE_WIDTH_PX % TILE_PX == 0 && BARCODE_HEIGHT_PX % TILE_PX == 0);

/* Marks the tiles that are to be drawn; `all`: whatever they show. */
static void mark(FilmScreen *film_screen, gboolean all)
{
    const TileGrid grid = film_screen->grid;
    unsigned tile = 0;

    for (unsigned row = 0; row < grid.rows; row++) {
        for (unsigned column = 0; column < grid.columns; column++, tile++) {
            unsigned *shown = &film_screen->shown[tile];
            film_screen->changed[tile] =
                !is_barcode(column, row) &&
                (all || (*shown != film_screen->index &&
                         film_tile_differs(film_screen->film, *shown, film_screen->index, column,
                                           row)));
            if (film_screen->changed[tile])
                *shown = film_screen->index;
        }
    }
}

static void film_begin(Screen *screen, Framebuffer *picture)
{
    FilmScreen *film_screen = (FilmScreen *)screen;

    mark(film_screen, TRUE);
    film_draw(film_screen->film, film_screen->index, film_screen->changed, picture);
}

static void film_step(Screen *screen, Framebuffer *picture, Damage *damage)
{
    FilmScreen *film_screen = (FilmScreen *)screen;

    mark(film_screen, screen->whole);
    film_draw(film_screen->film, film_screen->index, film_screen->changed, picture);
    if (screen->whole)
        damage_add(damage, picture, (Rect){0, 0, picture->width_px, picture->height_px});
    else
        tiles_merge(film_screen->changed, film_screen->grid, picture, damage);
}

static void film_destroy(Screen *screen)
{
    FilmScreen *film_screen = (FilmScreen *)screen;

    g_free(film_screen->shown);
    g_free(film_screen->changed);
    g_free(film_screen);
}

Screen *film_screen_create(Film *film, Drawing drawing)
{
    FilmScreen *film_screen = g_new0(FilmScreen, 1);
    film_screen->screen = (Screen){
        .name = "film",
        .whole = drawing == DRAWING_FULL_FRAME,
        .begin = film_begin,
        .step = film_step,
        .destroy = film_destroy,
    };
    film_screen->film = film;
    film_screen->grid = film_grid(film);
    size_t tiles = (size_t)film_screen->grid.columns * film_screen->grid.rows;
    film_screen->shown = g_new0(unsigned, tiles);
    film_screen->changed = g_malloc0(tiles);
    return &film_screen->screen;
}

void film_screen_choose(Screen *screen, unsigned index)
{
    ((FilmScreen *)screen)->index = index;
}
