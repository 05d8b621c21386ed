/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * doctor --gpu: hosts made of files, from one without an IOMMU to one on which everything is right. Each test begins
 * with the right one and breaks one thing.
 */
#include "harness/doctor/doctor.h"
#include "harness/doctor/given-gpu.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define GPU "0000:03:00.0"
#define AUDIO "0000:03:00.1"
#define BRIDGE "0000:00:01.0"
#define OTHER "0000:00:1f.3"
#define DEVICES "sys/bus/pci/devices/"

static char *root;

static char *below_root(const char *name)
{
    char *file = g_build_filename(root, name, NULL);
    g_autofree char *folder = g_path_get_dirname(file);

    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    g_unlink(file);
    return file;
}

static void put_bytes(const char *name, const char *bytes, gssize length)
{
    g_autofree char *file = below_root(name);
    assert_true(g_file_set_contents(file, bytes, length, NULL));
}

static void put(const char *name, const char *text)
{
    put_bytes(name, text, -1);
}

static void take_away(const char *name)
{
    g_free(below_root(name));
}

static void put_link(const char *name, const char *target)
{
    g_autofree char *file = below_root(name);
    assert_int_equal(symlink(target, file), 0);
}

/* `driver` may be NULL. */
static void put_device(const char *address, const char *ids, const char *class_code,
                       const char *driver)
{
    g_autofree char *folder = g_strconcat(DEVICES, address, "/", NULL);
    g_auto(GStrv) words = g_strsplit(ids, ":", 2);
    const char *const files[][2] = {
        {"vendor", words[0]}, {"device", words[1]}, {"class", class_code}};

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_strconcat(folder, files[i][0], NULL);
        g_autofree char *text = g_strconcat("0x", files[i][1], "\n", NULL);
        put(file, text);
    }
    g_autofree char *link = g_strconcat(folder, "driver", NULL);
    g_autofree char *target = g_strconcat("../../../bus/pci/drivers/", driver, NULL);
    if (driver)
        put_link(link, target);
    else
        take_away(link);
}

static void put_in_group(const char *address)
{
    g_autofree char *member = g_strconcat("sys/kernel/iommu_groups/14/devices/", address, NULL);
    g_autofree char *device = g_strconcat("../../../../bus/pci/devices/", address, NULL);
    g_autofree char *group = g_strconcat(DEVICES, address, "/iommu_group", NULL);

    put_link(member, device);
    put_link(group, "../../../../kernel/iommu_groups/14");
}

static int make_host(void **state)
{
    root = g_dir_make_tmp("test-doctor-gpu-XXXXXX", NULL);
    put("proc/cpuinfo", "vendor_id\t: GenuineIntel\n");
    put("proc/cmdline", "BOOT_IMAGE=/vmlinuz intel_iommu=on iommu=pt\n");
    put("proc/self/status", "Name:\tvdibench\nCapEff:\t0000000000000000\n");
    put("proc/self/limits",
        "Max locked memory         unlimited            unlimited            bytes\n");
    put("usr/share/OVMF/OVMF_CODE_4M.fd", "");
    put_device(GPU, "1002:67e3", "030000", "vfio-pci");
    put_device(AUDIO, "1002:aae0", "040300", "vfio-pci");
    put_device(BRIDGE, "8086:1901", "060400", "pcieport");
    put_in_group(GPU);
    put_in_group(AUDIO);
    put_in_group(BRIDGE);
    put(DEVICES GPU "/reset_method", "device_specific bus\n");
    put(DEVICES GPU "/drm/card1/card1-DP-1/status", "connected\n");
#define QEMU                                                                \
    "qemu-system-x86_64\0-device\0vfio-pci,host=03:00.0,bus=rp1\0-device\0" \
    "virtserialport,chardev=pgpu,name=org.spice-space.pgpu.0"
    put_bytes("proc/4711/cmdline", QEMU, sizeof QEMU);
    return 0;
}

