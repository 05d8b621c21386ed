/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/bed-counters.h"

#include "gpu-module/counters-map.h"
#include "gpu-module/spice-server/tests/bed.h"

const struct gpu_counters *bed_counters;

int bed_counters_set_up(void **state)
{
    char error[256];

    if (bed_set_up(state) != 0)
        return -1;
    /* Not before the client is there: the VM adds its port once it is ready. */
    bed_counters = counters_map(child_pid(bed.vm), error, sizeof error);
    if (!bed_counters)
        print_error("%s\n", error);
    return bed_counters ? 0 : -1;
}

int bed_counters_tear_down(void **state)
{
    counters_unmap(bed_counters);
    return bed_tear_down(state);
}
