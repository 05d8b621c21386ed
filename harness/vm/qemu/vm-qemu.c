/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-qemu: a real VM: the system's QEMU with a small guest of Linux, and what the harness asks of
 * a VM (harness/vm/vm.h) by QEMU's protocol and the guest's port `orders`.
 *
 * Controlled by commands and notices, see harness/instrument/control.h: the simulated VM's
 * desktop · pause · resume · snapshot FILE · mode WxH · start · release · reset · shutdown · quit, and beside them
 * poweroff · reboot · panic, which the guest does itself. Notices: those of the simulated VM;
 * `listening` when clients can connect, which is while the guest still boots; `ready` when the guest
 * shows its console.
 *
 * Clients connect to this process, which gives the connections to QEMU.
 */
#include "auto-destroy.h"
#include "harness/instrument/child.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "harness/instrument/words.h"
#include "harness/vm/qemu/accelerator.h"
#include "harness/vm/qemu/guest-orders.h"
#include "harness/vm/qemu/qemu-process.h"
#include "harness/vm/qemu/qmp.h"
#include "harness/vm/sim/listener.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "vm-qemu"
#define SAMPLE_COLUMNS "event,t_ns,number,x,y,width,height,unit,planned_ns"
/* Emulated, on a machine that is busy with a dozen compilers, it took 30; less than the harness
 * waits for a VM. */
#define BOOT_SECONDS_DEFAULT 120
#define SPICE_PACKAGES "(Debian 12: qemu-system-x86; Debian 13: qemu-system-modules-spice, too)"
/* Linux tries several ways to reboot, each of which resets the machine: on a busy one seconds apart. */
#define RESETS_OF_A_REBOOT 8
/* For QEMU's end when it was asked to. */
#define QUIT_SECONDS 4
/* For a guest's own shutting down. */
#define POWER_OFF_SECONDS 60
/* Below this program's folder, or below what it is installed to. */
static const char *const guest_folders[] = {"../harness/vm/qemu/guest",
                                            "../../share/vdibench/harness/vm/qemu/guest"};
/* SPICE's number of the channel; from it, clients are counted as in the simulated VM. */
#define CHANNEL_DISPLAY 2

struct vm {
    /* options */
    char *listen, *port_name, *size, *samples_path, *sockets, *expect_library;
    char *gpu, *guest, *recordings;
    char *image_compression, *streaming, *video_codecs;
    int fps, boot_seconds;
    gboolean paused;

    char *programs; /* folder of this program */
    char *system;   /* as guest/prepare makes it */
    char *serve;
    char *folder; /* of the samples */
    char *library;
    GMainLoop *loop;
    struct listener *listener;
    struct samples *samples;
    struct qemu_process *qemu;
    struct qmp *qmp;
    struct guest_orders *orders;
    char *snapshot; /* the file that QEMU writes */
    unsigned boot_timer, quit_timer;
    unsigned resets; /* since it was ready */
    bool is_ready, is_ending, is_shutting_down, is_reset;
    int status;
};

