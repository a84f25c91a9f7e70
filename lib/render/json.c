/* Answers and lists as JSON, as docs/schemas/ describes it. In: what was decided. Out: valid UTF-8, whatever the tables hold. Decides nothing. */
#include "render/words.h"

/* ---- Writing JSON ---- */

#define JSON_DEPTH 24

/* A document being written: where a comma or a new line is due follows from what stands before. */
struct json {
    struct kr_buffer out;
    size_t depth;
    bool has_items[JSON_DEPTH]; /* the list or object open at this depth holds something */
    bool is_after_name; /* a member's value comes next */
};

/* Characters that JSON may hold as they are, but that change or hide what a reader sees of the others. */
static bool needs_escape(uint32_t c) {
    return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || c >= 0xE0000;
}

static void add_unit(struct kr_buffer *out, uint32_t unit) {
    char text[6] = {'\\', 'u', 0, 0, 0, 0};
    for (int i = 0; i < 4; i++) text[5 - i] = "0123456789abcdef"[unit >> (4 * i) & 0xF];
    kr_buffer_add(out, (struct kr_text){text, sizeof text});
}

static void add_character_escape(struct kr_buffer *out, uint32_t c) {
    if (c == '"') kr_buffer_add_string(out, "\\\"");
    else if (c == '\\') kr_buffer_add_string(out, "\\\\");
    else if (c < 0x10000) add_unit(out, c);
    else {
        add_unit(out, 0xD7C0 + (c >> 10));
        add_unit(out, 0xDC00 + (c & 0x3FF));
    }
}

static void add_quoted(struct kr_buffer *out, struct kr_text text) {
    kr_buffer_add_string(out, "\"");
    size_t plain = 0;
    for (size_t offset = 0; offset < text.size;) {
        size_t start = offset;
        uint32_t c = kr_utf8_next(text, &offset);
        bool is_invalid = c == 0xFFFD && offset - start == 1;
        if (!is_invalid && !needs_escape(c)) continue;
        kr_buffer_add(out, (struct kr_text){text.data + plain, start - plain});
        add_character_escape(out, c);
        plain = offset;
    }
    if (plain < text.size) kr_buffer_add(out, (struct kr_text){text.data + plain, text.size - plain});
    kr_buffer_add_string(out, "\"");
}

static void add_line(struct json *json) {
    kr_buffer_add_string(&json->out, "\n");
    for (size_t i = 0; i < json->depth; i++) kr_buffer_add_string(&json->out, " ");
}

static void start_value(struct json *json) {
    if (!json->is_after_name && json->depth > 0) {
        if (json->has_items[json->depth]) kr_buffer_add_string(&json->out, ",");
        json->has_items[json->depth] = true;
        add_line(json);
    }
    json->is_after_name = false;
}

static void open_value(struct json *json, const char *bracket) {
    start_value(json);
    kr_buffer_add_string(&json->out, bracket);
    json->has_items[++json->depth] = false;
}

static void close_value(struct json *json, const char *bracket) {
    bool has_items = json->has_items[json->depth--];
    if (has_items) add_line(json);
    kr_buffer_add_string(&json->out, bracket);
}

static void add_name(struct json *json, const char *name) {
    start_value(json);
    add_quoted(&json->out, kr_text_of(name));
    kr_buffer_add_string(&json->out, ": ");
    json->is_after_name = true;
}

static void add_word(struct json *json, const char *word) {
    start_value(json);
    kr_buffer_add_string(&json->out, word);
}

static void add_string(struct json *json, const char *string) {
    if (string == NULL) {
        add_word(json, "null");
        return;
    }
    start_value(json);
    add_quoted(&json->out, kr_text_of(string));
}

static void add_string_member(struct json *json, const char *name, const char *string) {
    add_name(json, name);
    add_string(json, string);
}

static void add_truth_member(struct json *json, const char *name, bool value) {
    add_name(json, name);
    add_word(json, value ? "true" : "false");
}

static void add_count_member(struct json *json, const char *name, int64_t count) {
    add_name(json, name);
    start_value(json);
    if (count < 0) kr_buffer_add_string(&json->out, "null");
    else kr_buffer_add_number(&json->out, (uint64_t)count);
}

static void open_member(struct json *json, const char *name, const char *bracket) {
    add_name(json, name);
    open_value(json, bracket);
}

/* A sentence that `words` holds; empties it. */
static void add_sentence(struct json *json, struct kr_buffer *words) {
    start_value(json);
    add_quoted(&json->out, (struct kr_text){words->data, words->size});
    if (words->has_failed) json->out.has_failed = true;
    kr_buffer_free(words);
}

/* ---- What was asked ---- */

static void add_updates_member(struct json *json, const char *name, const struct kmsrules_ruleset *ruleset, const kmsrules_id *updates,
                               size_t count) {
    open_member(json, name, "[");
    for (size_t i = 0; i < count; i++) add_string(json, ruleset->updates[updates[i]].id);
    close_value(json, "]");
}

