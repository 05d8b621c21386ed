/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/qemu/machine.h"

#include "auto-destroy.h"
#include "gpu-module/spice-server/tests/qemu/vga.h"
#include "media/picture.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>

#define QEMU "qemu-system-x86_64"
#define MEMORY_MIB "64"
#define SERIAL_SLOT 5
/* Where the processor begins, 16 bytes before the end of 64 KiB: cli; hlt; and if
 * anything wakes it, again. */
#define FIRMWARE_BYTES 65536
#define FIRMWARE_ENTRY (FIRMWARE_BYTES - 16)
static const uint8_t HALT[] = {0xfa, 0xf4, 0xeb, 0xfc};

/* QXL's module needs that for SPICE; QEMU loads both to list the device. */
static bool has_displays(void)
{
    const char *argv[] = {QEMU, "-M", "none", "-device", "help", NULL};
    g_autofree char *output = NULL;

    return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, &output, NULL, NULL, NULL) &&
           strstr(output, "\"qxl-vga\"") && strstr(output, "\"virtio-vga\"");
}

const char *machine_is_missing(void)
{
    g_autofree char *qemu = g_find_program_in_path(QEMU);

    if (BED_UNDER_SANITIZER)
        return "QEMU cannot load a library that was built with a sanitizer";
    if (!qemu)
        return QEMU " is not installed";
    if (!has_displays())
        return QEMU " lacks its modules for SPICE, QXL or virtio-vga";
    return NULL;
}

static char *file_of(const struct machine *machine, const char *what)
{
    return g_strdup_printf("%s/%s-%s", bed.folder, machine->name, what);
}

static void make_firmware(const char *file)
{
    g_autofree uint8_t *firmware = g_malloc0(FIRMWARE_BYTES);
    memcpy(firmware + FIRMWARE_ENTRY, HALT, sizeof HALT);
    assert_true(g_file_set_contents(file, (char *)firmware, FIRMWARE_BYTES, NULL));
}

