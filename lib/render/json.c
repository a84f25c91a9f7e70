/* Answers and lists as JSON, as docs/schemas/ describes it. In: what was decided. Out: valid UTF-8, whatever the tables hold. Decides nothing. */
#include "render/json_parts.h"
#include "render/words.h"

/* ---- What was asked ---- */

static void add_counts(struct kr_json *json, const int64_t machines[KMSRULES_KIND_COUNT]) {
    kr_json_name(json, "counts");
    if (machines[KMSRULES_CLIENT] < 0 && machines[KMSRULES_SERVER] < 0 && machines[KMSRULES_OFFICE] < 0) {
        kr_json_word(json, "null");
        return;
    }
    kr_json_open(json, "{");
    kr_json_count_member(json, "clients", machines[KMSRULES_CLIENT]);
    kr_json_count_member(json, "servers", machines[KMSRULES_SERVER]);
    kr_json_count_member(json, "office", machines[KMSRULES_OFFICE]);
    kr_json_close(json, "}");
}

static void add_given_updates(struct kr_json *json, const struct kr_asked_question *asked) {
    kr_json_name(json, "updates");
    if (asked->update_count == 0 && !asked->updates_complete) {
        kr_json_word(json, "null");
        return;
    }
    kr_json_open(json, "[");
    for (size_t i = 0; i < asked->update_count; i++) kr_json_string(json, asked->updates[i]);
    kr_json_close(json, "]");
}

void kr_json_question(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const struct kr_asked_question *asked) {
    kr_json_open_member(json, "question", "{");
    kr_json_string_member(json, "host", kr_words_asked_id(ruleset, asked->host));
    kr_json_open_member(json, "keys", "[");
    for (uint32_t i = 0; i < asked->keys.count; i++) kr_json_string(json, ruleset->groups[asked->keys.items[i]].id);
    kr_json_close(json, "]");
    kr_json_open_member(json, "editions", "[");
    for (size_t i = 0; i < asked->edition_count; i++) kr_json_string(json, kr_words_asked_id(ruleset, asked->editions[i]));
    kr_json_close(json, "]");
    add_given_updates(json, asked);
    kr_json_truth_member(json, "updates_complete", asked->updates_complete);
    kr_json_string_member(json, "host_build", asked->host_build);
    add_counts(json, asked->machines);
    kr_json_close(json, "}");
}

/* ---- What was decided ---- */

static void add_fact(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_fact *fact, const kmsrules_check *check) {
    struct kr_buffer words = {0};
    kr_words_fact(&words, ruleset, fact, check);
    kr_json_open(json, "{");
    kr_json_name(json, "text");
    kr_json_sentence(json, &words);
    kr_json_open_member(json, "sources", "[");
    for (size_t i = 0; i < fact->source_count; i++) kr_json_source(json, &ruleset->sources[fact->sources[i]]);
    kr_json_close(json, "]");
    kr_json_place_member(json, "at", fact->at);
    kr_json_close(json, "}");
}

static bool is_named_before(const struct kmsrules_ruleset *ruleset, const kmsrules_check *check, size_t index) {
    for (size_t i = 0; i < index; i++)
        if (ruleset->predictions[check->predictions[i]].error == ruleset->predictions[check->predictions[index]].error) return true;
    return false;
}

/* The errors that follow, each once. */
static void add_errors(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_check *check) {
    kr_json_open_member(json, "errors", "[");
    for (size_t i = 0; i < check->prediction_count; i++)
        if (!is_named_before(ruleset, check, i)) kr_json_string(json, ruleset->errors[ruleset->predictions[check->predictions[i]].error].id);
    kr_json_close(json, "]");
}

static void add_check(struct kr_json *json, const kmsrules_answer *answer, const kmsrules_check *check) {
    struct kr_buffer words = {0};
    kr_words_check(&words, answer, check, (struct kr_together){false, false});
    kr_json_open(json, "{");
    kr_json_string_member(json, "code", kr_words_check_code(check->code));
    kr_json_string_member(json, "check", kmsrules_check_name(check->code));
    kr_json_string_member(json, "outcome", kmsrules_outcome_text(check->outcome));
    kr_json_string_member(json, "basis", kmsrules_basis_text(check->basis));
    kr_json_name(json, "text");
    kr_json_sentence(json, &words);
    kr_json_open_member(json, "facts", "[");
    for (size_t i = 0; i < check->fact_count; i++) add_fact(json, answer->ruleset, &check->facts[i], check);
    kr_json_close(json, "]");
    add_errors(json, answer->ruleset, check);
    kr_json_close(json, "}");
}

