/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-sim: a simulated VM. For libspice-server it is the same as QEMU: a process with
 * a main loop, a QXL vGPU and a VirtIO port. The guest is a thread that draws a boot
 * and a desktop; the agent that opens the port is another process.
 *
 * Controlled by commands and notices, see harness/instrument/control.h:
 * desktop · film · finish · pause · resume · snapshot FILE ·
 * cursor set SIZE VALUE|move X Y|hide · mode WxH · no-primary · reset · unplug ·
 * gl-draw · migrate ADDRESS:PORT · start · shutdown · quit
 */
#include "auto-destroy.h"
#include "harness/instrument/child.h"
#include "harness/instrument/control.h"
#include "harness/instrument/samples.h"
#include "harness/vm/sim/core-loop.h"
#include "harness/vm/sim/gl-scanout.h"
#include "harness/vm/sim/keyboard.h"
#include "harness/vm/sim/listener.h"
#include "harness/vm/sim/loaded-library.h"
#include "harness/vm/sim/migration.h"
#include "harness/vm/sim/options.h"
#include "harness/vm/sim/qxl-device.h"
#include "harness/vm/sim/sound.h"
#include "harness/vm/sim/tablet.h"
#include "harness/vm/sim/tls.h"
#include "harness/vm/sim/vgpu.h"
#include "harness/vm/sim/video-codecs.h"
#include "harness/vm/sim/virtio-port.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <inttypes.h>
#include <libavutil/log.h>
#include <signal.h>
#include <spice.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define SAMPLE_COLUMNS "event,t_ns,number,x,y,width,height,unit,planned_ns"

#define DISPLAYS_MAX 2
/* The largest size of the guest's pointer; real ones are smaller. */
#define CURSOR_MAX_PX 512
/* The display to which the commands apply. */
#define FIRST 0

struct vm {
    struct vm_options *options;
    struct samples *samples;
    char *library;
    GMainLoop *loop;
    struct listener *listener;
    SpiceServer *server;
    struct port_transport *transport, *second_transport; /* the second may be NULL */
    struct virtio_port *port, *second_port;
    struct sound *sound; /* NULL: none */
    struct qxl_device *devices[DISPLAYS_MAX];
    struct film *film;            /* NULL: none */
    struct film_changes *changes; /* NULL: the film's pictures are drawn whole */
    struct mediation *mediation;  /* NULL: the vGPU is no mediated one */
    struct vgpu *vgpus[DISPLAYS_MAX];
    int status; /* the exit status */
};

/* Logs an event that has no picture, whose columns stay empty. Any thread. */
static void sample_event(const struct vm *vm, const char *event, int64_t time_ns)
{
    samples_row(vm->samples, "%s,%" PRId64 ",,,,,,,", event, time_ns);
}

static void on_client(bool connected, void *data)
{
    int64_t now_ns = samples_now_ns();

    control_notice_at("client", now_ns, "state=%s", connected ? "connected" : "disconnected");
    sample_event(data, connected ? "client-connected" : "client-disconnected", now_ns);
}

static void on_port_state(bool is_open, int64_t time_ns, void *data)
{
    control_notice_at("port", time_ns, "state=%s", is_open ? "opened" : "closed");
    sample_event(data, is_open ? "port-opened" : "port-closed", time_ns);
}

static void on_second_port_state(bool is_open, int64_t time_ns, void *data)
{
    control_notice_at("second-port", time_ns, "state=%s", is_open ? "opened" : "closed");
}

static void report(struct vm *vm, const char *reason, const char *message)
{
    control_notice("error", "reason=%s", reason);
    g_printerr("vm-sim: %s\n", message);
    vm->status = EXIT_FAILURE;
}

static gboolean quit_loop(void *data)
{
    g_main_loop_quit(((struct vm *)data)->loop);
    return G_SOURCE_REMOVE;
}

static void on_snapshot_failed(const char *message, void *data)
{
    report(data, "snapshot", message);
    g_idle_add(quit_loop, data);
}

static void on_accept(int fd, void *data)
{
    struct vm *vm = data;

    /* The same as the server does for its own listening socket. */
    if ((vm->options->tls ? spice_server_add_ssl_client(vm->server, fd, false)
                          : spice_server_add_client(vm->server, fd, false)) < 0)
        close(fd);
}

