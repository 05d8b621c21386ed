/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * display-choice: which of a Windows guest's displays is captured.
 *
 * Pure: any system, any thread.
 */
#ifndef AGENT_WINDOWS_DISPLAY_CHOICE_H
#define AGENT_WINDOWS_DISPLAY_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISPLAY_NAME_BYTES 64 /* Windows' names have 32 characters at most */
#define DISPLAY_CARD_BYTES 256
/* More than one machine's cards have outputs. */
#define DISPLAYS_MAX 16

struct display {
    char name[DISPLAY_NAME_BYTES]; /* as Windows has it: \\.\DISPLAY1 */
    char card[DISPLAY_CARD_BYTES]; /* the card's name, UTF-8 as all names */
    uint16_t vendor;               /* the card's PCI vendor */
    bool attached;                 /* it shows a part of the desktop */
    bool rotated;
    uint32_t width_px, height_px; /* of its part of the desktop */
};

/* The index of the display to capture, or -1 with a line in ret_error. `name`: as in the
 * list, with or without \\.\ before it, in any case; or "auto": the first one that is
 * attached to a card that is not made for a VM, otherwise the first one that is attached. */
int display_choose(const struct display *displays, unsigned count, const char *name,
                   char *ret_error, size_t error_bytes);

#endif
