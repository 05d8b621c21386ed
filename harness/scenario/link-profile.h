/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * link-profile: the network links between VM and clients that a run can have.
 *
 * A constant table; any thread.
 */
#ifndef VDIBENCH_LINK_PROFILE_H
#define VDIBENCH_LINK_PROFILE_H

struct link_profile {
    const char *name;
    unsigned mbit_s; /* towards the clients, Ethernet and IP headers included; 0: not limited */
    double rtt_ms;   /* both ways together, half of it each way, without waiting in a queue */
    double loss_pct; /* of the packets towards the clients */
    const char *meaning;
};

/* NULL when there is no such link. */
const struct link_profile *link_profile_find(const char *name);

/* The table, ended by NULL at index `n`; the first one is no link at all. */
const struct link_profile *link_profile_at(unsigned index);

#endif