/* cursor set SIZE VALUE | move X Y | hide */
static bool change_cursor(struct qxl_device *device, int argc, char **argv)
{
    int64_t first, second;

    if (argc == 4 && g_str_equal(argv[1], "set"))
        return g_ascii_string_to_signed(argv[2], 10, 1, CURSOR_MAX_PX, &first, NULL) &&
               g_ascii_string_to_signed(argv[3], 10, 0, UINT8_MAX, &second, NULL) &&
               qxl_device_set_cursor(device, (unsigned)first, (uint8_t)second);
    if (argc == 4 && g_str_equal(argv[1], "move"))
        return g_ascii_string_to_signed(argv[2], 10, INT16_MIN, INT16_MAX, &first, NULL) &&
               g_ascii_string_to_signed(argv[3], 10, INT16_MIN, INT16_MAX, &second, NULL) &&
               qxl_device_move_cursor(device, (int)first, (int)second);
    return argc == 2 && g_str_equal(argv[1], "hide") && qxl_device_hide_cursor(device);
}

/* A change of the first display that is made while its driver does not draw. */
struct change {
    struct vm *vm;
    void (*apply)(const struct change *change);
    int width_px, height_px; /* of the new mode */
};

static void change_mode(const struct change *change)
{
    unsigned width_px = (unsigned)change->width_px, height_px = (unsigned)change->height_px;

    qxl_device_set_mode(change->vm->devices[FIRST], width_px, height_px);
    vgpu_unpark(change->vm->vgpus[FIRST], width_px, height_px, false);
}

static void destroy_primary(const struct change *change)
{
    qxl_device_destroy_primary(change->vm->devices[FIRST]);
    control_notice("no-primary", "%s", "");
}

static void reset(const struct change *change)
{
    struct qxl_device *device = change->vm->devices[FIRST];

    qxl_device_reset(device);
    vgpu_unpark(change->vm->vgpus[FIRST], qxl_device_width_px(device), qxl_device_height_px(device),
                true);
}

static void unplug(const struct change *change)
{
    qxl_device_unplug(change->vm->devices[FIRST]);
    control_notice("unplugged", "%s", "");
}

static void on_parked(void *data)
{
    struct change *change = data;

    change->apply(change);
    g_free(change);
}

static void apply_parked(struct vm *vm, void (*apply)(const struct change *change), int width_px,
                         int height_px)
{
    struct change change = {vm, apply, width_px, height_px};

    vgpu_park(vm->vgpus[FIRST], on_parked, g_memdup2(&change, sizeof change));
}

/* Destroys the server in the middle of everything: while its clients, its display and
 * an open port still exist. */
static void shut_down(struct vm *vm)
{
    listener_stop(vm->listener);
    for (unsigned i = 0; i < DISPLAYS_MAX; i++)
        g_clear_pointer(&vm->vgpus[i], vgpu_destroy);
    g_clear_pointer(&vm->sound, sound_destroy);
    spice_server_destroy(g_steal_pointer(&vm->server));
    virtio_port_server_gone(vm->port);
    if (vm->second_port)
        virtio_port_server_gone(vm->second_port);
    control_notice("shut-down", "%s", "");
    g_main_loop_quit(vm->loop);
}

static void on_command(int argc, char **argv, void *data)
{
    struct vm *vm = data;
    struct vgpu *vgpu = vm->vgpus[FIRST];
    int width_px, height_px;

    if (g_str_equal(argv[0], "desktop") && argc == 1)
        vgpu_desktop(vgpu);
    else if (g_str_equal(argv[0], "mode") && argc == 2 &&
             options_parse_size(argv[1], &width_px, &height_px))
        apply_parked(vm, change_mode, width_px, height_px);
    else if (g_str_equal(argv[0], "no-primary") && argc == 1)
        apply_parked(vm, destroy_primary, 0, 0);
    else if (g_str_equal(argv[0], "reset") && argc == 1)
        apply_parked(vm, reset, 0, 0);
    else if (g_str_equal(argv[0], "unplug") && argc == 1)
        apply_parked(vm, unplug, 0, 0);
    else if (g_str_equal(argv[0], "gl-draw") && argc == 1)
        qxl_device_gl_draw(vm->devices[FIRST]);
    else if (g_str_equal(argv[0], "migrate") && argc == 2)
        migration_begin(argv[1]);
    else if (g_str_equal(argv[0], "start") && argc == 1)
        spice_server_vm_start(vm->server);
    else if (g_str_equal(argv[0], "shutdown") && argc == 1)
        shut_down(vm);
    else if (g_str_equal(argv[0], "film") && argc == 1 && vm->film)
        vgpu_film(vgpu, vm->film, vm->changes, vm->mediation);
    else if (g_str_equal(argv[0], "finish") && argc == 1)
        vgpu_finish(vgpu);
    else if (g_str_equal(argv[0], "pause") && argc == 1)
        vgpu_pause(vgpu);
    else if (g_str_equal(argv[0], "resume") && argc == 1)
        vgpu_resume(vgpu);
    else if (g_str_equal(argv[0], "snapshot") && argc == 2)
        vgpu_snapshot(vgpu, argv[1]);
    else if (g_str_equal(argv[0], "cursor") && change_cursor(vm->devices[FIRST], argc, argv))
        control_notice("cursor", "event=%s", argv[1]);
    else
        g_printerr("vm-sim: unknown command: %s: see vm-sim --help; film needs --film FILE\n",
                   argv[0]);
}