static void add_counts(struct json *json, const int64_t machines[KMSRULES_KIND_COUNT]) {
    add_name(json, "counts");
    if (machines[KMSRULES_CLIENT] < 0 && machines[KMSRULES_SERVER] < 0 && machines[KMSRULES_OFFICE] < 0) {
        add_word(json, "null");
        return;
    }
    open_value(json, "{");
    add_count_member(json, "clients", machines[KMSRULES_CLIENT]);
    add_count_member(json, "servers", machines[KMSRULES_SERVER]);
    add_count_member(json, "office", machines[KMSRULES_OFFICE]);
    close_value(json, "}");
}

static void add_given_updates(struct json *json, const struct kr_asked_question *asked) {
    add_name(json, "updates");
    if (asked->update_count == 0 && !asked->updates_complete) {
        add_word(json, "null");
        return;
    }
    open_value(json, "[");
    for (size_t i = 0; i < asked->update_count; i++) add_string(json, asked->updates[i]);
    close_value(json, "]");
}

static void add_question(struct json *json, const struct kmsrules_ruleset *ruleset, const struct kr_asked_question *asked) {
    open_member(json, "question", "{");
    add_string_member(json, "host", kr_words_asked_id(ruleset, asked->host));
    open_member(json, "keys", "[");
    for (uint32_t i = 0; i < asked->keys.count; i++) add_string(json, ruleset->groups[asked->keys.items[i]].id);
    close_value(json, "]");
    open_member(json, "editions", "[");
    for (size_t i = 0; i < asked->edition_count; i++) add_string(json, kr_words_asked_id(ruleset, asked->editions[i]));
    close_value(json, "]");
    add_given_updates(json, asked);
    add_truth_member(json, "updates_complete", asked->updates_complete);
    add_string_member(json, "host_build", asked->host_build);
    add_counts(json, asked->machines);
    close_value(json, "}");
}

/* ---- What was decided ---- */

static const char *group_id(const struct kmsrules_ruleset *ruleset, kmsrules_id group) { return group == KR_NONE ? NULL : ruleset->groups[group].id; }

static const char *edition_id(const struct kmsrules_ruleset *ruleset, kmsrules_id edition) {
    return edition == KR_NONE ? NULL : ruleset->editions[edition].id;
}

static void add_source(struct json *json, const kmsrules_source *source) {
    open_value(json, "{");
    add_string_member(json, "id", source->id);
    add_string_member(json, "title", source->title);
    add_string_member(json, "locator", source->locator);
    add_string_member(json, "date", source->date);
    close_value(json, "}");
}

static void add_place_member(struct json *json, const char *name, kmsrules_place at) {
    struct kr_buffer place = {0};
    kr_buffer_add_string(&place, at.file);
    kr_buffer_add_string(&place, ":");
    kr_buffer_add_number(&place, at.line);
    kr_buffer_add_string(&place, ":");
    kr_buffer_add_number(&place, at.column);
    add_name(json, name);
    add_sentence(json, &place);
}

static void add_fact(struct json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_fact *fact, const kmsrules_check *check) {
    struct kr_buffer words = {0};
    kr_words_fact(&words, ruleset, fact, check);
    open_value(json, "{");
    add_name(json, "text");
    add_sentence(json, &words);
    open_member(json, "sources", "[");
    for (size_t i = 0; i < fact->source_count; i++) add_source(json, &ruleset->sources[fact->sources[i]]);
    close_value(json, "]");
    add_place_member(json, "at", fact->at);
    close_value(json, "}");
}

static const char *code_text(kmsrules_check_code code) {
    static const char *const codes[] = {"KR101", "KR102", "KR103", "KR104", "KR105", "KR106"};
    return codes[code - KMSRULES_KR101];
}

static void add_check(struct json *json, const kmsrules_answer *answer, const kmsrules_check *check) {
    struct kr_buffer words = {0};
    kr_words_check(&words, answer, check, (struct kr_together){false, false});
    open_value(json, "{");
    add_string_member(json, "code", code_text(check->code));
    add_string_member(json, "check", kmsrules_check_name(check->code));
    add_string_member(json, "outcome", kmsrules_outcome_text(check->outcome));
    add_string_member(json, "basis", kmsrules_basis_text(check->basis));
    add_name(json, "text");
    add_sentence(json, &words);
    open_member(json, "facts", "[");
    for (size_t i = 0; i < check->fact_count; i++) add_fact(json, answer->ruleset, &check->facts[i], check);
    close_value(json, "]");
    close_value(json, "}");
}

static void add_edition(struct json *json, const kmsrules_answer *answer, const kmsrules_edition_answer *edition) {
    open_value(json, "{");
    add_string_member(json, "edition", edition_id(answer->ruleset, edition->edition));
    add_string_member(json, "verdict", kmsrules_verdict_text(edition->verdict));
    open_member(json, "checks", "[");
    for (size_t i = 0; i < edition->check_count; i++) add_check(json, answer, &edition->checks[i]);
    close_value(json, "]");
    close_value(json, "}");
}

