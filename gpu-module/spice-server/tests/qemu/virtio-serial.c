/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "gpu-module/spice-server/tests/qemu/virtio-serial.h"

#include "gpu-module/spice-server/tests/bed.h"

#include <string.h>

/* Above what a firmware would use of the 64 MiB. */
#define MEMORY_BASE 0x1000000u
#define PAGE_BYTES 4096u

/* PCI's configuration, mechanism 1. */
#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define PCI_COMMAND 0x04
#define PCI_COMMAND_IO_MEMORY_MASTER 7
#define PCI_BAR0 0x10
/* Nobody else's: there is no firmware that would give ports away. */
#define IO_BASE 0xc000

/* Registers of the legacy interface. */
enum {
    GUEST_FEATURES = 4,
    QUEUE_ADDRESS = 8,
    QUEUE_SIZE = 12,
    QUEUE_SELECT = 14,
    QUEUE_NOTIFY = 16,
    STATUS = 18,
};
enum { STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4 };
#define FEATURE_MULTIPORT 2u

enum { EVENT_DEVICE_READY = 0, EVENT_PORT_READY = 3, EVENT_PORT_OPEN = 6 };
struct control {
    uint32_t id;
    uint16_t event;
    uint16_t value;
};

struct descriptor {
    uint64_t address;
    uint32_t size;
    uint16_t flags;
    uint16_t next;
};
#define DESCRIPTOR_DEVICE_WRITES 2

struct queue {
    unsigned index;
    uint16_t size;
    uint64_t table, available, used, buffers;
    uint16_t put;   /* buffers made available so far */
    uint16_t taken; /* of them used, as far as looked at */
    bool receives;
    /* Receiving: the buffer being read. */
    unsigned at, filled, buffer;
};
/* More would be memory that no test fills. */
#define QUEUE_SIZE_MAX 256
#define RECEIVE_BUFFER_BYTES 4096u
#define AGAIN_US 1000

enum { CONTROL_RECEIVE = 2, CONTROL_TRANSMIT = 3, QUEUES = 2 + 2 * VIRTIO_SERIAL_PORTS_MAX };

struct virtio_serial {
    struct qtest *qtest;
    unsigned slot;
    uint64_t free_memory;
    struct queue queues[QUEUES];
};

static struct queue *receive_queue(struct virtio_serial *serial, unsigned port)
{
    return &serial->queues[2 + 2 * port];
}

static struct queue *transmit_queue(struct virtio_serial *serial, unsigned port)
{
    return &serial->queues[3 + 2 * port];
}

