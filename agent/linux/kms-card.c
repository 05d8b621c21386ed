/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms-card.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The longest list of names in an error. */
#define LIST_BYTES 512

bool kms_card_is_vgpu(const struct kms_card *card)
{
    static const char *const drivers[] = {"qxl", "virtio_gpu", "bochs-drm", "bochs"};

    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (strcmp(card->driver, drivers[i]) == 0)
            return true;
    return false;
}

const char *kms_card_name(const struct kms_card *card)
{
    const char *slash = strrchr(card->path, '/');

    return slash ? slash + 1 : card->path;
}

__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static bool is_called(const struct kms_card *card, const struct kms_connector *connector,
                      const char *wanted)
{
    const char *name = kms_card_name(card);
    const size_t length = strlen(name);

    if (strcmp(connector->name, wanted) == 0)
        return true;
    return strncmp(wanted, name, length) == 0 && wanted[length] == '-' &&
           strcmp(connector->name, wanted + length + 1) == 0;
}

/* The card's connector that is called `wanted`, or, where `any` is allowed, the first that
 * shows something, or else the first. */
static const struct kms_connector *find_connector(const struct kms_card *card, const char *wanted,
                                                  bool any)
{
    const struct kms_connector *found = NULL;

    for (unsigned i = 0; i < card->connector_count; i++) {
        const struct kms_connector *connector = &card->connectors[i];
        if (!any && !is_called(card, connector, wanted))
            continue;
        if (found == NULL || (found->crtc_id == 0 && connector->crtc_id != 0))
            found = connector;
    }
    return found;
}

/* The higher, the better. */
static int worth(const struct kms_card *card, const struct kms_connector *connector)
{
    return (kms_card_is_vgpu(card) ? 0 : 2) + (connector && connector->crtc_id != 0 ? 1 : 0);
}

static void list_connectors(const struct kms_card *card, char *text, size_t size)
{
    if (card->connector_count == 0)
        append(text, size, " none");
    for (unsigned i = 0; i < card->connector_count; i++) {
        const struct kms_connector *connector = &card->connectors[i];
        const char *how = connector->crtc_id != 0 ? "active"
                          : connector->connected  ? "off"
                                                  : "disconnected";
        append(text, size, "%s %s (%s)", i == 0 ? "" : ",", connector->name, how);
    }
}

int kms_card_choose(const struct kms_card *cards, unsigned count, const char *wanted,
                    struct kms_choice *ret_choice, char *ret_error, size_t error_size)
{
    const bool automatic = strcmp(wanted, "auto") == 0;
    const struct kms_card *closed = NULL;
    struct kms_choice best = {NULL, NULL};
    char list[LIST_BYTES] = "";

    for (unsigned i = 0; i < count; i++) {
        const struct kms_card *card = &cards[i];
        if (card->error < 0) {
            closed = closed ? closed : card;
            continue;
        }
        /* A card that only computes has no connectors. */
        const bool any = (automatic && card->connector_count > 0) || strcmp(card->pci, wanted) == 0;
        const struct kms_connector *connector = find_connector(card, wanted, any);
        if ((any || connector) &&
            (best.card == NULL || worth(card, connector) > worth(best.card, best.connector)))
            best = (struct kms_choice){card, connector};
        append(list, sizeof list, "%s %s (%s %s):", i == 0 ? "" : ";", card->path, card->driver,
               card->pci);
        list_connectors(card, list, sizeof list);
    }
    if (best.card == NULL && closed) {
        snprintf(ret_error, error_size,
                 "card %s cannot be opened: %s; run as root, or as a member of "
                 "the group video with CAP_SYS_ADMIN",
                 closed->path, strerror(-closed->error));
        return closed->error;
    }
    if (best.card == NULL && automatic) {
        snprintf(ret_error, error_size,
                 "no graphics card with a connector in /dev/dri; load the card's driver");
        return -ENODEV;
    }
    if (best.card == NULL) {
        snprintf(ret_error, error_size, "no connector or card is called %s; there are%s", wanted,
                 list);
        return -ENOENT;
    }
    if (best.connector == NULL || best.connector->crtc_id == 0) {
        list[0] = '\0';
        list_connectors(best.card, list, sizeof list);
        snprintf(
            ret_error, error_size,
            "no active CRTC on card %s (%s%s%s), connectors%s; connect a monitor or a dummy plug, or switch "
            "the screen on",
            best.card->path, best.card->driver, best.card->pci[0] ? " " : "", best.card->pci, list);
        return -ENOLINK;
    }
    *ret_choice = best;
    return 0;
}
