/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/instrument/child.h"

#include "harness/instrument/words.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A notice is a short line with two file names at most, each byte of which may
 * be escaped as three; whatever is longer is no notice. */
#define NOTICE_MAX_BYTES (2 * 3 * PATH_MAX + 1024)
/* How much of a log's end is searched for the last line. */
#define LOG_TAIL_BYTES 2048
/* At destruction, where no time was given. */
#define GRACE_SECONDS 2.0

struct child {
    char *name;
    char *log;
    int64_t log_start; /* the log's size when the child was started */
    pid_t pid;
    int input, output, pidfd;
    unsigned output_source, exit_source;
    GString *line;
    GPtrArray *notices;
    bool reaped, forced;
    int status;
    struct rusage usage;
};

/* clang-format off */
G_DEFINE_QUARK(vdibench-child-error, child_error)
/* clang-format on */

static void notice_destroy(struct notice *notice)
{
    g_free(notice->word);
    g_hash_table_unref(notice->values);
    g_free(notice);
}

static struct notice *notice_parse(const char *line)
{
    g_auto(GStrv) words = words_split(line);
    unsigned n = g_strv_length(words);
    int64_t time_ns;

    if (n < 2 || !g_ascii_string_to_signed(words[1], 10, 0, INT64_MAX, &time_ns, NULL))
        return NULL;

    struct notice *notice = g_new0(struct notice, 1);
    notice->word = g_strdup(words[0]);
    notice->time_ns = time_ns;
    notice->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (unsigned i = 2; i < n; i++) {
        char *equals = strchr(words[i], '=');
        if (equals && equals != words[i])
            g_hash_table_replace(notice->values, g_strndup(words[i], equals - words[i]),
                                 g_strdup(equals + 1));
    }
    return notice;
}

const char *notice_value(const struct notice *notice, const char *key)
{
    return g_hash_table_lookup(notice->values, key);
}

uint64_t notice_count(const struct notice *notice, const char *key)
{
    const char *text = notice_value(notice, key);
    return text ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static void take_line(struct child *child)
{
    struct notice *notice = notice_parse(child->line->str);
    if (notice) /* other lines, such as a library's greeting, are of no interest */
        g_ptr_array_add(child->notices, notice);
    g_string_truncate(child->line, 0);
}

/* False at the end of the output. */
static bool read_output(struct child *child)
{
    char buffer[4096];
    ssize_t n;

    while ((n = read(child->output, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] == '\n')
                take_line(child);
            else if (child->line->len < NOTICE_MAX_BYTES)
                g_string_append_c(child->line, buffer[i]);
        }
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static gboolean on_output(G_GNUC_UNUSED int fd, G_GNUC_UNUSED GIOCondition condition, void *data)
{
    struct child *child = data;
    if (read_output(child))
        return G_SOURCE_CONTINUE;
    child->output_source = 0;
    return G_SOURCE_REMOVE;
}

static void reap(struct child *child, int options)
{
    if (child->reaped)
        return;
    pid_t pid;
    do
        pid = wait4(child->pid, &child->status, options, &child->usage);
    while (pid < 0 && errno == EINTR);
    if (pid != child->pid)
        return;
    child->reaped = true;
    kill(-child->pid, SIGKILL); /* what it may have started itself */
    read_output(child);         /* its last words */
}

static gboolean on_exit_event(G_GNUC_UNUSED int fd, G_GNUC_UNUSED GIOCondition condition,
                              void *data)
{
    struct child *child = data;
    reap(child, WNOHANG);
    if (!child->reaped)
        return G_SOURCE_CONTINUE;
    child->exit_source = 0;
    return G_SOURCE_REMOVE;
}

static void set_up_child(void *data)
{
    /* Between fork and exec: only async-signal-safe calls. */
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != (pid_t)GPOINTER_TO_INT(data)) /* the harness died before the line above */
        _exit(1);
}

static int64_t log_size(const char *log)
{
    g_autoptr(GFile) file = g_file_new_for_path(log);
    g_autoptr(GFileInfo) info =
        g_file_query_info(file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
    return info ? g_file_info_get_size(info) : 0;
}

struct child *child_start(const char *name, const char *const *argv, const char *const *environment,
                          const char *log, GError **error)
{
    int log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log_fd < 0) {
        int saved = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                    "%s: cannot open its log %s: %s", name, log, g_strerror(saved));
        return NULL;
    }

    auto_destroy(child) child = g_new0(struct child, 1);
    child->name = g_strdup(name);
    child->log = g_strdup(log);
    child->log_start = log_size(log);
    child->line = g_string_new(NULL);
    child->notices = g_ptr_array_new_with_free_func((GDestroyNotify)notice_destroy);
    child->input = child->output = child->pidfd = -1;
    child->reaped = true; /* nothing to reap until it runs */

    g_autoptr(GError) why = NULL;
    GPid pid;
    bool started = g_spawn_async_with_pipes_and_fds(
        NULL, argv, environment, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, set_up_child,
        GINT_TO_POINTER(getpid()), -1, -1, log_fd, NULL, NULL, 0, &pid, &child->input,
        &child->output, NULL, &why);
    close(log_fd);
    if (!started) {
        g_set_error(error, why->domain, why->code, "%s: cannot start %s: %s", name, argv[0],
                    why->message);
        return NULL;
    }

    child->pid = pid;
    child->reaped = false;
    g_unix_set_fd_nonblocking(child->output, true, NULL);
    child->output_source =
        g_unix_fd_add(child->output, G_IO_IN | G_IO_HUP | G_IO_ERR, on_output, child);
    child->pidfd = pidfd_open(pid, 0);
    if (child->pidfd < 0) {
        int saved = errno;
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "%s: cannot watch it: %s",
                    name, g_strerror(saved));
        return NULL; /* the cleanup ends the process */
    }
    child->exit_source = g_unix_fd_add(child->pidfd, G_IO_IN, on_exit_event, child);
    return g_steal_pointer(&child);
}

