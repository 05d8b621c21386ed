/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/processes.h"

#include "harness/instrument/samples.h"
#include "harness/instrument/words.h"
#include "harness/plan/libraries.h"
#include "harness/run/link-probe.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Nothing that is waited for takes longer on a working machine, however busy; only a
 * process that hangs does. An agent that decodes its pictures before it is ready takes the
 * longest. */
#define WAIT_SECONDS 40.0
/* With a guest that is emulated; vm-qemu gives up sooner. */
#define WAIT_REAL_VM_SECONDS 150.0
/* The client gives its channels 5 s to end. */
#define GRACE_SECONDS 7.0
/* A guest with a graphics card shuts down first; vm-qemu gives up sooner. */
#define GRACE_WITH_GPU_SECONDS 75.0

static char *file_in(const struct processes *all, const char *name)
{
    return g_build_filename(all->folder, name, NULL);
}

struct wait {
    struct processes *all;
    bool (*condition)(void *data);
    void *data;
};

static struct child *vm_child(const struct processes *all)
{
    return all->vm ? all->vm->child : NULL;
}

static bool check_wait(void *data, GError **error)
{
    const struct wait *wait = data;
    struct child *children[] = {vm_child(wait->all), wait->all->agent, wait->all->client,
                                wait->all->second, wait->all->bridge};

    if (wait->condition && wait->condition(wait->data))
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(children); i++) {
        if (children[i] && child_has_ended(children[i], error))
            return false;
    }
    return false;
}

/* A process that knows why the run cannot go on has probably reported it. */
static void add_last_words(const struct processes *all, GError *error)
{
    const struct child *children[] = {vm_child(all), all->agent, all->client, all->second,
                                      all->bridge};
    for (unsigned i = 0; i < G_N_ELEMENTS(children); i++) {
        g_autofree char *words = children[i] ? child_last_words(children[i]) : NULL;
        g_autofree char *before = error->message;
        error->message = g_strconcat(before, words ? "; last words: " : "", words, NULL);
    }
}

