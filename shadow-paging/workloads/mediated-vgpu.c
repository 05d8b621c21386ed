/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "shadow-paging/workloads/mediated-vgpu.h"

#include "shadow-paging/shadowed-guest.h"
#include "shadow-paging/workloads/load.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <time.h>

/* The same in each run, so that all policies get the same load. */
#define SEED 20150708

/* So many submissions are profiled for a static policy, at most for so long. */
#define PROFILE_SUBMISSIONS 64
#define PROFILE_NS_MAX INT64_C(500000000)

/* Each so many submissions the invariant is checked for all pages; in between for those that the
 * GPU uses, so that the check does not push the load out of the caches each time. */
#define CHECK_ALL_EVERY 64

struct mediated_vgpu {
    struct load *load;
    struct shadowed_guest *guest;
    struct shadow_counters before; /* up to the last submission */
    uint64_t submissions;
    bool has_complained;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static bool refuse(GError **error, GIOErrorEnum code, const char *what, const char *name,
                   const char *why)
{
    g_set_error(error, G_IO_ERROR, code, "%s %s: %s", what, name, why);
    return false;
}

static bool check_names(const struct mediated_vgpu_settings *settings, GError **error)
{
    struct policy *policy = policy_create(settings->policy);

    if (!policy) {
        return refuse(error, G_IO_ERROR_INVALID_ARGUMENT, "policy", settings->policy,
                      "there is none of that name; see shadow-paging-run --help");
    }
    policy_destroy(policy);
    if (!trap_by_name(settings->traps))
        return refuse(error, G_IO_ERROR_INVALID_ARGUMENT, "traps", settings->traps,
                      "there are none of that name; see shadow-paging-run --help");
    return g_str_equal(settings->reconstruction, "diff") ||
           g_str_equal(settings->reconstruction, "rebuild") ||
           refuse(error, G_IO_ERROR_INVALID_ARGUMENT, "reconstruction", settings->reconstruction,
                  "there is none of that name; allowed: diff, rebuild");
}

static struct shadowed_guest *create_guest(const struct mediated_vgpu_settings *settings,
                                           const char *policy, const uint32_t *profile,
                                           GError **error)
{
    const bool rebuild = g_str_equal(settings->reconstruction, "rebuild");
    const struct shadowed_guest_settings guest_settings = {
        .policy = policy,
        .trap = settings->traps,
        .reconstruction = rebuild ? SHADOW_REBUILD : SHADOW_DIFF,
        .p2m = rebuild ? P2M_TREE : P2M_ARRAY,
        .seed = SEED,
        .profile = profile,
        .checks = true,
    };
    struct trap_reason reason;
    struct shadowed_guest *guest = shadowed_guest_create(&guest_settings, &reason);

    if (!guest)
        refuse(error, G_IO_ERROR_NOT_SUPPORTED, "traps", settings->traps, reason.text);
    return guest;
}

static struct load *create_load(const struct mediated_vgpu_settings *settings, GError **error)
{
    return load_create(settings->load, settings->recording, SHADOWED_GUEST_FRAMES_DEFAULT, SEED,
                       error);
}

/* How often each page traps with strict; free it. NULL and `error` as for creating. */
static uint32_t *profile(const struct mediated_vgpu_settings *settings, GError **error)
{
    auto_destroy(load) load = create_load(settings, error);
    struct shadowed_guest *guest = load ? create_guest(settings, "strict", NULL, error) : NULL;
    uint32_t *traps = NULL;
    struct load_submission submission;
    bool ok = guest != NULL;
    int64_t end_ns = now_ns() + PROFILE_NS_MAX;

    for (unsigned i = 0; ok && i < PROFILE_SUBMISSIONS && now_ns() < end_ns; i++) {
        ok = load_next(load, &submission, error);
        if (ok)
            shadow_write(guest->shadow, submission.writes, submission.write_count);
    }
    if (ok)
        traps = g_memdup2(shadow_page_traps(guest->shadow), TABLE_PAGES * sizeof *traps);
    shadowed_guest_destroy(guest);
    return traps;
}

struct mediated_vgpu *mediated_vgpu_create(const struct mediated_vgpu_settings *settings,
                                           GError **error)
{
    auto_destroy(mediated_vgpu) vgpu = g_new0(struct mediated_vgpu, 1);
    g_autofree uint32_t *traps = NULL;

    if (!check_names(settings, error) || !(vgpu->load = create_load(settings, error)))
        return NULL;
    if (g_str_has_prefix(settings->policy, "static") && !(traps = profile(settings, error)))
        return NULL;
    if (!(vgpu->guest = create_guest(settings, settings->policy, traps, error)))
        return NULL;
    return g_steal_pointer(&vgpu);
}

void mediated_vgpu_destroy(struct mediated_vgpu *vgpu)
{
    if (!vgpu)
        return;
    shadowed_guest_destroy(vgpu->guest);
    load_destroy(vgpu->load);
    g_free(vgpu);
}

int64_t mediated_vgpu_exit_ns(const struct mediated_vgpu *vgpu)
{
    return (int64_t)vgpu->guest->trap->costs.trap_ns;
}

static void complain(struct mediated_vgpu *vgpu)
{
    struct shadow_violation violation;
    char text[256];

    if (vgpu->has_complained || !shadow_violation(vgpu->guest->shadow, &violation))
        return;
    shadow_violation_text(&violation, text, sizeof text);
    g_printerr("shadow-paging: %s\n", text);
    vgpu->has_complained = true;
}

static bool submit(struct mediated_vgpu *vgpu, const struct load_submission *submission,
                   struct submission_cost *cost, GError **error)
{
    const bool all = vgpu->submissions % CHECK_ALL_EVERY == 0;
    struct shadow *shadow = vgpu->guest->shadow;

    if (!shadow) /* native: the GPU reads the guest's own table */
        return true;
    int result =
        shadow_submit(shadow, all ? NULL : submission->pages, all ? 0 : submission->page_count);
    struct shadow_counters now = shadow_counters(shadow);
    cost->traps += now.traps - vgpu->before.traps;
    cost->pages += now.pages_reconstructed - vgpu->before.pages_reconstructed;
    cost->stale += now.violations - vgpu->before.violations;
    cost->submit_ns += (int64_t)(now.reconstruct_ns - vgpu->before.reconstruct_ns);
    vgpu->before = now;
    if (result == -ESTALE)
        complain(vgpu);
    if (result == 0 || result == -ESTALE)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "a submission failed: %s",
                g_strerror(-result));
    return false;
}

bool mediated_vgpu_submit(struct mediated_vgpu *vgpu, struct submission_cost *cost, GError **error)
{
    struct load_submission submission;

    if (!load_next(vgpu->load, &submission, error))
        return false;
    int64_t begin_ns = now_ns();
    int result = trap_write(vgpu->guest->trap, submission.writes, submission.write_count);
    cost->write_ns += now_ns() - begin_ns;
    if (result != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the guest could not write: %s",
                    g_strerror(-result));
        return false;
    }
    cost->submissions++;
    cost->writes += submission.write_count;
    cost->guest_ns += submission.guest_ns;
    cost->gpu_ns += submission.gpu_ns;
    cost->since_change = submission.since_change;
    bool ok = submit(vgpu, &submission, cost, error);
    vgpu->submissions++;
    return ok;
}
