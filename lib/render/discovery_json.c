/* How clients spread, as JSON, as docs/schemas/discovery-1.schema.json describes it. Decides nothing. */
#include "fleet/discovery.h"
#include "render/decimal.h"
#include "render/json_parts.h"
#include "render/words.h"

enum { PROBABILITY_DECIMALS = 12, COUNT_DECIMALS = 6 };

static void add_decimal(struct kr_json *json, const char *name, double value, unsigned decimals) {
    char storage[40];
    struct kr_buffer text = kr_buffer_over(storage, sizeof storage);
    kr_decimal_add(&text, value, decimals, true);
    kr_json_name(json, name);
    kr_json_word(json, storage);
}

static void add_drawn(struct kr_json *json, const kmsrules_discovery_summary *summary, uint64_t drawn, bool is_whole) {
    kr_json_count_member(json, "drawn", is_whole && summary->draws > 0 ? (int64_t)drawn : -1);
}

/* ---- Hosts ---- */

static void add_reach(struct kr_json *json, const kmsrules_discovery *discovery, const kmsrules_discovery_threshold *threshold, const kmsrules_reach *reach, bool is_whole) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "application", discovery->ruleset->applications[threshold->application].id);
    kr_json_string_member(json, "kind", kmsrules_kind_text(threshold->kind));
    kr_json_count_member(json, "minimum", (int64_t)threshold->minimum);
    add_decimal(json, "expected", reach->expected, COUNT_DECIMALS);
    add_decimal(json, "probability", reach->probability, PROBABILITY_DECIMALS);
    kr_json_truth_member(json, "needed", reach->is_needed);
    kr_json_truth_member(json, "at_risk", reach->is_at_risk);
    add_drawn(json, &discovery->summary, reach->drawn, is_whole);
    kr_json_close(json, "}");
}

static void add_host(struct kr_json *json, const kmsrules_discovery *discovery, const kmsrules_discovery_host *host, const kmsrules_discovery_threshold *thresholds,
                     bool is_whole) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "target", host->target);
    kr_json_count_member(json, "port", host->port);
    kr_json_count_member(json, "priority", host->priority);
    kr_json_count_member(json, "weight", host->weight);
    kr_json_truth_member(json, "standby", host->is_standby);
    kr_json_open_member(json, "shares", "{");
    add_decimal(json, "honours-weight", host->shares[KMSRULES_BY_PRIORITY_AND_WEIGHT], PROBABILITY_DECIMALS);
    add_decimal(json, "ignores-weight", host->shares[KMSRULES_ANY_RECORD], PROBABILITY_DECIMALS);
    kr_json_close(json, "}");
    add_decimal(json, "expected", host->expected, COUNT_DECIMALS);
    if (is_whole && discovery->summary.draws > 0) add_decimal(json, "drawn", host->drawn, COUNT_DECIMALS);
    else kr_json_string_member(json, "drawn", NULL);
    kr_json_open_member(json, "reaches", "[");
    for (size_t i = 0; i < discovery->summary.threshold_count; i++) add_reach(json, discovery, &thresholds[i], &host->reaches[i], is_whole);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

/* ---- Thresholds ---- */

static void add_chance(struct kr_json *json, const kmsrules_discovery *discovery, const char *name, double least, double most, uint64_t drawn, bool is_whole) {
    kr_json_open_member(json, name, "{");
    if (least == most) add_decimal(json, "probability", least, PROBABILITY_DECIMALS);
    else kr_json_string_member(json, "probability", NULL);
    add_decimal(json, "least", least, PROBABILITY_DECIMALS);
    add_decimal(json, "most", most, PROBABILITY_DECIMALS);
    add_drawn(json, &discovery->summary, drawn, is_whole);
    kr_json_close(json, "}");
}