bool processes_wait(struct processes *all, bool (*condition)(void *data), void *data,
                    const char *what, GError **error)
{
    struct wait wait = {all, condition, data};
    const double seconds = case_has_real_vm(all->c) ? WAIT_REAL_VM_SECONDS : WAIT_SECONDS;
    g_autoptr(GError) why = NULL;

    if (child_wait(check_wait, &wait, seconds, what, all->cancellable, &why))
        return true;
    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        add_last_words(all, why);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool processes_run_for(struct processes *all, double seconds, GError **error)
{
    struct wait wait = {all, NULL, NULL};
    g_autoptr(GError) why = NULL;

    child_wait(check_wait, &wait, seconds, "", all->cancellable, &why);
    if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

struct notice_wait {
    struct child *child;
    const char *word, *key, *value; /* key NULL: any */
    unsigned *cursor;
    const struct notice *notice;
};

static bool notice_came(void *data)
{
    struct notice_wait *wait = data;
    do {
        wait->notice = child_next_notice(wait->child, wait->word, wait->cursor);
    } while (wait->notice && wait->key &&
             g_strcmp0(notice_value(wait->notice, wait->key), wait->value) != 0);
    return wait->notice != NULL;
}

const struct notice *processes_wait_notice(struct processes *all, struct child *child,
                                           const char *word, const char *key, const char *value,
                                           GError **error)
{
    unsigned *cursor = child == all->agent    ? &all->agent_cursor
                       : child == all->client ? &all->client_cursor
                       : child == all->bridge ? &all->bridge_cursor
                                              : &all->second_cursor;
    struct notice_wait wait = {child, word, key, value, cursor, NULL};
    g_autofree char *what =
        g_strdup_printf("waiting for '%s%s%s%s%s' from %s", word, key ? " " : "", key ? key : "",
                        key ? "=" : "", key ? value : "", child_name(child));
    return processes_wait(all, notice_came, &wait, what, error) ? wait.notice : NULL;
}

const struct notice *processes_ask(struct processes *all, struct child *child, const char *word,
                                   GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *line = words_format(format, args);
    va_end(args);
    return child_send_line(child, error, line)
               ? processes_wait_notice(all, child, word, NULL, NULL, error)
               : NULL;
}

struct event_wait {
    struct vm *vm;
    enum vm_event_kind kind;
    struct vm_event *event;
};

static bool event_came(void *data)
{
    const struct event_wait *wait = data;
    return wait->vm->class->next(wait->vm, wait->kind, wait->event);
}

bool processes_wait_vm(struct processes *all, enum vm_event_kind kind, struct vm_event *ret_event,
                       GError **error)
{
    struct vm_event event;
    struct event_wait wait = {all->vm, kind, ret_event ? ret_event : &event};
    g_autofree char *what = g_strdup_printf("waiting for '%s' from %s", vm_event_text(kind),
                                            child_name(all->vm->child));

    return processes_wait(all, event_came, &wait, what, error);
}

bool processes_next_vm_event(struct processes *all, enum vm_event_kind kind,
                             struct vm_event *ret_event)
{
    return all->vm->class->next(all->vm, kind, ret_event);
}

bool processes_ask_vm(struct processes *all, enum vm_order order, const char *argument,
                      enum vm_event_kind answer, struct vm_event *ret_event, GError **error)
{
    return all->vm->class->order(all->vm, order, argument, error) &&
           processes_wait_vm(all, answer, ret_event, error);
}

bool processes_order_vm(struct processes *all, enum vm_order order, const char *argument,
                        GError **error)
{
    return all->vm->class->order(all->vm, order, argument, error);
}

/* `name` is what messages and the log call it, `end` where it runs if the link
 * is a limited one, `who` decides on which processors if it is pinned. */
static struct child *start(const struct processes *all, enum link_end end, enum pinned who,
                           const char *program, const char *name, const GPtrArray *options,
                           const char *const *environment, GError **error)
{
    g_autofree char *log_name = g_strconcat(name, ".log", NULL);
    g_autofree char *log = file_in(all, log_name);
    g_autofree char *path = g_build_filename(all->programs, program, NULL);
    g_auto(GStrv) prefix = all->link ? link_prefix(all->link, end) : NULL;
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    for (char **word = prefix; word && *word; word++)
        g_ptr_array_add(argv, *word);
    if (all->pinning) { /* it becomes the program: the process stays the same */
        g_ptr_array_add(argv, (char *)"/usr/bin/taskset");
        g_ptr_array_add(argv, (char *)"--cpu-list");
        g_ptr_array_add(argv, all->pinning->processors[who]);
    }
    g_ptr_array_add(argv, path);
    for (unsigned i = 0; i < options->len; i++)
        g_ptr_array_add(argv, g_ptr_array_index((GPtrArray *)options, i));
    g_ptr_array_add(argv, NULL);
    return child_start(name, (const char *const *)argv->pdata, environment, log, error);
}

/* One whose processor time is part of the result. */
static struct child *start_observed(struct processes *all, enum link_end end, enum pinned who,
                                    const char *program, const char *name, const GPtrArray *options,
                                    const char *const *environment, GError **error)
{
    struct child *child = start(all, end, who, program, name, options, environment, error);
    if (child)
        cpu_observer_add(all->cpu, program, child_pid(child));
    return child;
}

G_GNUC_PRINTF(3, 4)
static void add_option(GPtrArray *options, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(options, g_strdup(name));
    g_ptr_array_add(options, g_strdup_vprintf(format, args));
    va_end(args);
}

static const char *take_string(GPtrArray *strings, char *string)
{
    g_ptr_array_add(strings, string);
    return string;
}

static bool observe_vm(struct processes *all, GError **error)
{
    g_autofree char *server = file_in(all, "server.csv"), *module = file_in(all, "module.csv");

    all->server = server_observer_create(all->vm->server, server, error);
    if (!all->server || !all->c->route->ours)
        return all->server != NULL;
    all->module = module_observer_create(all->vm->server, module, error);
    return all->module != NULL;
}

/* The file itself: a guest on a disk has its folder alone, where a link would lead nowhere. Free it. */
static char *recording_file(const struct processes *all)
{
    char *resolved = all->recording ? realpath(all->recording, NULL) : NULL;
    char *file = g_strdup(resolved ? resolved : all->recording);

    free(resolved);
    return file;
}

/* Takes what is made for it into `strings`. */
static struct vm_options vm_options_of(const struct processes *all, const char *suffix,
                                       GPtrArray *strings)
{
#define MADE(...) take_string(strings, g_strdup_printf(__VA_ARGS__))
    g_autofree char *recording = recording_file(all);
    const struct route *route = all->c->route;
    const struct scenario *scenario = all->c->scenario;
    struct vm_options options = {
        .port = MADE("%s:%s/port%s", all->c->axis[AXIS_TRANSPORT], all->runtime, suffix),
        .several_clients = scenario_has(scenario, ACTION_SECOND_CONNECT),
        .sockets = all->runtime,
        .port_name = route->port_name,
        .width_px = all->c->vgpu_width_px,
        .height_px = all->c->vgpu_height_px,
        .fps = scenario->vgpu_fps,
        .gpu = all->gpu,
        .guest = all->guest,
        .recordings = recording ? take_string(strings, g_path_get_dirname(recording)) : NULL,
        .displays = scenario->displays,
        .sound = scenario->audio_delay_ms > 0,
        .incoming = all->vms > 0,
        .seamless = scenario->seamless_migration,
        .image_compression = route->image_compression,
        .streaming = route->streaming,
        .video_codecs = route->video_codecs,
    };

    if (scenario->client_transport == CLIENT_TRANSPORT_UNIX)
        options.listen = MADE("unix:%s/spice", all->runtime);
    else
        options.listen = MADE("%s:0", all->link ? LINK_SERVER_ADDRESS : "127.0.0.1");
    if (scenario->client_transport == CLIENT_TRANSPORT_TLS)
        options.tls = all->runtime;
    if (route->ours)
        options.library = all->libraries->own;
    else if (route->has_vgpu) /* else it is no SPICE server */
        options.library = all->libraries->stock;
    if (route->has_vgpu)
        options.samples = MADE("%s/vm%s.csv", all->folder, suffix);
    else if (route->counts_by_itself)
        options.samples = MADE("%s/module.csv", all->folder);
    if (case_is_mediated(all->c)) {
        options.policy = all->c->axis[AXIS_VGPU] + strlen(VGPU_SHADOW);
        options.load = all->c->axis[AXIS_LOAD];
        options.traps = all->c->axis[AXIS_TRAPS];
        options.reconstruction = all->c->axis[AXIS_RECONSTRUCTION];
        options.recording = all->recording;
        options.submissions = MADE("%s/submissions.csv", all->folder);
    }
    if (route->drawings) {
        options.film = all->recording;
        options.drawing = all->c->drawing ? all->c->drawing : route->drawings[0];
    }
    return options;
#undef MADE
}

/* A VM that is ready has said where it is reached, and has loaded what it should. */
static bool check_vm(const struct processes *all, const struct vm_options *options, GError **error)
{
    const struct vm *vm = all->vm;

    if (all->c->route->client_program && (!vm->listen || !vm->port)) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_ENDED,
                    "%s: its 'ready' lacks listen= or port=", vm->class->program);
        return false;
    }
    if (!options->library && vm->library && g_str_has_prefix(vm->library, all->programs)) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_ENDED,
                    "%s loaded our library %s where the system's own is to be measured",
                    vm->class->program, vm->library);
        return false;
    }
    return true;
}