static void add(GPtrArray *argv, const char *option, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void add(GPtrArray *argv, const char *option, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(argv, g_strdup(option));
    g_ptr_array_add(argv, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static GPtrArray *command_line(const struct machine *machine, const char *incoming)
{
    const struct machine_kind *kind = machine->kind;
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *firmware = file_of(machine, "firmware");
    const char *at = bed.folder, *name = machine->name;

    make_firmware(firmware);
    g_ptr_array_add(argv, g_find_program_in_path(QEMU));
    g_ptr_array_add(argv, g_strdup("-nodefaults"));
    g_ptr_array_add(argv, g_strdup("-no-user-config"));
    add(argv, "-M", "pc");
    add(argv, "-accel", "tcg");
    add(argv, "-m", MEMORY_MIB);
    add(argv, "-bios", "%s", firmware);
    add(argv, "-display", "none");
    add(argv, "-vga", "none");
    if (kind->display)
        add(argv, "-device", "%s", kind->display);
    if (kind->sandbox)
        add(argv, "-sandbox", "%s", kind->sandbox);
    if (incoming)
        add(argv, "-incoming", "unix:%s", incoming);
    add(argv, "-spice", "unix=on,addr=%s/%s-spice,disable-ticketing=on", at, name);
    add(argv, "-qmp", "unix:%s/%s-qmp,server=on,wait=off", at, name);
    add(argv, "-qtest", "unix:%s/%s-qtest,server=on,wait=off", at, name);
    add(argv, "-qtest-log", "/dev/null");
    add(argv, "-device", "virtio-serial-pci,disable-modern=on,addr=%d,id=serial", SERIAL_SLOT);
    add(argv, "-chardev", "spiceport,id=pgpu,name=" PORT_NAME);
    add(argv, "-device", "virtserialport,chardev=pgpu,name=" PORT_NAME ",nr=%d,id=port", PORT_PGPU);
    if (kind->stream_port) {
        add(argv, "-chardev", "spiceport,id=stream,name=org.spice-space.stream.0");
        add(argv, "-device", "virtserialport,chardev=stream,name=org.spice-space.stream.0,nr=%d",
            PORT_STREAM);
    }
    g_ptr_array_add(argv, NULL);
    return argv;
}

/* A library of the same name may lie in the system: only ours is mapped. */
static void has_our_library(const struct machine *machine, const char *folder)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/maps", (int)child_pid(machine->qemu));
    g_autofree char *ours = g_build_filename(folder, "libspice-server.so", NULL);
    g_autofree char *maps = NULL;
    unsigned found = 0;

    assert_true(g_file_get_contents(path, &maps, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(maps, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (!strstr(*line, "libspice-server.so"))
            continue;
        assert_non_null(strstr(*line, ours));
        found++;
    }
    assert_true(found > 0);
}

void machine_boot(struct machine *machine)
{
    if (machine->kind->display)
        vga_show(machine->qtest);
    virtio_serial_destroy(machine->serial);
    machine->serial = virtio_serial_create(machine->qtest, SERIAL_SLOT);
}

struct machine *machine_start(const struct machine_kind *kind, const char *name,
                              const char *incoming)
{
    struct machine *machine = g_new0(struct machine, 1);
    machine->kind = kind;
    machine->name = g_strdup(name);
    g_autoptr(GPtrArray) argv = command_line(machine, incoming);
    g_autofree char *library = bed_program("spice-server/lib");
    g_autofree char *qmp = file_of(machine, "qmp"), *qtest = file_of(machine, "qtest");

    machine->qemu = bed_start(name, (const char *const *)argv->pdata, library);
    machine->qmp = qmp_connect(qmp);
    machine->qtest = qtest_connect(qtest);
    has_our_library(machine, library);
    if (!incoming)
        machine_boot(machine);
    return machine;
}

static bool has_ended(void *data, GError **error)
{
    (void)error;
    return child_has_ended(data, NULL);
}

static void end(struct child *child)
{
    g_autoptr(GError) error = NULL;
    if (!child_end(child, DEADLINE_S, &error))
        fail_msg("%s", error->message);
}

void machine_kill(struct machine *machine)
{
    if (!machine)
        return;
    if (machine->client)
        kill(child_pid(machine->client), SIGCONT);
    child_destroy(machine->client);
    if (!child_has_ended(machine->qemu, NULL))
        kill(child_pid(machine->qemu), SIGKILL);
    child_destroy(machine->qemu);
    virtio_serial_destroy(machine->serial);
    qmp_close(machine->qmp);
    qtest_close(machine->qtest);
    g_free(machine->name);
    g_free(machine);
}

void machine_end(struct machine *machine)
{
    g_autoptr(GError) error = NULL;

    machine_lives(machine);
    machine_disconnect_client(machine);
    qmp_execute(machine->qmp, "{\"execute\":\"quit\"}");
    if (!child_wait(has_ended, machine->qemu, DEADLINE_S, "QEMU's end", NULL, &error))
        fail_msg("%s", error->message);
    end(machine->qemu);
    machine_kill(machine);
}

static void complain(const struct child *child, const GError *error)
{
    g_autofree char *words = child_last_words(child);
    fail_msg("%s: %s: %s", child_name(child), error->message, words ? words : "");
}

void machine_lives(struct machine *machine)
{
    g_autoptr(GError) error = NULL;

    if (child_has_ended(machine->qemu, &error))
        complain(machine->qemu, error);
    if (machine->client && child_has_ended(machine->client, &error))
        complain(machine->client, error);
}

/* Of a source that is the pGPU, or is not; of that width, or any (0). */
static void wait_shown(struct machine *machine, bool pgpu, unsigned width_px)
{
    for (;;) {
        g_autoptr(GError) error = NULL;
        const struct notice *shown = child_wait_notice(
            machine->client, "shown", &machine->client_cursor, DEADLINE_S, NULL, &error);
        if (!shown)
            complain(machine->client, error);
        const char *source = notice_value(shown, "source");
        if (pgpu == g_str_equal(source, "pgpu") && !g_str_equal(source, "kept") &&
            (width_px == 0 || strtoul(notice_value(shown, "width"), NULL, 10) == width_px))
            return;
    }
}

void machine_connect_client(struct machine *machine)
{
    g_autofree char *client = bed_program("client"), *spice = file_of(machine, "spice");
    g_autofree char *name = g_strconcat(machine->name, "-client", NULL);
    const char *argv[] = {client, "--unix", spice, "--sink", "appsink", "--watch", "0", NULL};

    if (!machine->kind->display)
        return;
    machine->client = bed_start(name, argv, NULL);
    machine->client_cursor = 0;
    wait_shown(machine, false, 0);
}

void machine_disconnect_client(struct machine *machine)
{
    if (machine->client)
        end(machine->client);
    child_destroy(machine->client);
    machine->client = NULL;
}

void machine_shows_pgpu(struct machine *machine, unsigned width_px)
{
    wait_shown(machine, true, width_px);
}

void machine_shows_vgpu(struct machine *machine)
{
    g_autofree char *vgpu_file = file_of(machine, "vgpu.png");
    g_autofree char *shown_file = file_of(machine, "shown.png");
    g_autofree char *save = g_strconcat("save ", shown_file, NULL);
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);
    struct picture_difference difference = {.wrong_pixels = 1};

    if (machine->black) {
        wait_shown(machine, false, 0);
        return;
    }
    while (difference.wrong_pixels != 0) { /* what the server has sent may be on its way */
        if (g_get_monotonic_time() > end_us)
            fail_msg("the client does not have the vGPU's picture");
        qmp_execute(machine->qmp,
                    "{\"execute\":\"screendump\",\"arguments\":{\"filename\":\"%s\","
                    "\"format\":\"png\"}}",
                    vgpu_file);
        ask(machine->client, save, "saved");
        auto_destroy(picture) vgpu = picture_load(vgpu_file, NULL);
        auto_destroy(picture) shown = picture_load(shown_file, NULL);
        assert_non_null(vgpu);
        assert_non_null(shown);
        if (!picture_compare(shown, vgpu, &difference, NULL)) /* not even the size */
            difference.wrong_pixels = 1;
    }
}
