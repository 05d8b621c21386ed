/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/linux/x11.h"

#include "agent/failure.h"
#include "agent/os/clock.h"
#include "agent/os/linux.h"
#include "protocol/cursor-shape.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <xcb/damage.h>
#include <xcb/randr.h>
#include <xcb/shm.h>
#include <xcb/xcb.h>
#include <xcb/xfixes.h>
#include <xcb/xinput.h>

/* X11 has 16 bits for a coordinate; 4 bytes a pixel of such a screen are too many. */
#define SIDE_MAX_PX 16384

#define NS_PER_S INT64_C(1000000000)

/* How late a pointer is at most that a program has moved and no event was sent for: under a
 * grab, for example. */
#define POINTER_LOOK_NS INT64_C(100000000)

/* A line that names a server. */
#define ERROR_BYTES 256

/* A rectangle of the root window. */
struct area {
    int x, y;
    unsigned width_px, height_px;
};

struct x11 {
    struct source source;
    char *server;  /* DISPLAY, NULL: the environment's */
    char *monitor; /* its name; NULL: the primary one */
    char error[ERROR_BYTES];

    /* While it is open. */
    xcb_connection_t *connection;
    const xcb_screen_t *screen;
    xcb_damage_damage_t damage;
    xcb_xfixes_region_t region;
    uint8_t damage_event, xfixes_event, randr_event, xinput_opcode;

    struct area area; /* that is captured: even sides */
    xcb_shm_seg_t segment;
    uint8_t *pixels;  /* the picture, in shared memory; NULL: none */
    bool whole_due;   /* nothing was fetched yet */
    unsigned pending; /* enum source_condition that wait() has not returned yet */

    uint8_t *shape;           /* of the cursor */
    int pointer_x, pointer_y; /* on the root window, as it was last looked at */
    int64_t look_ns;          /* when it is looked at again */
};

static struct x11 *x11_of(struct source *source)
{
    return (struct x11 *)source;
}

#define fail(self, number, ...) failure_set((self)->error, sizeof(self)->error, number, __VA_ARGS__)

static const char *server_name(const struct x11 *self)
{
    const char *name = self->server ? self->server : getenv("DISPLAY");

    return name ? name : "(DISPLAY is not set)";
}

static int lost(struct x11 *self)
{
    return fail(self, -ENOTCONN, "the X server %s is gone: it is connected again when it is back",
                server_name(self));
}

/* --- what the server must have ---------------------------------------------------- */

static uint8_t first_event(xcb_connection_t *connection, xcb_extension_t *extension)
{
    const xcb_query_extension_reply_t *reply = xcb_get_extension_data(connection, extension);

    return reply && reply->present ? reply->first_event : 0;
}

static bool has_extensions(struct x11 *self)
{
    xcb_connection_t *c = self->connection;
    static const struct {
        const char *name;
        xcb_extension_t *extension;
    } needed[] = {
        {"MIT-SHM", &xcb_shm_id}, {"DAMAGE", &xcb_damage_id},         {"XFIXES", &xcb_xfixes_id},
        {"RANDR", &xcb_randr_id}, {"XInputExtension", &xcb_input_id},
    };

    for (unsigned i = 0; i < sizeof needed / sizeof *needed; i++)
        xcb_prefetch_extension_data(c, needed[i].extension);
    for (unsigned i = 0; i < sizeof needed / sizeof *needed; i++) {
        const xcb_query_extension_reply_t *reply = xcb_get_extension_data(c, needed[i].extension);
        if (!reply || !reply->present) {
            fail(self, 0, "the X server %s has no extension %s: capture it with another source",
                 server_name(self), needed[i].name);
            return false;
        }
        if (needed[i].extension == &xcb_input_id)
            self->xinput_opcode = reply->major_opcode;
    }
    self->damage_event = first_event(c, &xcb_damage_id);
    self->xfixes_event = first_event(c, &xcb_xfixes_id);
    self->randr_event = first_event(c, &xcb_randr_id);

    /* A server answers requests of these only after it was asked for the version. */
    free(xcb_damage_query_version_reply(c, xcb_damage_query_version(c, 1, 1), NULL));
    free(xcb_xfixes_query_version_reply(c, xcb_xfixes_query_version(c, 4, 0), NULL));
    free(xcb_randr_query_version_reply(c, xcb_randr_query_version(c, 1, 5), NULL));
    free(xcb_input_xi_query_version_reply(c, xcb_input_xi_query_version(c, 2, 1), NULL));
    return true;
}

