/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */
/*
 * ask: a question to whoever sits at the terminal. Main thread; blocks until it is answered.
 */
#ifndef VDIBENCH_ASK_H
#define VDIBENCH_ASK_H

#include <stdbool.h>

/* False where standard input or standard error is no terminal: nobody is there. */
bool ask_is_possible(void);

/* Whether to go on: true for y or yes. */
bool ask_to_go_on(void);

#endif
