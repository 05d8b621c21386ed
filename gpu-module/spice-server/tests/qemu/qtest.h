/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * qtest: QEMU's test protocol, by which this program is the guest's processor:
 * it reads and writes I/O ports and memory. One line a command, one line a
 * reply (QEMU: softmmu/qtest.c). All values are the host's way round, which
 * must be little-endian, as the guest is.
 *
 * A reply that does not come within DEADLINE_S, or is not OK, fails the test.
 */
#ifndef GPU_MODULE_TESTS_QTEST_H
#define GPU_MODULE_TESTS_QTEST_H

#include <stddef.h>
#include <stdint.h>

struct qtest;

/* The socket of `-qtest unix:PATH,server=on,wait=off`; waits until it exists. */
struct qtest *qtest_connect(const char *path);
/* NULL is allowed. */
void qtest_close(struct qtest *qtest);

void qtest_out8(struct qtest *qtest, uint16_t port, uint8_t value);
void qtest_out16(struct qtest *qtest, uint16_t port, uint16_t value);
void qtest_out32(struct qtest *qtest, uint16_t port, uint32_t value);
uint8_t qtest_in8(struct qtest *qtest, uint16_t port);
uint16_t qtest_in16(struct qtest *qtest, uint16_t port);
uint32_t qtest_in32(struct qtest *qtest, uint16_t port);

/* The guest's memory. */
void qtest_write(struct qtest *qtest, uint64_t address, const void *bytes, size_t size);
void qtest_read(struct qtest *qtest, uint64_t address, void *bytes, size_t size);
void qtest_zero(struct qtest *qtest, uint64_t address, size_t size);

#endif