static const xcb_visualtype_t *root_visual(const xcb_screen_t *screen)
{
    for (xcb_depth_iterator_t depth = xcb_screen_allowed_depths_iterator(screen); depth.rem;
         xcb_depth_next(&depth))
        for (xcb_visualtype_iterator_t visual = xcb_depth_visuals_iterator(depth.data); visual.rem;
             xcb_visualtype_next(&visual))
            if (visual.data->visual_id == screen->root_visual)
                return visual.data;
    return NULL;
}

/* Whether a pixel is blue, green, red and a byte without meaning, in this order. */
static bool has_bgrx(struct x11 *self)
{
    const xcb_setup_t *setup = xcb_get_setup(self->connection);
    const xcb_visualtype_t *visual = root_visual(self->screen);
    unsigned bits = 0;

    for (xcb_format_iterator_t format = xcb_setup_pixmap_formats_iterator(setup); format.rem;
         xcb_format_next(&format))
        if (format.data->depth == self->screen->root_depth)
            bits = format.data->bits_per_pixel;
    if (bits == 32 && setup->image_byte_order == XCB_IMAGE_ORDER_LSB_FIRST && visual &&
        visual->red_mask == 0xff0000 && visual->green_mask == 0xff00 && visual->blue_mask == 0xff)
        return true;
    fail(self, 0,
         "the X server %s has colours of %u bits in another order than 8:8:8: start it with "
         "depth 24",
         server_name(self), self->screen->root_depth);
    return false;
}

/* --- the area and its memory ------------------------------------------------------ */

static bool is_named(struct x11 *self, xcb_atom_t atom)
{
    xcb_get_atom_name_reply_t *reply =
        xcb_get_atom_name_reply(self->connection, xcb_get_atom_name(self->connection, atom), NULL);
    bool same = false;

    if (reply) {
        size_t length = (size_t)xcb_get_atom_name_name_length(reply);
        same = strlen(self->monitor) == length &&
               memcmp(self->monitor, xcb_get_atom_name_name(reply), length) == 0;
    }
    free(reply);
    return same;
}

/* The named monitor's area, or the primary one's, or the first one's. Leaves it alone where
 * there is none. False: the named one is not there. */
static bool find_monitor(struct x11 *self, struct area *area)
{
    xcb_randr_get_monitors_reply_t *reply = xcb_randr_get_monitors_reply(
        self->connection, xcb_randr_get_monitors(self->connection, self->screen->root, true), NULL);
    bool found = false, first = true;

    if (!reply)
        return self->monitor == NULL;
    for (xcb_randr_monitor_info_iterator_t each = xcb_randr_get_monitors_monitors_iterator(reply);
         each.rem && !found; xcb_randr_monitor_info_next(&each)) {
        found = self->monitor ? is_named(self, each.data->name) : each.data->primary;
        if (found || (first && !self->monitor))
            *area = (struct area){each.data->x, each.data->y, each.data->width, each.data->height};
        first = false;
    }
    free(reply);
    return found || !self->monitor;
}

