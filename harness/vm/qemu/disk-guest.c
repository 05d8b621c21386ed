/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/disk-guest.h"

#include "harness/vm/qemu/arguments.h"

#include <gio/gio.h>
#include <string.h>

/* A desktop wants no less; what the host does not have, it would take from itself. */
#define MEMORY_MIB "4096"
#define PROCESSORS_MAX 4u
/* The firmware's variables, of which each VM has a copy. */
#define VARIABLES "firmware-variables.fd"

static const struct {
    const char *code, *variables;
} firmwares[] = {
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
};

/* -1: none is installed. */
static int find_firmware(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(firmwares); i++) {
        if (g_file_test(firmwares[i].code, G_FILE_TEST_EXISTS) &&
            g_file_test(firmwares[i].variables, G_FILE_TEST_EXISTS))
            return (int)i;
    }
    return -1;
}

/* The variables with which the guest was installed: they name what its disk is started by. */
static char *own_variables(const char *disk)
{
    const char *end = strrchr(disk, '.');
    const size_t length = end && !strchr(end, '/') ? (size_t)(end - disk) : strlen(disk);

    return g_strdup_printf("%.*s" DISK_GUEST_VARIABLES, (int)length, disk);
}

static bool write_arguments(const struct qemu_settings *settings, GError **error)
{
    g_autofree char *file = g_build_filename(settings->folder, DISK_GUEST_ARGUMENTS, NULL);
    g_autofree char *text =
        g_strdup_printf(" samples=%s recordings=%s size=%ux%u fps=%u \n", settings->folder,
                        settings->recordings ? settings->recordings : "", settings->width_px,
                        settings->height_px, settings->fps);

    return g_file_set_contents(file, text, -1, error);
}

bool disk_guest_prepare(const struct qemu_settings *settings, GError **error)
{
    const int firmware = find_firmware();
    g_autofree char *copy = g_build_filename(settings->folder, VARIABLES, NULL);
    g_autofree char *own = own_variables(settings->guest), *variables = NULL;
    size_t length;

    if (firmware < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "a guest on a disk needs the UEFI firmware OVMF: apt-get install ovmf");
        return false;
    }
    return g_file_get_contents(g_file_test(own, G_FILE_TEST_EXISTS) ? own
                                                                    : firmwares[firmware].variables,
                               &variables, &length, error) &&
           g_file_set_contents(copy, variables, (gssize)length, error) &&
           write_arguments(settings, error);
}

void disk_guest_add(GPtrArray *argv, const struct qemu_settings *settings)
{
    g_autofree char *disk = arguments_quote(settings->guest);
    g_autofree char *folder = arguments_quote(settings->folder);
    const int firmware = find_firmware();

    arguments_add(argv, "-smp", "%u", MIN(g_get_num_processors(), PROCESSORS_MAX));
    arguments_add(argv, "-m", MEMORY_MIB);
    arguments_add(argv, "-drive", "if=pflash,format=raw,readonly=on,file=%s",
                  firmwares[MAX(firmware, 0)].code);
    arguments_add(argv, "-drive", "if=pflash,format=raw,file=%s/" VARIABLES, folder);
    arguments_add(argv, "-drive", "if=virtio,snapshot=on,file=%s", disk);
    if (settings->recordings) {
        g_autofree char *recordings = arguments_quote(settings->recordings);
        arguments_add(argv, "-fsdev", "local,id=recordings,path=%s,security_model=none,readonly=on",
                      recordings);
        arguments_add(argv, "-device", "virtio-9p-pci,fsdev=recordings,mount_tag=recordings");
    }
}
