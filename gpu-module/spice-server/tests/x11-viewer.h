/*
 * x11-viewer: an unmodified remote-viewer on an X server of its own, and what
 * is to be seen on that server's screen.
 *
 * Xvfb keeps its screen in a file (-fbdir), so that no program has to take the
 * pixels. Tests only; main thread.
 */
#ifndef GPU_MODULE_TESTS_X11_VIEWER_H
#define GPU_MODULE_TESTS_X11_VIEWER_H

#include "media/barcode.h"

#include <glib.h>

typedef struct X11Viewer X11Viewer;

/* Starts both in `folder`, the viewer on the server at `uri`. NULL where Xvfb
 * or remote-viewer is not installed, or does not start. */
X11Viewer *x11_viewer_start(const char *folder, const char *uri);

/* Ends both; NULL is allowed. */
void x11_viewer_end(X11Viewer *viewer);

/* FALSE once the viewer has ended by itself. */
gboolean x11_viewer_is_alive(X11Viewer *viewer);

/* The number of this source's barcode on the screen, -1 where there is none. */
int x11_viewer_number(X11Viewer *viewer, enum barcode_source source);

#endif
