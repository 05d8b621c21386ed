/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * vm-qemu: the life of a real VM from power-on to power-off, as an unmodified client sees it:
 * firmware and console on the vGPU, the pGPU while the agent has its port open, the vGPU after
 * it, whatever ends the agent. The client's pictures are judged by their pixels: by the barcode in
 * them, or by QEMU's own picture of the vGPU. And what a VM reports that cannot be.
 *
 * One VM for the cases of its life, which follow each other.
 */
#include "auto-destroy.h"
#include "harness/instrument/child.h"
#include "harness/instrument/folder.h"
#include "harness/tests/process.h"
#include "media/barcode.h"
#include "media/picture.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

/* Nothing takes so long on a machine that others use, too. */
#define PATIENCE_S 200.0
#define AGAIN_US 50000
/* Of the text mode in which the firmware, and then the kernel's first console, writes; and of the
 * kernel's console on the card's driver. */
#define FIRMWARE_PX 720, 400
#define CONSOLE_PX 1024, 768
/* Debian's. */
#define QEMU_MODULES "/usr/lib/x86_64-linux-gnu/qemu"
#define PORT_NAME "org.spice-space.pgpu.0"
#define PORT "/run/ports/" PORT_NAME
/* Its pictures have a barcode. */
#define RECORDING "sim-agent/captures/cad-720p30.mp4"

static struct {
    char *build, *folder;
    unsigned vms, agents; /* started so far */
    struct child *vm, *client, *agent;
    unsigned vm_cursor, client_cursor, saved_cursor, agent_cursor, port_cursor;
    char *listen, *sockets;
    pid_t qemu;
    int64_t begin_ns;    /* of the VM */
    const char *missing; /* why there is no VM here */
    bool in_order;       /* the case before has passed */
} bed;

/* --- the processes ------------------------------------------------------------------ */

static char *program(const char *name)
{
    return g_build_filename(bed.build, name, NULL);
}

static struct child *start(const char *name, const char *const *argv,
                           const char *const *environment)
{
    g_autofree char *log = g_strdup_printf("%s/%s.log", bed.folder, name);
    g_autoptr(GError) error = NULL;
    struct child *child = child_start(name, argv, environment, log, &error);

    if (!child)
        fail_msg("%s", error->message);
    return child;
}

static void complain(const struct child *child, const GError *error)
{
    g_autofree char *words = child_last_words(child);

    fail_msg("%s: %s: %s", child_name(child), error->message, words ? words : "");
}

static const struct notice *await(struct child *child, unsigned *cursor, const char *word,
                                  const char *key, const char *value)
{
    for (;;) {
        g_autoptr(GError) error = NULL;
        const struct notice *notice =
            child_wait_notice(child, word, cursor, PATIENCE_S, NULL, &error);
        if (!notice)
            complain(child, error);
        if (!key || g_strcmp0(notice_value(notice, key), value) == 0)
            return notice;
    }
}

static const struct notice *await_vm(const char *word, const char *key, const char *value)
{
    return await(bed.vm, &bed.vm_cursor, word, key, value);
}

/* QEMU may report a port's change before or after what has caused it. */
static void await_port(const char *state)
{
    await(bed.vm, &bed.port_cursor, "port", "state", state);
}

static void order(struct child *child, const char *line)
{
    g_autoptr(GError) error = NULL;

    if (!child_send_line(child, &error, line))
        fail_msg("%s", error->message);
}

static bool has_ended(void *data, GError **error)
{
    (void)error;
    return child_has_ended(data, NULL);
}

/* It ends by itself; how, is in `ret_how`, or must be status 0. */
static void await_end(struct child **child, char **ret_how)
{
    g_autoptr(GError) late = NULL, how = NULL;

    if (!child_wait(has_ended, *child, PATIENCE_S, "its end", NULL, &late))
        complain(*child, late);
    if (!child_end(*child, 1, &how) && !ret_how)
        complain(*child, how);
    if (ret_how)
        *ret_how = how ? g_strdup(how->message) : g_strdup("status 0");
    g_clear_pointer(child, child_destroy);
}

static void end(struct child **child)
{
    g_autoptr(GError) error = NULL;

    if (*child && !child_end(*child, PATIENCE_S, &error))
        complain(*child, error);
    g_clear_pointer(child, child_destroy);
}