static void report(struct vm *vm, const char *reason, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void report(struct vm *vm, const char *reason, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    control_notice("error", "reason=%s", reason);
    g_printerr(PROGRAM ": %s\n", message);
    if (vm->status == EXIT_SUCCESS)
        vm->status = EXIT_FAILURE;
    if (vm->loop)
        g_main_loop_quit(vm->loop);
}

/* What is missing on this machine is no failure of a run. */
static bool skip(struct vm *vm, const char *message)
{
    vm->status = CHILD_EXIT_SKIP;
    report(vm, "missing", "%s", message);
    return false;
}

static bool fail(struct vm *vm, const char *reason, const GError *error)
{
    report(vm, reason, "%s", error->message);
    return false;
}

static void sample_event(const struct vm *vm, const char *event, int64_t time_ns)
{
    samples_row(vm->samples, "%s,%" PRId64 ",,,,,,,", event, time_ns);
}

/* --- QEMU ----------------------------------------------------------------------- */

static void on_power_off(struct vm *vm)
{
    if (vm->is_shutting_down)
        control_notice("shut-down", "%s", "");
    else if (!vm->is_ending && vm->is_ready)
        control_notice("powered-off", "%s", "");
    else if (!vm->is_ending)
        report(vm, "boot",
               "the guest has powered off before it had booted: its serial line's log is "
               "%s/" QEMU_SERIAL_LOG,
               vm->folder);
}

/* The end of the VM: by order, by its guest, or by accident. */
static void on_qemu_ended(void *data, int status)
{
    struct vm *vm = data;
    g_autofree char *words = qemu_complaint(vm->folder, "");
    g_autofree char *refused = qemu_complaint(vm->folder, "failed to open module: ");
    /* Debian's text since QEMU 10, in place of upstream's. */
    g_autofree char *no_package = qemu_complaint(vm->folder, "qemu-system-modules-spice");
    g_autofree char *no_spice = qemu_complaint(vm->folder, "spice support is disabled");

    g_main_loop_quit(vm->loop);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        on_power_off(vm);
        return;
    }
    if (refused) {
        report(vm, "library", "QEMU cannot load its SPICE modules: %s: its log is %s/" QEMU_LOG,
               refused, vm->folder);
        return;
    }
    if (no_spice || no_package) {
        g_autofree char *message = g_strdup_printf(
            "QEMU has no SPICE: install its modules " SPICE_PACKAGES ": its log is %s/" QEMU_LOG,
            vm->folder);
        skip(vm, message);
        return;
    }
    g_autofree char *how = WIFSIGNALED(status)
                               ? g_strdup_printf("was ended by signal %d", WTERMSIG(status))
                               : g_strdup_printf("has ended with status %d", WEXITSTATUS(status));
    report(vm, "qemu", "QEMU %s: %s: its log is %s/" QEMU_LOG ", the guest's %s/" QEMU_SERIAL_LOG,
           how, words ? words : "it has complained of nothing", vm->folder, vm->folder);
}

static gboolean on_quit_late(void *data)
{
    struct vm *vm = data;

    vm->quit_timer = 0;
    report(vm, "qemu", "QEMU has not ended within %d s and is killed: its log is %s/" QEMU_LOG,
           QUIT_SECONDS, vm->folder);
    return G_SOURCE_REMOVE;
}

static void order_quit(struct vm *vm)
{
    qmp_execute(vm->qmp, NULL, NULL, "{\"execute\":\"quit\"}");
    vm->quit_timer = g_timeout_add_seconds(QUIT_SECONDS, on_quit_late, vm);
}

static gboolean on_power_off_late(void *data)
{
    struct vm *vm = data;

    g_printerr(PROGRAM ": the guest has not powered off within %d s: the card may need a reset\n",
               POWER_OFF_SECONDS);
    order_quit(vm);
    return G_SOURCE_REMOVE;
}

/* A card that was never shut down by its driver may not come up again. */
static void end_qemu(struct vm *vm)
{
    if (vm->is_ending)
        return;
    vm->is_ending = true;
    if (!vm->qmp) {
        g_main_loop_quit(vm->loop);
        return;
    }
    if (!vm->gpu) {
        order_quit(vm);
        return;
    }
    qmp_execute(vm->qmp, NULL, NULL, "{\"execute\":\"system_powerdown\"}");
    vm->quit_timer = g_timeout_add_seconds(POWER_OFF_SECONDS, on_power_off_late, vm);
}

static void on_monitor_ready(void *data)
{
    struct vm *vm = data;
    g_autoptr(GError) error = NULL;

    vm->library =
        qemu_library(qemu_process_pid(vm->qemu), vm->expect_library, vm->programs, &error);
    if (!vm->library) {
        report(vm, "library", "%s: its log is %s/" QEMU_LOG, error->message, vm->folder);
        return;
    }
    control_notice("listening", "listen=%s pid=%d", listener_address(vm->listener),
                   (int)qemu_process_pid(vm->qemu));
}

static void on_port_change(struct vm *vm, JsonObject *body, int64_t time_ns)
{
    const bool is_open = json_object_get_boolean_member(body, "open");

    if (!g_str_equal(json_object_get_string_member(body, "id"), QEMU_PORT "-port"))
        return;
    control_notice_at("port", time_ns, "state=%s", is_open ? "opened" : "closed");
    sample_event(vm, is_open ? "port-opened" : "port-closed", time_ns);
}

