/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * environment: on what a run was made, so that two runs can be compared.
 *
 * Main thread. What cannot be found out is null; nothing here is an error.
 */
#ifndef VDIBENCH_ENVIRONMENT_H
#define VDIBENCH_ENVIRONMENT_H

#include "harness/plan/libraries.h"

#include <json-glib/json-glib.h>

/* The environment as in result.json. `top` is the project's folder, `libraries` what the VMs
 * load (they need not exist), `command_line` what was typed. */
JsonNode *environment_describe(const char *top, const struct libraries *libraries,
                               const char *const *command_line);

/* Git's short revision with "+dirty" when files differ, "unknown" outside a
 * repository; and the host's name as part of a file's name. Free them. */
char *environment_revision(const char *top);
char *environment_host(void);

/* The processors' model, as the kernel's files below `root` ("/") have it; the version of
 * an installed package of Debian, whose name may be a pattern of dpkg-query's: of the last name
 * that fits. NULL when it is not known; free them. */
char *environment_cpu_model(const char *root);
char *environment_package_version(const char *package);

/* The checksum of a file in hexadecimal; NULL when it cannot be read. Free it. */
char *environment_sha256(const char *file);

#endif
