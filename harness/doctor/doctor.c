/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the vdibench authors */

#include "harness/doctor/doctor.h"

static const struct probe *const tables[] = {probes_build,      probes_media,    probes_kernel,
                                             probes_processors, probes_hardware, probes_tools};

static void diagnosis_destroy(struct diagnosis *diagnosis)
{
    finding_finish(&diagnosis->finding);
    g_free(diagnosis);
}

/* False when it is missing. */
static bool examine(const struct machine *machine, const struct probe *probe, GPtrArray *diagnoses)
{
    struct diagnosis *diagnosis = g_new0(struct diagnosis, 1);

    diagnosis->probe = probe;
    probe->look(machine, &diagnosis->finding);
    g_ptr_array_add(diagnoses, diagnosis);
    return diagnosis->finding.state != PROBE_MISSING;
}

GPtrArray *doctor_examine(const struct machine *machine)
{
    GPtrArray *diagnoses = g_ptr_array_new_with_free_func((GDestroyNotify)diagnosis_destroy);

    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        for (const struct probe *probe = tables[i]; probe->point; probe++)
            examine(machine, probe, diagnoses);
    }
    return diagnoses;
}

GPtrArray *doctor_examine_gpu(const struct machine *machine)
{
    GPtrArray *diagnoses = g_ptr_array_new_with_free_func((GDestroyNotify)diagnosis_destroy);
    const struct probe *probe = probes_gpu;

    if (examine(machine, probe, diagnoses)) {
        while ((++probe)->point)
            examine(machine, probe, diagnoses);
    }
    return diagnoses;
}

static const struct diagnosis *diagnosis_at(const GPtrArray *diagnoses, unsigned index)
{
    return g_ptr_array_index((GPtrArray *)diagnoses, index);
}

static bool prevents(const struct diagnosis *diagnosis)
{
    return diagnosis->probe->needed && diagnosis->finding.state == PROBE_MISSING;
}

bool doctor_is_ready(const GPtrArray *diagnoses)
{
    for (unsigned i = 0; i < diagnoses->len; i++) {
        if (prevents(diagnosis_at(diagnoses, i)))
            return false;
    }
    return true;
}

char *doctor_text(const GPtrArray *diagnoses, const char *purpose)
{
    GString *text = g_string_new(NULL);
    unsigned counts[PROBE_STATE_COUNT] = {0};

    for (unsigned i = 0; i < diagnoses->len; i++) {
        const struct diagnosis *one = diagnosis_at(diagnoses, i);
        const struct finding *finding = &one->finding;
        counts[finding->state]++;
        g_string_append_printf(text, "%-8s %-16s %s%s%s", probe_state_text(finding->state),
                               one->probe->point, finding->found, finding->mend ? " -> " : "",
                               finding->mend ? finding->mend : "");
        if (prevents(one))
            g_string_append_printf(text, " (%s needs it)", purpose);
        g_string_append_c(text, '\n');
    }
    g_string_append_printf(text, "%u ok, %u limited, %u missing: this machine is %s for %s\n",
                           counts[PROBE_OK], counts[PROBE_LIMITED], counts[PROBE_MISSING],
                           doctor_is_ready(diagnoses) ? "ready" : "not ready", purpose);
    return g_string_free(text, false);
}

JsonNode *doctor_json(const GPtrArray *diagnoses)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "ready");
    json_builder_add_boolean_value(builder, doctor_is_ready(diagnoses));
    json_builder_set_member_name(builder, "points");
    json_builder_begin_array(builder);
    for (unsigned i = 0; i < diagnoses->len; i++) {
        const struct diagnosis *one = diagnosis_at(diagnoses, i);
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "point");
        json_builder_add_string_value(builder, one->probe->point);
        json_builder_set_member_name(builder, "needed");
        json_builder_add_boolean_value(builder, one->probe->needed);
        json_builder_set_member_name(builder, "state");
        json_builder_add_string_value(builder, probe_state_text(one->finding.state));
        json_builder_set_member_name(builder, "found");
        json_builder_add_string_value(builder, one->finding.found);
        json_builder_set_member_name(builder, "mend");
        json_builder_add_string_value(builder, one->finding.mend); /* NULL: null */
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}