static void on_quit(void *data)
{
    quit_loop(data);
}

static bool fail(struct vm *vm, const char *reason, GError *error)
{
    report(vm, reason, error->message);
    g_error_free(error);
    return false;
}

static bool server_create(struct vm *vm)
{
    const struct vm_options *options = vm->options;
    GError *error = NULL;

    vm->server = spice_server_new();
    spice_server_set_noauth(vm->server);
    spice_server_set_name(vm->server, "vm-sim");
    /* Without these two a client's picture could not be compared exactly with a
     * snapshot: on a slow link the server would choose a lossy compression. */
    spice_server_set_jpeg_compression(vm->server, SPICE_WAN_COMPRESSION_NEVER);
    spice_server_set_zlib_glz_compression(vm->server, SPICE_WAN_COMPRESSION_NEVER);
    if (options->tls &&
        !tls_set_up(vm->server, options->tls, listener_address(vm->listener), &error))
        return fail(vm, "server", error);
    if (spice_server_set_image_compression(vm->server, options->image_compression) != 0 ||
        spice_server_set_streaming_video(vm->server, options->streaming) != 0 ||
        spice_server_init(vm->server, core_loop_interface(on_client, vm)) != 0) {
        report(vm, "server", "cannot start the SPICE server: see its message above");
        return false;
    }
    /* A library without LZ4 uses another compression instead. */
    if ((int)spice_server_get_image_compression(vm->server) != options->image_compression) {
        report(vm, "server",
               "this libspice-server does not support the --image-compression: use Debian's "
               "or this project's");
        return false;
    }
    return !options->video_codecs || video_codecs_set(vm->server, options->video_codecs, &error) ||
           fail(vm, "server", error);
}

static bool plays_on_scanout(const struct vm_options *options)
{
    return options->drawing == FILM_GL_AT_ONCE || options->drawing == FILM_GL_REFRESH_30;
}

/* QEMU's default for -spice max-refresh-rate. */
#define QEMU_REFRESH_HZ 30

static bool use_scanout(struct vm *vm)
{
    const unsigned refresh_hz = vm->options->drawing == FILM_GL_REFRESH_30 ? QEMU_REFRESH_HZ : 0;
    GError *error = NULL;

    return qxl_device_use_scanout(vm->devices[FIRST], refresh_hz, &error) ||
           fail(vm, "scanout", error);
}

/* What this machine's libraries cannot do is no failure of a test. */
static bool check_scanout(struct vm *vm)
{
    GError *error = NULL;

    if (!plays_on_scanout(vm->options) || gl_scanout_check(&error))
        return true;
    fail(vm, "scanout", error);
    vm->status = CHILD_EXIT_SKIP;
    return false;
}

/* Finds everything that can be wrong with the command line before anything runs. */
static bool vm_prepare(struct vm *vm)
{
    GError *error = NULL;

    if (vm->options->video_codecs && !video_codecs_check(vm->options->video_codecs, &error))
        return fail(vm, "options", error);
    vm->library = loaded_library_find(vm->options->expect_library, &error);
    if (!vm->library)
        return fail(vm, "library", error);
    if (!check_scanout(vm))
        return false;
    vm->listener = listener_open(vm->options->listen, &error);
    if (!vm->listener)
        return fail(vm, "listen", error);
    vm->transport = port_transport_create(vm->options->port, &error);
    if (vm->transport && vm->options->second_port)
        vm->second_transport = port_transport_create(vm->options->second_port, &error);
    if (error)
        return fail(vm, "port", error);
    vm->samples =
        vm->options->samples ? samples_open(vm->options->samples, SAMPLE_COLUMNS, &error) : NULL;
    if (error)
        return fail(vm, "samples", error);
    return true;
}