static int find_area(struct x11 *self)
{
    xcb_get_geometry_reply_t *root = xcb_get_geometry_reply(
        self->connection, xcb_get_geometry(self->connection, self->screen->root), NULL);

    if (!root)
        return lost(self);
    struct area area = {0, 0, root->width, root->height};
    const unsigned root_width_px = root->width, root_height_px = root->height;
    free(root);
    if (!find_monitor(self, &area))
        return fail(self, -ENODEV, "the X server %s has no monitor %s: see --list",
                    server_name(self), self->monitor);
    /* While a mode is being changed a monitor may still reach beyond the screen. */
    if (area.x < 0 || area.y < 0 || area.x + area.width_px > root_width_px ||
        area.y + area.height_px > root_height_px)
        area = (struct area){0, 0, root_width_px, root_height_px};
    area.width_px &= ~1u; /* 4:2:0 has one colour for two pixels: the last column is left out */
    area.height_px &= ~1u;
    if (area.width_px == 0 || area.height_px == 0 || area.width_px > SIDE_MAX_PX ||
        area.height_px > SIDE_MAX_PX)
        return fail(self, -EINVAL, "the X server %s has a screen of %ux%u: 2 to %d pixels a side",
                    server_name(self), area.width_px, area.height_px, SIDE_MAX_PX);
    self->area = area;
    return 0;
}

static void drop_pixels(struct x11 *self)
{
    if (!self->pixels)
        return;
    xcb_shm_detach(self->connection, self->segment);
    shmdt(self->pixels);
    self->pixels = NULL;
}

static size_t stride_bytes(const struct x11 *self)
{
    return (size_t)self->area.width_px * 4;
}

static int share_pixels(struct x11 *self)
{
    int id = shmget(IPC_PRIVATE, stride_bytes(self) * self->area.height_px, IPC_CREAT | 0600);

    if (id < 0)
        return fail(self, -errno, "no shared memory for a picture of %ux%u: %s: see ipcs -m",
                    self->area.width_px, self->area.height_px, strerror(errno));
    uint8_t *pixels = shmat(id, NULL, 0);
    xcb_generic_error_t *error = NULL;
    if (pixels != (void *)-1) {
        self->segment = xcb_generate_id(self->connection);
        error = xcb_request_check(
            self->connection,
            xcb_shm_attach_checked(self->connection, self->segment, (uint32_t)id, false));
    }
    shmctl(id, IPC_RMID, NULL); /* it goes when both have detached it */
    if (pixels == (void *)-1)
        return fail(self, -ENOMEM, "shared memory cannot be mapped: %s", strerror(errno));
    if (error || xcb_connection_has_error(self->connection)) {
        free(error);
        shmdt(pixels);
        return fail(self, -EOPNOTSUPP,
                    "the X server %s shares no memory with this process: it is remote, or runs "
                    "as another user in another container: run the agent beside it",
                    server_name(self));
    }
    self->pixels = pixels;
    return 0;
}

/* Fetches the rows of the area that the rectangle touches: whole rows, because these come
 * to lie where they belong. 0, -EAGAIN: the screen has become smaller; or -ENOTCONN. */
static int fetch(struct x11 *self, const xcb_rectangle_t *changed)
{
    const struct area *area = &self->area;
    int top = changed->y - area->y, bottom = top + changed->height;

    top = top < 0 ? 0 : top;
    bottom = bottom > (int)area->height_px ? (int)area->height_px : bottom;
    if (top >= bottom || changed->x >= area->x + (int)area->width_px ||
        changed->x + changed->width <= area->x)
        return 0;
    xcb_generic_error_t *error = NULL;
    xcb_shm_get_image_reply_t *reply = xcb_shm_get_image_reply(
        self->connection,
        xcb_shm_get_image(self->connection, self->screen->root, (int16_t)area->x,
                          (int16_t)(area->y + top), (uint16_t)area->width_px,
                          (uint16_t)(bottom - top), ~0u, XCB_IMAGE_FORMAT_Z_PIXMAP, self->segment,
                          (uint32_t)((size_t)top * stride_bytes(self))),
        &error);
    bool smaller = error && error->error_code == XCB_MATCH;
    free(error);
    if (!reply)
        return smaller ? -EAGAIN : lost(self);
    free(reply);
    return 0;
}