static int remove_host(void **state)
{
    const char *argv[] = {"rm", "-rf", root, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_clear_pointer(&root, g_free);
    return 0;
}

static GPtrArray *examine(const char *gpu)
{
    const struct machine machine = {
        .root = root, .programs = root, .top = root, .results = root, .gpu = gpu};
    return doctor_examine_gpu(&machine);
}

/* The point has this state, with these words in what was found and in its command (NULL: it has none); and no other
 * point is worse than on the right host. */
static void assert_found(const char *point, enum probe_state state, const char *found,
                         const char *mend)
{
    g_autoptr(GPtrArray) diagnoses = examine(GPU);
    bool seen = false;

    for (unsigned i = 0; i < diagnoses->len; i++) {
        const struct diagnosis *one = g_ptr_array_index(diagnoses, i);
        const struct finding *is = &one->finding;
        if (!g_str_equal(one->probe->point, point)) {
            if (is->state != PROBE_OK)
                fail_msg("%s: '%s' was right before", one->probe->point, is->found);
            continue;
        }
        seen = true;
        if (is->state != state || !strstr(is->found, found) || !is->mend != !mend ||
            (mend && !strstr(is->mend, mend)))
            fail_msg("%s: expected %s, '%s', '%s', got %s, '%s', '%s'", point,
                     probe_state_text(state), found, mend, probe_state_text(is->state), is->found,
                     is->mend);
    }
    assert_true(seen);
}

static void on_the_right_host_all_is_ok(void **state)
{
    g_autoptr(GPtrArray) diagnoses = examine(GPU);
    g_autofree char *text = doctor_text(diagnoses, "a VM");

    assert_int_equal(diagnoses->len, 9);
    assert_non_null(strstr(text, "9 ok, 0 limited, 0 missing: this machine is ready for a VM\n"));
    assert_found("card", PROBE_OK, "1002:67e3, 2 functions", NULL);
    assert_found("agent's port", PROBE_OK, "process 4711", "gpu-counters 4711");
}

static void what_is_wrong_is_found(void **state)
{
    put(DEVICES GPU "/reset_method", "bus\n");
    assert_found("reset", PROBE_LIMITED, "bus: ", "vendor-reset");
    take_away(DEVICES GPU "/reset_method");
    assert_found("reset", PROBE_LIMITED, "no reset method", "vendor-reset");
    put(DEVICES GPU "/reset_method", "flr\n");

    put("proc/self/limits",
        "Max locked memory         8388608              8388608              bytes\n");
    assert_found("memlock", PROBE_MISSING, "8 MiB", "limits.d");
    put("proc/self/limits",
        "Max locked memory         4294967296           4294967296           bytes\n");
    assert_found("memlock", PROBE_LIMITED, "4096 MiB", "limits.d");
    put("proc/self/status", "CapEff:\t0000000000004000\n"); /* CAP_IPC_LOCK alone */
    assert_found("memlock", PROBE_OK, "no limit", NULL);

    take_away("usr/share/OVMF/OVMF_CODE_4M.fd");
    assert_found("firmware", PROBE_MISSING, "OVMF", "apt-get install ovmf");
    put("usr/share/OVMF/OVMF_CODE.fd", "");

    put(DEVICES GPU "/drm/card1/card1-DP-1/status", "disconnected\n");
    assert_found("head", PROBE_LIMITED, "only the guest", "vdibench-agent --list");
    put(DEVICES GPU "/drm/card1/card1-DP-1/status", "connected\n");

    put_bytes("proc/4711/cmdline", "qemu\0vfio-pci,host=0000:03:00.0",
              sizeof "qemu\0vfio-pci,host=0000:03:00.0");
    assert_found("agent's port", PROBE_MISSING, "process 4711", "spice-pgpu-qemu");
    take_away("proc/4711/cmdline");
    assert_found("agent's port", PROBE_LIMITED, "no VM", NULL);
}

static void a_shared_group_is_found(void **state)
{
    put_device(OTHER, "8086:a170", "040300", "snd_hda_intel");
    put_in_group(OTHER);
    assert_found("group", PROBE_MISSING, "group 14 also has " OTHER " (snd_hda_intel)",
                 OTHER "/driver/unbind");
    put_device(OTHER, "8086:a170", "040300", NULL);
    assert_found("group", PROBE_OK, "group 14", NULL);
    put_device(OTHER, "8086:a170", "040300", "vfio-pci");
    assert_found("group", PROBE_OK, "group 14", NULL);
}

static void a_driver_of_the_hosts_is_found(void **state)
{
    put_device(GPU, "1002:67e3", "030000", "amdgpu");
    assert_found("driver", PROBE_MISSING, GPU " (amdgpu)", "ids=1002:67e3,1002:aae0");
    put_device(GPU, "1002:67e3", "030000", "vfio-pci");
    put_device(AUDIO, "1002:aae0", "040300", "snd_hda_intel");
    assert_found("driver", PROBE_MISSING, AUDIO " (snd_hda_intel)", "ids=1002:67e3,1002:aae0");
    put_device(AUDIO, "1002:aae0", "040300", NULL);
    assert_found("driver", PROBE_MISSING, AUDIO " (no driver)", "ids=1002:67e3,1002:aae0");
}

static void a_card_without_a_monitor_is_found(void **state)
{
    put_device(GPU, "1002:67e3", "030000", "amdgpu");
    put(DEVICES GPU "/drm/card1/card1-DP-1/status", "disconnected\n");
    g_autoptr(GPtrArray) diagnoses = examine(GPU);
    const struct diagnosis *head = g_ptr_array_index(diagnoses, 6);

    assert_string_equal(head->probe->point, "head");
    assert_int_equal(head->finding.state, PROBE_MISSING);
    assert_non_null(strstr(head->finding.mend, "video="));
    assert_false(doctor_is_ready(diagnoses));
}

/* Without an IOMMU no device has a group: two points, one cause. */
static void a_host_without_iommu(const char *cpu, const char *options, const char *found,
                                 const char *mend)
{
    g_autofree char *groups = g_build_filename(root, "sys", "kernel", NULL);
    const char *argv[] = {"rm", "-rf", groups, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    take_away(DEVICES GPU "/iommu_group");
    put("proc/cpuinfo", cpu);
    put("proc/cmdline", options);
    g_autoptr(GPtrArray) diagnoses = examine(GPU);
    const struct diagnosis *iommu = g_ptr_array_index(diagnoses, 1),
                           *group = g_ptr_array_index(diagnoses, 2);

    assert_string_equal(iommu->probe->point, "IOMMU");
    assert_int_equal(iommu->finding.state, PROBE_MISSING);
    assert_non_null(strstr(iommu->finding.found, found));
    assert_non_null(strstr(iommu->finding.mend, mend));
    assert_int_equal(group->finding.state, PROBE_MISSING);
    assert_false(doctor_is_ready(diagnoses));
}

static void without_iommu_the_kernel_or_the_firmware_is_asked(void **state)
{
    a_host_without_iommu("GenuineIntel\n", "quiet\n", "was not asked", "intel_iommu=on");
    a_host_without_iommu("GenuineIntel\n", "intel_iommu=on\n", "VT-d", "firmware-setup");
    a_host_without_iommu("AuthenticAMD\n", "quiet\n", "AMD-Vi", "firmware-setup");
}

static void without_the_card_nothing_else_is_looked_at(void **state)
{
    static const char *const cards[][2] = {{"0000:99:00.0", "no PCI device 0000:99:00.0"},
                                           {AUDIO, "is no display controller"},
                                           {NULL, "no display"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cards); i++) {
        g_autoptr(GPtrArray) diagnoses = examine(cards[i][0]);
        const struct diagnosis *card = g_ptr_array_index(diagnoses, 0);
        assert_int_equal(diagnoses->len, 1);
        assert_int_equal(card->finding.state, PROBE_MISSING);
        assert_non_null(strstr(card->finding.found, cards[i][1]));
        assert_non_null(strstr(card->finding.mend, "lspci"));
    }
}

/* The program itself, on a host of files. */
static void the_command_finds_the_card(void **state)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self);
    g_autofree char *vdibench = g_build_filename(folder, "..", "vdibench", NULL);
    static const char *const addresses[] = {NULL, GPU, "03:00.0"};

    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        const char *argv[] = {vdibench, "doctor", "--root", root, "--gpu", addresses[i], NULL};
        g_autofree char *output = NULL;
        int status;
        assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                                 NULL, &status, NULL));
        if (status != 0 || !strstr(output, GPU ", PCI 1002:67e3") ||
            !strstr(output,
                    "9 ok, 0 limited, 0 missing: this machine is ready for a VM with this card"))
            fail_msg("%d: '%s'", status, output);
    }
}