void child_destroy(struct child *child)
{
    if (!child)
        return;
    child_end(child, GRACE_SECONDS, NULL);
    if (child->output_source)
        g_source_remove(child->output_source);
    if (child->output >= 0)
        close(child->output);
    if (child->pidfd >= 0)
        close(child->pidfd);
    g_string_free(child->line, true);
    g_ptr_array_unref(child->notices);
    g_free(child->name);
    g_free(child->log);
    g_free(child);
}

const char *child_name(const struct child *child)
{
    return child->name;
}

pid_t child_pid(const struct child *child)
{
    return child->pid;
}

const struct rusage *child_usage(const struct child *child)
{
    return &child->usage;
}

bool child_send_line(struct child *child, GError **error, const char *text)
{
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    size_t size = strlen(line), done = 0;

    while (child->input >= 0 && done < size) {
        ssize_t n = write(child->input, line + done, size - done);
        if (n < 0 && errno != EINTR)
            break;
        done += MAX(n, 0);
    }
    if (done == size)
        return true;
    if (!child_has_ended(child, error))
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_ENDED, "%s no longer takes commands ('%s')",
                    child->name, text);
    return false;
}

bool child_send(struct child *child, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *line = words_format(format, args);
    va_end(args);
    return child_send_line(child, error, line);
}

unsigned child_notice_count(const struct child *child)
{
    return child->notices->len;
}

const struct notice *child_notice(const struct child *child, unsigned index)
{
    return g_ptr_array_index(child->notices, index);
}

const struct notice *child_next_notice(const struct child *child, const char *word,
                                       unsigned *cursor)
{
    for (unsigned i = *cursor; i < child->notices->len; i++) {
        const struct notice *notice = g_ptr_array_index(child->notices, i);
        if (g_str_equal(notice->word, word)) {
            *cursor = i + 1;
            return notice;
        }
    }
    return NULL;
}

char *child_last_words(const struct child *child)
{
    g_autoptr(GFile) file = g_file_new_for_path(child->log);
    g_autoptr(GFileInputStream) stream = g_file_read(file, NULL, NULL);
    char tail[LOG_TAIL_BYTES + 1];
    size_t n = 0;
    int64_t size = log_size(child->log);

    if (!stream || size <= child->log_start ||
        !g_seekable_seek(G_SEEKABLE(stream), MAX(child->log_start, size - LOG_TAIL_BYTES),
                         G_SEEK_SET, NULL, NULL) ||
        !g_input_stream_read_all(G_INPUT_STREAM(stream), tail, LOG_TAIL_BYTES, &n, NULL, NULL))
        return NULL;
    tail[n] = '\0';
    g_strchomp(tail);
    const char *newline = strrchr(tail, '\n');
    const char *last = newline ? newline + 1 : tail;
    return *last ? g_utf8_make_valid(last, -1) : NULL;
}

