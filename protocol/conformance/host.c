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

/* How long an agent that was asked to end may take, before it is killed. */
#define END_MS 3000

struct Host {
    const struct host_options *options;
    const char *path; /* of the port */
    HostPort *port;
    pid_t agent; /* leads its process group; 0: none */
    int agent_input;

    struct host_session session;
    unsigned announced;
    struct access_unit unit;
    struct port_frame_information information;
    gboolean informed;
    const char *tolerated;
    FrameDemands *demands; /* of this session */
    const char *frame_fault;
    char why[256];
};

/* Signals are let in only where something is waited for: none is missed. */
static volatile sig_atomic_t interrupted;
static sigset_t waiting;

static void on_signal(int number)
{
    interrupted = number;
}

void host_catch_signals(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
    const struct sigaction action = { .sa_handler = on_signal };
    sigset_t mask;

    sigemptyset(&mask);
    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        sigaddset(&mask, ends[i]);
        sigaction(ends[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &mask, &waiting);
}

/* As poll() of one file, or of none. */
static int wait_for(struct pollfd *file, gint64 ms)
{
    const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

    return ppoll(file, file != NULL, &time, &waiting);
}

int host_interrupted(void)
{
    wait_for(NULL, 0);
    return interrupted;
}

static gint64 now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static gboolean is(const Host *host, const char *kind)
{
    return g_str_has_prefix(host->options->port, kind);
}

static gboolean fail(Host *host, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(Host *host, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_vsnprintf(host->why, sizeof host->why, format, args);
    va_end(args);
    return FALSE;
}

Host *host_new(const struct host_options *options)
{
    Host *host = g_new0(Host, 1);

    host->options = options;
    host->path = strchr(options->port, ':') + 1;
    host->agent_input = -1;
    return host;
}

void host_free(Host *host)
{
    if (!host)
        return;
    host_end(host);
    host_session_finish(&host->session);
    frame_demands_free(host->demands);
    g_free(host);
}

/* --- the port ---------------------------------------------------------------- */

static gboolean make_port(Host *host)
{
    g_autoptr(GError) error = NULL;

    host->port = is(host, "tty:") ? host_port_open_device(host->path, &error)
                                  : host_port_create(host->options->port, &error);
    return host->port || fail(host, "%s", error->message);
}

static void drop_port(Host *host)
{
    g_clear_pointer(&host->port, host_port_destroy);
}

static gboolean agent_came(Host *host)
{
    host_session_finish(&host->session);
    host_session_init(&host->session, host_port_fd(host->port));
    host->session.signals = &waiting;
    return TRUE;
}

/* Until the agent has opened its end. */
static gboolean wait_for_agent(Host *host)
{
    gint64 end_ms = now_ms() + host->options->patience_ms;

    host->announced = 0;
    host->informed = FALSE;
    frame_demands_free(host->demands);
    host->demands = frame_demands_new();
    if (host_port_fd(host->port) >= 0) /* a device */
        return agent_came(host);
    for (gint64 left_ms; (left_ms = end_ms - now_ms()) > 0 && !interrupted;) {
        struct pollfd opened = { .fd = host_port_event_fd(host->port), .events = POLLIN };
        if (wait_for(&opened, left_ms) > 0 && host_port_was_opened(host->port))
            return agent_came(host);
    }
    return fail(host, "the agent does not open the port %s", host->path);
}

/* --- the agent --------------------------------------------------------------- */

static gboolean start_agent(Host *host)
{
    const char *argv[] = { "/bin/sh", "-c", host->options->agent, NULL };
    int input[2];

    if (!host->options->agent)
        return TRUE;
    if (pipe2(input, O_CLOEXEC) < 0)
        return fail(host, "cannot start the agent: %s", g_strerror(errno));
    pid_t agent = fork();
    if (agent == 0) {
        setpgid(0, 0);
        sigprocmask(SIG_SETMASK, &waiting, NULL);
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* whatever kills us */
        dup2(input[0], STDIN_FILENO); /* it ends when the tester does */
        dup2(STDERR_FILENO, STDOUT_FILENO);
        g_setenv("PORT", host->path, TRUE);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(input[0]);
    if (agent < 0) {
        close(input[1]);
        return fail(host, "cannot start the agent: %s", g_strerror(errno));
    }
    setpgid(agent, agent); /* whoever comes first */
    host->agent = agent;
    host->agent_input = input[1];
    return TRUE;
}

gboolean host_agent_has_ended(Host *host)
{
    siginfo_t ended = { .si_pid = 0 };

    return host->agent > 0 &&
           waitid(P_PID, (id_t)host->agent, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           ended.si_pid == host->agent;
}

gboolean host_agent_ends(Host *host, int within_ms)
{
    for (gint64 end_ms = now_ms() + within_ms; !host_agent_has_ended(host);) {
        if (now_ms() > end_ms)
            return FALSE;
        g_usleep(2000);
    }
    return TRUE;
}

static void end_agent(Host *host)
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

gboolean host_begin(Host *host)
{
    host->why[0] = '\0';
    return make_port(host) && start_agent(host) && wait_for_agent(host);
}

void host_end(Host *host)
{
    drop_port(host);
    end_agent(host);
}

gboolean host_reopen(Host *host)
{
    drop_port(host);
    return make_port(host) && wait_for_agent(host);
}

/* --- reading ----------------------------------------------------------------- */

static enum host_news judge_frame(Host *host, uint32_t bytes)
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

static enum host_news judge(Host *host, const struct port_event *event)
{
    switch (event->kind) {
    case PORT_EVENT_CAPABILITIES:
        host->announced = event->announced;
        return HOST_CAPABILITIES;
    case PORT_EVENT_FORMAT:
        return HOST_FORMAT;
    case PORT_EVENT_FRAME_INFORMATION:
        host->information = event->information;
        host->informed = TRUE;
        return HOST_INFORMATION;
    case PORT_EVENT_DATA_END:
        return judge_frame(host, event->bytes);
    case PORT_EVENT_TOLERATED:
        if (!host->tolerated)
            host->tolerated = event->error;
        if (event->type == PORT_DATA)
            host->informed = FALSE;
        return HOST_TOLERATED;
    case PORT_EVENT_ERROR:
        fail(host, "%s", event->error);
        return HOST_VIOLATION;
    default:
        return HOST_OTHER;
    }
}

enum host_news host_next(Host *host, int ms)
{
    const gint64 end_ms = now_ms() + ms;
    struct port_event event;
    int result;

    if (host->unit.nals || host->unit.has_slice) { /* the last one was a frame */
        host->unit = (struct access_unit){ 0 };
        host->informed = FALSE;
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

const struct port_format *host_format(const Host *host)
{
    return &host->session.format;
}

const struct access_unit *host_unit(const Host *host)
{
    return &host->unit;
}

const struct port_frame_information *host_information(const Host *host)
{
    return &host->information;
}

const char *host_frame_fault(const Host *host)
{
    return host->frame_fault;
}

gboolean host_informed(const Host *host)
{
    return host->informed;
}

const char *host_tolerated(const Host *host)
{
    return host->tolerated;
}

const char *host_why(const Host *host)
{
    return host->why;
}

unsigned host_announced(const Host *host)
{
    return host->announced;
}

/* --- writing ----------------------------------------------------------------- */

static gboolean written(Host *host, int result)
{
    return result == 0 || fail(host, "the agent does not read its port");
}

gboolean host_write(Host *host, const uint8_t *bytes, size_t size)
{
    return written(host, host_session_write(&host->session, bytes, size,
                                            host->options->patience_ms));
}

gboolean host_dribble(Host *host, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!host_write(host, bytes + i, 1))
            return FALSE;
        g_usleep(1000); /* else they arrive together */
    }
    return TRUE;
}

gboolean host_capabilities(Host *host)
{
    return written(host, host_session_announce(&host->session, PORT_EXTENSIONS_ALL,
                                               host->options->patience_ms));
}

void host_offer(Host *host, const uint8_t *codecs, unsigned count)
{
    host_session_offered(&host->session, codecs, count);
}

gboolean host_start(Host *host, const uint8_t *codecs, unsigned count)
{
    return written(host, host_session_start(&host->session, codecs, count,
                                            host->options->patience_ms));
}

gboolean host_stop(Host *host)
{
    return host_start(host, NULL, 0);
}

gboolean host_message(Host *host, unsigned type, uint32_t bytes)
{
    g_autofree uint8_t *message = g_malloc0(PORT_HEADER_BYTES + bytes);

    port_compose_header(message, PORT_HEADER_BYTES, type, bytes);
    return host_write(host, message, PORT_HEADER_BYTES + bytes);
}
