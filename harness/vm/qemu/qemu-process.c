/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/qemu-process.h"

#include "harness/vm/qemu/arguments.h"
#include "harness/vm/qemu/disk-guest.h"
#include "harness/vm/qemu/passthrough.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define QEMU "qemu-system-x86_64"
#define LIBRARY_NAME "libspice-server.so.1"
/* The programs that run in the guest, and as much again for what it reads of the host's files. */
#define MEMORY_MIB "768"
#define PROCESSORS "2"
/* What the sockets are called in QEMU's process. */
#define MONITOR_FD 3
#define ORDERS_FD 4
#define PROBE_SECONDS 10
#define PROBE_STEP_US 20000

struct qemu_process {
    GPid pid; /* 0: it has ended */
    unsigned watch;
    int monitor, orders; /* -1: taken over */
    void (*ended)(void *data, int status);
    void *data;
};

static void add_program(GPtrArray *argv, bool kvm)
{
    g_ptr_array_add(argv, g_strdup(QEMU));
    g_ptr_array_add(argv, g_strdup("-nodefaults"));
    g_ptr_array_add(argv, g_strdup("-no-user-config"));
    arguments_add(argv, "-display", "none");
    arguments_add(argv, "-vga", "none");
    arguments_add(argv, "-M", "q35");
    arguments_add(argv, "-accel", "%s", kvm ? "kvm" : "tcg,thread=multi");
    arguments_add(argv, "-cpu", "%s", kvm ? "host" : "max");
}

/* The clock hpet is QEMU's own, which is the host's: the processor's would have to be calibrated,
 * and would drift. What a guest of one run needs no protection against costs an emulated one a
 * third of its boot. On a busy machine the kernel gives up on a timer whose interrupts come late
 * (no_timer_check). */
static void add_machine(GPtrArray *argv, const struct qemu_settings *settings, const char *serve)
{
    arguments_add(argv, "-smp", PROCESSORS);
    arguments_add(argv, "-m", MEMORY_MIB);
    arguments_add(argv, "-kernel", "%s/kernel", settings->system);
    arguments_add(argv, "-initrd", "%s/initramfs", settings->system);
    arguments_add(
        argv, "-append",
        "console=tty0 console=ttyS0 quiet panic=-1 clocksource=hpet no_timer_check "
        "mitigations=off cryptomgr.notests random.trust_cpu=on rdinit=/init inside=%s top=%s "
        "samples=%s size=%ux%u fps=%u",
        serve, settings->programs, settings->folder, settings->width_px, settings->height_px,
        settings->fps);
    arguments_add(argv, "-fsdev",
                  "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap");
    arguments_add(argv, "-device", "virtio-9p-pci,fsdev=host,mount_tag=host");
}

static void add_spice(GPtrArray *argv, const struct qemu_settings *settings)
{
    g_autofree char *sockets = arguments_quote(settings->sockets);
    GString *spice = g_string_new(NULL);

    /* Clients are given to it by its monitor. With a loss their pictures could not be compared. */
    g_string_printf(spice,
                    "unix=on,addr=%s/" QEMU_SOCKET_SPICE
                    ",disable-ticketing=on,jpeg-wan-compression=never,"
                    "zlib-glz-wan-compression=never",
                    sockets);
    if (settings->image_compression)
        g_string_append_printf(spice, ",image-compression=%s", settings->image_compression);
    g_string_append_printf(spice, ",streaming-video=%s",
                           settings->streaming ? settings->streaming : "off");
    if (settings->video_codecs)
        g_string_append_printf(spice, ",video-codecs=%s", settings->video_codecs);
    arguments_add(argv, "-spice", "%s", spice->str);
    g_string_free(spice, true);
    arguments_add(argv, "-device", "qxl-vga");
}

