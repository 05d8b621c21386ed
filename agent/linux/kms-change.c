/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
#include "agent/linux/kms-change.h"

#include <string.h>

static enum kms_evidence kernel_evidence(const struct kms_change *change,
                                         const struct kms_look *look)
{
    const struct kms_look *last = &change->last;

    if (!change->looked)
        return KMS_FIRST_LOOK;
    if (look->framebuffer_id != last->framebuffer_id)
        return KMS_FRAMEBUFFER;
    if (memcmp(&look->crop, &last->crop, sizeof look->crop) != 0)
        return KMS_PART;
    if (look->damage_blob_id != 0 && look->damage_blob_id != last->damage_blob_id)
        return KMS_DAMAGE;
    if (look->checksummed && last->checksummed && look->checksum != last->checksum)
        return KMS_CHECKSUM;
    return KMS_UNCHANGED;
}

/* Compares the next phase's pixels with those at the last change. */
static enum kms_evidence hash_evidence(struct kms_change *change, const struct kms_look *look)
{
    const unsigned phase = change->phase;
    const uint64_t hash = kms_pixels_hash(&look->buffer, &look->crop, look->memory, phase);

    change->phase = (phase + 1) % KMS_HASH_PHASES;
    return change->hashed && change->hashes[phase] != hash ? KMS_HASH : KMS_UNCHANGED;
}

/* At a change all phases are hashed, before the picture is read: drawing that comes later
 * differs from these. */
static void hash_all(struct kms_change *change, const struct kms_look *look)
{
    for (unsigned phase = 0; phase < KMS_HASH_PHASES; phase++)
        change->hashes[phase] = kms_pixels_hash(&look->buffer, &look->crop, look->memory, phase);
    change->hashed = true;
}

enum kms_evidence kms_change_look(struct kms_change *change, const struct kms_look *look)
{
    enum kms_evidence evidence = kernel_evidence(change, look);
    /* A checksum of the whole picture that did not change leaves nothing to hash. */
    const bool settled = look->checksummed && change->last.checksummed;

    if (evidence == KMS_UNCHANGED && !settled && look->memory)
        evidence = hash_evidence(change, look);
    if (evidence != KMS_UNCHANGED)
        change->hashed = false;
    if (!change->hashed && look->memory && !look->checksummed)
        hash_all(change, look);
    change->looked = true;
    change->last = *look;
    change->last.memory = NULL;
    return evidence;
}