static uint64_t allocate(struct virtio_serial *serial, size_t size)
{
    uint64_t address = serial->free_memory;
    serial->free_memory += (size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    return address;
}

static void pci_write(struct virtio_serial *serial, unsigned where, uint32_t value)
{
    qtest_out32(serial->qtest, PCI_ADDRESS, 0x80000000u | serial->slot << 11 | where);
    qtest_out32(serial->qtest, PCI_DATA, value);
}

static void write16(struct virtio_serial *serial, uint64_t address, uint16_t value)
{
    qtest_write(serial->qtest, address, &value, sizeof value);
}

static uint16_t read16(struct virtio_serial *serial, uint64_t address)
{
    uint16_t value;
    qtest_read(serial->qtest, address, &value, sizeof value);
    return value;
}

static void notify(struct virtio_serial *serial, const struct queue *queue)
{
    qtest_out16(serial->qtest, IO_BASE + QUEUE_NOTIFY, (uint16_t)queue->index);
}

/* The device sees it once it is notified. */
static void put(struct virtio_serial *serial, struct queue *queue, uint32_t size)
{
    const uint16_t slot = queue->put % queue->size;
    const uint32_t room = queue->receives ? RECEIVE_BUFFER_BYTES : VIRTIO_SERIAL_BUFFER_BYTES;
    const struct descriptor descriptor = {
        .address = queue->buffers + (uint64_t)slot * room,
        .size = size,
        .flags = queue->receives ? DESCRIPTOR_DEVICE_WRITES : 0,
    };

    qtest_write(serial->qtest, queue->table + slot * sizeof descriptor, &descriptor,
                sizeof descriptor);
    write16(serial, queue->available + 4 + 2u * slot, slot);
    queue->put++;
    write16(serial, queue->available + 2, queue->put);
}

static void set_up_queue(struct virtio_serial *serial, unsigned index, bool receives)
{
    struct queue *queue = &serial->queues[index];

    *queue = (struct queue){.index = index, .receives = receives};
    qtest_out16(serial->qtest, IO_BASE + QUEUE_SELECT, (uint16_t)index);
    queue->size = qtest_in16(serial->qtest, IO_BASE + QUEUE_SIZE);
    assert_in_range(queue->size, 1, QUEUE_SIZE_MAX);

    const size_t used_at = (18u * queue->size + 6 + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    const size_t ring_bytes = used_at + 6 + 8u * queue->size;
    queue->table = allocate(serial, ring_bytes);
    queue->available = queue->table + 16u * queue->size;
    queue->used = queue->table + used_at;
    queue->buffers =
        allocate(serial, (size_t)queue->size *
                             (receives ? RECEIVE_BUFFER_BYTES : VIRTIO_SERIAL_BUFFER_BYTES));
    qtest_zero(serial->qtest, queue->table, ring_bytes);
    qtest_out32(serial->qtest, IO_BASE + QUEUE_ADDRESS, (uint32_t)(queue->table / PAGE_BYTES));
}

static unsigned unreturned(struct virtio_serial *serial, struct queue *queue)
{
    return (uint16_t)(queue->put - read16(serial, queue->used + 2));
}

static void queue_control(struct virtio_serial *serial, unsigned port, uint16_t event,
                          uint16_t value)
{
    struct queue *queue = &serial->queues[CONTROL_TRANSMIT];
    const struct control control = {port, event, value};

    assert_true(unreturned(serial, queue) < queue->size);
    qtest_write(serial->qtest,
                queue->buffers + (uint64_t)(queue->put % queue->size) * VIRTIO_SERIAL_BUFFER_BYTES,
                &control, sizeof control);
    put(serial, queue, sizeof control);
}

static void send_control(struct virtio_serial *serial, unsigned port, uint16_t event,
                         uint16_t value)
{
    queue_control(serial, port, event, value);
    notify(serial, &serial->queues[CONTROL_TRANSMIT]);
}

struct virtio_serial *virtio_serial_create(struct qtest *qtest, unsigned slot)
{
    struct virtio_serial *serial = g_new0(struct virtio_serial, 1);
    serial->qtest = qtest;
    serial->slot = slot;
    serial->free_memory = MEMORY_BASE;

    pci_write(serial, PCI_BAR0, IO_BASE);
    pci_write(serial, PCI_COMMAND, PCI_COMMAND_IO_MEMORY_MASTER);
    qtest_out8(qtest, IO_BASE + STATUS, 0);
    qtest_out8(qtest, IO_BASE + STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    qtest_out32(qtest, IO_BASE + GUEST_FEATURES, FEATURE_MULTIPORT);
    for (unsigned index = 0; index < QUEUES; index++)
        set_up_queue(serial, index, index % 2 == 0);
    qtest_out8(qtest, IO_BASE + STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
    send_control(serial, 0, EVENT_DEVICE_READY, 1);
    for (unsigned port = 1; port < VIRTIO_SERIAL_PORTS_MAX; port++)
        virtio_serial_port_ready(serial, port);
    return serial;
}

void virtio_serial_destroy(struct virtio_serial *serial)
{
    g_free(serial);
}

void virtio_serial_moved(struct virtio_serial *serial, struct qtest *qtest)
{
    serial->qtest = qtest;
}

void virtio_serial_port_ready(struct virtio_serial *serial, unsigned port)
{
    struct queue *queue = receive_queue(serial, port);

    send_control(serial, port, EVENT_PORT_READY, 1);
    while (queue->put < queue->size)
        put(serial, queue, RECEIVE_BUFFER_BYTES);
    notify(serial, queue);
}

void virtio_serial_open(struct virtio_serial *serial, unsigned port)
{
    send_control(serial, port, EVENT_PORT_OPEN, 1);
}

/* What the last opener has not read is not for the next one. */
static void discard_received(struct virtio_serial *serial, unsigned port)
{
    uint8_t bytes[RECEIVE_BUFFER_BYTES];

    while (virtio_serial_read(serial, port, bytes, sizeof bytes) > 0)
        ;
}

void virtio_serial_close(struct virtio_serial *serial, unsigned port)
{
    int64_t end_us = g_get_monotonic_time() + (int64_t)(DEADLINE_S * G_USEC_PER_SEC);

    send_control(serial, port, EVENT_PORT_OPEN, 0);
    while (unreturned(serial, &serial->queues[CONTROL_TRANSMIT]) >
           0) { /* then nothing comes any more */
        assert_true(g_get_monotonic_time() < end_us);
        g_usleep(AGAIN_US);
    }
    discard_received(serial, port);
}

void virtio_serial_close_and_open(struct virtio_serial *serial, unsigned port)
{
    discard_received(serial, port);
    queue_control(serial, port, EVENT_PORT_OPEN, 0);
    queue_control(serial, port, EVENT_PORT_OPEN, 1);
    notify(serial, &serial->queues[CONTROL_TRANSMIT]);
}

unsigned virtio_serial_unreturned(struct virtio_serial *serial, unsigned port)
{
    return unreturned(serial, transmit_queue(serial, port));
}

bool virtio_serial_write(struct virtio_serial *serial, unsigned port, const void *bytes,
                         size_t size, unsigned patience_ms)
{
    struct queue *queue = transmit_queue(serial, port);

    for (const uint8_t *from = bytes; size > 0;) {
        const uint32_t part = (uint32_t)MIN(size, VIRTIO_SERIAL_BUFFER_BYTES);
        const int64_t end_us = g_get_monotonic_time() + patience_ms * (int64_t)1000;
        while (unreturned(serial, queue) >= queue->size) {
            if (g_get_monotonic_time() > end_us)
                return false;
            g_usleep(AGAIN_US);
        }
        qtest_write(serial->qtest,
                    queue->buffers +
                        (uint64_t)(queue->put % queue->size) * VIRTIO_SERIAL_BUFFER_BYTES,
                    from, part);
        put(serial, queue, part);
        notify(serial, queue);
        from += part;
        size -= part;
    }
    return true;
}

/* The next buffer that the device has filled is the one being read. */
static bool next_buffer(struct virtio_serial *serial, struct queue *queue)
{
    struct {
        uint32_t id, size;
    } element;

    if (queue->taken == read16(serial, queue->used + 2))
        return false;
    qtest_read(serial->qtest, queue->used + 4 + 8u * (queue->taken % queue->size), &element,
               sizeof element);
    assert_true(element.id < queue->size && element.size <= RECEIVE_BUFFER_BYTES);
    queue->buffer = element.id;
    queue->filled = element.size;
    queue->at = 0;
    queue->taken++;
    return true;
}

size_t virtio_serial_read(struct virtio_serial *serial, unsigned port, void *bytes, size_t room)
{
    struct queue *queue = receive_queue(serial, port);

    if (queue->at == queue->filled && !next_buffer(serial, queue))
        return 0;
    const size_t part = MIN(room, queue->filled - queue->at);
    qtest_read(serial->qtest,
               queue->buffers + (uint64_t)queue->buffer * RECEIVE_BUFFER_BYTES + queue->at, bytes,
               part);
    queue->at += part;
    if (queue->at ==
        queue->filled) { /* the device uses them in turn: it is the next one to be put */
        assert_int_equal(queue->put % queue->size, queue->buffer);
        put(serial, queue, RECEIVE_BUFFER_BYTES);
        notify(serial, queue);
    }
    return part;
}