static void add_ports(GPtrArray *argv, const struct qemu_settings *settings)
{
    g_autofree char *folder = arguments_quote(settings->folder),
                    *sockets = arguments_quote(settings->sockets);

    arguments_add(argv, "-fsdev", "local,id=samples,path=%s,security_model=none", folder);
    arguments_add(argv, "-device", "virtio-9p-pci,fsdev=samples,mount_tag=samples");
    arguments_add(argv, "-chardev", "file,id=serial,path=%s/" QEMU_SERIAL_LOG, folder);
    arguments_add(argv, "-serial", "chardev:serial");
    arguments_add(argv, "-chardev", "socket,id=monitor,fd=%d", MONITOR_FD);
    arguments_add(argv, "-mon", "chardev=monitor,mode=control");
    arguments_add(argv, "-device", "virtio-serial-pci");
    arguments_add(argv, "-chardev", "spiceport,id=%s,name=%s", QEMU_PORT, settings->port_name);
    arguments_add(argv, "-device",
                  "virtserialport,chardev=" QEMU_PORT ",id=" QEMU_PORT "-port,name=%s",
                  settings->port_name);
    arguments_add(argv, "-chardev", "socket,id=orders,fd=%d", ORDERS_FD);
    arguments_add(argv, "-device", "virtserialport,chardev=orders,name=orders");
    arguments_add(argv, "-chardev",
                  "socket,id=agents,path=%s/" QEMU_SOCKET_AGENTS ",server=on,wait=off", sockets);
    arguments_add(argv, "-device", "virtserialport,chardev=agents,name=agents");
}

static void die_with_parent(void *data)
{
    /* Between fork and exec: only async-signal-safe calls. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != (pid_t)GPOINTER_TO_INT(data))
        _exit(1);
}

static void on_end(G_GNUC_UNUSED GPid pid, int status, void *data)
{
    struct qemu_process *process = data;

    process->pid = 0;
    process->watch = 0;
    process->ended(process->data, status);
}

/* The kernel's command line separates its words by blanks. */
static bool has_no_blank(const char *path, GError **error)
{
    if (!strpbrk(path, " \t\n\""))
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "%s: no path with a blank can be given to the guest's kernel: choose another "
                "folder",
                path);
    return false;
}

static bool make_pair(int pair[2], GError **error)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0)
        return true;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "no sockets for QEMU: %s",
                g_strerror(errno));
    return false;
}

static bool spawn(struct qemu_process *process, const struct qemu_settings *settings, int monitor,
                  int orders, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *log = g_build_filename(settings->folder, QEMU_LOG, NULL);
    const int log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const int from[] = {monitor, orders}, to[] = {MONITOR_FD, ORDERS_FD};

    add_program(argv, settings->kvm);
    if (settings->guest)
        disk_guest_add(argv, settings);
    else
        add_machine(argv, settings, settings->serve);
    if (settings->gpu)
        passthrough_add(argv, settings->gpu);
    add_spice(argv, settings);
    add_ports(argv, settings);
    if (settings->paused)
        g_ptr_array_add(argv, g_strdup("-S"));
    g_ptr_array_add(argv, NULL);
    const bool started = g_spawn_async_with_pipes_and_fds(
        NULL, (const char *const *)argv->pdata, NULL,
        G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, die_with_parent, GINT_TO_POINTER(getpid()),
        -1, log_fd, log_fd, from, to, G_N_ELEMENTS(from), &process->pid, NULL, NULL, NULL, error);
    if (log_fd >= 0)
        close(log_fd);
    return started;
}

struct qemu_process *qemu_process_start(const struct qemu_settings *settings,
                                        void (*ended)(void *data, int status), void *data,
                                        GError **error)
{
    auto_destroy(qemu_process) process = g_new0(struct qemu_process, 1);
    int monitor[2], orders[2];

    process->monitor = process->orders = -1;
    if (!has_no_blank(settings->serve, error) || !has_no_blank(settings->programs, error) ||
        !has_no_blank(settings->folder, error) ||
        (settings->guest && !disk_guest_prepare(settings, error)) || !make_pair(monitor, error))
        return NULL;
    process->monitor = monitor[0];
    if (!make_pair(orders, error)) {
        close(monitor[1]);
        return NULL;
    }
    process->orders = orders[0];
    const bool started = spawn(process, settings, monitor[1], orders[1], error);
    close(monitor[1]);
    close(orders[1]);
    if (!started)
        return NULL;
    process->ended = ended;
    process->data = data;
    process->watch = g_child_watch_add(process->pid, on_end, process);
    return g_steal_pointer(&process);
}

