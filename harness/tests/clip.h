/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * clip: short recordings made by ffmpeg for tests.
 */
#ifndef VDIBENCH_TESTS_CLIP_H
#define VDIBENCH_TESTS_CLIP_H

/* Runs ffmpeg with `arguments` (words separated by blanks, the output file's
 * name left out) and returns FOLDER/NAME, which it made; free it. Fails the
 * test when ffmpeg does. */
char *clip_make(const char *folder, const char *name, const char *arguments);

/* Arguments for pictures of `size` ("WxH") that move everywhere, 30 a second; others
 * can be appended. */
#define CLIP_SOURCE(size) "-f lavfi -i testsrc2=rate=30:size=" size

#endif