/* Twice if need be: it has happened that through a wire (link-wire.h) not a byte came within
 * the first try's deadline. */
static bool probe_link(const struct link *link, struct link_probe *ret_probe, GError **error)
{
    return link_probe_measure(link, ret_probe, NULL) || link_probe_measure(link, ret_probe, error);
}

/* What the link really is goes into link.csv. */
static bool measure_link(const struct processes *all, GError **error)
{
    g_autofree char *file = file_in(all, "link.csv");
    auto_destroy(samples) samples = samples_open(file, "event,t_ns,rtt_ns,bit_s", error);
    struct link_probe probe;

    if (!samples || !probe_link(all->link, &probe, error))
        return false;
    samples_row(samples, "link,%" PRId64 ",%.0f,%.0f", samples_now_ns(), probe.rtt_ms * 1e6,
                probe.mbit_s * 1e6);
    return true;
}

/* Between the VM and its clients, if it is a limited one. */
static bool start_link(struct processes *all, GError **error)
{
    const struct link_profile *profile = link_profile_find(all->c->axis[AXIS_LINK]);

    if (!profile->mbit_s)
        return true;
    if (!(all->link = link_create(profile, error)) || !measure_link(all, error))
        return false;
    for (const pid_t *pid = link_pids(all->link); pid && *pid; pid++)
        cpu_observer_add(all->cpu, PROCESSES_LINK, *pid);
    return true;
}