static void on_channel(struct vm *vm, JsonObject *body, int64_t time_ns)
{
    JsonObject *client = json_object_get_object_member(body, "client");

    if (json_object_get_int_member(client, "channel-type") != CHANNEL_DISPLAY ||
        json_object_get_int_member(client, "channel-id") != 0)
        return;
    control_notice_at("client", time_ns, "state=connected");
    sample_event(vm, "client-connected", time_ns);
}

static gboolean on_boot_late(void *data);

static void await_boot(struct vm *vm)
{
    g_clear_handle_id(&vm->boot_timer, g_source_remove);
    vm->boot_timer = g_timeout_add_seconds((unsigned)vm->boot_seconds, on_boot_late, vm);
}

/* A guest that resets itself while it boots would do so for ever. */
static void on_reset(struct vm *vm, const char *by, int64_t time_ns)
{
    vm->resets = vm->is_reset ? vm->resets + 1 : 1;
    if ((vm->is_reset && vm->resets <= RESETS_OF_A_REBOOT) ||
        (vm->guest && !vm->is_ready)) /* a boot loader may start the machine anew */
        return;
    if (!vm->is_ready || vm->is_reset) {
        report(vm, "boot",
               "the guest resets before it has booted: its serial line's log is "
               "%s/" QEMU_SERIAL_LOG,
               vm->folder);
        return;
    }
    control_notice_at("reset", time_ns, "by=%s", by);
    guest_orders_reset(vm->orders);
    vm->is_reset = true;
    await_boot(vm);
}

static void on_event(void *data, const char *name, JsonObject *body, int64_t time_ns)
{
    struct vm *vm = data;

    if (g_str_equal(name, "VSERPORT_CHANGE")) {
        on_port_change(vm, body, time_ns);
    } else if (g_str_equal(name, "SPICE_INITIALIZED")) {
        on_channel(vm, body, time_ns);
    } else if (g_str_equal(name, "RESET")) {
        on_reset(vm, json_object_get_boolean_member(body, "guest") ? "guest" : "host", time_ns);
    }
}

static void on_command_failed(void *data, const char *message)
{
    struct vm *vm = data;

    report(vm, "qemu", "QEMU refuses a command: %s: its log is %s/" QEMU_LOG, message, vm->folder);
}

/* QEMU has a copy of it then. */
static void on_accept(int fd, void *data)
{
    struct vm *vm = data;

    qmp_give_fd(vm->qmp, "client", fd);
    qmp_execute(vm->qmp, NULL, NULL,
                "{\"execute\":\"add_client\",\"arguments\":{\"protocol\":\"spice\",\"fdname\":"
                "\"client\",\"skipauth\":true}}");
    close(fd);
}

/* --- the guest -------------------------------------------------------------------- */

static gboolean on_boot_late(void *data)
{
    struct vm *vm = data;

    vm->boot_timer = 0;
    report(vm, "boot",
           "the guest has not booted within %d s: its serial line's log is %s/" QEMU_SERIAL_LOG
           ", QEMU's is %s/" QEMU_LOG,
           vm->boot_seconds, vm->folder, vm->folder);
    return G_SOURCE_REMOVE;
}

static void on_clock_set(void *data, int64_t error_ns)
{
    (void)data;
    control_notice("clock", "error_ns=%" PRId64, error_ns);
    g_printerr(PROGRAM ": the guest's clock is the host's within %" PRId64 " us\n",
               error_ns / 1000);
}

static const char *value_of(char **words, const char *key)
{
    for (char **word = words; *word; word++)
        if (g_str_has_prefix(*word, key) && (*word)[strlen(key)] == '=')
            return *word + strlen(key) + 1;
    return "";
}

/* The guest shows its console: for the first time, or after a reset. */
static void on_booted(struct vm *vm, char **words)
{
    g_clear_handle_id(&vm->boot_timer, g_source_remove);
    if (!vm->is_ready)
        control_notice("ready",
                       "listen=%s port=/run/ports/%s agents=%s/" QEMU_SOCKET_AGENTS
                       " library=%s pid=%d",
                       listener_address(vm->listener), vm->port_name, vm->sockets, vm->library,
                       (int)qemu_process_pid(vm->qemu));
    else if (vm->is_reset)
        control_notice("mode", "width=%s height=%s number=%s", value_of(words, "width"),
                       value_of(words, "height"), value_of(words, "number"));
    vm->is_ready = true;
    vm->is_reset = false;
}

