/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/run/pinning.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

static const char *const names[PINNED_COUNT] = {"vm", "client", "agent", "harness"};

/* `n` of them as a list. */
static char *list(const unsigned *processors, unsigned n)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? "," : "", processors[i]);
    return g_string_free(text, false);
}

struct pinning *pinning_divide(const unsigned *processors, unsigned n, GError **error)
{
    if (n < 2) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "--pin: there is only %u processor for everything: two are needed", n);
        return NULL;
    }
    struct pinning *pinning = g_new0(struct pinning, 1);
    unsigned each = MAX(1, n / PINNED_COUNT);
    unsigned first = n < PINNED_COUNT ? 1 : n - each * (PINNED_COUNT - 1);

    pinning->processors[PINNED_VM] = list(processors, first);
    for (unsigned p = PINNED_CLIENT; p < PINNED_COUNT; p++) {
        unsigned begin = MIN(first + (p - PINNED_CLIENT) * each, n - each);
        pinning->processors[p] = list(processors + begin, each);
    }
    return pinning;
}

struct processor {
    int number;
    int64_t package, core; /* 0: not known */
};

static int64_t topology(int number, const char *what)
{
    g_autofree char *file =
        g_strdup_printf("/sys/devices/system/cpu/cpu%d/topology/%s", number, what);
    g_autofree char *text = NULL;
    return g_file_get_contents(file, &text, NULL, NULL) ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static int by_core(const void *a, const void *b)
{
    const struct processor *one = a, *other = b;
    if (one->package != other->package)
        return one->package < other->package ? -1 : 1;
    if (one->core != other->core)
        return one->core < other->core ? -1 : 1;
    return one->number - other->number;
}

static unsigned sort_allowed(const cpu_set_t *allowed, unsigned *processors)
{
    struct processor all[CPU_SETSIZE];
    unsigned n = 0;

    for (int i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, allowed))
            all[n++] =
                (struct processor){i, topology(i, "physical_package_id"), topology(i, "core_id")};
    }
    qsort(all, n, sizeof *all, by_core);
    for (unsigned i = 0; i < n; i++)
        processors[i] = (unsigned)all[i].number;
    return n;
}

/* The main thread, and whatever it starts from now on. */
static bool pin_self(const char *processors, GError **error)
{
    g_auto(GStrv) numbers = g_strsplit(processors, ",", -1);
    cpu_set_t set;

    CPU_ZERO(&set);
    for (char **number = numbers; *number; number++)
        CPU_SET(atoi(*number), &set);
    if (sched_setaffinity(0, sizeof set, &set) == 0)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "--pin: processors %s: %s", processors,
                g_strerror(errno));
    return false;
}

struct pinning *pinning_begin(GError **error)
{
    unsigned processors[CPU_SETSIZE];
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "--pin: %s", g_strerror(errno));
        return NULL;
    }
    struct pinning *pinning = pinning_divide(processors, sort_allowed(&allowed, processors), error);
    if (pinning && !pin_self(pinning->processors[PINNED_HARNESS], error))
        g_clear_pointer(&pinning, pinning_destroy);
    return pinning;
}

void pinning_destroy(struct pinning *pinning)
{
    if (!pinning)
        return;
    for (unsigned p = 0; p < PINNED_COUNT; p++)
        g_free(pinning->processors[p]);
    g_free(pinning);
}

JsonObject *pinning_describe(const struct pinning *pinning)
{
    JsonObject *object = json_object_new();
    for (unsigned p = 0; p < PINNED_COUNT; p++)
        json_object_set_string_member(object, names[p], pinning->processors[p]);
    return object;
}
