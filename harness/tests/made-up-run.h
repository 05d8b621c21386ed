/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * made-up-run: a small results folder with known numbers, for tests.
 *
 * Two cases of one repeat: gpu-module appsink, which switches in and out, and
 * vgpu-lz4 dirty-rects. There are nine slots, one every 0.25 s from 1 s on; the first
 * four belong to the first second.
 */
#ifndef VDIBENCH_TESTS_MADE_UP_RUN_H
#define VDIBENCH_TESTS_MADE_UP_RUN_H

#include <glib.h>

/* Its result.json; static. */
extern const char made_up_result[];

/* The text with `from`, which must be in it, replaced by `to`; free it. */
char *made_up_result_with(const char *from, const char *to);

/* A folder of its own with result.json and all samples; free the name after
 * made_up_run_remove(). */
char *made_up_run_create(void);
void made_up_run_remove(char *folder);

/* Puts a file into the folder. */
void made_up_run_put(const char *folder, const char *name, const char *text);

#endif
