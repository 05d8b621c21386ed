/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * player: a program of the guest that shows a video: it draws the pictures of a recording into
 * a window in the top left corner of an X server's screen, at the recording's rate, each with
 * the barcode of its slot.
 *
 * A thread draws: each slot has its planned time, and a slot whose successor is due already is
 * skipped (agent/slots.h). A picture is prepared before its slot, and drawn by one request to
 * the server.
 */
#ifndef VDIBENCH_GUEST_PLAYER_H
#define VDIBENCH_GUEST_PLAYER_H

#include "auto-destroy.h"
#include "harness/instrument/samples.h"
#include "media/barcode.h"
#include "sim-agent/pictures.h"

#include <gio/gio.h>
#include <stdint.h>

/* The columns of what it writes: the events `film` (it begins), `frame` (a picture is drawn
 * for a slot: number is its barcode's, unit the picture's index in the recording) and
 * `skipped`. */
#define PLAYER_COLUMNS "event,t_ns,number,unit,planned_ns"

struct player;

struct player_film {
    const struct pictures *pictures;
    unsigned count;
    unsigned fps_num, fps_den;
    enum barcode_source source; /* in each picture's barcode, beside its index */
    unsigned number_before;     /* in that of the first picture until the film begins */
    const char *thread;         /* the name of the one that draws */
    const char *row_end;        /* of each row: commas for columns that others write */
    GSourceFunc lost; /* added to the default main context's idle ones when the server is gone */
    void *lost_data;
};

/* Opens the window, with the first picture. `display` as DISPLAY; the film and `samples` must
 * outlive the player. NULL and `error`: no server, or its screen is too small for the film. */
struct player *player_create(const char *display, const struct player_film *film,
                             struct samples *samples, GError **error);

/* Begins to play. Not while it plays. */
void player_start(struct player *player);

/* The index of the picture that was drawn last, once it has been stopped. */
unsigned player_last(const struct player *player);

/* Stops; the last picture stays. No drawing is under way when it returns. */
void player_stop(struct player *player);

void player_destroy(struct player *player); /* NULL is allowed */

DEFINE_AUTO_DESTROY(player, player_destroy)

#endif
