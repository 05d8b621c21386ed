/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/scenario/axis.h"

#include "harness/scenario/link-profile.h"
#include "shadow-paging/policy.h"
#include "shadow-paging/workloads/load-name.h"

#include <string.h>

static const char *transport_at(unsigned index)
{
    static const char *const words[] = {"pty", "socket"};
    return index < G_N_ELEMENTS(words) ? words[index] : NULL;
}

/* What a real VM has, and no other. */
static bool is_virtio(const char *word)
{
    return g_str_equal(word, TRANSPORT_VIRTIO);
}

/* What the guest runs in: the classes of harness/vm. */
static const char *vm_at(unsigned index)
{
    static const char *const words[] = {"sim", VM_QEMU};
    return index < G_N_ELEMENTS(words) ? words[index] : NULL;
}

static const char *link_at(unsigned index)
{
    const struct link_profile *profile = link_profile_at(index);
    return profile ? profile->name : NULL;
}

/* What sim-agent/chosen-encoder.h explains. */
static const char *encoder_at(unsigned index)
{
    static const char *const words[] = {"replay",    "x264",      "x264-ultrafast", "model-0ms",
                                        "model-2ms", "model-5ms", "model-10ms"};
    return index < G_N_ELEMENTS(words) ? words[index] : NULL;
}

static const char *agent_at(unsigned index)
{
    static const char *const words[] = {AGENT_SIMULATED, "x11", AGENT_HOST};
    return index < G_N_ELEMENTS(words) ? words[index] : NULL;
}

static const char *vgpu_at(unsigned index)
{
    return index == 0 ? VGPU_PLAIN : NULL;
}

static bool is_shadow(const char *word)
{
    if (!g_str_has_prefix(word, VGPU_SHADOW))
        return false;
    struct policy *policy = policy_create(word + strlen(VGPU_SHADOW));
    policy_destroy(policy);
    return policy != NULL;
}

/* What shadow-paging/workloads/load.h explains. */
static const char *load_at(unsigned index)
{
    return index == 0 ? LOAD_NONE : load_name_at(index - 1);
}

static const char *traps_at(unsigned index)
{
    static const char *const words[] = {TRAPS_NONE, "segv", "kvm", "userfaultfd", "kvm-dirty-log"};
    return index < G_N_ELEMENTS(words) ? words[index] : NULL;
}

static const char *reconstruction_at(unsigned index)
{
    static const char *const words[] = {"diff", "rebuild"};
    return index < G_N_ELEMENTS(words) ? words[index] : NULL;
}

static bool has_vm_of_its_case(const struct route *route)
{
    return !route->vm;
}

static bool has_agent(const struct route *route)
{
    return route->has_agent;
}

static bool can_be_mediated(const struct route *route)
{
    return route->can_be_mediated;
}