bool processes_start_vm(struct processes *all, GError **error)
{
    const struct route *route = all->c->route;
    const struct vm_class *class = vm_class_find(route->vm ? route->vm : all->c->axis[AXIS_VM]);
    g_autofree char *suffix = all->vms ? g_strdup_printf("-%u", all->vms + 1) : g_strdup("");
    g_autofree char *name = g_strconcat(class->program, suffix, NULL);
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);

    if (!all->link && !start_link(all, error))
        return false;
    const struct vm_options options = vm_options_of(all, suffix, strings);
    g_auto(GStrv) environment = vm_environment(&options);
    class->add_arguments(&options, arguments);
    struct child *child = start_observed(all, LINK_SERVER, PINNED_VM, class->program, name,
                                         arguments, (const char *const *)environment, error);
    all->vms++;
    all->vm = child ? vm_create(class, child) : NULL;
    if (!child || !processes_wait_vm(all, VM_READY, NULL, error) || !check_vm(all, &options, error))
        return false;
    if (all->vm->server != child_pid(child))
        cpu_observer_add(all->cpu, PROCESSES_QEMU, all->vm->server);
    g_free(all->library);
    all->library = g_strdup(all->vm->library);
    return all->vms > 1 || observe_vm(all, error); /* a migration's source alone */
}

static void add_encoder(const struct processes *all, GPtrArray *options)
{
    add_option(options, "--encoder", "%s", all->c->axis[AXIS_ENCODER]);
    add_option(options, "--stream", "%s/" PROCESSES_STREAM, all->folder);
}

/* The X server of a guest's own session. */
#define GUEST_DISPLAY ":0"

/* The real agent has one encoder, which is that of the case (harness/plan/plan.c). */
static void add_guest_options(const struct processes *all, GPtrArray *options)
{
    const char *display = all->guest ? GUEST_DISPLAY : g_getenv("DISPLAY");

    if (g_str_equal(all->c->axis[AXIS_AGENT], AGENT_HOST))
        add_option(options, "--display", "%s", display ? display : "");
    add_option(options, "--drawn", "%s/drawn.csv", all->folder);
}

/* A process that the guest has started, by the number in its notice. It ends with the guest. */
static void observe_helper(struct processes *all, const char *name, const struct notice *notice,
                           const char *key)
{
    pid_t pid = (pid_t)notice_count(notice, key);

    if (pid > 0) /* else the server was there before */
        cpu_observer_add(all->cpu, name, pid);
}

/* The agent's port as it has it: a real guest's is a device of the guest. */
static void add_port(const struct processes *all, GPtrArray *options)
{
    const char *transport = all->c->axis[AXIS_TRANSPORT];
    const bool socket = g_str_equal(transport, "socket");

    add_option(options, "--port", "%s:%s", socket ? "socket" : "tty", all->vm->port);
}

/* The process, or, of a VM whose agents run in its guest, the one that stands for it. */
static struct child *start_agent(struct processes *all, const char *program, const char *name,
                                 const GPtrArray *options, GError **error)
{
    const char *runner = all->vm->class->agent_runner;
    g_autoptr(GPtrArray) in_guest = g_ptr_array_new_with_free_func(g_free);

    if (!runner)
        return start_observed(all, LINK_SERVER, PINNED_AGENT, program, name, options, NULL, error);
    g_ptr_array_add(in_guest, g_strdup(all->vm->agents));
    g_ptr_array_add(in_guest, g_build_filename(all->programs, program, NULL));
    for (unsigned i = 0; i < options->len; i++)
        g_ptr_array_add(in_guest, g_strdup(g_ptr_array_index((GPtrArray *)options, i)));
    return start(all, LINK_SERVER, PINNED_AGENT, runner, name, in_guest, NULL, error);
}

