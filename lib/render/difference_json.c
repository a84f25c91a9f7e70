/* A difference as JSON, as docs/schemas/diff-1.schema.json describes it. Decides nothing. */
#include "fleet/difference.h"
#include "render/json_parts.h"
#include "render/words.h"

/* ---- Sides ---- */

static void add_key(struct kr_json *json, const struct kmsrules_ruleset *ruleset, kmsrules_id application, kmsrules_id group, bool is_assumed) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "application", ruleset->applications[application].id);
    kr_json_string_member(json, "key", kr_group_id(ruleset, group));
    kr_json_truth_member(json, "assumed", is_assumed);
    kr_json_close(json, "}");
}

static void add_side(struct kr_json *json, const kmsrules_difference *difference, const char *name, struct kr_asked host, bool is_after) {
    kr_json_open_member(json, name, "{");
    kr_json_string_member(json, "host", kr_words_asked_id(difference->ruleset, host));
    kr_json_open_member(json, "keys", "[");
    for (size_t i = 0; i < difference->summary.key_count; i++) {
        const kmsrules_difference_key *key = &difference->summary.keys[i];
        if (is_after) add_key(json, difference->ruleset, key->application, key->after, key->after_assumed);
        else add_key(json, difference->ruleset, key->application, key->before, key->before_assumed);
    }
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

/* ---- Products ---- */

static void add_judgement(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const char *name, const kmsrules_judgement *judgement) {
    static const char *const codes[] = {"KR101", "KR102", "KR103", "KR104", "KR105", "KR106"};
    kr_json_open_member(json, name, "{");
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(judgement->verdict));
    kr_json_string_member(json, "code", judgement->verdict == KMSRULES_YES ? NULL : codes[judgement->code - KMSRULES_KR101]);
    kr_json_string_member(json, "basis", kmsrules_basis_text(judgement->basis));
    kr_json_string_member(json, "key", kr_group_id(ruleset, judgement->key_group));
    kr_json_string_member(json, "reason", judgement->reason);
    kr_json_close(json, "}");
}

static const char *release_id(const struct kmsrules_ruleset *ruleset, const kmsrules_difference_product *product) {
    if (product->kind == KMSRULES_RELEASE) return ruleset->releases[product->id].id;
    kmsrules_id release = ruleset->editions[product->id].release;
    return release == KR_NONE ? NULL : ruleset->releases[release].id;
}

static void add_product(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_difference_product *product, bool is_fleet) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "kind", product->kind == KMSRULES_EDITION ? "edition" : "release");
    kr_json_string_member(json, "id", kr_words_asked_id(ruleset, (struct kr_asked){product->kind, product->id}));
    kr_json_string_member(json, "release", release_id(ruleset, product));
    kr_json_string_member(json, "change", kmsrules_shift_text(product->change));
    add_judgement(json, ruleset, "before", &product->before);
    add_judgement(json, ruleset, "after", &product->after);
    kr_json_count_member(json, "rows", is_fleet ? (int64_t)product->rows : -1);
    kr_json_count_member(json, "machines", is_fleet ? (int64_t)product->machines : -1);
    kr_json_close(json, "}");
}

static void add_changes(struct kr_json *json, const char *name, const uint64_t numbers[KMSRULES_SHIFT_COUNT]) {
    kr_json_open_member(json, name, "{");
    for (int change = 0; change < KMSRULES_SHIFT_COUNT; change++)
        kr_json_count_member(json, kmsrules_shift_text((kmsrules_shift)change), (int64_t)numbers[change]);
    kr_json_close(json, "}");
}

/* ---- What the new host needs ---- */

