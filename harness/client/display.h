/*
 * display: one SPICE display channel and its primary surface.
 *
 * Like a viewer's window: it knows the primary from the channel's signals,
 * says to the screen what each "display-invalidate" put there, and hands the
 * channel's streams over to the pipelines. A picture counts as shown from the
 * moment at which a viewer would paint it: at the invalidate, but not before
 * the first MARK (a server draws the first picture before it). A new primary
 * is a picture too, a blank one, if nothing is drawn on it before a viewer would
 * come to paint its window: when the main loop has nothing else to do. A vGPU update of several dirty rectangles is
 * several pictures; its barcode, drawn last, ends it with the new number.
 *
 * Main thread only.
 */
#ifndef VDIBENCH_CLIENT_DISPLAY_H
#define VDIBENCH_CLIENT_DISPLAY_H

#include "harness/client/pipelines.h"
#include "harness/client/screen.h"
#include "media/picture.h"

#include <spice-client.h>

typedef struct Display Display;

/* Watches `channel` (SPICE_IS_DISPLAY_CHANNEL; borrowed) until display_free().
 * The other arguments are borrowed and must outlive it. */
Display *display_new(SpiceChannel *channel, Pipelines *pipelines, Samples *samples,
                     Screen *screen);
void display_free(Display *display);

int display_channel_id(const Display *display);
gboolean display_is_of(const Display *display, const SpiceChannel *channel);

/* Bytes that the channel read since it was opened. */
unsigned long display_read_bytes(const Display *display);

/* The picture now shown: the overlay sink's, where one is alive, else the
 * canvas. NULL when there is none or its format is not 32 bits a pixel. */
Picture *display_copy_picture(const Display *display);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Display, display_free)

#endif