static void set_end_error(struct child *child, GError **error)
{
    g_autofree char *words = child_last_words(child);
    unsigned cursor = 0;
    const struct notice *notice = child_next_notice(child, "error", &cursor);
    const char *reason = notice ? notice_value(notice, "reason") : NULL;
    g_autofree char *how = NULL;

    if (child->forced)
        how = g_strdup("did not end when asked to and was killed");
    else if (WIFSIGNALED(child->status))
        how = g_strdup_printf("was ended by signal %d (%s)", WTERMSIG(child->status),
                              g_strsignal(WTERMSIG(child->status)));
    else
        how = g_strdup_printf("ended with status %d", WEXITSTATUS(child->status));

    bool skip =
        !child->forced && WIFEXITED(child->status) && WEXITSTATUS(child->status) == CHILD_EXIT_SKIP;
    g_set_error(error, CHILD_ERROR, skip ? CHILD_ERROR_SKIP : CHILD_ERROR_ENDED, "%s %s%s%s%s%s",
                child->name, how, reason ? ", reason " : "", reason ? reason : "",
                words ? ": " : "", words ? words : "");
}

bool child_has_ended(struct child *child, GError **error)
{
    reap(child, WNOHANG);
    if (!child->reaped)
        return false;
    set_end_error(child, error);
    return true;
}

bool child_was_ended_by(struct child *child, int signal_number)
{
    reap(child, WNOHANG);
    return child->reaped && !child->forced && WIFSIGNALED(child->status) &&
           WTERMSIG(child->status) == signal_number;
}

static gboolean on_deadline(void *data)
{
    *(bool *)data = true;
    return G_SOURCE_CONTINUE; /* child_wait() removes it */
}

bool child_wait(child_condition_fn condition, void *data, double seconds, const char *what,
                GCancellable *cancellable, GError **error)
{
    g_autoptr(GError) failure = NULL;
    bool late = false, met;
    unsigned timer = g_timeout_add((unsigned)(MAX(seconds, 0) * 1000), on_deadline, &late);

    while (!(met = condition(data, &failure)) && !failure && !late &&
           !g_cancellable_is_cancelled(cancellable))
        g_main_context_iteration(NULL, true);
    g_source_remove(timer);

    if (met)
        return true;
    if (g_cancellable_is_cancelled(cancellable))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
    else if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    else
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: nothing within %g s", what,
                    seconds);
    return false;
}

struct notice_wait {
    struct child *child;
    const char *word;
    unsigned *cursor;
    const struct notice *notice;
};

static bool notice_came(void *data, GError **error)
{
    struct notice_wait *wait = data;
    wait->notice = child_next_notice(wait->child, wait->word, wait->cursor);
    if (wait->notice)
        return true;
    child_has_ended(wait->child, error);
    /* Its death may have brought its last notices. */
    wait->notice = child_next_notice(wait->child, wait->word, wait->cursor);
    if (!wait->notice)
        return false;
    g_clear_error(error);
    return true;
}

const struct notice *child_wait_notice(struct child *child, const char *word, unsigned *cursor,
                                       double seconds, GCancellable *cancellable, GError **error)
{
    struct notice_wait wait = {child, word, cursor, NULL};
    g_autofree char *what = g_strdup_printf("waiting for '%s' from %s", word, child->name);
    child_wait(notice_came, &wait, seconds, what, cancellable, error);
    return wait.notice;
}

static bool is_reaped(void *data, G_GNUC_UNUSED GError **error)
{
    struct child *child = data;
    reap(child, WNOHANG);
    return child->reaped;
}

bool child_end(struct child *child, double grace_seconds, GError **error)
{
    if (!child->reaped && child->pidfd < 0) { /* it was never watched */
        kill(-child->pid, SIGKILL);
        reap(child, 0);
    }
    if (!child->reaped)
        child_send(child, NULL, "quit");
    if (child->input >= 0) {
        close(child->input);
        child->input = -1;
    }
    if (!child_wait(is_reaped, child, grace_seconds, "quit", NULL, NULL)) {
        child->forced = true;
        kill(-child->pid, SIGTERM);
        if (!child_wait(is_reaped, child, grace_seconds, "SIGTERM", NULL, NULL)) {
            kill(-child->pid, SIGKILL);
            reap(child, 0);
        }
    }
    if (child->exit_source) {
        g_source_remove(child->exit_source);
        child->exit_source = 0;
    }
    if (!child->forced && child->status == 0)
        return true;
    set_end_error(child, error);
    return false;
}