static void on_guest_notice(void *data, const char *line)
{
    struct vm *vm = data;
    g_auto(GStrv) words = words_split(line);

    if (!words[0])
        return;
    if (g_str_equal(words[0], "row")) {
        samples_row(vm->samples, "%s", value_of(words, "text"));
        return;
    }
    printf("%s\n", line);
    fflush(stdout);
    if (g_str_equal(words[0], "error"))
        report(vm, "guest", "the guest reports: %s: its log is %s/" QEMU_SERIAL_LOG,
               value_of(words, "message"), vm->folder);
    else if (g_str_equal(words[0], "vgpu") && g_str_equal(value_of(words, "screen"), "console"))
        on_booted(vm, words);
}

/* --- commands of the harness --------------------------------------------------------- */

static void on_snapshot(void *data, const char *word)
{
    struct vm *vm = data;

    (void)word;
    control_notice("snapshot", "file=%s", vm->snapshot);
}

static void take_snapshot(struct vm *vm, const char *file)
{
    g_autofree char *quoted = qmp_quote(file);

    g_free(vm->snapshot);
    vm->snapshot = g_strdup(file);
    qmp_execute(vm->qmp, on_snapshot, NULL,
                "{\"execute\":\"screendump\",\"arguments\":{\"filename\":%s,\"format\":\"png\"}}",
                quoted);
}

static void on_command(int argc, char **argv, void *data)
{
    static const char *const of_guest[] = {"desktop", "pause",    "resume", "mode",
                                           "reboot",  "poweroff", "panic",  NULL};
    struct vm *vm = data;
    g_autofree char *line = g_strjoinv(" ", argv);

    if (g_strv_contains(of_guest, argv[0])) {
        guest_orders_send(vm->orders, line);
    } else if (g_str_equal(argv[0], "snapshot") && argc == 2) {
        take_snapshot(vm, argv[1]);
    } else if (g_str_equal(argv[0], "reset") && argc == 1) {
        qmp_execute(vm->qmp, NULL, NULL, "{\"execute\":\"system_reset\"}");
    } else if (g_str_equal(argv[0], "start") && argc == 1) {
        qmp_execute(vm->qmp, NULL, NULL, "{\"execute\":\"cont\"}");
    } else if (g_str_equal(argv[0], "release") && argc == 1) {
        guest_orders_release(vm->orders);
    } else if (g_str_equal(argv[0], "shutdown") && argc == 1) {
        vm->is_shutting_down = true;
        end_qemu(vm);
    } else {
        report(vm, "command", "no command of a real VM: %s", line);
    }
}

static void on_quit(void *data)
{
    end_qemu(data);
}

/* --- setting up --------------------------------------------------------------------- */

