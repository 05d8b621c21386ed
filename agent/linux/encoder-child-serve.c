/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/* The child's side of encoder-child. */

#include "agent/linux/encoder-child-messages.h"
#include "agent/linux/encoder-child.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FOREVER INT64_MAX

/* Until all of it was read; false at the end, which is the parent's. */
static bool receive(void *bytes, size_t size)
{
    return recv(ENCODER_CHILD_SOCKET_FD, bytes, size, MSG_WAITALL) == (ssize_t)size;
}

static bool transmit(const void *bytes, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t result =
            send(ENCODER_CHILD_SOCKET_FD, (const uint8_t *)bytes + sent, size - sent, MSG_NOSIGNAL);
        if (result <= 0)
            return false;
        sent += (size_t)result;
    }
    return true;
}

static bool answer(struct encoder *encoder, uint32_t number, int error,
                   const struct encoder_unit *unit)
{
    struct encoder_child_answer message = {.number = number, .error = error};

    if (error < 0 && encoder->class->error)
        snprintf(message.text, sizeof message.text, "%s", encoder->class->error(encoder));
    if (error == 0 && unit)
        message.size = (uint32_t)unit->size;
    return transmit(&message, sizeof message) && transmit(unit ? unit->bytes : NULL, message.size);
}

static int encode(struct encoder *encoder, const struct encoder_child_command *command,
                  const struct encoder_picture *picture, struct encoder_unit *ret_unit)
{
    encoder->class->set_bitrate(encoder, command->kbps);
    if (command->force_key)
        encoder->class->force_key(encoder);
    int result = encoder->class->submit(encoder, picture);
    if (result == 0)
        result = encoder->class->get(encoder, FOREVER, ret_unit);
    if (result == 0 && ret_unit->size > PORT_DATA_MAX_BYTES)
        result = -EMSGSIZE;
    return result;
}

static void serve(struct encoder *encoder)
{
    struct encoder_child_command command;

    if (!receive(&command, sizeof command) || command.kind != ENCODER_CHILD_OPEN)
        return;
    const void *pixels = mmap(NULL, encoder_child_picture_bytes(&command.settings), PROT_READ,
                              MAP_SHARED, ENCODER_CHILD_PICTURE_FD, 0);
    const struct encoder_picture picture = {
        .bgrx = pixels, .stride_bytes = encoder_child_stride_bytes(&command.settings)};
    struct encoder_unit unit = {.size = 0};
    int error = pixels == MAP_FAILED ? -errno : encoder->class->open(encoder, &command.settings);
    while (answer(encoder, command.number, error, unit.size ? &unit : NULL) && error == 0 &&
           receive(&command, sizeof command) && command.kind == ENCODER_CHILD_ENCODE)
        error = encode(encoder, &command, &picture, &unit);
}

/* What the agent may do beyond its user's rights, a driver need not. */
static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    syscall(SYS_capset, &header, none);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int encoder_child_serve(struct encoder *encoder)
{
    /* The agent ends it, also where a service or a terminal signals to both of them. */
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    prctl(PR_SET_NAME, "encoder-child"); /* else the name is that of /proc/self/exe */
    prctl(PR_SET_PDEATHSIG, SIGKILL);    /* if it hangs; a parent that is dead already is EOF */
    drop_capabilities();
    if (!encoder)
        return EXIT_FAILURE;
    serve(encoder);
    encoder->class->destroy(encoder);
    return EXIT_SUCCESS;
}
