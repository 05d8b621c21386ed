/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * host-policy: what the host's administrator allows, in environment variables of
 * QEMU's process, which libvirt can set (<qemu:env name='...' value='...'/>).
 *
 * host-policy.c has the table: the names, what they expect and their defaults;
 * docs/deploy.md repeats it, and port-document holds the two together. Pure: the
 * caller has the environment.
 */
#ifndef HOST_POLICY_H
#define HOST_POLICY_H

#include "protocol/port-protocol.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct host_policy {
    bool module_on;    /* off: the port is like any other that the server does not know */
    uint8_t codecs;    /* that may pass: PORT_CODEC_BIT each */
    bool codecs_named; /* by the variable */
    uint32_t max_width_px, max_height_px; /* of a FORMAT */
};

/* One of the variables. */
struct host_policy_variable {
    const char *name;
    const char *expects;  /* text, to be put behind "expected is" */
    const char *fallback; /* the value where it is not set, or is not understood */
    /* False when the value is none; then nothing has changed. */
    bool (*set)(struct host_policy *policy, const char *value);
};

/* NULL past the last one. */
const struct host_policy_variable *host_policy_variable_at(unsigned index);

/* As where no variable is set. */
void host_policy_init(struct host_policy *policy);

/* The codecs that may pass, where the server's own setting (`video-codecs` of
 * QEMU's -spice) names these. That setting cannot name H.265: it passes where the
 * setting leaves out none of those that it can name, or where SPICE_GPU_CODECS
 * names it. */
uint8_t host_policy_codecs(const struct host_policy *policy, uint8_t server_codecs);

bool host_policy_allows_size(const struct host_policy *policy, uint32_t width_px,
                             uint32_t height_px);

#ifdef __cplusplus
}
#endif
#endif
