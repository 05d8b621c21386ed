/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * render-node: the graphics card that encodes.
 */
#ifndef AGENT_LINUX_RENDER_NODE_H
#define AGENT_LINUX_RENDER_NODE_H

#define RENDER_NODE_BYTES 64

/* The path of the first render node ("/dev/dri/renderD128") that is not the virtual machine's
 * own. 0. -ENODEV: there is none. Another negative errno: the cards cannot be listed. */
int render_node_find(char ret_path[RENDER_NODE_BYTES]);

#endif
