/*
 * film-screen: the screen (screen.h) on which a film is played.
 *
 * begin() draws the picture that was chosen whole, step() what has changed
 * since: all of it, or only the tiles that differ by more than a tolerance
 * from what the screen shows. It shows each tile as it was when it was drawn
 * last, so that an error never grows beyond that tolerance. The barcode's
 * place is left alone, as by any screen.
 */
#ifndef VDIBENCH_VM_SIM_FILM_SCREEN_H
#define VDIBENCH_VM_SIM_FILM_SCREEN_H

#include "harness/vm-sim/film.h"
#include "harness/vm-sim/screen.h"

typedef enum {
    DRAWING_FULL_FRAME,  /* all of each picture in one command */
    DRAWING_DIRTY_RECTS, /* a command for each rectangle that has changed */
} Drawing;

/* The film is borrowed and used by the screen alone. */
Screen *film_screen_create(Film *film, Drawing drawing);

/* The picture that the next begin() or step() shows; the first without this. */
void film_screen_choose(Screen *screen, unsigned index);

#endif
