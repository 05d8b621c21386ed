/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * duplication-result: what a result of Desktop Duplication or of its Direct3D device means
 * for the source (agent/windows/dxgi.h): one table. The values are those of <winerror.h>;
 * agent/tests/windows/test-dxgi holds them against it.
 *
 * Pure: any system, any thread.
 */
#ifndef AGENT_WINDOWS_DUPLICATION_RESULT_H
#define AGENT_WINDOWS_DUPLICATION_RESULT_H

#include <stdint.h>

enum duplication_reaction {
    DUPLICATION_GOES_ON,    /* it succeeded */
    DUPLICATION_UNCHANGED,  /* nothing was drawn in this time */
    DUPLICATION_AGAIN,      /* duplicate the display anew, with the same device */
    DUPLICATION_NEW_DEVICE, /* the device is gone: close everything, and open again */
    DUPLICATION_REFUSED,    /* report it: the next try is for the session, with its pause */
};

struct duplication_result {
    uint32_t result; /* HRESULT */
    enum duplication_reaction reaction;
    int error;        /* negative errno, where it has to be reported; else 0 */
    const char *name; /* without its prefix */
    const char *text; /* why, and what to do */
};

/* Never NULL: what is not in the table is refused. A success is any without the highest bit. */
const struct duplication_result *duplication_result(uint32_t result);

/* The table's rows, for a test. */
extern const struct duplication_result duplication_results[];
extern const unsigned duplication_result_count;

#endif
