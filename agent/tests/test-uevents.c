/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* That the kernel's own reports arrive is tested in a guest (agent/tests/kms-guest). */
#include "agent/linux/uevents.h"
#include "agent/os/wake.h"

#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define HOTPLUG \
    "change@/devices/pci0000:00/0000:00:02.0/drm/card0\0ACTION=change\0SUBSYSTEM=drm\0HOTPLUG=1"

static void a_message_names_its_subsystem(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        size_t bytes;
        bool of_displays;
    } cases[] = {
#define CASE(text, of_displays) {text, sizeof text, of_displays}
        CASE(HOTPLUG, true),
        CASE("add@/x\0SUBSYSTEM=drm", true),
        CASE("add@/x\0SUBSYSTEM=drm_dp_aux_dev", false),
        CASE("add@/x\0SUBSYSTEM=usb\0A=SUBSYSTEM=drm", false),
        CASE("add@/x\0XSUBSYSTEM=drm", false),
        CASE("", false),
#undef CASE
        {"SUBSYSTEM=drm", 13, true}, /* without its NUL */
        {"SUBSYSTEM=drm", 12, false},
        {HOTPLUG, 0, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(uevents_is_of_displays(cases[i].message, cases[i].bytes),
                         cases[i].of_displays);
}

/* Any root process may send to the group; a service must not obey it. */
static void what_no_kernel_has_sent_is_ignored(void **state)
{
    (void)state;
    const struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = 1};
    const int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    int error;
    struct display_watch *watch = uevents_create(&error);
    struct os_wake *wake = os_wake_create(&error);

    assert_non_null(watch);
    const bool sent = sendto(fd, HOTPLUG, sizeof HOTPLUG, 0, (const struct sockaddr *)&group,
                             sizeof group) == sizeof HOTPLUG;
    os_wake_set(wake);
    assert_false(watch->class->wait(watch, wake));
    close(fd);
    os_wake_destroy(wake);
    watch->class->destroy(watch);
    if (!sent) /* the network's administrator alone may */
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_names_its_subsystem),
        cmocka_unit_test(what_no_kernel_has_sent_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