/* --- opening and closing ---------------------------------------------------------- */

/* The screen that the server's name has at its end. */
static const xcb_screen_t *screen_at(xcb_connection_t *connection, int number)
{
    xcb_screen_iterator_t each = xcb_setup_roots_iterator(xcb_get_setup(connection));

    for (; each.rem && number > 0; number--)
        xcb_screen_next(&each);
    return each.rem ? each.data : NULL;
}

static void watch(struct x11 *self)
{
    xcb_connection_t *c = self->connection;
    const xcb_window_t root = self->screen->root;
    struct {
        xcb_input_event_mask_t head;
        uint32_t mask;
    } moved = {{XCB_INPUT_DEVICE_ALL_MASTER, 1},
               /* Raw: also under a grab, but not where a program has moved the pointer. */
               XCB_INPUT_XI_EVENT_MASK_RAW_MOTION | XCB_INPUT_XI_EVENT_MASK_MOTION};

    self->damage = xcb_generate_id(c);
    xcb_damage_create(c, self->damage, root, XCB_DAMAGE_REPORT_LEVEL_NON_EMPTY);
    self->region = xcb_generate_id(c);
    xcb_xfixes_create_region(c, self->region, 0, NULL);
    xcb_xfixes_select_cursor_input(c, root, XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
    xcb_randr_select_input(c, root,
                           XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE);
    xcb_input_xi_select_events(c, root, 1, &moved.head);
}

static int open_screen(struct x11 *self)
{
    int number = 0;

    self->connection = xcb_connect(self->server, &number);
    if (xcb_connection_has_error(self->connection))
        return fail(self, -ECONNREFUSED,
                    "cannot connect to the X server %s: is it running, and is its XAUTHORITY here?",
                    server_name(self));
    self->screen = screen_at(self->connection, number);
    if (!self->screen)
        return fail(self, -ENODEV, "the X server %s has no screen %d", server_name(self), number);
    if (!has_extensions(self) || !has_bgrx(self))
        return xcb_connection_has_error(self->connection) ? lost(self) : -EOPNOTSUPP;
    watch(self); /* before it is looked at, so that no change is missed */
    int result = find_area(self);
    if (result == 0)
        result = share_pixels(self);
    return result;
}

static void x11_close(struct source *source)
{
    struct x11 *self = x11_of(source);

    if (!self->connection)
        return;
    drop_pixels(self);
    xcb_disconnect(self->connection); /* also one that failed */
    self->connection = NULL;
    free(self->shape);
    self->shape = NULL;
}

static int x11_open(struct source *source, struct source_mode *ret_mode)
{
    struct x11 *self = x11_of(source);
    int result = open_screen(self);

    if (result < 0) {
        x11_close(source);
        return result;
    }
    self->whole_due = true;
    self->look_ns = os_now_ns();
    self->pending = SOURCE_PICTURE | SOURCE_CURSOR;
    *ret_mode = (struct source_mode){self->area.width_px, self->area.height_px};
    return 0;
}

static const char *x11_error(const struct source *source)
{
    return ((const struct x11 *)source)->error;
}

static void x11_destroy(struct source *source)
{
    struct x11 *self = x11_of(source);

    x11_close(source);
    free(self->server);
    free(self->monitor);
    free(self);
}

/* --- events ------------------------------------------------------------------------ */

/* Size or place may be as they were: a server reports more than that. */
static int check_mode(struct x11 *self)
{
    const struct area before = self->area;
    int result = find_area(self);
    bool same = before.x == self->area.x && before.y == self->area.y &&
                before.width_px == self->area.width_px && before.height_px == self->area.height_px;

    self->area = before; /* the picture has its size until it is opened again */
    if (result == -ENOTCONN)
        return result;
    if (result < 0 || !same)
        self->pending |= SOURCE_MODE;
    return 0;
}

static int take_events(struct x11 *self)
{
    bool mode = false;
    xcb_generic_event_t *event;

    while ((event = xcb_poll_for_event(self->connection))) {
        const uint8_t type = event->response_type & 0x7f;
        if (type == self->damage_event + XCB_DAMAGE_NOTIFY) {
            self->pending |= SOURCE_PICTURE;
        } else if (type == self->xfixes_event + XCB_XFIXES_CURSOR_NOTIFY ||
                   (type == XCB_GE_GENERIC &&
                    ((xcb_ge_generic_event_t *)event)->extension == self->xinput_opcode)) {
            self->pending |= SOURCE_CURSOR;
        } else if (type == self->randr_event + XCB_RANDR_SCREEN_CHANGE_NOTIFY ||
                   type == self->randr_event + XCB_RANDR_NOTIFY) {
            mode = true;
        }
        free(event);
    }
    if (xcb_connection_has_error(self->connection))
        return lost(self);
    return mode ? check_mode(self) : 0;
}

/* A pointer that a program has moved, too. */
static int look_at_pointer(struct x11 *self)
{
    xcb_query_pointer_reply_t *pointer = xcb_query_pointer_reply(
        self->connection, xcb_query_pointer(self->connection, self->screen->root), NULL);

    if (!pointer)
        return lost(self);
    if (pointer->root_x != self->pointer_x || pointer->root_y != self->pointer_y)
        self->pending |= SOURCE_CURSOR;
    self->pointer_x = pointer->root_x;
    self->pointer_y = pointer->root_y;
    free(pointer);
    self->look_ns = os_now_ns() + POINTER_LOOK_NS;
    return 0;
}

/* Waits for the connection and the wake; -errno, or more than 0 where there may be events. */
static int wait_until(struct x11 *self, int64_t until_ns, struct os_wake *wake)
{
    struct pollfd sets[] = {
        {.fd = xcb_get_file_descriptor(self->connection), .events = POLLIN},
        {.fd = os_wake_fd(wake), .events = POLLIN},
    };
    int64_t left_ns = until_ns - os_now_ns();
    left_ns = left_ns < 0 ? 0 : left_ns;
    const struct timespec left = {left_ns / NS_PER_S, left_ns % NS_PER_S};
    int result = ppoll(sets, 2, &left, NULL);

    if (result < 0 && errno != EINTR)
        return fail(self, -errno, "cannot wait for the X server: %s", strerror(errno));
    if (result > 0 && sets[1].revents)
        self->pending |= SOURCE_WOKEN;
    return 0;
}

static int x11_wait(struct source *source, int64_t deadline_ns, struct os_wake *wake)
{
    struct x11 *self = x11_of(source);

    xcb_flush(self->connection);
    for (;;) {
        int result = take_events(self);
        if (result == 0 && !self->pending && os_now_ns() >= self->look_ns)
            result = look_at_pointer(self);
        if (result == 0)
            result = wait_until(self,
                                self->pending                 ? 0
                                : deadline_ns < self->look_ns ? deadline_ns
                                                              : self->look_ns,
                                wake);
        if (result < 0)
            return result;
        if (self->pending || os_now_ns() >= deadline_ns)
            break;
    }
    int conditions = (int)self->pending;
    self->pending = 0;
    return conditions;
}

/* What XDamage has reported was drawn: it is never unchanged. */
static int x11_acquire(struct source *source, bool in_any_case, struct source_picture *ret_picture)
{
    struct x11 *self = x11_of(source);
    xcb_connection_t *c = self->connection;

    (void)in_any_case;
    /* What is drawn from here on is reported anew. */
    xcb_damage_subtract(c, self->damage, XCB_NONE, self->region);
    xcb_xfixes_fetch_region_reply_t *region =
        xcb_xfixes_fetch_region_reply(c, xcb_xfixes_fetch_region(c, self->region), NULL);
    if (!region)
        return lost(self);
    xcb_rectangle_t changed = region->extents;
    free(region);
    if (self->whole_due)
        changed = (xcb_rectangle_t){(int16_t)self->area.x, (int16_t)self->area.y,
                                    (uint16_t)self->area.width_px, (uint16_t)self->area.height_px};
    /* If it grows again before its mode is looked at, this is all that reports what was drawn. */
    self->whole_due = true;
    int result = fetch(self, &changed);
    if (result == -EAGAIN)
        self->pending |= SOURCE_PICTURE;
    if (result < 0)
        return result;
    self->whole_due = false;
    *ret_picture =
        (struct source_picture){.bgrx = self->pixels, .stride_bytes = stride_bytes(self)};
    return 0;
}

/* The picture stays until the next one. */
static void x11_release(struct source *source)
{
    (void)source;
}

/* --- the cursor -------------------------------------------------------------------- */

static uint8_t unmultiplied(uint32_t part, uint32_t alpha)
{
    uint32_t value = (part * 255 + alpha / 2) / alpha;

    return (uint8_t)(value > 255 ? 255 : value);
}

/* XFixes gives ARGB in the server's words, each colour multiplied with alpha. */
static uint8_t *shape_of(const uint32_t *argb, size_t count)
{
    uint8_t *shape = calloc(count ? count : 1, 4);

    for (size_t i = 0; shape && i < count; i++) {
        const uint32_t alpha = argb[i] >> 24;
        if (alpha == 0)
            continue;
        shape[4 * i] = unmultiplied(argb[i] & 0xff, alpha);
        shape[4 * i + 1] = unmultiplied(argb[i] >> 8 & 0xff, alpha);
        shape[4 * i + 2] = unmultiplied(argb[i] >> 16 & 0xff, alpha);
        shape[4 * i + 3] = (uint8_t)alpha;
    }
    return shape;
}

static int x11_cursor(struct source *source, struct source_cursor *ret_cursor)
{
    struct x11 *self = x11_of(source);
    xcb_xfixes_get_cursor_image_reply_t *image = xcb_xfixes_get_cursor_image_reply(
        self->connection, xcb_xfixes_get_cursor_image(self->connection), NULL);

    if (!image)
        return lost(self);
    self->pointer_x = image->x;
    self->pointer_y = image->y;
    *ret_cursor = (struct source_cursor){
        .x_px = image->x - self->area.x,
        .y_px = image->y - self->area.y,
        .serial = image->cursor_serial,
        .width_px = image->width,
        .height_px = image->height,
        .hot_x_px = image->xhot,
        .hot_y_px = image->yhot,
    };
    /* One that is larger cannot be sent. */
    ret_cursor->visible = ret_cursor->x_px >= 0 && ret_cursor->y_px >= 0 &&
                          ret_cursor->x_px < (int)self->area.width_px &&
                          ret_cursor->y_px < (int)self->area.height_px &&
                          image->width <= CURSOR_MAX_PX && image->height <= CURSOR_MAX_PX;
    if (ret_cursor->visible) {
        free(self->shape);
        self->shape = shape_of(xcb_xfixes_get_cursor_image_cursor_image(image),
                               (size_t)image->width * image->height);
        ret_cursor->bgra = self->shape;
    }
    free(image);
    return ret_cursor->visible && !self->shape
               ? fail(self, -ENOMEM, "no memory for the cursor's shape")
               : 0;
}

/* --- creating ----------------------------------------------------------------------- */

static const struct source_class x11_class = {
    .open = x11_open,
    .wait = x11_wait,
    .acquire = x11_acquire,
    .release = x11_release,
    .cursor = x11_cursor,
    .error = x11_error,
    .close = x11_close,
    .destroy = x11_destroy,
};

struct source *x11_create(const char *server, const char *monitor)
{
    struct x11 *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->source.class = &x11_class;
    self->server = server ? strdup(server) : NULL;
    self->monitor = monitor ? strdup(monitor) : NULL;
    if ((server && !self->server) || (monitor && !self->monitor)) {
        x11_destroy(&self->source);
        return NULL;
    }
    return &self->source;
}
