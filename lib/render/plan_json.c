/* A plan as JSON, as docs/schemas/plan-1.schema.json describes it. In: what was planned. Out: valid UTF-8. Decides nothing. */
#include "ask/plan.h"
#include "render/json_parts.h"
#include "render/words.h"

static const char *product_id(const struct kmsrules_ruleset *ruleset, const kmsrules_planned *product) {
    return product->kind == KMSRULES_RELEASE ? ruleset->releases[product->id].id : ruleset->editions[product->id].id;
}

static void add_products(struct kr_json *json, const char *name, const struct kmsrules_ruleset *ruleset, const kmsrules_planned *products, size_t count) {
    kr_json_open_member(json, name, "[");
    for (size_t i = 0; i < count; i++) kr_json_string(json, product_id(ruleset, &products[i]));
    kr_json_close(json, "]");
}

static void add_threshold(struct kr_json *json, const kmsrules_plan_threshold *threshold) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "kind", kmsrules_kind_text(threshold->kind));
    kr_json_count_member(json, "minimum", (int64_t)threshold->minimum);
    kr_json_count_member(json, "certain", (int64_t)threshold->certain);
    kr_json_count_member(json, "possible", (int64_t)threshold->possible);
    kr_json_truth_member(json, "met", threshold->certain >= threshold->minimum);
    kr_json_close(json, "}");
}

static void add_placement(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_placement *placement) {
    struct kr_buffer words = {0};
    kr_words_placement(&words, ruleset, placement);
    kr_json_open(json, "{");
    kr_json_string_member(json, "host", kr_edition_id(ruleset, placement->host));
    kr_json_string_member(json, "key", kr_group_id(ruleset, placement->key_group));
    kr_json_updates_member(json, "updates", ruleset, placement->updates, placement->update_count);
    add_products(json, "covers", ruleset, placement->covers, placement->cover_count);
    kr_json_count_member(json, "machines", (int64_t)placement->machines);
    kr_json_open_member(json, "thresholds", "[");
    for (size_t i = 0; i < placement->threshold_count; i++) add_threshold(json, &placement->thresholds[i]);
    kr_json_close(json, "]");
    kr_json_name(json, "because");
    kr_json_sentence(json, &words);
    kr_json_close(json, "}");
}

static void add_option(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_plan_option *option) {
    kr_json_open(json, "{");
    kr_json_open_member(json, "placements", "[");
    for (size_t i = 0; i < option->placement_count; i++) add_placement(json, ruleset, &option->placements[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

static void add_uncovered(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_uncovered *uncovered) {
    struct kr_buffer words = {0};
    kr_words_uncovered(&words, ruleset, uncovered);
    kr_json_open(json, "{");
    kr_json_string_member(json, "edition", product_id(ruleset, &uncovered->product));
    kr_json_count_member(json, "machines", (int64_t)uncovered->product.machines);
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(uncovered->verdict));
    kr_json_string_member(json, "host", kr_edition_id(ruleset, uncovered->host));
    kr_json_string_member(json, "key", kr_group_id(ruleset, uncovered->key_group));
    kr_json_name(json, "reason");
    kr_json_sentence(json, &words);
    kr_json_close(json, "}");
}

static void add_alternative(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_plan_alternative *alternative) {
    kr_json_open(json, "{");
    kr_json_open_member(json, "hosts", "[");
    for (size_t i = 0; i < alternative->host_count; i++) kr_json_string(json, kr_edition_id(ruleset, alternative->hosts[i]));
    kr_json_close(json, "]");
    kr_json_open_member(json, "keys", "[");
    for (size_t i = 0; i < alternative->key_group_count; i++) kr_json_string(json, kr_group_id(ruleset, alternative->key_groups[i]));
    kr_json_close(json, "]");
    kr_json_updates_member(json, "updates", ruleset, alternative->updates, alternative->update_count);
    kr_json_count_member(json, "machines", (int64_t)alternative->machines);
    add_products(json, "uncovered", ruleset, alternative->uncovered, alternative->uncovered_count);
    kr_json_close(json, "}");
}

static void add_advice(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_plan_advice *advice) {
    struct kr_buffer words = {0};
    kr_words_advice(&words, ruleset, advice);
    kr_json_open(json, "{");
    kr_json_string_member(json, "advice", advice->kind == KMSRULES_SECOND_HOST ? "second-host" : "without-threshold");
    kr_json_name(json, "text");
    kr_json_sentence(json, &words);
    kr_json_sources_member(json, "sources", ruleset, advice->fact.sources, advice->fact.source_count);
    kr_json_close(json, "}");
}

static void add_plan(struct kr_json *json, const kmsrules_plan *plan) {
    const kmsrules_plan_content *content = &plan->content;
    kr_json_open(json, "{");
    kr_json_string_member(json, "schema", "kmsrules/plan/1");
    kr_json_ruleset(json, &plan->ruleset->revision);
    kr_json_string_member(json, "as_of", plan->date);
    kr_json_truth_member(json, "optimal", content->is_optimal);
    kr_json_count_member(json, "machines", (int64_t)content->machines);
    kr_json_count_member(json, "covered", (int64_t)content->covered);
    kr_json_count_member(json, "unrecognised", (int64_t)content->unrecognised);
    kr_json_count_member(json, "hosts", (int64_t)content->host_count);
    kr_json_count_member(json, "ties", content->tie_count > INT64_MAX ? INT64_MAX : (int64_t)content->tie_count);
    kr_json_open_member(json, "plans", "[");
    for (size_t i = 0; i < content->option_count; i++) add_option(json, plan->ruleset, &content->options[i]);
    kr_json_close(json, "]");
    kr_json_open_member(json, "uncovered", "[");
    for (size_t i = 0; i < content->uncovered_count; i++) add_uncovered(json, plan->ruleset, &content->uncovered[i]);
    kr_json_close(json, "]");
    kr_json_open_member(json, "alternatives", "[");
    for (size_t i = 0; i < content->alternative_count; i++) add_alternative(json, plan->ruleset, &content->alternatives[i]);
    kr_json_close(json, "]");
    kr_json_open_member(json, "advice", "[");
    for (size_t i = 0; i < content->advice_count; i++) add_advice(json, plan->ruleset, &content->advice[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

kmsrules_status kmsrules_plan_json(const kmsrules_plan *plan, char **text, size_t *size) {
    struct kr_json json = {0};
    if (plan == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    add_plan(&json, plan);
    return kr_json_finish(&json, text, size);
}