bool processes_start_agent(struct processes *all, GError **error)
{
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *suffix = all->agents ? g_strdup_printf("-%u", all->agents + 1) : g_strdup("");
    g_autofree char *recording = recording_file(all);
    bool real = case_has_real_agent(all->c);
    const char *program = real ? PROCESSES_GUEST : "sim-agent";
    g_autofree char *name = g_strconcat(program, suffix, NULL);

    add_port(all, options);
    add_option(options, "--recording", "%s", recording);
    if (real)
        add_guest_options(all, options);
    else
        add_encoder(all, options);
    add_option(options, "--samples", "%s/agent%s.csv", all->folder, suffix);
    if (all->c->route->trailer)
        g_ptr_array_add(options, g_strdup("--trailer"));
    all->agent_cursor = 0;
    all->agent = start_agent(all, program, name, options, error);
    all->agents += all->agent != NULL;
    const struct notice *ready =
        all->agent ? processes_wait_notice(all, all->agent, "ready", NULL, NULL, error) : NULL;
    if (ready && real && !all->vm->class->agent_runner)
        observe_helper(all, PROCESSES_X_SERVER, ready, "server");
    return ready != NULL;
}

bool processes_open_port(struct processes *all, GError **error)
{
    const struct notice *opened = processes_ask(all, all->agent, "opened", error, "open");

    if (opened && case_has_real_agent(all->c) && !all->vm->class->agent_runner)
        observe_helper(all, PROCESSES_REAL_AGENT, opened, "pid");
    return opened && processes_wait_vm(all, VM_PORT_OPENED, NULL, error);
}

static bool connect_again(struct processes *all, struct child *client, GError **error)
{
    return processes_ask(all, client, "connected", error, "connect") != NULL;
}

/* The process that speaks WebSocket for the clients. */
static bool start_bridge(struct processes *all, GError **error)
{
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);

    add_option(options, "--listen", "unix:%s/websocket", all->runtime);
    add_option(options, "--to", "%s", all->vm->listen);
    all->bridge = start(all, LINK_CLIENT, PINNED_CLIENT, "websocket-bridge", "websocket-bridge",
                        options, NULL, error);
    return all->bridge && processes_wait_notice(all, all->bridge, "ready", NULL, NULL, error);
}

/* How a client reaches the VM. */
static bool add_server(struct processes *all, GPtrArray *options, GError **error)
{
    const char *scheme = all->c->route->uri_scheme;

    switch (all->c->scenario->client_transport) {
    case CLIENT_TRANSPORT_TCP:
        add_option(options, "--uri", "%s://%s", scheme ? scheme : "spice", all->vm->listen);
        break;
    case CLIENT_TRANSPORT_TLS:
        add_option(options, "--uri", "spice://127.0.0.1?tls-port=%s",
                   strrchr(all->vm->listen, ':') + 1);
        add_option(options, "--ca-file", "%s/ca.pem", all->runtime);
        break;
    case CLIENT_TRANSPORT_WEBSOCKET:
        if (!all->bridge && !start_bridge(all, error))
            return false;
        add_option(options, "--unix", "%s/websocket", all->runtime);
        break;
    case CLIENT_TRANSPORT_UNIX:
        add_option(options, "--unix", "%s/spice", all->runtime);
        break;
    }
    return true;
}

/* A second QXL device's display lies beside the first one's, not before it. */
static void watch_first_display(const struct processes *all, GPtrArray *options)
{
    if (all->c->scenario->displays > 1)
        add_option(options, "--watch", "0");
}

bool processes_connect_client(struct processes *all, GError **error)
{
    if (all->client)
        return connect_again(all, all->client, error);

    const struct route *route = all->c->route;
    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);
    if (route->shows) {
        if (!add_server(all, options, error))
            return false;
        if (!route->drawings)
            add_option(options, "--sink", "%s", all->c->sink);
        watch_first_display(all, options);
        if (all->c->scenario->audio_delay_ms)
            add_option(options, "--audio-delay", "%u", all->c->scenario->audio_delay_ms);
        if (all->receive_only)
            g_ptr_array_add(options, g_strdup("--receive-only"));
        if (all->c->scenario->client_codecs == CLIENT_CODECS_NO_H264)
            g_ptr_array_add(options, g_strdup("--no-h264"));
        if (all->c->scenario->client_codecs == CLIENT_CODECS_BROKEN_H264)
            g_ptr_array_add(options, g_strdup("--broken-h264"));
    } else {
        add_option(options, "--connect", "%s", all->vm->listen);
    }
    add_option(options, "--samples", "%s/client.csv", all->folder);
    all->client = start_observed(all, LINK_CLIENT, PINNED_CLIENT, route->client_program,
                                 route->client_program, options, NULL, error);
    return all->client && processes_wait_notice(all, all->client, "connected", NULL, NULL, error);
}

