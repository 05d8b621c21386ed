/*
 * The master of a pty tells by POLLHUP that the slave is closed, but nothing
 * tells that it has been opened; inotify on the slave's node does, at once and
 * without polling.
 */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include "harness/vm-sim/port-transport.h"

#define SLAVE_NAME_BYTES 64 /* "/dev/pts/N" */

typedef struct {
    PortTransport transport; /* first */
    int master;
    char slave[SLAVE_NAME_BYTES];
    gboolean linked;
    int inotify;
    int watch;        /* inotify's descriptor of the slave */
    int openers;      /* open slaves by inotify's events */
    gboolean is_open; /* told to the port and not released yet */
    guint source;
    PortTransportOpened opened;
    void *data;
} PortPty;

static gboolean hung_up(const PortPty *pty)
{
    struct pollfd poll_fd = {.fd = pty->master};
    return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLHUP);
}

static void report_open(PortPty *pty)
{
    pty->is_open = TRUE;
    pty->opened(pty->master, pty->data);
}

static void on_slave_event(PortPty *pty, uint32_t mask)
{
    if (mask & IN_OPEN) {
        gboolean first = pty->openers++ == 0;
        /* An open one whose slave nobody held any more was closed in between. */
        if (!pty->is_open || first)
            report_open(pty);
    } else if ((mask & IN_CLOSE) && pty->openers > 0) {
        pty->openers--;
    }
}

static gboolean on_inotify(gint fd, G_GNUC_UNUSED GIOCondition condition, gpointer data)
{
    PortPty *pty = data;
    _Alignas(struct inotify_event) char buffer[4096];
    ssize_t length = read(fd, buffer, sizeof buffer);

    for (ssize_t at = 0; at < length;) {
        const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
        /* Events of an older watch are history: see pty_release(). */
        if (event->wd == pty->watch)
            on_slave_event(pty, event->mask);
        at += (ssize_t)(sizeof *event + event->len);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean watch_slave(PortPty *pty)
{
    pty->watch = inotify_add_watch(pty->inotify, pty->slave, IN_OPEN | IN_CLOSE);
    pty->openers = 0;
    return pty->watch >= 0;
}

/* Opens and closes the slave once: makes it raw and, later, empties what was
 * sent to a guest that did not read it. Until the first close the master would
 * not report a hang-up. */
static gboolean touch_slave(PortPty *pty)
{
    int slave = open(pty->slave, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios mode;
    if (slave < 0)
        return FALSE;

    gboolean ok = tcflush(slave, TCIFLUSH) == 0 && tcgetattr(slave, &mode) == 0;
    if (ok) {
        cfmakeraw(&mode);
        ok = tcsetattr(slave, TCSANOW, &mode) == 0;
    }
    return close(slave) == 0 && ok;
}

static void pty_start(PortTransport *transport, PortTransportOpened opened, void *data)
{
    PortPty *pty = (PortPty *)transport;

    pty->opened = opened;
    pty->data = data;
    pty->source = g_unix_fd_add(pty->inotify, G_IO_IN, on_inotify, pty);
}

static void pty_release(PortTransport *transport)
{
    PortPty *pty = (PortPty *)transport;

    /* Our own touch must not look like the guest's, hence a new watch, and a
     * guest that came in between shows by the missing hang-up. */
    pty->is_open = FALSE;
    inotify_rm_watch(pty->inotify, pty->watch);
    tcflush(pty->master, TCIFLUSH);
    touch_slave(pty);
    if (!watch_slave(pty))
        g_critical("vm-sim: the port cannot be watched any more: %s: %s", pty->slave,
                   g_strerror(errno));
    if (!hung_up(pty)) {
        pty->openers = 1;
        report_open(pty);
    }
}

static void pty_destroy(PortTransport *transport)
{
    PortPty *pty = (PortPty *)transport;

    g_clear_handle_id(&pty->source, g_source_remove);
    if (pty->linked)
        unlink(pty->transport.path);
    if (pty->inotify >= 0)
        close(pty->inotify);
    if (pty->master >= 0)
        close(pty->master);
    g_free((char *)pty->transport.path);
    g_free(pty);
}

static gboolean pty_make(PortPty *pty)
{
    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    pty->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (pty->master < 0 || pty->inotify < 0 || grantpt(pty->master) || unlockpt(pty->master))
        return FALSE;

    int failed = ptsname_r(pty->master, pty->slave, sizeof pty->slave);
    if (failed) {
        errno = failed;
        return FALSE;
    }
    return touch_slave(pty) && watch_slave(pty);
}

PortTransport *port_pty_create(const char *link, GError **error)
{
    PortPty *pty = g_new0(PortPty, 1);
    pty->transport = (PortTransport){
        .start = pty_start,
        .release = pty_release,
        .destroy = pty_destroy,
        .path = g_strdup(link),
    };
    pty->master = pty->inotify = pty->watch = -1;

    if (!pty_make(pty)) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "cannot make a pty: pty:%s: %s", link, g_strerror(errno));
    } else if (symlink(pty->slave, link)) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "cannot make the port's link: pty:%s: %s%s", link, g_strerror(errno),
                    errno == EEXIST ? ": remove it or choose another" : "");
    } else {
        pty->linked = TRUE;
        return &pty->transport;
    }
    pty_destroy(&pty->transport);
    return NULL;
}
