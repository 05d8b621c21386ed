/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * crc: the checksum of zlib and PNG (ISO 3309), which each system has in a library of its own.
 */
#ifndef AGENT_OS_CRC_H
#define AGENT_OS_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Any thread. */
uint32_t os_crc32(const uint8_t *bytes, size_t size);

#endif
