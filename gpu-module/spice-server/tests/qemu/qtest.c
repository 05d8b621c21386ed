/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/qemu/qtest.h"

#include "gpu-module/spice-server/tests/bed.h"
#include "gpu-module/spice-server/tests/qemu/socket.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

struct qtest {
    int fd;
    GString *rest;
};

struct qtest *qtest_connect(const char *path)
{
    struct qtest *qtest = g_new0(struct qtest, 1);
    qtest->fd = socket_connect(path);
    qtest->rest = g_string_new(NULL);
    return qtest;
}

void qtest_close(struct qtest *qtest)
{
    if (!qtest)
        return;
    close(qtest->fd);
    g_string_free(qtest->rest, true);
    g_free(qtest);
}

/* What follows OK; free it. */
static char *command(struct qtest *qtest, char *line)
{
    socket_write(qtest->fd, line, strlen(line));
    char *reply = socket_read_line(qtest->fd, qtest->rest);
    if (!g_str_has_prefix(reply, "OK"))
        fail_msg("qtest: %.60s: %s", line, reply);
    memmove(reply, reply + strlen("OK"), strlen(reply) - strlen("OK") + 1);
    g_free(line);
    return g_strchug(reply);
}

static uint32_t command_value(struct qtest *qtest, char *line)
{
    g_autofree char *value = command(qtest, line);
    return (uint32_t)g_ascii_strtoull(value, NULL, 0);
}

void qtest_out8(struct qtest *qtest, uint16_t port, uint8_t value)
{
    g_free(command(qtest, g_strdup_printf("outb 0x%x 0x%x\n", port, value)));
}

void qtest_out16(struct qtest *qtest, uint16_t port, uint16_t value)
{
    g_free(command(qtest, g_strdup_printf("outw 0x%x 0x%x\n", port, value)));
}

void qtest_out32(struct qtest *qtest, uint16_t port, uint32_t value)
{
    g_free(command(qtest, g_strdup_printf("outl 0x%x 0x%x\n", port, value)));
}

uint8_t qtest_in8(struct qtest *qtest, uint16_t port)
{
    return (uint8_t)command_value(qtest, g_strdup_printf("inb 0x%x\n", port));
}

uint16_t qtest_in16(struct qtest *qtest, uint16_t port)
{
    return (uint16_t)command_value(qtest, g_strdup_printf("inw 0x%x\n", port));
}

uint32_t qtest_in32(struct qtest *qtest, uint16_t port)
{
    return command_value(qtest, g_strdup_printf("inl 0x%x\n", port));
}

void qtest_write(struct qtest *qtest, uint64_t address, const void *bytes, size_t size)
{
    g_autofree char *base64 = g_base64_encode(bytes, size);
    g_free(command(qtest,
                   g_strdup_printf("b64write 0x%" PRIx64 " 0x%zx %s\n", address, size, base64)));
}

void qtest_read(struct qtest *qtest, uint64_t address, void *bytes, size_t size)
{
    g_autofree char *base64 =
        command(qtest, g_strdup_printf("b64read 0x%" PRIx64 " 0x%zx\n", address, size));
    size_t got = 0;
    g_autofree unsigned char *read_bytes = g_base64_decode(base64, &got);
    assert_int_equal(got, size);
    memcpy(bytes, read_bytes, size);
}

void qtest_zero(struct qtest *qtest, uint64_t address, size_t size)
{
    g_free(command(qtest, g_strdup_printf("memset 0x%" PRIx64 " 0x%zx 0\n", address, size)));
}