static void add_requirement(struct json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_requirement *requirement) {
    open_value(json, "{");
    add_updates_member(json, "any_of", ruleset, requirement->any_of, requirement->any_of_count);
    add_truth_member(json, "or_later", requirement->or_later);
    close_value(json, "}");
}

static void add_choice(struct json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_choice *choice) {
    open_value(json, "{");
    add_string_member(json, "key", group_id(ruleset, choice->key_group));
    add_string_member(json, "verdict", kmsrules_verdict_text(choice->verdict));
    add_updates_member(json, "needs", ruleset, choice->needs, choice->need_count);
    open_member(json, "requirements", "[");
    for (size_t i = 0; i < choice->requirement_count; i++) add_requirement(json, ruleset, &choice->requirements[i]);
    close_value(json, "]");
    close_value(json, "}");
}

static void add_host(struct json *json, const kmsrules_answer *answer, const kmsrules_host_answer *host) {
    const struct kmsrules_ruleset *ruleset = answer->ruleset;
    open_value(json, "{");
    add_string_member(json, "host", edition_id(ruleset, host->host));
    add_string_member(json, "application", ruleset->applications[host->application].id);
    add_string_member(json, "verdict", kmsrules_verdict_text(host->verdict));
    add_string_member(json, "key", group_id(ruleset, host->key_group));
    add_truth_member(json, "key_assumed", host->key_assumed);
    open_member(json, "editions", "[");
    for (size_t i = 0; i < host->edition_count; i++) add_edition(json, answer, &host->editions[i]);
    close_value(json, "]");
    open_member(json, "choices", "[");
    for (size_t i = 0; i < host->choice_count; i++) add_choice(json, ruleset, &host->choices[i]);
    close_value(json, "]");
    close_value(json, "}");
}

static void add_notes(struct json *json, const kmsrules_answer *answer) {
    open_member(json, "notes", "[");
    for (size_t i = 0; i < answer->note_count; i++) {
        struct kr_buffer words = {0};
        kr_words_note(&words, answer, &answer->notes[i]);
        add_sentence(json, &words);
    }
    close_value(json, "]");
}

static void add_ruleset(struct json *json, const kmsrules_revision *revision) {
    open_member(json, "ruleset", "{");
    add_string_member(json, "id", revision->id);
    add_string_member(json, "revision", revision->revision);
    add_string_member(json, "fingerprint", revision->fingerprint);
    close_value(json, "}");
}

static void add_answer(struct json *json, const kmsrules_answer *answer) {
    open_value(json, "{");
    add_string_member(json, "schema", "kmsrules/answer/1");
    add_ruleset(json, &answer->ruleset->revision);
    add_string_member(json, "as_of", answer->asked.date);
    add_question(json, answer->ruleset, &answer->asked);
    add_string_member(json, "verdict", kmsrules_verdict_text(answer->verdict));
    open_member(json, "hosts", "[");
    for (size_t i = 0; i < answer->host_count; i++) add_host(json, answer, &answer->hosts[i]);
    close_value(json, "]");
    add_notes(json, answer);
    add_string_member(json, "remedies", NULL); /* not computed by this version */
    close_value(json, "}");
}

static void add_item(struct json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_list_item *item) {
    open_value(json, "{");
    add_string_member(json, "host", edition_id(ruleset, item->host));
    add_string_member(json, "key", group_id(ruleset, item->key_group));
    add_string_member(json, "edition", edition_id(ruleset, item->edition));
    add_string_member(json, "verdict", kmsrules_verdict_text(item->verdict));
    add_updates_member(json, "needs", ruleset, item->needs, item->need_count);
    close_value(json, "}");
}

static void add_list(struct json *json, const kmsrules_list *list) {
    open_value(json, "{");
    add_string_member(json, "schema", "kmsrules/list/1");
    add_question(json, list->ruleset, &list->asked);
    open_member(json, "items", "[");
    for (size_t i = 0; i < list->count; i++) add_item(json, list->ruleset, &list->items[i]);
    close_value(json, "]");
    close_value(json, "}");
}

/* ---- Public form ---- */

static kmsrules_status finish(struct json *json, char **text, size_t *size) {
    kr_buffer_add_string(&json->out, "\n");
    size_t written = json->out.size;
    char *finished = kr_buffer_finish(&json->out);
    if (finished == NULL) return KMSRULES_NO_MEMORY;
    *text = finished;
    *size = written;
    return KMSRULES_OK;
}

kmsrules_status kmsrules_answer_json(const kmsrules_answer *answer, char **text, size_t *size) {
    struct json json = {0};
    if (answer == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    add_answer(&json, answer);
    return finish(&json, text, size);
}

kmsrules_status kmsrules_list_json(const kmsrules_list *list, char **text, size_t *size) {
    struct json json = {0};
    if (list == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    add_list(&json, list);
    return finish(&json, text, size);
}