static bool parse_options(struct vm *vm, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING, &vm->listen, "Where SPICE clients connect",
         "ADDRESS:PORT|unix:PATH"},
        {"port-name", 0, 0, G_OPTION_ARG_STRING, &vm->port_name, "Name of the VirtIO port", "NAME"},
        {"size", 0, 0, G_OPTION_ARG_STRING, &vm->size, "Size of the vGPU's screen (1024x768)",
         "WxH"},
        {"vgpu-fps", 0, 0, G_OPTION_ARG_INT, &vm->fps,
         "Updates of the vGPU's screen per second (10)", "N"},
        {"samples", 0, 0, G_OPTION_ARG_FILENAME, &vm->samples_path,
         "Write samples; QEMU's and the guest's logs lie beside them, and the guest may write there",
         "FILE"},
        {"sockets", 0, 0, G_OPTION_ARG_FILENAME, &vm->sockets,
         "A private folder with a short name, for sockets", "FOLDER"},
        {"expect-library", 0, 0, G_OPTION_ARG_FILENAME, &vm->expect_library,
         "Fail unless libspice-server comes from FOLDER", "FOLDER"},
        {"gpu", 0, 0, G_OPTION_ARG_STRING, &vm->gpu,
         "Give the VM a graphics card: the PCI addresses of its functions", "PCI,..."},
        {"guest", 0, 0, G_OPTION_ARG_FILENAME, &vm->guest,
         "Another guest than the small one: on a disk, which is not written", "DISK"},
        {"recordings", 0, 0, G_OPTION_ARG_FILENAME, &vm->recordings,
         "With --guest: a folder that the guest has at the same place, to read", "FOLDER"},
        {"image-compression", 0, 0, G_OPTION_ARG_STRING, &vm->image_compression,
         "As QEMU's option -spice has it", "NAME"},
        {"streaming", 0, 0, G_OPTION_ARG_STRING, &vm->streaming, "The same", "NAME"},
        {"video-codecs", 0, 0, G_OPTION_ARG_STRING, &vm->video_codecs, "The same",
         "ENCODER:CODEC;..."},
        {"system", 0, 0, G_OPTION_ARG_FILENAME, &vm->system,
         "Another kernel and initramfs than those of harness/vm/qemu/guest/prepare", "FOLDER"},
        {"serve", 0, 0, G_OPTION_ARG_FILENAME, &vm->serve,
         "What the guest runs instead of harness/vm/qemu/guest/serve", "PROGRAM"},
        {"paused", 0, 0, G_OPTION_ARG_NONE, &vm->paused,
         "The machine runs when it is told to, by the command start, and the guest's programs by the "
         "command release",
         NULL},
        {"boot-seconds", 0, 0, G_OPTION_ARG_INT, &vm->boot_seconds,
         "For how long the guest may boot (120)", "N"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- a real VM: QEMU with a small guest");
    g_autoptr(GError) error = NULL;

    g_option_context_set_description(
        context, "Commands on standard input: desktop, pause, resume, snapshot "
                 "FILE, mode WxH, start, release, reset, poweroff, reboot, panic, shutdown, quit.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        return fail(vm, "options", error);
    if (argc > 1 || !vm->listen || !vm->port_name || !vm->samples_path || !vm->sockets) {
        report(
            vm, "options",
            "--listen, --port-name, --samples and --sockets are needed, and nothing else: see " PROGRAM
            " --help");
        return false;
    }
    return true;
}

/* The folder of guest/prepare, beside this program or installed. */
static char *find_guest(const struct vm *vm)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(guest_folders); i++) {
        g_autofree char *folder = g_canonicalize_filename(guest_folders[i], vm->programs);
        g_autofree char *prepare = g_build_filename(folder, "prepare", NULL);
        if (g_file_test(prepare, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&folder);
    }
    return g_canonicalize_filename(guest_folders[0], vm->programs);
}

/* The kernel and the first file system, which are made at the first time. */
static bool prepare_guest(struct vm *vm)
{
    g_autofree char *folder = find_guest(vm), *output = NULL;
    g_autofree char *prepare = g_build_filename(folder, "prepare", NULL);
    const char *argv[] = {prepare, NULL};
    g_autoptr(GError) error = NULL;
    int status;

    if (!vm->serve)
        vm->serve = g_build_filename(folder, "serve", NULL);
    if (vm->system)
        return true;
    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                      &status, &error))
        return skip(vm, error->message);
    g_strchomp(output);
    if (status != 0) {
        g_autofree char *message = g_strdup_printf("the guest cannot be made: %s", output);
        return skip(vm, message);
    }
    vm->system = g_steal_pointer(&output);
    return true;
}

static bool find_programs(struct vm *vm)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *qemu = g_find_program_in_path("qemu-system-x86_64");

    vm->programs = g_path_get_dirname(self ? self : ".");
    return qemu ||
           skip(
               vm,
               "qemu-system-x86_64 is not installed: install it with SPICE's modules " SPICE_PACKAGES);
}

static bool boots_with_kvm(void *data, char **ret_problem)
{
    return qemu_boots_with_kvm(data, ret_problem);
}