static void add_edition(struct kr_json *json, const kmsrules_answer *answer, const kmsrules_edition_answer *edition) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "edition", kr_edition_id(answer->ruleset, edition->edition));
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(edition->verdict));
    kr_json_open_member(json, "checks", "[");
    for (size_t i = 0; i < edition->check_count; i++) add_check(json, answer, &edition->checks[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

static void add_requirement(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_requirement *requirement) {
    kr_json_open(json, "{");
    kr_json_updates_member(json, "any_of", ruleset, requirement->any_of, requirement->any_of_count);
    kr_json_truth_member(json, "or_later", requirement->or_later);
    kr_json_close(json, "}");
}

static void add_choice(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_choice *choice) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "key", kr_group_id(ruleset, choice->key_group));
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(choice->verdict));
    kr_json_updates_member(json, "needs", ruleset, choice->needs, choice->need_count);
    kr_json_open_member(json, "requirements", "[");
    for (size_t i = 0; i < choice->requirement_count; i++) add_requirement(json, ruleset, &choice->requirements[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

static void add_host(struct kr_json *json, const kmsrules_answer *answer, const kmsrules_host_answer *host) {
    const struct kmsrules_ruleset *ruleset = answer->ruleset;
    kr_json_open(json, "{");
    kr_json_string_member(json, "host", kr_edition_id(ruleset, host->host));
    kr_json_string_member(json, "application", ruleset->applications[host->application].id);
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(host->verdict));
    kr_json_string_member(json, "key", kr_group_id(ruleset, host->key_group));
    kr_json_truth_member(json, "key_assumed", host->key_assumed);
    kr_json_open_member(json, "editions", "[");
    for (size_t i = 0; i < host->edition_count; i++) add_edition(json, answer, &host->editions[i]);
    kr_json_close(json, "]");
    kr_json_open_member(json, "choices", "[");
    for (size_t i = 0; i < host->choice_count; i++) add_choice(json, ruleset, &host->choices[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

void kr_json_notes(struct kr_json *json, const kmsrules_answer *answer) {
    kr_json_open_member(json, "notes", "[");
    for (size_t i = 0; i < answer->note_count; i++) {
        struct kr_buffer words = {0};
        kr_words_note(&words, answer, &answer->notes[i]);
        kr_json_sentence(json, &words);
    }
    kr_json_close(json, "]");
}

/* Members that do not apply are null, or not there. */
static void add_change(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_change *change) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "change", kmsrules_change_text(change->kind));
    kr_json_string_member(json, "host", kr_edition_id(ruleset, change->host));
    kr_json_string_member(json, "key", kr_group_id(ruleset, change->key_group));
    kr_json_string_member(json, "update", change->kind == KMSRULES_INSTALL_UPDATE ? ruleset->updates[change->update].id : NULL);
    kr_json_truth_member(json, "or_later", change->or_later);
    if (change->kind == KMSRULES_ADD_MACHINES) {
        kr_json_count_member(json, "count", (int64_t)change->count);
        kr_json_open_member(json, "kinds", "[");
        for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++)
            if ((change->kinds >> kind & 1) != 0) kr_json_string(json, kmsrules_kind_text((kmsrules_kind)kind));
        kr_json_close(json, "]");
    }
    kr_json_close(json, "}");
}

static void add_remedy(struct kr_json *json, const kmsrules_answer *answer, const kmsrules_remedy *remedy) {
    struct kr_buffer words = {0};
    kr_words_remedy(&words, answer, remedy);
    kr_json_open(json, "{");
    kr_json_name(json, "text");
    kr_json_sentence(json, &words);
    kr_json_open_member(json, "changes", "[");
    for (size_t i = 0; i < remedy->change_count; i++) add_change(json, answer->ruleset, &remedy->changes[i]);
    kr_json_close(json, "]");
    kr_json_string_member(json, "host", kr_edition_id(answer->ruleset, remedy->host));
    kr_json_open_member(json, "keys", "[");
    for (size_t i = 0; i < remedy->key_group_count; i++) kr_json_string(json, kr_group_id(answer->ruleset, remedy->key_groups[i]));
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

/* null: they were not asked for. */
static void add_remedies(struct kr_json *json, const kmsrules_answer *answer) {
    kr_json_name(json, "remedies");
    if (answer->has_remedies) kr_json_open(json, "[");
    else kr_json_string(json, NULL);
    for (size_t i = 0; i < answer->remedy_count; i++) add_remedy(json, answer, &answer->remedies[i]);
    if (answer->has_remedies) kr_json_close(json, "]");
    kr_json_name(json, "remedies_complete");
    if (answer->has_remedies) kr_json_word(json, answer->has_all_remedies ? "true" : "false");
    else kr_json_string(json, NULL);
}

static void add_answer(struct kr_json *json, const kmsrules_answer *answer) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "schema", "kmsrules/answer/1");
    kr_json_ruleset(json, &answer->ruleset->revision);
    kr_json_string_member(json, "as_of", answer->asked.date);
    kr_json_question(json, answer->ruleset, &answer->asked);
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(answer->verdict));
    kr_json_open_member(json, "hosts", "[");
    for (size_t i = 0; i < answer->host_count; i++) add_host(json, answer, &answer->hosts[i]);
    kr_json_close(json, "]");
    kr_json_notes(json, answer);
    add_remedies(json, answer);
    kr_json_close(json, "}");
}

static void add_item(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_list_item *item) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "host", kr_edition_id(ruleset, item->host));
    kr_json_string_member(json, "key", kr_group_id(ruleset, item->key_group));
    kr_json_string_member(json, "edition", kr_edition_id(ruleset, item->edition));
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(item->verdict));
    kr_json_updates_member(json, "needs", ruleset, item->needs, item->need_count);
    kr_json_close(json, "}");
}

static void add_list(struct kr_json *json, const kmsrules_list *list) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "schema", "kmsrules/list/1");
    kr_json_question(json, list->ruleset, &list->asked);
    kr_json_open_member(json, "items", "[");
    for (size_t i = 0; i < list->count; i++) add_item(json, list->ruleset, &list->items[i]);
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

/* ---- Public form ---- */

kmsrules_status kmsrules_answer_json(const kmsrules_answer *answer, char **text, size_t *size) {
    struct kr_json json = {0};
    if (answer == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    add_answer(&json, answer);
    return kr_json_finish(&json, text, size);
}

kmsrules_status kmsrules_list_json(const kmsrules_list *list, char **text, size_t *size) {
    struct kr_json json = {0};
    if (list == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    add_list(&json, list);
    return kr_json_finish(&json, text, size);
}
