/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * dxgi-displays: the displays of all cards, as DXGI lists them at this moment.
 *
 * Any thread.
 */
#ifndef AGENT_WINDOWS_DXGI_DISPLAYS_H
#define AGENT_WINDOWS_DXGI_DISPLAYS_H

#include "agent/windows/display-choice.h"

#include <dxgi.h>
#include <windows.h>

struct dxgi_displays {
    unsigned count;
    struct display list[DISPLAYS_MAX];
    IDXGIOutput *outputs[DISPLAYS_MAX];
    IDXGIAdapter1 *adapters[DISPLAYS_MAX];
};

/* A failure's HRESULT, then with no display. In any case dxgi_displays_release() follows. */
HRESULT dxgi_displays_get(struct dxgi_displays *ret_displays);
void dxgi_displays_release(struct dxgi_displays *displays);

#endif
