/*
 * parameter-sets: makes each IDR picture of a recording stand alone.
 *
 * A decoder that joins at an IDR picture needs the SPS and PPS (ITU-T H.264
 * 7.4.1.2.1) that a recording may carry only once at its beginning or in its
 * container. Annex B, any thread, no I/O.
 */
#ifndef SIM_AGENT_PARAMETER_SETS_H
#define SIM_AGENT_PARAMETER_SETS_H

#include <glib.h>

typedef struct ParameterSets ParameterSets;

ParameterSets *parameter_sets_new(void);
void parameter_sets_free(ParameterSets *sets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ParameterSets, parameter_sets_free)

/* Remembers the SPS and PPS among the NAL units before the first slice. What
 * comes later replaces what was remembered of its kind. */
void parameter_sets_learn(ParameterSets *sets, const guint8 *bytes, gsize size);

/* A copy of the access unit in which the remembered SPS and PPS stand exactly
 * once, after the access unit delimiter (if there is one) and before all
 * else. Those that the unit carries itself are learnt first. */
GByteArray *parameter_sets_complete(ParameterSets *sets, const guint8 *bytes, gsize size);

#endif