static void add_needs(struct kr_json *json, const kmsrules_difference *difference) {
    const kmsrules_difference_summary *summary = &difference->summary;
    kr_json_open_member(json, "needs", "{");
    kr_json_open_member(json, "updates", "[");
    for (size_t i = 0; i < summary->need_count; i++) {
        const kmsrules_fleet_need *need = &summary->needs[i];
        kr_json_open(json, "{");
        kr_json_updates_member(json, "any_of", difference->ruleset, need->requirement.any_of, need->requirement.any_of_count);
        kr_json_truth_member(json, "or_later", need->requirement.or_later);
        kr_json_truth_member(json, "known_missing", need->requirement.is_known_missing);
        kr_json_count_member(json, "rows", (int64_t)need->rows);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
    kr_json_updates_member(json, "settling", difference->ruleset, summary->settling, summary->settling_count);
    kr_json_close(json, "}");
}

static void add_threshold(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_fleet_threshold *threshold) {
    bool is_reached = threshold->certain >= threshold->minimum, is_open = !is_reached && threshold->possible >= threshold->minimum;
    kr_json_open(json, "{");
    kr_json_string_member(json, "application", ruleset->applications[threshold->application].id);
    kr_json_string_member(json, "kind", kmsrules_kind_text(threshold->kind));
    kr_json_count_member(json, "minimum", (int64_t)threshold->minimum);
    kr_json_count_member(json, "certain", (int64_t)threshold->certain);
    kr_json_count_member(json, "possible", (int64_t)threshold->possible);
    kr_json_name(json, "met");
    kr_json_word(json, is_open ? "null" : is_reached ? "true" : "false");
    kr_json_close(json, "}");
}

static void add_thresholds(struct kr_json *json, const kmsrules_difference *difference) {
    kr_json_open_member(json, "counts", "[");
    for (size_t i = 0; i < difference->summary.threshold_count; i++) add_threshold(json, difference->ruleset, &difference->summary.thresholds[i]);
    kr_json_close(json, "]");
}

/* ---- The move ---- */

static void add_intervals(struct kr_json *json, const struct kmsrules_ruleset *ruleset, unsigned intervals) {
    kr_json_open_member(json, "intervals", "[");
    for (int kind = 0; kind < KMSRULES_INTERVAL_COUNT; kind++) {
        const kmsrules_interval *interval = kmsrules_ruleset_find_interval(ruleset, (kmsrules_interval_kind)kind, KMSRULES_NONE);
        if ((intervals >> kind & 1u) == 0 || interval == NULL) continue;
        kr_json_open(json, "{");
        kr_json_string_member(json, "of", kmsrules_interval_text(interval->kind));
        kr_json_count_member(json, "seconds", (int64_t)interval->seconds);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
}

static void add_transition(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_transition *transition) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "of", kmsrules_transition_text(transition->kind));
    kr_json_string_member(json, "text", transition->text);
    kr_json_string_member(json, "command", transition->command);
    kr_json_string_member(json, "error", transition->error);
    add_intervals(json, ruleset, transition->intervals);
    kr_json_sources_member(json, "sources", ruleset, transition->sources, transition->source_count);
    kr_json_string_member(json, "note", transition->note);
    kr_json_place_member(json, "at", transition->at);
    kr_json_close(json, "}");
}

static void add_transitions(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const char *name, bool are_steps) {
    kr_json_open_member(json, name, "[");
    for (uint32_t i = 0; i < ruleset->transition_count; i++)
        if ((ruleset->transitions[i].kind == KMSRULES_STEP) == are_steps) add_transition(json, ruleset, &ruleset->transitions[i]);
    kr_json_close(json, "]");
}

/* ---- The whole ---- */

static void add_head(struct kr_json *json, const kmsrules_difference *difference) {
    kr_json_string_member(json, "schema", "kmsrules/diff/1");
    kr_json_ruleset(json, &difference->ruleset->revision);
    kr_json_string_member(json, "as_of", difference->date);
    add_side(json, difference, "from", difference->before, false);
    add_side(json, difference, "to", difference->after, true);
    kr_json_truth_member(json, "inventory", difference->summary.is_fleet);
}

static void add_difference(struct kr_json *json, const kmsrules_difference *difference) {
    const kmsrules_difference_summary *summary = &difference->summary;
    kr_json_open(json, "{");
    add_head(json, difference);
    add_changes(json, "summary", summary->rows);
    if (summary->is_fleet) add_changes(json, "machines", summary->machines);
    else kr_json_string_member(json, "machines", NULL);
    kr_json_count_member(json, "no_before_and_after", (int64_t)summary->no_before_and_after);
    kr_json_count_member(json, "unrecognised", summary->is_fleet ? (int64_t)summary->unrecognised : -1);
    kr_json_open_member(json, "products", "[");
    for (size_t i = 0; i < summary->product_count; i++) add_product(json, difference->ruleset, &summary->products[i], summary->is_fleet);
    kr_json_close(json, "]");
    add_needs(json, difference);
    add_thresholds(json, difference);
    add_transitions(json, difference->ruleset, "meanwhile", false);
    add_transitions(json, difference->ruleset, "steps", true);
    kr_json_close(json, "}");
}

kmsrules_status kmsrules_difference_json(const kmsrules_difference *difference, char **text, size_t *size) {
    struct kr_json json = {0};
    if (difference == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    add_difference(&json, difference);
    return kr_json_finish(&json, text, size);
}
