/* The frozen ruleset's life and records. In: what table/compile.c filled. Out: lent records. */
#include "ruleset/ruleset.h"

kmsrules_ruleset *kmsrules_ruleset_retain(kmsrules_ruleset *ruleset) {
    if (ruleset != NULL) atomic_fetch_add_explicit(&ruleset->owners, 1, memory_order_relaxed);
    return ruleset;
}

void kmsrules_ruleset_free(kmsrules_ruleset *ruleset) {
    if (ruleset == NULL || atomic_fetch_sub_explicit(&ruleset->owners, 1, memory_order_acq_rel) != 1) return;
    kr_names_free(&ruleset->names);
    kr_arena_free(&ruleset->arena);
    kr_memory_free(ruleset);
}

const kmsrules_revision *kmsrules_ruleset_revision(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? NULL : &ruleset->revision; }

size_t kmsrules_ruleset_source_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->source_count; }

const kmsrules_source *kmsrules_ruleset_source(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_source_count(ruleset) ? &ruleset->sources[id] : NULL;
}

size_t kmsrules_ruleset_application_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->application_count; }

const kmsrules_application *kmsrules_ruleset_application(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_application_count(ruleset) ? &ruleset->applications[id] : NULL;
}

size_t kmsrules_ruleset_release_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->release_count; }

const kmsrules_release *kmsrules_ruleset_release(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_release_count(ruleset) ? &ruleset->releases[id] : NULL;
}

size_t kmsrules_ruleset_edition_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->edition_count; }

const kmsrules_edition *kmsrules_ruleset_edition(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_edition_count(ruleset) ? &ruleset->editions[id] : NULL;
}

size_t kmsrules_ruleset_key_group_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->group_count; }

const kmsrules_key_group *kmsrules_ruleset_key_group(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_key_group_count(ruleset) ? &ruleset->groups[id] : NULL;
}

size_t kmsrules_ruleset_update_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->update_count; }

const kmsrules_update *kmsrules_ruleset_update(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_update_count(ruleset) ? &ruleset->updates[id] : NULL;
}

size_t kmsrules_ruleset_error_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->error_count; }

const kmsrules_error *kmsrules_ruleset_error(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_error_count(ruleset) ? &ruleset->errors[id] : NULL;
}

size_t kmsrules_ruleset_prediction_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->prediction_count; }

const kmsrules_prediction *kmsrules_ruleset_prediction(const kmsrules_ruleset *ruleset, kmsrules_id id) {
    return id < kmsrules_ruleset_prediction_count(ruleset) ? &ruleset->predictions[id] : NULL;
}

size_t kmsrules_ruleset_file_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->file_count; }

const kmsrules_table_file *kmsrules_ruleset_file(const kmsrules_ruleset *ruleset, size_t index) {
    return index < kmsrules_ruleset_file_count(ruleset) ? &ruleset->files[index] : NULL;
}

size_t kmsrules_ruleset_interval_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->interval_count; }

const kmsrules_interval *kmsrules_ruleset_interval(const kmsrules_ruleset *ruleset, size_t index) {
    return index < kmsrules_ruleset_interval_count(ruleset) ? &ruleset->intervals[index] : NULL;
}

size_t kmsrules_ruleset_transition_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->transition_count; }

const kmsrules_transition *kmsrules_ruleset_transition(const kmsrules_ruleset *ruleset, size_t index) {
    return index < kmsrules_ruleset_transition_count(ruleset) ? &ruleset->transitions[index] : NULL;
}

const kmsrules_interval *kmsrules_ruleset_find_interval(const kmsrules_ruleset *ruleset, kmsrules_interval_kind kind, kmsrules_id edition) {
    if (ruleset == NULL || (unsigned)kind >= KMSRULES_INTERVAL_COUNT || (edition >= ruleset->edition_count && edition != KMSRULES_NONE)) return NULL;
    const uint32_t *ruling = &ruleset->ruling_intervals[(size_t)kind * (ruleset->edition_count + 1)];
    uint32_t own = edition == KMSRULES_NONE ? KR_NONE : ruling[edition], found = own != KR_NONE ? own : ruling[ruleset->edition_count];
    return found == KR_NONE ? NULL : &ruleset->intervals[found];
}

