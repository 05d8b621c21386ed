/*
 * punctuality: how many of a session's frames arrived within one frame
 * interval of their slot.
 *
 * Pure, any thread.
 */
#ifndef VDIBENCH_PUNCTUALITY_H
#define VDIBENCH_PUNCTUALITY_H

#include "harness/evaluate/join.h"

/* The slots of a window of time. */
typedef struct {
    gint64 begin_ns, end_ns;
    gint64 interval_ns; /* between two slots */
    gboolean film;      /* arrived is drawn (t7); otherwise received (t5) */
} SlotWindow;

typedef struct {
    guint slots; /* that the window has room for, or more if more were noted */
    guint in_time;
    GArray *delays_ms; /* double: of what arrived, from its slot; of whom it is filled for */
} Punctuality;

/* Adds a session's slots. A slot that was skipped, or that nobody noted
 * because its process was held up, was not in time. */
void punctuality_add(Punctuality *sum, const Join *join, const SlotWindow *window);

/* 0 when there were no slots. */
double punctuality_pct(const Punctuality *sum);

#endif