static const struct axis_definition axes[AXIS_COUNT] = {
    [AXIS_TRANSPORT] = {.name = "transport",
                        .key = "transports",
                        .letter = 't',
                        .meaning = "How the port reaches the VM",
                        .caption = "port on ",
                        .word_at = transport_at,
                        .fits_pattern = is_virtio,
                        .pattern = TRANSPORT_VIRTIO " (what --vm " VM_QEMU " has)",
                        .applies = has_agent,
                        .always_named = true,
                        .varied = true},
    [AXIS_VM] = {.name = "vm",
                 .key = "vms",
                 .meaning =
                     "What the guest runs in: sim, the simulated VM; qemu, the system's QEMU "
                     "with a small guest, whose port is a real VirtIO port",
                 .caption = "VM ",
                 .word_at = vm_at,
                 .applies = has_vm_of_its_case},
    [AXIS_LINK] = {.name = "link",
                   .key = "links",
                   .meaning = "The network link between VM and clients; needs root",
                   .caption = "link ",
                   .word_at = link_at},
    [AXIS_ENCODER] = {.name = "encoder",
                      .key = "encoders",
                      .meaning =
                          "Where the agent's access units come from; replay: a recording, so "
                          "that capture and encoding cost nothing",
                      .caption = "encoder ",
                      .word_at = encoder_at,
                      .applies = has_agent,
                      .in_label = true},
    [AXIS_AGENT] =
        {.name = "agent",
         .key = "agents",
         .meaning =
             "What captures: sim, a recording's replay; x11, the real agent, which "
             "captures an X server on which a program plays the workload; host, the "
             "same with the X server of this host's own session, with --guest of the guest's",
         .caption = "agent ",
         .word_at = agent_at,
         .applies = has_agent,
         .in_label = true},
    [AXIS_VGPU] = {.name = "vgpu",
                   .key = "vgpus",
                   .meaning = "What the guest's vGPU is: " VGPU_PLAIN
                              ", one that pays for nothing; " VGPU_SHADOW
                              "POLICY, a model of a mediated one, which keeps shadow page tables "
                              "by that policy (docs/shadow-paging.md)",
                   .caption = "vGPU ",
                   .word_at = vgpu_at,
                   .fits_pattern = is_shadow,
                   .pattern = VGPU_SHADOW "POLICY (shadow-paging-run --help lists them)",
                   .applies = can_be_mediated,
                   .in_label = true},
    [AXIS_LOAD] = {.name = "load",
                   .key = "loads",
                   .meaning = "The model of what the guest's programs write into the GPU's page "
                              "tables before each frame of a mediated vGPU",
                   .caption = "load ",
                   .word_at = load_at,
                   .fits_pattern = load_is_synthetic,
                   .pattern = LOAD_PATTERN,
                   .applies = can_be_mediated},
    [AXIS_TRAPS] =
        {.name = "traps",
         .key = "traps",
         .meaning =
             "How a write to a protected page of a mediated vGPU's page tables traps: "
             "kvm, a VM exit; segv, a signal of a process; userfaultfd; kvm-dirty-log, no trap but KVM's log of what was "
             "written",
         .caption = "traps by ",
         .word_at = traps_at,
         .applies = can_be_mediated},
    [AXIS_RECONSTRUCTION] = {.name = "reconstruction",
                             .key = "reconstructions",
                             .meaning = "How a mediated vGPU reconstructs a page of its shadow "
                                        "tables: diff, what differs from a snapshot; rebuild, each "
                                        "entry, through a tree of the guest's memory",
                             .caption = "reconstruction by ",
                             .word_at = reconstruction_at,
                             .applies = can_be_mediated},
};

const struct axis_definition *axis_definition(enum axis axis)
{
    return &axes[axis];
}

const char *axis_default(enum axis axis)
{
    return axes[axis].word_at(0);
}

bool axis_allows(enum axis axis, const char *word)
{
    for (unsigned i = 0; axes[axis].word_at(i); i++) {
        if (g_str_equal(axes[axis].word_at(i), word))
            return true;
    }
    return axes[axis].fits_pattern && axes[axis].fits_pattern(word);
}

char *axis_choice(enum axis axis)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; axes[axis].word_at(i); i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", axes[axis].word_at(i));
    if (axes[axis].fits_pattern)
        g_string_append_printf(text, ", %s", axes[axis].pattern);
    return g_string_free(text, false);
}

bool axis_applies(enum axis axis, const struct route *route)
{
    return !axes[axis].applies || axes[axis].applies(route);
}

bool axes_all_apply(const struct route *route)
{
    bool all = true;
    for (unsigned a = 0; a < AXIS_COUNT; a++)
        all = all && (axes[a].applies == can_be_mediated || axis_applies((enum axis)a, route));
    return all;
}

bool axes_comparable(const char *const *a, const char *const *b)
{
    bool same = true;
    for (unsigned i = 0; i < AXIS_COUNT; i++)
        same = same && (axes[i].in_label || g_str_equal(a[i], b[i]));
    return same;
}

static bool is_named(enum axis axis, const char *word)
{
    return axes[axis].always_named || !g_str_equal(word, axis_default(axis));
}

void axes_append_name(GString *text, const char *const *words, const char *separator)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (is_named((enum axis)a, words[a]))
            g_string_append_printf(text, "%s%s", separator, words[a]);
    }
}

void axes_append_label(GString *text, const char *const *words)
{
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (axes[a].in_label && is_named((enum axis)a, words[a]))
            g_string_append_printf(text, " %s", words[a]);
    }
}

char *axes_caption(const char *const *words)
{
    GString *text = g_string_new(NULL);
    for (unsigned a = 0; a < AXIS_COUNT; a++) {
        if (!axes[a].in_label && is_named((enum axis)a, words[a]))
            g_string_append_printf(text, "%s%s%s", text->len ? ", " : "", axes[a].caption,
                                   words[a]);
    }
    return g_string_free(text, false);
}
