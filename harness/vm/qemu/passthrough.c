/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/vm/qemu/passthrough.h"

#include "harness/vm/qemu/arguments.h"

#include <string.h>

#define ROOT_PORT "gpu"

void passthrough_add(GPtrArray *argv, const char *functions)
{
    g_auto(GStrv) addresses = g_strsplit(functions, ",", -1);

    arguments_add(argv, "-device", "pcie-root-port,id=" ROOT_PORT ",chassis=1");
    for (char **address = addresses; *address; address++) {
        const char *function = strrchr(*address, '.');
        arguments_add(argv, "-device", "vfio-pci,host=%s,bus=" ROOT_PORT ",addr=0%s%s", *address,
                      function ? function : "",
                      address == addresses && address[1] ? ",multifunction=on" : "");
    }
}