/* --- the VM ----------------------------------------------------------------------------- */

/* A folder of its own for its samples and logs. `more`: further options, ended by NULL. */
static void start_vm(const char *path, const char *library, const char *const *more)
{
    g_autofree char *vm = program("vm-qemu"), *ours = program("spice-server/lib");
    g_autofree char *folder = g_strdup_printf("%s/vm-%u", bed.folder, ++bed.vms);
    g_autofree char *samples = g_build_filename(folder, "vm.csv", NULL);
    g_autofree char *name = g_strdup_printf("vm-qemu-%u", bed.vms);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    const char *const words[] = {vm,      "--listen",    "127.0.0.1:0", "--samples",
                                 samples, "--port-name", PORT_NAME,     "--sockets",
                                 folder,  NULL};
    g_auto(GStrv) environment = g_get_environ();

    assert_int_equal(g_mkdir(folder, 0700), 0);
    for (unsigned i = 0; words[i]; i++)
        g_ptr_array_add(argv, (void *)words[i]);
    g_ptr_array_add(argv, (void *)"--expect-library");
    g_ptr_array_add(argv, ours);
    for (unsigned i = 0; more && more[i]; i++)
        g_ptr_array_add(argv, (void *)more[i]);
    g_ptr_array_add(argv, NULL);
    environment = g_environ_setenv(environment, "LD_LIBRARY_PATH", library ? library : ours, true);
    if (path)
        environment = g_environ_setenv(environment, "PATH", path, true);
    g_free(bed.sockets);
    bed.sockets = g_strdup(folder);
    bed.vm_cursor = bed.port_cursor = 0;
    bed.vm = start(name, (const char *const *)argv->pdata, (const char *const *)environment);
}

/* What it reports, in one line, before it ends with a failure. */
static void the_vm_fails(const char *expected)
{
    g_autofree char *how = NULL;

    await_end(&bed.vm, &how);
    if (!strstr(how, expected))
        fail_msg("expected '%s', got '%s'", expected, how);
}

/* --- the client -------------------------------------------------------------------------- */

static void connect_client(void)
{
    g_autofree char *client = program("client"), *uri = g_strconcat("spice://", bed.listen, NULL);
    const char *argv[] = {client, "--uri", uri, "--sink", "appsink", NULL};

    bed.client_cursor = bed.saved_cursor = 0;
    bed.client = start("client", argv, NULL);
    await(bed.client, &bed.client_cursor, "connected", NULL, NULL);
}

static void client_shows(const char *source)
{
    await(bed.client, &bed.client_cursor, "shown", "source", source);
}

static void disconnect_client(void)
{
    end(&bed.client);
}

/* QEMU's own picture of the vGPU. */
static struct picture *save_vgpu(void)
{
    g_autofree char *file = g_build_filename(bed.folder, "vgpu.png", NULL);
    g_autofree char *snapshot = g_strconcat("snapshot ", file, NULL);

    order(bed.vm, snapshot);
    await_vm("snapshot", NULL, NULL);
    return picture_load(file, NULL);
}

static struct picture *save_shown(void)
{
    g_autofree char *file = g_build_filename(bed.folder, "shown.png", NULL);
    g_autofree char *save = g_strconcat("save ", file, NULL);

    order(bed.client, save);
    await(bed.client, &bed.saved_cursor, "saved", NULL, NULL);
    return picture_load(file, NULL);
}

static bool are_same(const struct picture *one, const struct picture *other)
{
    struct picture_difference difference;

    assert_non_null(one);
    assert_non_null(other);
    return picture_compare(one, other, &difference, NULL) && difference.wrong_pixels == 0;
}

static bool is_blank(const struct picture *picture)
{
    for (unsigned y = 0; y < picture->height_px; y++)
        for (unsigned x = 0; x < picture->width_px; x++)
            if (memcmp(picture->bgrx + y * picture->stride_bytes + (size_t)x * 4, picture->bgrx,
                       3) != 0)
                return false;
    return true;
}

static int64_t begin_waiting(void)
{
    return g_get_monotonic_time() + (int64_t)(PATIENCE_S * G_USEC_PER_SEC);
}

