/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/tests/vm-bed.h"

#include "auto-destroy.h"
#include "harness/instrument/folder.h"
#include "media/barcode.h"
#include "media/picture.h"
#include "media/video-file.h"

#include <glib/gstdio.h>
#include <string.h>

#define AGAIN_US 50000

struct vm_bed bed;

/* --- the processes ------------------------------------------------------------------ */

char *vm_bed_program(const char *name)
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

void complain(const struct child *child, const GError *error)
{
    g_autofree char *words = child_last_words(child);

    fail_msg("%s: %s: %s", child_name(child), error->message, words ? words : "");
}

const struct notice *await(struct child *child, unsigned *cursor, const char *word, const char *key,
                           const char *value)
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

const struct notice *await_vm(const char *word, const char *key, const char *value)
{
    return await(bed.vm, &bed.vm_cursor, word, key, value);
}

void await_port(const char *state)
{
    await(bed.vm, &bed.port_cursor, "port", "state", state);
}

void order(struct child *child, const char *line)
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

void await_end(struct child **child, char **ret_how)
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

void start_vm(const char *path, const char *library, const char *const *more)
{
    g_autofree char *vm = vm_bed_program("vm-qemu"), *ours = vm_bed_program("spice-server/lib");
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

void the_vm_fails(const char *expected, const char *log)
{
    g_autofree char *path = log ? g_strdup_printf(" log is %s/%s", bed.sockets, log) : NULL;
    g_autofree char *how = NULL;

    await_end(&bed.vm, &how);
    if (!strstr(how, expected))
        fail_msg("expected '%s', got '%s'", expected, how);
    if (path && !strstr(how, path))
        fail_msg("expected '%s', got '%s'", path, how);
}

pid_t await_listening(void)
{
    g_autoptr(GError) error = NULL;
    const struct notice *listening =
        child_wait_notice(bed.vm, "listening", &bed.vm_cursor, PATIENCE_S, NULL, &error);

    if (listening) {
        g_free(bed.listen);
        bed.listen = g_strdup(notice_value(listening, "listen"));
        return (pid_t)notice_count(listening, "pid");
    }
    if (!g_error_matches(error, CHILD_ERROR, CHILD_ERROR_SKIP))
        complain(bed.vm, error);
    bed.missing = g_strdup(error->message);
    g_clear_pointer(&bed.vm, child_destroy);
    skip_without_vm();
    return 0;
}

void skip_without_vm(void)
{
    if (!bed.missing)
        return;
    print_message("%s\n", bed.missing);
    skip();
}

/* --- the client -------------------------------------------------------------------------- */

void connect_client(void)
{
    g_autofree char *client = vm_bed_program("client"),
                    *uri = g_strconcat("spice://", bed.listen, NULL);
    const char *argv[] = {client, "--uri", uri, "--sink", "appsink", NULL};

    bed.client_cursor = bed.saved_cursor = 0;
    bed.client = start("client", argv, NULL);
    await(bed.client, &bed.client_cursor, "connected", NULL, NULL);
}

void client_shows(const char *source)
{
    await(bed.client, &bed.client_cursor, "shown", "source", source);
}

void disconnect_client(void)
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

void client_has_the_vgpus_pixels(void)
{
    for (const int64_t end_us = begin_waiting();; go_on_waiting(end_us)) {
        auto_destroy(picture) vgpu = save_vgpu();
        auto_destroy(picture) shown = save_shown();
        if (are_same(shown, vgpu))
            return;
    }
}

void client_has_the_text(unsigned width_px, unsigned height_px)
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

void start_in_guest(const char *name, const char *const *words)
{
    g_autofree char *runner = vm_bed_program("agent-in-guest");
    g_autofree char *socket = g_build_filename(bed.sockets, "agents", NULL);
    g_autofree char *log = g_strdup_printf("%s-%u", name, ++bed.agents);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();

    g_ptr_array_add(argv, runner);
    g_ptr_array_add(argv, socket);
    for (; *words; words++)
        g_ptr_array_add(argv, (char *)*words);
    g_ptr_array_add(argv, NULL);
    bed.agent_cursor = 0;
    bed.agent = start(log, (const char *const *)argv->pdata, NULL);
}

void start_agent(const char *holder)
{
    g_autofree char *agent = vm_bed_program("sim-agent");
    g_autofree char *shell =
        g_strdup_printf("%s exec %s --port tty:" PORT " --recording " RECORDING, holder, agent);
    const char *plain[] = {agent, "--port", "tty:" PORT, "--recording", RECORDING, NULL};
    const char *held[] = {"/bin/sh", "-c", shell, NULL};

    start_in_guest("sim-agent", holder ? held : plain);
    await(bed.agent, &bed.agent_cursor, "ready", NULL, NULL);
}

void the_agent_streams(void)
{
    order(bed.agent, "open");
    await_port("opened");
    client_shows("pgpu");
}

void an_agent_streams(void)
{
    start_agent(NULL);
    the_agent_streams();
}

/* The guest reads it out of the host's files. */
static bool save_key_frame(const char *path)
{
    auto_destroy(video_file) file = video_file_open(RECORDING, true, NULL);
    struct video_packet packet = {.key = false};

    while (file && !packet.key)
        if (!video_file_next(file, &packet, NULL))
            return false;
    return file &&
           g_file_set_contents(path, (const char *)packet.packet->data, packet.packet->size, NULL);
}

int vm_bed_begin(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *tests = g_path_get_dirname(self);

    bed.build = g_path_get_dirname(tests);
    bed.folder = g_dir_make_tmp("vm-bed-XXXXXX", NULL);
    bed.key_frame = g_build_filename(bed.folder, "key-frame", NULL);
    return bed.folder && save_key_frame(bed.key_frame) ? 0 : -1;
}

int vm_bed_finish(void **state)
{
    child_destroy(bed.client);
    child_destroy(bed.agent);
    child_destroy(bed.vm);
    for (unsigned i = 1; i <= bed.vms; i++) {
        g_autofree char *folder = g_strdup_printf("%s/vm-%u", bed.folder, i);
        folder_remove(folder);
    }
    static const char *const folders[] = {"bare", "resets"};
    for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *folder = g_build_filename(bed.folder, folders[i], NULL);
        folder_remove(folder);
    }
    folder_remove(bed.folder);
    return 0;
}