static void add_thresholds(struct kr_json *json, const kmsrules_discovery *discovery, const kmsrules_discovery_threshold *thresholds, bool is_whole) {
    kr_json_open_member(json, "thresholds", "[");
    for (size_t i = 0; i < discovery->summary.threshold_count; i++) {
        const kmsrules_discovery_threshold *threshold = &thresholds[i];
        kr_json_open(json, "{");
        kr_json_string_member(json, "application", discovery->ruleset->applications[threshold->application].id);
        kr_json_string_member(json, "kind", kmsrules_kind_text(threshold->kind));
        kr_json_count_member(json, "minimum", (int64_t)threshold->minimum);
        kr_json_count_member(json, "machines", (int64_t)threshold->machines);
        add_chance(json, discovery, "all", threshold->least_all, threshold->most_all, threshold->drawn_all, is_whole);
        add_chance(json, discovery, "any", threshold->least_any, threshold->most_any, threshold->drawn_any, is_whole);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
}

static void add_failure(struct kr_json *json, const kmsrules_discovery *discovery, const kmsrules_host_failure *failure) {
    const kmsrules_discovery_summary *summary = &discovery->summary;
    kr_json_open(json, "{");
    kr_json_string_member(json, "target", summary->hosts[failure->host].target);
    kr_json_count_member(json, "port", summary->hosts[failure->host].port);
    kr_json_open_member(json, "hosts", "[");
    for (size_t i = 0; i + 1 < summary->host_count; i++) add_host(json, discovery, &failure->hosts[i], failure->thresholds, false);
    kr_json_close(json, "]");
    add_thresholds(json, discovery, failure->thresholds, false);
    kr_json_close(json, "}");
}

static void add_failures(struct kr_json *json, const kmsrules_discovery *discovery) {
    if (discovery->summary.failure_count == 0) {
        kr_json_string_member(json, "failures", NULL);
        return;
    }
    kr_json_open_member(json, "failures", "[");
    for (size_t i = 0; i < discovery->summary.failure_count; i++) add_failure(json, discovery, &discovery->summary.failures[i]);
    kr_json_close(json, "]");
}

/* ---- Clients ---- */

static void add_products(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const char *name, const kmsrules_planned *products, size_t count) {
    kr_json_open_member(json, name, "[");
    for (size_t i = 0; i < count; i++) {
        kr_json_open(json, "{");
        kr_json_string_member(json, "kind", products[i].kind == KMSRULES_EDITION ? "edition" : "release");
        kr_json_string_member(json, "id", kr_words_asked_id(ruleset, (struct kr_asked){products[i].kind, products[i].id}));
        kr_json_count_member(json, "machines", (int64_t)products[i].machines);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
}

static void add_class(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_discovery_class *class) {
    const kmsrules_discovery_rule *rule = &ruleset->discovery_rules[class->rule];
    kr_json_open(json, "{");
    kr_json_string_member(json, "by", kmsrules_selection_text(rule->selection));
    kr_json_count_member(json, "machines", (int64_t)class->machines);
    add_products(json, ruleset, "products", class->products, class->product_count);
    kr_json_sources_member(json, "sources", ruleset, rule->sources, rule->source_count);
    kr_json_sources_member(json, "against", ruleset, rule->against, rule->against_count);
    kr_json_string_member(json, "note", rule->note);
    kr_json_place_member(json, "at", rule->at);
    kr_json_close(json, "}");
}

/* ---- The whole ---- */

static void add_seed(struct kr_json *json, const kmsrules_discovery_summary *summary) {
    char storage[24];
    struct kr_buffer seed = kr_buffer_over(storage, sizeof storage);
    kr_buffer_add_number(&seed, summary->seed);
    kr_json_name(json, "seed");
    kr_json_word(json, summary->draws > 0 ? storage : "null");
}

static void add_head(struct kr_json *json, const kmsrules_discovery *discovery) {
    const kmsrules_discovery_summary *summary = &discovery->summary;
    kr_json_string_member(json, "schema", "kmsrules/discovery/1");
    kr_json_ruleset(json, &discovery->ruleset->revision);
    kr_json_open_member(json, "read", "{");
    kr_json_count_member(json, "records", (int64_t)discovery->record_count);
    kr_json_count_member(json, "unreadable", (int64_t)discovery->read.unreadable);
    kr_json_count_member(json, "duplicates", (int64_t)discovery->read.duplicates);
    kr_json_count_member(json, "others", (int64_t)discovery->read.others);
    kr_json_count_member(json, "refusals", (int64_t)discovery->read.refusals);
    kr_json_open_member(json, "names", "[");
    for (size_t i = 0; i < discovery->read.name_count; i++) kr_json_string(json, discovery->read.names[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
    kr_json_count_member(json, "machines", (int64_t)summary->machines);
    add_decimal(json, "risk", summary->risk, PROBABILITY_DECIMALS);
    kr_json_truth_member(json, "at_risk", summary->is_at_risk);
    kr_json_count_member(json, "draws", summary->draws > 0 ? (int64_t)summary->draws : -1);
    add_seed(json, summary);
}

kmsrules_status kmsrules_discovery_json(kmsrules_discovery *discovery, char **text, size_t *size) {
    const kmsrules_discovery_summary *summary = NULL;
    struct kr_json json = {0};
    if (text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_status status = kmsrules_discovery_sum_up(discovery, &summary);
    if (status != KMSRULES_OK) return status;
    kr_json_open(&json, "{");
    add_head(&json, discovery);
    kr_json_open_member(&json, "hosts", "[");
    for (size_t i = 0; i < summary->host_count; i++) add_host(&json, discovery, &summary->hosts[i], summary->thresholds, true);
    kr_json_close(&json, "]");
    add_thresholds(&json, discovery, summary->thresholds, true);
    add_failures(&json, discovery);
    kr_json_open_member(&json, "clients", "[");
    for (size_t i = 0; i < summary->class_count; i++) add_class(&json, discovery->ruleset, &summary->classes[i]);
    kr_json_close(&json, "]");
    add_products(&json, discovery->ruleset, "left_out", summary->left_out, summary->left_out_count);
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}