static void go_on_waiting(int64_t end_us)
{
    assert_true(g_get_monotonic_time() < end_us);
    g_usleep(AGAIN_US);
}

/* The client's picture is QEMU's own of the vGPU, pixel for pixel, once all of it has arrived. */
static void client_has_the_vgpus_pixels(void)
{
    for (const int64_t end_us = begin_waiting();; go_on_waiting(end_us)) {
        auto_destroy(picture) vgpu = save_vgpu();
        auto_destroy(picture) shown = save_shown();
        if (are_same(shown, vgpu))
            return;
    }
}

/* The same of a text in a mode of this size, before the guest's program draws anything. */
static void client_has_the_text(unsigned width_px, unsigned height_px)
{
    for (const int64_t end_us = begin_waiting();; go_on_waiting(end_us)) {
        enum barcode_source source;
        uint16_t number;
        auto_destroy(picture) vgpu = save_vgpu();
        auto_destroy(picture) shown = save_shown();

        assert_false(barcode_read(vgpu->bgrx, vgpu->stride_bytes, vgpu->width_px, vgpu->height_px,
                                  &source, &number));
        if (are_same(shown, vgpu) && shown->width_px == width_px && shown->height_px == height_px &&
            !is_blank(shown))
            return;
    }
}

/* --- the agent ----------------------------------------------------------------------------- */

/* `holder`: a shell's command before it, or NULL. */
static void start_agent(const char *holder)
{
    g_autofree char *runner = program("agent-in-guest"), *agent = program("sim-agent");
    g_autofree char *socket = g_build_filename(bed.sockets, "agents", NULL);
    g_autofree char *name = g_strdup_printf("sim-agent-%u", ++bed.agents);
    g_autofree char *shell =
        g_strdup_printf("%s exec %s --port tty:" PORT " --recording " RECORDING, holder, agent);
    const char *plain[] = {runner,      socket,        agent,     "--port",
                           "tty:" PORT, "--recording", RECORDING, NULL};
    const char *held[] = {runner, socket, "/bin/sh", "-c", shell, NULL};

    bed.agent_cursor = 0;
    bed.agent = start(name, holder ? held : plain, NULL);
    await(bed.agent, &bed.agent_cursor, "ready", NULL, NULL);
}

/* It opens the port, and the client shows it. */
static void the_agent_streams(void)
{
    order(bed.agent, "open");
    await_port("opened");
    client_shows("pgpu");
}

static void an_agent_streams(void)
{
    start_agent(NULL);
    the_agent_streams();
}

/* --- the VM's life ------------------------------------------------------------------------- */

/* Skips the case where there can be no VM, and fails it where the case before has. */
static void begin_case(void)
{
    if (bed.missing) {
        print_message("%s\n", bed.missing);
        skip();
    }
    if (!bed.in_order)
        fail_msg("an earlier case of the VM's life has failed");
    bed.in_order = false;
}

static void end_case(void)
{
    bed.in_order = true;
}

/* The first case alone finds out whether there can be one. */
static void firmware_and_console_are_on_the_vgpu(void **state)
{
    const char *const more[] = {"--paused", NULL};

    start_vm(NULL, NULL, more);
    g_autoptr(GError) error = NULL;
    const struct notice *listening =
        child_wait_notice(bed.vm, "listening", &bed.vm_cursor, PATIENCE_S, NULL, &error);
    if (!listening && g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP)) {
        bed.missing = g_strdup(error->message);
        g_clear_pointer(&bed.vm, child_destroy);
        begin_case();
    }
    if (!listening)
        complain(bed.vm, error);
    bed.listen = g_strdup(notice_value(listening, "listen"));
    bed.qemu = (pid_t)notice_count(listening, "pid");

    connect_client();
    bed.begin_ns = g_get_monotonic_time() * 1000;
    order(bed.vm, "start");
    client_has_the_text(FIRMWARE_PX);
    disconnect_client();
    connect_client();
    client_has_the_text(CONSOLE_PX);
    order(bed.vm, "release");
    const struct notice *vgpu = await_vm("vgpu", "screen", "console");
    assert_in_range(vgpu->time_ns, bed.begin_ns, g_get_monotonic_time() * 1000);
    const struct notice *ready = await_vm("ready", NULL, NULL);
    print_message("the guest shows its console %.1f s after power-on\n",
                  (double)(ready->time_ns - bed.begin_ns) / 1e9);
    client_shows("vgpu");
    order(bed.vm, "pause");
    await_vm("paused", NULL, NULL);
    client_has_the_vgpus_pixels();
    order(bed.vm, "resume");
    end_case();
}

