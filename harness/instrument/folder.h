/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * folder: a private folder that a run or a test has made for itself.
 */
#ifndef VDIBENCH_FOLDER_H
#define VDIBENCH_FOLDER_H

/* Removes the folder with the files, links and sockets in it. What cannot be
 * removed (for example a folder in it) is left, silently. Any thread. */
void folder_remove(const char *folder);

#endif