static bool choose_accelerator(struct qemu_settings *settings)
{
    const struct accelerator_place place = {.device = ACCELERATOR_DEVICE,
                                            .processors = ACCELERATOR_PROCESSORS,
                                            .boot = boots_with_kvm,
                                            .data = settings};
    g_autofree char *reason = NULL;

    settings->kvm = accelerator_is_kvm(&place, &reason);
    g_printerr(PROGRAM ": %s\n", reason);
    control_notice("accelerator", "name=%s reason=%s", settings->kvm ? "kvm" : "tcg", reason);
    return true;
}

static bool start_qemu(struct vm *vm)
{
    struct qemu_settings settings = {
        .system = vm->system,
        .serve = vm->serve,
        .programs = vm->programs,
        .folder = vm->folder,
        .sockets = vm->sockets,
        .port_name = vm->port_name,
        .fps = (unsigned)vm->fps,
        .guest = vm->guest,
        .gpu = vm->gpu,
        .recordings = vm->recordings,
        .paused = vm->paused,
        .image_compression = vm->image_compression,
        .streaming = vm->streaming,
        .video_codecs = vm->video_codecs,
    };
    const struct qmp_callbacks of_monitor = {
        .ready = on_monitor_ready, .event = on_event, .failed = on_command_failed, .data = vm};
    const struct guest_orders_callbacks of_guest = {
        .clock_set = on_clock_set, .notice = on_guest_notice, .data = vm};
    g_autoptr(GError) error = NULL;

    if (sscanf(vm->size ? vm->size : "1024x768", "%ux%u", &settings.width_px,
               &settings.height_px) != 2) {
        report(vm, "options", "wrong value: --size %s: give WIDTHxHEIGHT", vm->size);
        return false;
    }
    choose_accelerator(&settings);
    vm->qemu = qemu_process_start(&settings, on_qemu_ended, vm, &error);
    if (!vm->qemu)
        return fail(vm, "qemu", error);
    vm->qmp = qmp_create(qemu_process_take_monitor(vm->qemu), &of_monitor);
    vm->orders = guest_orders_create(qemu_process_take_orders(vm->qemu), &of_guest);
    if (vm->paused)
        guest_orders_hold(vm->orders);
    listener_start(vm->listener, on_accept, vm);
    await_boot(vm);
    return true;
}

static bool open_files(struct vm *vm)
{
    g_autofree char *folder = g_path_get_dirname(vm->samples_path);
    g_autoptr(GError) error = NULL;

    vm->folder = g_canonicalize_filename(folder, NULL);
    vm->listener = listener_open(vm->listen, &error);
    if (!vm->listener)
        return fail(vm, "listen", error);
    vm->samples = samples_open(vm->samples_path, SAMPLE_COLUMNS, &error);
    return vm->samples || fail(vm, "samples", error);
}

/* QEMU does so itself, unless it was killed. */
static void remove_sockets(const struct vm *vm)
{
    static const char *const names[] = {QEMU_SOCKET_SPICE, QEMU_SOCKET_AGENTS};

    for (unsigned i = 0; vm->sockets && i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(vm->sockets, names[i], NULL);
        unlink(path);
    }
}

static void finish(struct vm *vm)
{
    g_clear_handle_id(&vm->boot_timer, g_source_remove);
    g_clear_handle_id(&vm->quit_timer, g_source_remove);
    listener_close(vm->listener);
    qmp_destroy(vm->qmp);
    guest_orders_destroy(vm->orders);
    qemu_process_destroy(vm->qemu);
    remove_sockets(vm);
    vm->loop = NULL;
    if (!samples_close(vm->samples))
        report(vm, "samples", "%s: the file is incomplete: is the disk full?", vm->samples_path);
}

int main(int argc, char **argv)
{
    struct vm vm = {.fps = 10, .boot_seconds = BOOT_SECONDS_DEFAULT, .status = EXIT_SUCCESS};
    GMainLoop *loop = g_main_loop_new(NULL, false);

    signal(SIGPIPE, SIG_IGN);
    if (parse_options(&vm, argc, argv) && find_programs(&vm) && prepare_guest(&vm) &&
        open_files(&vm)) {
        vm.loop = loop;
        control_start(on_command, on_quit, &vm);
        if (start_qemu(&vm))
            g_main_loop_run(loop);
        control_stop();
    }
    finish(&vm);
    g_main_loop_unref(loop);
    return vm.status;
}