void qemu_process_destroy(struct qemu_process *process)
{
    if (!process)
        return;
    g_clear_handle_id(&process->watch, g_source_remove);
    if (process->pid) {
        kill(process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
    }
    if (process->monitor >= 0)
        close(process->monitor);
    if (process->orders >= 0)
        close(process->orders);
    g_free(process);
}

pid_t qemu_process_pid(const struct qemu_process *process)
{
    return process->pid;
}

static int take(int *fd)
{
    const int taken = *fd;

    *fd = -1;
    return taken;
}

int qemu_process_take_monitor(struct qemu_process *process)
{
    return take(&process->monitor);
}

int qemu_process_take_orders(struct qemu_process *process)
{
    return take(&process->orders);
}

char *qemu_complaint(const char *folder, const char *beginning)
{
    g_autofree char *log = g_build_filename(folder, QEMU_LOG, NULL);
    g_autofree char *text = NULL;
    char *found = NULL;

    if (!g_file_get_contents(log, &text, NULL, NULL))
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *at = **line ? strstr(*line, beginning) : NULL;
        if (!at)
            continue;
        g_free(found);
        found = g_strdup(at + strlen(beginning));
    }
    return found;
}

bool qemu_boots_with_kvm(const struct qemu_settings *settings, char **ret_problem)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
    const int64_t end_us = g_get_monotonic_time() + PROBE_SECONDS * G_USEC_PER_SEC;
    g_autoptr(GError) error = NULL;
    GPid pid;
    int status;

    add_program(argv, true);
    add_machine(argv, settings, "/bin/true"); /* then it powers off */
    g_ptr_array_add(argv, g_strdup("-no-reboot"));
    g_ptr_array_add(argv, NULL);
    if (!g_spawn_async(NULL, (char **)argv->pdata, NULL,
                       G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH |
                           G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                       die_with_parent, GINT_TO_POINTER(getpid()), &pid, &error)) {
        *ret_problem = g_strdup(error->message);
        return false;
    }
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (g_get_monotonic_time() > end_us) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            *ret_problem = g_strdup_printf("not within %d s", PROBE_SECONDS);
            return false;
        }
        g_usleep(PROBE_STEP_US);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    *ret_problem = WIFSIGNALED(status)
                       ? g_strdup_printf("QEMU was ended by signal %d", WTERMSIG(status))
                       : g_strdup_printf("QEMU has ended with status %d", WEXITSTATUS(status));
    return false;
}

static char *mapped_library(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/maps", (int)pid);
    g_autofree char *maps = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &maps, NULL, NULL))
        return NULL;
    lines = g_strsplit(maps, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *file = strchr(*line, '/');
        if (file && g_str_has_prefix(strrchr(file, '/') + 1, LIBRARY_NAME))
            return g_strdup(file);
    }
    return NULL;
}

/* The kernel shows the mapped file with all links resolved. */
static bool is_in(const char *file, const char *folder)
{
    g_autofree char *name = g_build_filename(folder, LIBRARY_NAME, NULL);
    char *resolved = realpath(name, NULL);
    const bool same = resolved && g_str_equal(resolved, file);

    free(resolved);
    return same;
}

char *qemu_library(pid_t pid, const char *expected, const char *ours, GError **error)
{
    g_autofree char *file = mapped_library(pid);

    if (!file)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "QEMU has loaded no " LIBRARY_NAME ": /proc/%d/maps", (int)pid);
    else if (expected && !is_in(file, expected))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "QEMU has loaded %s: not the " LIBRARY_NAME " of %s", file, expected);
    else if (!expected && g_str_has_prefix(file, ours))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "QEMU has loaded our %s where the system's own is to be measured", file);
    else
        return g_steal_pointer(&file);
    return NULL;
}
