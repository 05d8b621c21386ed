/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "protocol/conformance/host.h"

#include "protocol/conformance/frame-demands.h"
#include "protocol/host/host-port.h"
#include "protocol/host/host-session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long an agent may take to end after SIGTERM, before it is killed. */
#define END_MS 3000

struct host {
    const struct host_options *options;
    const char *path; /* of the port */
    struct host_port *port;
    pid_t agent; /* leads its process group; 0: none */
    int agent_input;

    struct host_session session;
    unsigned announced;
    struct access_unit unit;
    struct port_frame_information information;
    bool informed;
    const char *tolerated;
    struct frame_demands *demands; /* of this session */
    const char *frame_fault;
    char why[256];
};

/* Signals are unblocked only while waiting, so that none is missed. */
static volatile sig_atomic_t interrupted;
static sigset_t waiting;

static void on_signal(int number)
{
    interrupted = number;
}

void host_catch_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction action = {.sa_handler = on_signal};
    sigset_t mask;

    sigemptyset(&mask);
    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        sigaddset(&mask, ends[i]);
        sigaction(ends[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &mask, &waiting);
}

/* Like poll() of one file, or of none. */
static int wait_for(struct pollfd *file, int64_t ms)
{
    const struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    return ppoll(file, file != NULL, &time, &waiting);
}

int host_interrupted(void)
{
    wait_for(NULL, 0);
    return interrupted;
}

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static bool is(const struct host *host, const char *kind)
{
    return g_str_has_prefix(host->options->port, kind);
}