/* The decoding and its threads have ended before the server is created. */
static bool vm_load_film(struct vm *vm)
{
    const struct vm_options *options = vm->options;
    GError *error = NULL;

    av_log_set_level(AV_LOG_QUIET); /* an error in a film is reported in one line */
    if (!options->film)
        return true;
    vm->film = film_load(options->film, options->width_px, options->height_px, &error);
    if (!vm->film)
        return fail(vm, "film", error);
    if (options->drawing == FILM_DIRTY_RECTS)
        vm->changes = film_changes_create(vm->film);
    return true;
}

static bool vm_mediate(struct vm *vm)
{
    const struct vm_options *options = vm->options;
    GError *error = NULL;

    if (!options->submissions)
        return true;
    vm->mediation = mediation_create(&options->mediated, options->submissions, &error);
    if (vm->mediation)
        return true;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)) {
        fail(vm, "traps", error);
        vm->status = CHILD_EXIT_SKIP;
        return false;
    }
    return fail(vm, "vgpu", error);
}

static bool vm_start(struct vm *vm)
{
    const struct vm_options *options = vm->options;

    if (!server_create(vm))
        return false;
    for (unsigned i = 0; i < (unsigned)options->displays; i++)
        vm->devices[i] = qxl_device_create(vm->server, i, (unsigned)options->width_px,
                                           (unsigned)options->height_px);
    if (plays_on_scanout(options) && !use_scanout(vm))
        return false;
    control_notice("ready", "listen=%s port=%s library=%s", listener_address(vm->listener),
                   port_transport_path(vm->transport), vm->library);
    tablet_add(vm->server);
    keyboard_add(vm->server, vm->samples);
    migration_add(vm->server, options->seamless);
    vm->sound = options->sound ? sound_create(vm->server) : NULL;
    vm->port = virtio_port_create(vm->server, options->port_name, g_steal_pointer(&vm->transport),
                                  on_port_state, vm);
    if (vm->second_transport)
        vm->second_port =
            virtio_port_create(vm->server, options->port_name,
                               g_steal_pointer(&vm->second_transport), on_second_port_state, vm);
    if (!options->incoming)
        spice_server_vm_start(vm->server);
    for (unsigned i = 0; i < (unsigned)options->displays; i++)
        vm->vgpus[i] = vgpu_create(vm->devices[i], options->width_px, options->height_px,
                                   (unsigned)options->vgpu_fps, i == FIRST ? vm->samples : NULL,
                                   on_snapshot_failed, vm);
    listener_start(vm->listener, on_accept, vm);
    return true;
}

static void vm_finish(struct vm *vm)
{
    listener_close(vm->listener);
    for (unsigned i = 0; i < DISPLAYS_MAX; i++)
        vgpu_destroy(vm->vgpus[i]);
    virtio_port_destroy(vm->port);
    virtio_port_destroy(vm->second_port);
    sound_destroy(vm->sound);
    port_transport_destroy(vm->transport);
    port_transport_destroy(vm->second_transport);
    if (vm->server)
        spice_server_destroy(vm->server);
    for (unsigned i = 0; i < DISPLAYS_MAX; i++)
        qxl_device_destroy(vm->devices[i]);
    if (!mediation_destroy(vm->mediation))
        report(vm, "samples",
               "cannot write the submissions: the file is incomplete: free some space");
    film_changes_destroy(vm->changes);
    film_destroy(vm->film);
    if (!samples_close(vm->samples))
        report(vm, "samples", "cannot write the samples: the file is incomplete: free some space");
    g_free(vm->library);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    auto_destroy(vm_options) options = options_parse(argc, argv, &error);
    if (!options) {
        control_notice("error", "reason=options");
        g_printerr("vm-sim: %s\n", error->message);
        return EXIT_FAILURE;
    }
    /* Standard output is for the notices: libspice-server's log must not mix with them. */
    g_log_writer_default_set_use_stderr(true);
    /* The end of the harness is noticed on standard input, that of a client on its socket. */
    signal(SIGPIPE, SIG_IGN);

    struct vm vm = {.options = options};
    vm.loop = g_main_loop_new(NULL, false);
    /* Before anything is created that a signal would leave behind; signals are handled
     * once the loop runs. */
    control_start(on_command, on_quit, &vm);
    if (vm_prepare(&vm) && vm_load_film(&vm) && vm_mediate(&vm) && vm_start(&vm))
        g_main_loop_run(vm.loop);
    control_stop();
    vm_finish(&vm);
    g_main_loop_unref(vm.loop);
    return vm.status;
}
