#include "harness/vm/sim/film-screen.h"

#include <string.h>

#include "media/barcode.h"

typedef struct {
    Screen screen; /* first */
    Film *film;
    const FilmChanges *changes; /* NULL: all is drawn */
    unsigned index;             /* the picture to be shown */
    unsigned last;              /* the one before it */
    uint8_t *wanted;            /* for each tile: to be drawn */
    size_t tiles;
} FilmScreen;

/* The barcode's place is left alone. */
static void want_all(FilmScreen *film_screen)
{
    const TileGrid grid = film_grid(film_screen->film);

    memset(film_screen->wanted, 1, film_screen->tiles);
    for (unsigned row = 0; row < MIN(BARCODE_HEIGHT_PX / TILE_PX, grid.rows); row++)
        memset(film_screen->wanted + (size_t)row * grid.columns, 0,
               MIN(BARCODE_WIDTH_PX / TILE_PX, grid.columns));
}

/* What has changed in pictures that were left out has changed, too. */
static void want_changes(FilmScreen *film_screen)
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

static void draw(FilmScreen *film_screen, Framebuffer *picture)
{
    film_draw(film_screen->film, film_screen->index, film_screen->wanted, picture);
    film_screen->last = film_screen->index;
}

static void film_begin(Screen *screen, Framebuffer *picture)
{
    FilmScreen *film_screen = (FilmScreen *)screen;

    want_all(film_screen);
    draw(film_screen, picture);
}

static void film_step(Screen *screen, Framebuffer *picture, Damage *damage)
{
    FilmScreen *film_screen = (FilmScreen *)screen;

    if (screen->whole) {
        want_all(film_screen);
        damage_add(damage, picture, (Rect){0, 0, picture->width_px, picture->height_px});
    } else {
        want_changes(film_screen);
        tiles_merge(film_screen->wanted, film_grid(film_screen->film), picture, damage);
    }
    draw(film_screen, picture);
}

static void film_destroy(Screen *screen)
{
    FilmScreen *film_screen = (FilmScreen *)screen;

    g_free(film_screen->wanted);
    g_free(film_screen);
}

Screen *film_screen_create(Film *film, const FilmChanges *changes)
{
    const TileGrid grid = film_grid(film);
    FilmScreen *film_screen = g_new0(FilmScreen, 1);

    film_screen->screen = (Screen){
        .name = "film",
        .whole = changes == NULL,
        .begin = film_begin,
        .step = film_step,
        .destroy = film_destroy,
    };
    film_screen->film = film;
    film_screen->changes = changes;
    film_screen->tiles = (size_t)grid.columns * grid.rows;
    film_screen->wanted = g_malloc0(film_screen->tiles);
    return &film_screen->screen;
}

void film_screen_choose(Screen *screen, unsigned index)
{
    ((FilmScreen *)screen)->index = index;
}