static bool fail(struct host *host, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(struct host *host, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(host->why, sizeof host->why, format, args);
    va_end(args);
    return false;
}

struct host *host_create(const struct host_options *options)
{
    struct host *host = g_new0(struct host, 1);

    host->options = options;
    host->path = strchr(options->port, ':') + 1;
    host->agent_input = -1;
    return host;
}

void host_destroy(struct host *host)
{
    if (!host)
        return;
    host_end(host);
    host_session_finish(&host->session);
    frame_demands_destroy(host->demands);
    g_free(host);
}

/* --- the port ---------------------------------------------------------------- */

static bool make_port(struct host *host)
{
    g_autoptr(GError) error = NULL;

    host->port = is(host, "tty:") ? host_port_open_device(host->path, &error)
                                  : host_port_create(host->options->port, &error);
    return host->port || fail(host, "%s", error->message);
}

static void drop_port(struct host *host)
{
    g_clear_pointer(&host->port, host_port_destroy);
}

static bool agent_came(struct host *host)
{
    host_session_finish(&host->session);
    host_session_init(&host->session, host_port_fd(host->port));
    host->session.signals = &waiting;
    return true;
}

/* Waits until the agent has opened its end. */
static bool wait_for_agent(struct host *host)
{
    int64_t end_ms = now_ms() + host->options->patience_ms;

    host->announced = 0;
    host->informed = false;
    frame_demands_destroy(host->demands);
    host->demands = frame_demands_create();
    if (host_port_fd(host->port) >= 0) /* a device */
        return agent_came(host);
    for (int64_t left_ms; (left_ms = end_ms - now_ms()) > 0 && !interrupted;) {
        struct pollfd opened = {.fd = host_port_event_fd(host->port), .events = POLLIN};
        if (wait_for(&opened, left_ms) > 0 && host_port_was_opened(host->port))
            return agent_came(host);
    }
    return fail(host, "the agent does not open the port %s", host->path);
}

/* --- the agent --------------------------------------------------------------- */

static bool start_agent(struct host *host)
{
    const char *argv[] = {"/bin/sh", "-c", host->options->agent, NULL};
    int input[2];

    if (!host->options->agent)
        return true;
    if (pipe2(input, O_CLOEXEC) < 0)
        return fail(host, "cannot start the agent: %s", g_strerror(errno));
    pid_t agent = fork();
    if (agent == 0) {
        setpgid(0, 0);
        sigprocmask(SIG_SETMASK, &waiting, NULL);
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* however the tester ends */
        dup2(input[0], STDIN_FILENO);     /* it ends when the tester does */
        dup2(STDERR_FILENO, STDOUT_FILENO);
        g_setenv("PORT", host->path, true);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(input[0]);
    if (agent < 0) {
        close(input[1]);
        return fail(host, "cannot start the agent: %s", g_strerror(errno));
    }
    setpgid(agent, agent); /* whichever of the two processes comes first */
    host->agent = agent;
    host->agent_input = input[1];
    return true;
}

bool host_agent_has_ended(struct host *host)
{
    siginfo_t ended = {.si_pid = 0};

    return host->agent > 0 &&
           waitid(P_PID, (id_t)host->agent, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == host->agent;
}

bool host_agent_ends(struct host *host, int within_ms)
{
    for (int64_t end_ms = now_ms() + within_ms; !host_agent_has_ended(host);) {
        if (now_ms() > end_ms)
            return false;
        g_usleep(2000);
    }
    return true;
}

static void end_agent(struct host *host)
{
    if (host->agent == 0)
        return;
    close(host->agent_input);
    host->agent_input = -1;
    kill(-host->agent, SIGTERM);
    host_agent_ends(host, END_MS);
    kill(-host->agent, SIGKILL);
    waitpid(host->agent, NULL, 0);
    host->agent = 0;
}

bool host_begin(struct host *host)
{
    host->why[0] = '\0';
    return make_port(host) && start_agent(host) && wait_for_agent(host);
}

void host_end(struct host *host)
{
    drop_port(host);
    end_agent(host);
}

bool host_reopen(struct host *host)
{
    drop_port(host);
    return make_port(host) && wait_for_agent(host);
}

/* --- reading ----------------------------------------------------------------- */

static enum host_news judge_frame(struct host *host, uint32_t bytes)
{
    const struct host_session *session = &host->session;
    const uint8_t codec = session->format.codec;
    const char *error = access_unit_check(codec, session->body, bytes, &host->unit);

    host->frame_fault = frame_demands_check(host->demands, codec, session->body, bytes);
    if (!error)
        return HOST_FRAME;
    fail(host, "%s", error);
    return HOST_VIOLATION;
}

static enum host_news judge(struct host *host, const struct port_event *event)
{
    switch (event->kind) {
    case PORT_EVENT_CAPABILITIES:
        host->announced = event->announced;
        return HOST_CAPABILITIES;
    case PORT_EVENT_FORMAT:
        return HOST_FORMAT;
    case PORT_EVENT_FRAME_INFORMATION:
        host->information = event->information;
        host->informed = true;
        return HOST_INFORMATION;
    case PORT_EVENT_DATA_END:
        return judge_frame(host, event->bytes);
    case PORT_EVENT_TOLERATED:
        if (!host->tolerated)
            host->tolerated = event->error;
        if (event->type == PORT_DATA)
            host->informed = false;
        return HOST_TOLERATED;
    case PORT_EVENT_ERROR:
        fail(host, "%s", event->error);
        return HOST_VIOLATION;
    default:
        return HOST_OTHER;
    }
}

enum host_news host_next(struct host *host, int ms)
{
    const int64_t end_ms = now_ms() + ms;
    struct port_event event;
    int result;

    if (host->unit.nals || host->unit.has_slice) { /* the last one was a frame */
        host->unit = (struct access_unit){0};
        host->informed = false;
    }
    do
        result = host_session_next(&host->session, (int)MAX(end_ms - now_ms(), 0), &event);
    while (result == -EINTR && !interrupted);
    if (interrupted) {
        fail(host, "interrupted");
        return HOST_CLOSED;
    }
    if (result == 0) {
        fail(host, "the agent has closed the port%s",
             host_session_at_boundary(&host->session) ? "" : " in the middle of a message");
        return HOST_CLOSED;
    }
    return result < 0 ? HOST_NOTHING : judge(host, &event);
}

const struct port_format *host_format(const struct host *host)
{
    return &host->session.format;
}

const struct access_unit *host_unit(const struct host *host)
{
    return &host->unit;
}

const struct port_frame_information *host_information(const struct host *host)
{
    return &host->information;
}

const char *host_frame_fault(const struct host *host)
{
    return host->frame_fault;
}

bool host_informed(const struct host *host)
{
    return host->informed;
}

const char *host_tolerated(const struct host *host)
{
    return host->tolerated;
}

const char *host_why(const struct host *host)
{
    return host->why;
}

unsigned host_announced(const struct host *host)
{
    return host->announced;
}

/* --- writing ----------------------------------------------------------------- */

static bool written(struct host *host, int result)
{
    return result == 0 || fail(host, "the agent does not read its port");
}

bool host_write(struct host *host, const uint8_t *bytes, size_t size)
{
    return written(host,
                   host_session_write(&host->session, bytes, size, host->options->patience_ms));
}

bool host_dribble(struct host *host, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!host_write(host, bytes + i, 1))
            return false;
        g_usleep(1000); /* otherwise they arrive together */
    }
    return true;
}

bool host_capabilities(struct host *host)
{
    return written(host, host_session_announce(&host->session, PORT_EXTENSIONS_ALL,
                                               host->options->patience_ms));
}

void host_offer(struct host *host, const uint8_t *codecs, unsigned count)
{
    host_session_offered(&host->session, codecs, count);
}

bool host_start(struct host *host, const uint8_t *codecs, unsigned count)
{
    return written(host,
                   host_session_start(&host->session, codecs, count, host->options->patience_ms));
}

bool host_stop(struct host *host)
{
    return host_start(host, NULL, 0);
}

bool host_message(struct host *host, unsigned type, uint32_t bytes)
{
    g_autofree uint8_t *message = g_malloc0(PORT_HEADER_BYTES + bytes);

    port_compose_header(message, PORT_HEADER_BYTES, type, bytes);
    return host_write(host, message, PORT_HEADER_BYTES + bytes);
}
