/*
 * parameter-sets: makes each IDR picture of a recording stand alone.
 *
 * A decoder that joins at an IDR picture needs the SPS and PPS (ITU-T H.264
 * 7.4.1.2.1) that a recording may carry only once at its beginning or in its
 * container. A set lives until another one of its kind has its id. Annex B, any
 * thread, no I/O.
 */
#ifndef SIM_AGENT_PARAMETER_SETS_H
#define SIM_AGENT_PARAMETER_SETS_H

#include <glib.h>

/* How many SPS there can be: ITU-T H.264 7.4.2.1.1. */
#define PARAMETER_SETS_SPS 32

typedef struct ParameterSets ParameterSets;

ParameterSets *parameter_sets_new(void);
void parameter_sets_free(ParameterSets *sets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ParameterSets, parameter_sets_free)

/* Remembers the SPS and PPS among the NAL units before the first slice. */
void parameter_sets_learn(ParameterSets *sets, const guint8 *bytes, gsize size);

/* An SPS and a PPS at least are known. */
gboolean parameter_sets_known(const ParameterSets *sets);

/* Another number whenever an SPS was learnt that was not known before. */
guint parameter_sets_version(const ParameterSets *sets);

/* The SPS with this id, below PARAMETER_SETS_SPS: a NAL unit without start code.
 * NULL: there is none. */
const guint8 *parameter_sets_sps(const ParameterSets *sets, guint id, gsize *ret_size);

/* A copy of the access unit in which all remembered SPS and PPS stand exactly
 * once, after the access unit delimiter (if there is one) and before all
 * else. Those that the unit carries itself are to be learnt first. */
GByteArray *parameter_sets_complete(const ParameterSets *sets, const guint8 *bytes, gsize size);

#endif