size_t kmsrules_ruleset_discovery_rule_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->discovery_rule_count; }

const kmsrules_discovery_rule *kmsrules_ruleset_discovery_rule(const kmsrules_ruleset *ruleset, size_t index) {
    return index < kmsrules_ruleset_discovery_rule_count(ruleset) ? &ruleset->discovery_rules[index] : NULL;
}

const kmsrules_discovery_rule *kmsrules_ruleset_find_discovery_rule(const kmsrules_ruleset *ruleset, kmsrules_id edition) {
    if (ruleset == NULL || (edition >= ruleset->edition_count && edition != KMSRULES_NONE)) return NULL;
    uint32_t own = edition == KMSRULES_NONE ? KR_NONE : ruleset->ruling_discovery[edition], found = own != KR_NONE ? own : ruleset->ruling_discovery[ruleset->edition_count];
    return found == KR_NONE ? NULL : &ruleset->discovery_rules[found];
}

const kmsrules_srv_name *kmsrules_ruleset_srv_name(const kmsrules_ruleset *ruleset) { return ruleset == NULL || ruleset->srv_name.name == NULL ? NULL : &ruleset->srv_name; }

const kmsrules_cache *kmsrules_ruleset_cache(const kmsrules_ruleset *ruleset) { return ruleset == NULL || ruleset->cache.factor == 0 ? NULL : &ruleset->cache; }

const kmsrules_observation *kmsrules_ruleset_observation(const kmsrules_ruleset *ruleset, kmsrules_observation_kind kind) {
    if (ruleset == NULL || (unsigned)kind >= KMSRULES_OBSERVATION_COUNT || ruleset->observations[kind].text == NULL) return NULL;
    return &ruleset->observations[kind];
}

const kmsrules_virtual_machines *kmsrules_ruleset_find_virtual_machines(const kmsrules_ruleset *ruleset, kmsrules_id host) {
    if (ruleset == NULL || (host >= ruleset->edition_count && host != KMSRULES_NONE)) return NULL;
    uint32_t own = host == KMSRULES_NONE ? KR_NONE : ruleset->ruling_virtual_machines[host];
    uint32_t found = own != KR_NONE ? own : ruleset->ruling_virtual_machines[ruleset->edition_count];
    return found == KR_NONE ? NULL : &ruleset->virtual_machines[found];
}

size_t kmsrules_ruleset_virtual_machines_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->virtual_machines_count; }

const kmsrules_virtual_machines *kmsrules_ruleset_virtual_machines(const kmsrules_ruleset *ruleset, size_t index) {
    return index < kmsrules_ruleset_virtual_machines_count(ruleset) ? &ruleset->virtual_machines[index] : NULL;
}

size_t kmsrules_ruleset_expiry_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->expiry_count; }

const kmsrules_expiry *kmsrules_ruleset_expiry(const kmsrules_ruleset *ruleset, size_t index) {
    return index < kmsrules_ruleset_expiry_count(ruleset) ? &ruleset->expiries[index] : NULL;
}

size_t kmsrules_ruleset_activation_id_count(const kmsrules_ruleset *ruleset) { return ruleset == NULL ? 0 : ruleset->activation_id_count; }

const kmsrules_activation_id *kmsrules_ruleset_activation_id(const kmsrules_ruleset *ruleset, size_t index) {
    return index < kmsrules_ruleset_activation_id_count(ruleset) ? &ruleset->activation_ids[index] : NULL;
}

const kmsrules_activation_id *kr_ruleset_find_activation_id(const struct kmsrules_ruleset *ruleset, const kmsrules_guid *id) {
    for (uint32_t i = 0; i < ruleset->activation_id_count; i++)
        if (memcmp(&ruleset->activation_ids[i].id, id, sizeof *id) == 0) return &ruleset->activation_ids[i];
    return NULL;
}
