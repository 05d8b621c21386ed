/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "agent/windows/duplication-result.h"

#include <errno.h>

#define FAILURE_BIT UINT32_C(0x80000000)

static const struct duplication_result succeeded = {0, DUPLICATION_GOES_ON, 0, "S_OK", ""};
static const struct duplication_result unknown = {
    FAILURE_BIT, DUPLICATION_REFUSED, -EIO, "an unexpected result", "restart the display driver"};

/* Documented at IDXGIOutput1::DuplicateOutput, IDXGIOutputDuplication::AcquireNextFrame and
 * DXGI_ERROR. */
const struct duplication_result duplication_results[] = {
    {0x887a0027, DUPLICATION_UNCHANGED, 0, "WAIT_TIMEOUT", ""},
    {0x887a0026, DUPLICATION_AGAIN, -EAGAIN, "ACCESS_LOST",
     "the desktop was switched, or its mode changed"},
    {0x887a0001, DUPLICATION_AGAIN, -EAGAIN, "INVALID_CALL", "the duplication has ended"},
    {0x80070005, DUPLICATION_AGAIN, -EACCES, "E_ACCESSDENIED",
     "the desktop is being switched, or this user may not see it: run as the service"},
    {0x887a0028, DUPLICATION_AGAIN, -ENODEV, "SESSION_DISCONNECTED",
     "nobody is at the console: a remote session has it"},
    {0x887a0025, DUPLICATION_AGAIN, -EBUSY, "MODE_CHANGE_IN_PROGRESS",
     "the display's mode is being changed"},
    {0x887a0022, DUPLICATION_REFUSED, -EBUSY, "NOT_CURRENTLY_AVAILABLE",
     "too many programs duplicate this display: end one of them"},
    {0x887a0004, DUPLICATION_REFUSED, -EOPNOTSUPP, "UNSUPPORTED",
     "this card's driver cannot duplicate this display: on a machine with two cards choose "
     "the one that the display is plugged into"},
    {0x80004001, DUPLICATION_REFUSED, -ENOSYS, "E_NOTIMPL",
     "this system has no desktop duplication: Windows 8 or a later one has it"},
    {0x80070057, DUPLICATION_REFUSED, -EINVAL, "E_INVALIDARG",
     "the display belongs to another card"},
    {0x887a0002, DUPLICATION_REFUSED, -ENODEV, "NOT_FOUND", "the display was unplugged"},
    {0x8007000e, DUPLICATION_REFUSED, -ENOMEM, "E_OUTOFMEMORY", "memory is short"},
    {0x887a0005, DUPLICATION_NEW_DEVICE, -ENODEV, "DEVICE_REMOVED",
     "the card was removed, or its driver was updated"},
    {0x887a0006, DUPLICATION_NEW_DEVICE, -ENODEV, "DEVICE_HUNG", "the card hung, and was reset"},
    {0x887a0007, DUPLICATION_NEW_DEVICE, -ENODEV, "DEVICE_RESET", "the card was reset"},
    {0x887a0020, DUPLICATION_NEW_DEVICE, -ENODEV, "DRIVER_INTERNAL_ERROR",
     "the display driver failed"},
};
const unsigned duplication_result_count = sizeof duplication_results / sizeof *duplication_results;

const struct duplication_result *duplication_result(uint32_t result)
{
    if (!(result & FAILURE_BIT))
        return &succeeded;
    for (unsigned i = 0; i < duplication_result_count; i++)
        if (duplication_results[i].result == result)
            return &duplication_results[i];
    return &unknown;
}