bool processes_connect_second(struct processes *all, GError **error)
{
    if (all->second)
        return connect_again(all, all->second, error);

    g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);
    if (!add_server(all, options, error))
        return false;
    watch_first_display(all, options);
    add_option(options, "--samples", "%s/client-2.csv", all->folder);
    all->second = start(all, LINK_CLIENT, PINNED_CLIENT, all->c->route->client_program, "client-2",
                        options, NULL, error);
    if (all->second)
        cpu_observer_add(all->cpu, "client-2", child_pid(all->second));
    return all->second && processes_wait_notice(all, all->second, "connected", NULL, NULL, error);
}

void processes_freeze_second(struct processes *all, bool freeze)
{
    kill(child_pid(all->second), freeze ? SIGSTOP : SIGCONT);
    all->frozen = freeze;
}

static bool agent_is_gone(void *data)
{
    return child_has_ended(((struct processes *)data)->agent, NULL);
}

static void forget_child(struct processes *all, struct child **child)
{
    if (*child != all->bridge) /* it stands for what a browser has within */
        cpu_observer_remove(all->cpu, child_pid(*child), child_usage(*child));
    g_clear_pointer(child, child_destroy);
}

bool processes_crash_agent(struct processes *all, GError **error)
{
    if (!child_send(all->agent, error, "crash") ||
        !processes_wait(all, agent_is_gone, all, "waiting for the agent to crash", error))
        return false;
    if (!child_was_ended_by(all->agent, SIGABRT)) {
        child_has_ended(all->agent, error);
        g_prefix_error(error, "it was to crash in the middle of a frame: ");
        return false;
    }
    forget_child(all, &all->agent);
    return true;
}

static void end_vm(struct processes *all, struct vm **vm, GError **complaint)
{
    if (!*vm)
        return;
    child_end((*vm)->child, all->gpu ? GRACE_WITH_GPU_SECONDS : GRACE_SECONDS,
              *complaint ? NULL : complaint);
    cpu_observer_remove(all->cpu, child_pid((*vm)->child), child_usage((*vm)->child));
    g_clear_pointer(vm, vm_destroy);
}

static void end_child(struct processes *all, struct child **child, GError **complaint)
{
    if (!*child)
        return;
    child_end(*child, GRACE_SECONDS, *complaint ? NULL : complaint);
    forget_child(all, child);
}

bool processes_migrate_vm(struct processes *all, GError **error)
{
    struct vm *source = all->vm;
    GError *complaint = NULL;

    /* The new one takes the source's place only when the clients have gone there. */
    bool ok = processes_start_vm(all, error);
    struct vm *target = all->vm;
    all->vm = source;
    if (!ok) {
        end_vm(all, &target, &complaint);
        g_clear_error(&complaint);
        return false;
    }
    ok = processes_ask_vm(all, VM_MIGRATE, target->listen, VM_MIGRATED, NULL, error);
    all->vm = target;
    ok = ok && processes_order_vm(all, VM_GO_ON, NULL, error);
    end_child(all, &all->agent, &complaint);
    end_vm(all, &source, &complaint);
    if (complaint && ok)
        g_propagate_error(error, complaint);
    else
        g_clear_error(&complaint);
    return ok && !complaint;
}

bool processes_end_vm(struct processes *all, GError **error)
{
    GError *complaint = NULL;

    end_vm(all, &all->vm, &complaint);
    if (complaint)
        g_propagate_error(error, complaint);
    return !complaint;
}

bool processes_end(struct processes *all, GError **error)
{
    GError *complaint = NULL;

    if (all->frozen && all->second) /* or it could not end by itself */
        processes_freeze_second(all, false);
    end_child(all, &all->second, &complaint);
    end_child(all, &all->client, &complaint);
    end_child(all, &all->bridge, &complaint);
    end_child(all, &all->agent, &complaint);
    end_vm(all, &all->vm, &complaint);
    bool written = module_observer_destroy(all->module);
    written = server_observer_destroy(all->server) && written;
    all->module = NULL;
    all->server = NULL;
    if (!written && !complaint)
        g_set_error(&complaint, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: not all samples of the server could be written", all->folder);
    g_clear_pointer(&all->link, link_destroy);
    g_clear_pointer(&all->library, g_free);
    if (complaint)
        g_propagate_error(error, complaint);
    return !complaint;
}
