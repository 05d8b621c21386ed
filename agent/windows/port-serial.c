/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/port-serial.h"

#include "agent/os/windows.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* A write in one piece: the driver copies it into memory that is never paged out. */
#define WRITE_MAX_BYTES (64u * 1024)
/* More than any message of the host's. */
#define READ_MAX_BYTES (4u * 1024)
/* The longest path of a port, in characters. */
#define PATH_CHARACTERS 256
/* A COM port's read ends this long after its last byte, and without a byte after so long. */
#define COM_QUIET_MS 20
#define COM_READ_MS 3000

/* One operation: a read or a write. */
struct operation {
    OVERLAPPED overlapped; /* with an event of its own, reset by hand */
    bool running;
    bool done; /* ended, and not yet looked at */
    DWORD size;
    int error; /* negative errno */
};

/* The transporting thread's. */
struct port_serial {
    struct port port;
    wchar_t path[PATH_CHARACTERS];
    HANDLE file; /* INVALID_HANDLE_VALUE: closed */
    bool is_com;
    struct operation reading, writing;
    size_t taken; /* bytes of `received` that were handed out */
    uint8_t received[READ_MAX_BYTES];
    uint8_t sending[WRITE_MAX_BYTES];
};

static struct port_serial *self_of(struct port *port)
{
    return (struct port_serial *)port;
}

static int errno_of(DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_BAD_PATHNAME:
    case ERROR_INVALID_NAME:
        return -ENOENT;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
    case ERROR_BUSY:
        return -EBUSY;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_NO_SYSTEM_RESOURCES:
        return -ENOMEM;
    default:
        return -EIO;
    }
}

/* --- operations ------------------------------------------------------------------- */

static void begin(struct operation *operation)
{
    HANDLE event = operation->overlapped.hEvent;

    ResetEvent(event);
    *operation = (struct operation){.overlapped.hEvent = event, .running = true};
}

/* After ReadFile or WriteFile: whether it could begin. */
static void began(struct operation *operation, BOOL at_once)
{
    DWORD error = at_once ? ERROR_SUCCESS : GetLastError();

    if (error == ERROR_SUCCESS || error == ERROR_IO_PENDING)
        return; /* its event is signalled at its end, in both cases */
    operation->running = false;
    operation->done = true;
    operation->error = errno_of(error);
}

/* Whether it has ended, without waiting. */
static bool has_ended(struct port_serial *self, struct operation *operation)
{
    if (!operation->running)
        return operation->done;
    if (!GetOverlappedResult(self->file, &operation->overlapped, &operation->size, FALSE)) {
        DWORD error = GetLastError();
        if (error == ERROR_IO_INCOMPLETE)
            return false;
        operation->size = 0;
        /* A COM port whose time is over: no bytes to Windows, an error to Wine. */
        if (!self->is_com || error != ERROR_TIMEOUT)
            operation->error = errno_of(error);
    }
    operation->running = false;
    operation->done = true;
    return true;
}

static void cancel(struct port_serial *self, struct operation *operation)
{
    DWORD size;

    if (operation->running) {
        CancelIoEx(self->file, &operation->overlapped);
        GetOverlappedResult(self->file, &operation->overlapped, &size, TRUE);
    }
    operation->running = operation->done = false;
}

/* Something was read, or the port is lost; otherwise a read is running. */
static bool read_on(struct port_serial *self)
{
    struct operation *reading = &self->reading;

    for (;;) {
        if (!reading->running && !reading->done) {
            begin(reading);
            self->taken = 0;
            began(reading, ReadFile(self->file, self->received, sizeof self->received, NULL,
                                    &reading->overlapped));
        }
        if (!has_ended(self, reading))
            return false;
        if (reading->error < 0 || reading->size > 0 || !self->is_com)
            return true;
        reading->done = false; /* a COM port's time is over: again */
    }
}

/* --- the port ---------------------------------------------------------------------- */

static void set_com(HANDLE file, DCB *state)
{
    COMMTIMEOUTS timeouts = {.ReadIntervalTimeout = COM_QUIET_MS,
                             .ReadTotalTimeoutConstant = COM_READ_MS};

    state->fBinary = TRUE;
    state->ByteSize = 8;
    state->Parity = NOPARITY;
    state->StopBits = ONESTOPBIT;
    state->fParity = state->fOutX = state->fInX = state->fNull = state->fErrorChar = FALSE;
    state->fOutxCtsFlow = state->fOutxDsrFlow = state->fAbortOnError = FALSE;
    SetCommState(file, state);
    SetCommTimeouts(file, &timeouts);
}

static int open_port(struct port *port)
{
    struct port_serial *self = self_of(port);
    DCB state = {.DCBlength = sizeof state};

    self->file = CreateFileW(self->path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                             FILE_FLAG_OVERLAPPED, NULL);
    if (self->file == INVALID_HANDLE_VALUE)
        return errno_of(GetLastError());
    self->is_com = GetCommState(self->file, &state); /* a VirtIO port has none */
    if (self->is_com)
        set_com(self->file, &state);
    return 0;
}