static void the_pgpu_is_shown_while_the_agent_streams(void **state)
{
    begin_case();
    an_agent_streams();
    print_message("the client shows the pGPU %.1f s after power-on\n",
                  (double)(g_get_monotonic_time() * 1000 - bed.begin_ns) / 1e9);
    disconnect_client();
    connect_client();
    client_shows("pgpu");
    order(bed.agent, "close");
    await_port("closed");
    client_shows("vgpu");
    order(bed.vm, "pause");
    await_vm("paused", NULL, NULL);
    client_has_the_vgpus_pixels();
    order(bed.vm, "mode 800x600");
    await_vm("mode", NULL, NULL);
    client_has_the_vgpus_pixels();
    order(bed.vm, "resume");
    end_case();
}

/* Only the vGPU is left of the VM: text first, and then the guest's own picture again. */
static void the_guest_boots_again(const char *by)
{
    g_autofree char *how = NULL;

    await_vm("reset", "by", by);
    await_port("closed");
    disconnect_client();
    connect_client(); /* while there is firmware or a kernel */
    await_end(&bed.agent, &how);
    assert_non_null(strstr(how, "the guest has booted again"));
    await_vm("mode", NULL, NULL);
    client_shows("vgpu");
}

static void the_guest_reboots(void **state)
{
    begin_case();
    the_agent_streams(); /* the one of before, again */
    order(bed.vm, "reboot");
    the_guest_boots_again("guest");
    end_case();
}

static void a_port_is_opened_once(void **state)
{
    g_autofree char *how = NULL;

    begin_case();
    start_agent("exec 9<>" PORT ";");
    await_port("opened");
    order(bed.agent, "open");
    await_end(&bed.agent, &how);
    assert_non_null(strstr(how, "cannot open the port: tty:" PORT ": Device or resource busy"));
    await_port("closed");
    end_case();
}

static void the_guest_crashes_while_the_agent_streams(void **state)
{
    begin_case();
    an_agent_streams();
    order(bed.vm, "panic");
    the_guest_boots_again("guest");
    end_case();
}

static void the_machine_is_reset(void **state)
{
    begin_case();
    an_agent_streams();
    order(bed.vm, "reset");
    the_guest_boots_again("host");
    an_agent_streams();
    end_case();
}

static void the_guest_powers_off_while_the_agent_streams(void **state)
{
    begin_case();
    order(bed.vm, "poweroff");
    await_vm("powered-off", NULL, NULL);
    await(bed.client, &bed.client_cursor, "disconnected", NULL, NULL);
    await_end(&bed.vm, NULL);
    g_autofree char *how = NULL;
    await_end(&bed.agent, &how);
    assert_non_null(strstr(how, "the VM has ended"));
    disconnect_client();
    assert_true(process_dies(bed.qemu, PATIENCE_S));
    end_case();
}

/* --- a VM that cannot be ----------------------------------------------------------------- */

static void no_qemu(void **state)
{
    start_vm("/nonexistent", NULL, NULL);
    the_vm_fails("qemu-system-x86_64 is not installed: install it with SPICE's modules (Debian ");
}