static void a_run_takes_all_functions_of_a_card_that_is_ready(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *functions = given_gpu_functions(root, "03:00.0", &error);

    assert_string_equal(functions, GPU "," AUDIO);
    put_device(AUDIO, "1002:aae0", "040300", "snd_hda_intel");
    assert_null(given_gpu_functions(root, GPU, &error));
    assert_non_null(strstr(error->message, "driver: not with vfio-pci: " AUDIO " (snd_hda_intel)"));
    assert_non_null(strstr(error->message, "vdibench doctor --gpu " GPU));
    assert_null(strchr(error->message, '\n'));
    g_clear_error(&error);
    assert_null(given_gpu_functions(root, "99:00.0", &error));
    assert_non_null(strstr(error->message, "there is no PCI device 0000:99:00.0"));
}

int main(void)
{
#define ON_A_HOST(test) cmocka_unit_test_setup_teardown(test, make_host, remove_host)
    const struct CMUnitTest tests[] = {
        ON_A_HOST(on_the_right_host_all_is_ok),
        ON_A_HOST(what_is_wrong_is_found),
        ON_A_HOST(a_shared_group_is_found),
        ON_A_HOST(a_driver_of_the_hosts_is_found),
        ON_A_HOST(a_card_without_a_monitor_is_found),
        ON_A_HOST(without_iommu_the_kernel_or_the_firmware_is_asked),
        ON_A_HOST(without_the_card_nothing_else_is_looked_at),
        ON_A_HOST(the_command_finds_the_card),
        ON_A_HOST(a_run_takes_all_functions_of_a_card_that_is_ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