static ssize_t read_port(struct port *port, uint8_t *to, size_t room)
{
    struct port_serial *self = self_of(port);
    struct operation *reading = &self->reading;

    if (!read_on(self))
        return -EAGAIN;
    if (reading->error < 0)
        return reading->error;
    size_t left = reading->size - self->taken;
    if (left > room)
        left = room;
    memcpy(to, self->received + self->taken, left);
    self->taken += left;
    if (self->taken == reading->size && left > 0)
        reading->done = false;
    return (ssize_t)left;
}

static ssize_t write_port(struct port *port, const struct port_part *parts, unsigned count)
{
    struct port_serial *self = self_of(port);
    struct operation *writing = &self->writing;
    size_t size = 0;

    if (count > PORT_PARTS_MAX)
        return -EINVAL;
    if (!writing->running && !writing->done) {
        for (unsigned i = 0; i < count && size < sizeof self->sending; i++) {
            size_t left = sizeof self->sending - size;
            size_t fits = parts[i].size < left ? parts[i].size : left;
            memcpy(self->sending + size, parts[i].bytes, fits);
            size += fits;
        }
        begin(writing);
        began(writing,
              WriteFile(self->file, self->sending, (DWORD)size, NULL, &writing->overlapped));
    }
    if (!has_ended(self, writing))
        return -EAGAIN;
    if (writing->error < 0)
        return writing->error;
    writing->done = false;
    return writing->size > 0 ? (ssize_t)writing->size : -EAGAIN;
}

static unsigned conditions_now(struct port_serial *self, unsigned wants)
{
    unsigned conditions = 0;

    if (wants & PORT_READABLE && read_on(self))
        conditions |= PORT_READABLE;
    if (self->reading.running)
        has_ended(self, &self->reading);
    if (self->reading.done && self->reading.error < 0)
        conditions |= PORT_HUNG_UP;
    if (wants & PORT_WRITABLE && (!self->writing.running || has_ended(self, &self->writing)))
        conditions |= PORT_WRITABLE;
    return conditions;
}

static unsigned wait_port(struct port *port, unsigned wants, struct os_wake *wake)
{
    struct port_serial *self = self_of(port);

    for (;;) {
        HANDLE events[3] = {os_wake_event(wake)};
        DWORD count = 1;
        unsigned conditions = conditions_now(self, wants);

        if (WaitForSingleObject(events[0], 0) == WAIT_OBJECT_0)
            conditions |= PORT_WOKEN;
        if (conditions)
            return conditions;
        if (self->reading.running)
            events[count++] = self->reading.overlapped.hEvent;
        if (wants & PORT_WRITABLE)
            events[count++] = self->writing.overlapped.hEvent;
        if (WaitForMultipleObjects(count, events, FALSE, INFINITE) == WAIT_FAILED)
            return PORT_HUNG_UP;
    }
}

static void close_port(struct port *port)
{
    struct port_serial *self = self_of(port);

    if (self->file == INVALID_HANDLE_VALUE)
        return;
    cancel(self, &self->reading);
    cancel(self, &self->writing);
    CloseHandle(self->file);
    self->file = INVALID_HANDLE_VALUE;
}

static void destroy_port(struct port *port)
{
    struct port_serial *self = self_of(port);

    close_port(port);
    if (self->reading.overlapped.hEvent)
        CloseHandle(self->reading.overlapped.hEvent);
    if (self->writing.overlapped.hEvent)
        CloseHandle(self->writing.overlapped.hEvent);
    free(self);
}

static const struct port_class serial_class = {
    .open = open_port,
    .read = read_port,
    .write = write_port,
    .wait = wait_port,
    .close = close_port,
    .destroy = destroy_port,
};

/* "COM" and a number. */
static bool is_com_name(const char *name)
{
    return _strnicmp(name, "COM", 3) == 0 && name[3] != '\0' &&
           strspn(name + 3, "0123456789") == strlen(name + 3);
}

struct port *port_serial_create(const char *name)
{
    struct port_serial *self = calloc(1, sizeof *self);
    const wchar_t *before = strncmp(name, "\\\\", 2) == 0 ? L""
                            : is_com_name(name)           ? L"\\\\.\\"
                                                          : L"\\\\.\\Global\\";
    int used = (int)wcslen(before);

    if (!self)
        return NULL;
    self->port.class = &serial_class;
    self->file = INVALID_HANDLE_VALUE;
    wcscpy(self->path, before);
    /* A name that is too long leaves the path empty: there is no such port. */
    if (MultiByteToWideChar(CP_UTF8, 0, name, -1, self->path + used, PATH_CHARACTERS - used) == 0)
        self->path[0] = L'\0';
    self->reading.overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    self->writing.overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!self->reading.overlapped.hEvent || !self->writing.overlapped.hEvent) {
        destroy_port(&self->port);
        return NULL;
    }
    return &self->port;
}