/* Where its modules lie there is nothing. */
static void a_qemu_without_spice(void **state)
{
    const char *can[] = {"unshare", "-rm", "true", NULL};
    g_autofree char *folder = g_build_filename(bed.folder, "bare", NULL);
    g_autofree char *wrapper = g_build_filename(folder, "qemu-system-x86_64", NULL);
    g_autofree char *path = g_strdup_printf("%s:%s", folder, g_getenv("PATH"));
    g_autofree char *qemu = g_find_program_in_path("qemu-system-x86_64");
    g_autofree char *script =
        g_strdup_printf("#!/bin/sh\nexec unshare -rm sh -c 'mount -t tmpfs none " QEMU_MODULES
                        " && exec %s \"$@\"' sh \"$@\"\n",
                        qemu);
    int status;

    if (bed.missing || !g_file_test(QEMU_MODULES, G_FILE_TEST_IS_DIR) ||
        !g_spawn_sync(NULL, (char **)can, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                      &status, NULL) ||
        status != 0)
        skip();
    assert_int_equal(g_mkdir(folder, 0700), 0);
    assert_true(
        g_file_set_contents_full(wrapper, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
    start_vm(path, NULL, NULL);
    the_vm_fails("QEMU has no SPICE: install its modules (Debian ");
}

static void a_kernel_that_is_none(void **state)
{
    g_autofree char *kernel = g_build_filename(bed.folder, "kernel", NULL);
    const char *const more[] = {"--system", bed.folder, NULL};

    if (bed.missing)
        skip();
    assert_true(g_file_set_contents(kernel, "no kernel", -1, NULL));
    start_vm(NULL, NULL, more);
    the_vm_fails("reason qemu: vm-qemu: QEMU has ended with status 1: ");
}

static void a_guest_that_never_opens_its_port(void **state)
{
    g_autofree char *serve = g_canonicalize_filename("harness/vm/qemu/tests/never-opens", NULL);
    const char *const more[] = {"--serve", serve, "--boot-seconds", "3", NULL};

    if (bed.missing)
        skip();
    start_vm(NULL, NULL, more);
    const pid_t qemu = (pid_t)notice_count(await_vm("listening", NULL, NULL), "pid");
    the_vm_fails("the guest has not booted within 3 s: its serial line's log is ");
    assert_true(process_dies(qemu, PATIENCE_S));
}

/* It dies in its first process. */
static void a_library_that_qemu_refuses(void **state)
{
    g_autofree char *library = g_build_filename(bed.folder, "libspice-server.so.1", NULL);

    if (bed.missing)
        skip();
    assert_true(g_file_set_contents(library, "no library", -1, NULL));
    start_vm(NULL, bed.folder, NULL);
    the_vm_fails("QEMU cannot load its SPICE modules: ");
}

static void another_library_than_ours(void **state)
{
    if (bed.missing)
        skip();
    start_vm(NULL, "/nonexistent", NULL);
    the_vm_fails("reason library: vm-qemu: QEMU has loaded /");
}

/* As the kernel does when the harness was killed. */
static void a_killed_vm_leaves_nothing(void **state)
{
    if (bed.missing)
        skip();
    start_vm(NULL, NULL, NULL);
    const pid_t qemu = (pid_t)notice_count(await_vm("listening", NULL, NULL), "pid");
    kill(child_pid(bed.vm), SIGKILL);
    assert_true(process_dies(qemu, PATIENCE_S));
    g_autofree char *how = NULL;
    await_end(&bed.vm, &how);
}

static int begin(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(self);

    bed.build = g_path_get_dirname(tests);
    bed.folder = g_dir_make_tmp("test-vm-qemu-XXXXXX", NULL);
    return bed.folder ? 0 : -1;
}

static int finish(void **state)
{
    child_destroy(bed.client);
    child_destroy(bed.agent);
    child_destroy(bed.vm);
    for (unsigned i = 1; i <= bed.vms; i++) {
        g_autofree char *folder = g_strdup_printf("%s/vm-%u", bed.folder, i);
        folder_remove(folder);
    }
    g_autofree char *bare = g_build_filename(bed.folder, "bare", NULL);
    folder_remove(bare);
    folder_remove(bed.folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(firmware_and_console_are_on_the_vgpu),
        cmocka_unit_test(the_pgpu_is_shown_while_the_agent_streams),
        cmocka_unit_test(the_guest_reboots),
        cmocka_unit_test(a_port_is_opened_once),
        cmocka_unit_test(the_guest_crashes_while_the_agent_streams),
        cmocka_unit_test(the_machine_is_reset),
        cmocka_unit_test(the_guest_powers_off_while_the_agent_streams),
        cmocka_unit_test(no_qemu),
        cmocka_unit_test(a_qemu_without_spice),
        cmocka_unit_test(a_kernel_that_is_none),
        cmocka_unit_test(a_guest_that_never_opens_its_port),
        cmocka_unit_test(a_library_that_qemu_refuses),
        cmocka_unit_test(another_library_than_ours),
        cmocka_unit_test(a_killed_vm_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
