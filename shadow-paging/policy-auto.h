/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* policy-auto: our policy, for policy.c. */
#ifndef SHADOW_PAGING_POLICY_AUTO_H
#define SHADOW_PAGING_POLICY_AUTO_H

#include "shadow-paging/policy.h"

extern const struct policy_ops policy_auto;

#endif
