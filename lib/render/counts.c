/* Counts and duplicates as JSON (counts-1, duplicates-1) and as text. Decides nothing. */
#include <string.h>

#include "base/civil.h"
#include "base/guid.h"
#include "fleet/counts.h"
#include "render/evidence.h"

/* ---- Parts of both ---- */

/* ---- Counts as JSON ---- */

static void add_pool(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_counts_pool *pool) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "host", pool->host);
    kr_json_string_member(json, "application", kr_application_id(ruleset, pool->application));
    kr_json_count_member(json, "count", (int64_t)pool->count);
    kr_json_count_member(json, "shown", (int64_t)pool->shown);
    kr_json_count_member(json, "cap", (int64_t)pool->capacity);
    kr_json_open_member(json, "kinds", "{");
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) kr_json_count_member(json, kmsrules_kind_text((kmsrules_kind)kind), (int64_t)pool->kinds[kind]);
    kr_json_close(json, "}");
    kr_json_count_member(json, "assumed", (int64_t)pool->assumed);
    kr_json_count_member(json, "uncounted", (int64_t)pool->uncounted);
    kr_json_count_member(json, "past", (int64_t)pool->past);
    kr_json_open_member(json, "thresholds", "[");
    for (size_t i = 0; i < pool->threshold_count; i++) {
        kr_json_open(json, "{");
        kr_json_string_member(json, "kind", kmsrules_kind_text(pool->thresholds[i].kind));
        kr_json_count_member(json, "minimum", (int64_t)pool->thresholds[i].minimum);
        kr_json_count_member(json, "count", (int64_t)pool->thresholds[i].count);
        kr_json_count_member(json, "sure", (int64_t)pool->thresholds[i].sure);
        kr_json_truth_member(json, "met", pool->thresholds[i].is_met);
        kr_json_truth_member(json, "asked", pool->thresholds[i].is_asked_for);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

static void add_result_code(struct kr_buffer *out, uint32_t result) {
    static const char digits[] = "0123456789ABCDEF";
    kr_buffer_add_string(out, "0x");
    for (int i = 7; i >= 0; i--) kr_buffer_add(out, (struct kr_text){&digits[result >> 4 * i & 15], 1});
}

static void add_requests(struct kr_json *json, const kmsrules_counts *counts) {
    const kmsrules_counts_content *content = &counts->content;
    struct kr_buffer code = {0};
    kr_json_open_member(json, "requests", "{");
    kr_json_count_member(json, "total", (int64_t)content->requests);
    kr_json_open_member(json, "results", "[");
    for (size_t i = 0; i < content->result_count; i++) {
        const kmsrules_result_count *result = &content->results[i];
        kr_json_open(json, "{");
        add_result_code(&code, result->result);
        kr_json_name(json, "result");
        kr_json_sentence(json, &code);
        kr_json_string_member(json, "name", result->error == KR_NONE ? NULL : counts->ruleset->errors[result->error].name);
        kr_json_count_member(json, "requests", (int64_t)result->requests);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
    kr_json_count_member(json, "incomplete", (int64_t)content->incomplete);
    kr_json_count_member(json, "assumed", (int64_t)content->assumed);
    kr_json_count_member(json, "repeated", (int64_t)content->repeated);
    kr_json_count_member(json, "later", (int64_t)content->later);
    kr_json_count_member(json, "other", (int64_t)content->other);
    kr_json_count_member(json, "unreadable", (int64_t)content->gaps.unreadable);
    kr_json_close(json, "}");
    kr_buffer_free(&code);
}

kmsrules_status kmsrules_counts_json(const kmsrules_counts *counts, char **text, size_t *size) {
    struct kr_json json = {0};
    if (counts == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    kr_json_open(&json, "{");
    kr_json_evidence_head(&json, counts->ruleset, "kmsrules/counts/1", counts->content.as_of);
    kr_json_truth_member(&json, "given", counts->content.is_given);
    kr_json_open_member(&json, "pools", "[");
    for (size_t i = 0; i < counts->content.pool_count; i++) add_pool(&json, counts->ruleset, &counts->content.pools[i]);
    kr_json_close(&json, "]");
    add_requests(&json, counts);
    kr_json_gaps(&json, &counts->content.gaps);
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}

/* ---- Counts as text ---- */

static void say_kinds(struct kr_page *page, const kmsrules_counts_pool *pool) {
    static const char *const nouns[] = {"client", "server", "Office computer"};
    size_t said = 0;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
        if (pool->kinds[kind] == 0) continue;
        kr_words_say(&page->out, said++ == 0 ? " (" : ", ");
        kr_words_number_of(&page->out, pool->kinds[kind], nouns[kind]);
    }
    if (said > 0) kr_words_say(&page->out, ")");
}

static void say_pool(struct kr_page *page, const kmsrules_counts_pool *pool) {
    kr_page_pool(page, pool->host, pool->application);
    kr_words_say(&page->out, ": ");
    kr_page_number(page, pool->count);
    kr_words_say(&page->out, " counted");
    say_kinds(page, pool);
    kr_words_say(&page->out, "; the host shows ");
    kr_page_number(page, pool->shown);
    kr_words_say(&page->out, " of at most ");
    kr_page_number(page, pool->capacity);
    kr_words_say(&page->out, "\n");
    for (size_t i = 0; i < pool->threshold_count; i++) {
        const kmsrules_counts_threshold *threshold = &pool->thresholds[i];
        kr_words_say(&page->out, "  %: ", kmsrules_kind_text(threshold->kind));
        kr_page_colored(page, threshold->is_met ? "reached" : "not reached", threshold->is_met ? 0 : threshold->is_asked_for ? 3 : 1, 0);
        kr_words_say(&page->out, ", ");
        kr_page_number(page, threshold->count);
        kr_words_say(&page->out, " of ");
        kr_page_number(page, threshold->minimum);
        if (threshold->is_met && threshold->sure < threshold->minimum) kr_words_say(&page->out, ", "), kr_page_number(page, threshold->sure), kr_words_say(&page->out, " without those by the minimum alone");
        kr_words_say(&page->out, threshold->is_asked_for ? "\n" : "; none has asked\n");
    }
    kr_page_assumed(page, pool->assumed);
    if (pool->uncounted > 0) {
        kr_words_say(&page->out, "  not counted by this host: ");
        kr_words_number_of(&page->out, pool->uncounted, "virtual machine");
        kr_words_say(&page->out, "\n");
    }
    if (pool->past == 0) return;
    kr_words_say(&page->out, "  no longer counted: ");
    kr_words_number_of(&page->out, pool->past, "CMID");
    kr_words_say(&page->out, "\n");
}

static void say_number(struct kr_page *page, uint64_t number, const char *text) {
    if (number == 0) return;
    kr_words_say(&page->out, "  ");
    kr_page_number(page, number);
    kr_words_say(&page->out, " %\n", text);
}

static void say_requests(struct kr_page *page, const kmsrules_counts *counts) {
    const kmsrules_counts_content *content = &counts->content;
    kr_page_heading(page, "Requests");
    if (content->result_count == 0) kr_words_say(&page->out, "  none\n");
    for (size_t i = 0; i < content->result_count; i++) {
        const kmsrules_result_count *result = &content->results[i];
        kr_words_say(&page->out, "  ");
        kr_page_number(page, result->requests);
        kr_words_say(&page->out, result->result == 0 ? " accepted" : " refused, ");
        if (result->result != 0) add_result_code(&page->out, result->result);
        if (result->error != KR_NONE) kr_words_say(&page->out, ": %", counts->ruleset->errors[result->error].name);
        kr_words_say(&page->out, "\n");
    }
    say_number(page, content->assumed, "without an activation id that the tables know, and with the minimum of servers, which Office has too");
    say_number(page, content->incomplete, "without a CMID, a time or a known minimum: not counted");
    say_number(page, content->repeated, "the same record again: left out");
    say_number(page, content->later, "after the date: left out");
    say_number(page, content->other, content->other == 1 ? "event of another kind: left out" : "events of other kinds: left out");
}

kmsrules_status kmsrules_counts_print(const kmsrules_counts *counts, bool color, char **text, size_t *size) {
    if (counts == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = counts->ruleset, .has_color = color};
    for (size_t i = 0; i < counts->content.pool_count; i++) say_pool(&page, &counts->content.pools[i]);
    if (counts->content.pool_count == 0) kr_words_say(&page.out, "No request was accepted until then: nothing is counted.\n");
    if (!counts->content.is_given) say_requests(&page, counts);
    kr_page_gaps(&page, &counts->content.gaps);
    kr_page_evidence_end(&page, counts->content.as_of);
    return kr_page_finish(&page, text, size);
}

/* ---- Duplicates ---- */

static void add_duplicate(struct kr_json *json, const kmsrules_duplicates *duplicates, const kmsrules_duplicate *item) {
    const kmsrules_duplicates_pool *pool = &duplicates->content.pools[item->pool];
    kr_json_open(json, "{");
    kr_json_string_member(json, "what", item->is_clone ? "one-cmid" : "one-name");
    kr_json_string_member(json, "host", pool->host);
    kr_json_string_member(json, "application", kr_application_id(duplicates->ruleset, pool->application));
    kr_json_open_member(json, "uses", "[");
    for (size_t i = 0; i < item->alias_count; i++) {
        kr_json_open(json, "{");
        kr_json_string_member(json, "name", item->aliases[i].name);
        kr_json_guid_member(json, "cmid", &item->aliases[i].cmid);
        kr_json_time_member(json, "last", item->aliases[i].last);
        kr_json_truth_member(json, "counted", item->aliases[i].is_counted);
        kr_json_close(json, "}");
    }
    kr_json_close(json, "]");
    kr_json_close(json, "}");
}

kmsrules_status kmsrules_duplicates_json(const kmsrules_duplicates *duplicates, char **text, size_t *size) {
    struct kr_json json = {0};
    if (duplicates == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    kr_json_open(&json, "{");
    kr_json_evidence_head(&json, duplicates->ruleset, "kmsrules/duplicates/1", duplicates->content.as_of);
    kr_json_open_member(&json, "pools", "[");
    for (size_t i = 0; i < duplicates->content.pool_count; i++) {
        const kmsrules_duplicates_pool *pool = &duplicates->content.pools[i];
        kr_json_open(&json, "{");
        kr_json_string_member(&json, "host", pool->host);
        kr_json_string_member(&json, "application", kr_application_id(duplicates->ruleset, pool->application));
        kr_json_count_member(&json, "count", (int64_t)pool->count);
        kr_json_count_member(&json, "without", (int64_t)pool->without);
        kr_json_close(&json, "}");
    }
    kr_json_close(&json, "]");
    kr_json_open_member(&json, "duplicates", "[");
    for (size_t i = 0; i < duplicates->content.item_count; i++) add_duplicate(&json, duplicates, &duplicates->content.items[i]);
    kr_json_close(&json, "]");
    kr_json_gaps(&json, &duplicates->content.gaps);
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}

static void say_duplicate(struct kr_page *page, const kmsrules_duplicate *item) {
    kr_words_say(&page->out, "  ");
    uint64_t counted = 0;
    for (size_t i = 0; i < item->alias_count; i++) counted += item->aliases[i].is_counted;
    if (item->is_clone) kr_guid_add(&page->out, &item->aliases[0].cmid);
    else kr_words_say(&page->out, "%", item->aliases[0].name);
    kr_words_say(&page->out, ": ");
    kr_words_number_of(&page->out, item->alias_count, item->is_clone ? "name" : "CMID");
    if (counted == 0) kr_words_say(&page->out, ", no longer counted\n");
    else if (item->is_clone) kr_words_say(&page->out, ", counted once\n");
    else kr_words_say(&page->out, ", "), kr_page_number(page, counted), kr_words_say(&page->out, " counted\n");
    for (size_t i = 0; i < item->alias_count; i++) {
        kr_words_say(&page->out, "      ");
        kr_time_add(&page->out, item->aliases[i].last);
        kr_words_say(&page->out, "  ");
        if (item->is_clone) kr_words_say(&page->out, "%", item->aliases[i].name);
        else kr_guid_add(&page->out, &item->aliases[i].cmid);
        kr_words_say(&page->out, item->aliases[i].is_counted ? "\n" : "  (no longer counted)\n");
    }
}

static void say_duplicates(struct kr_page *page, const kmsrules_duplicates_content *content, bool is_clone) {
    bool has_any = false;
    for (size_t i = 0; i < content->item_count; i++) {
        if (content->items[i].is_clone != is_clone) continue;
        if (!has_any) kr_page_heading(page, is_clone ? "One CMID under several names: cloned without sysprep /generalize, or renamed" : "One name with several CMIDs: installed anew, or the name was used again");
        has_any = true;
        say_duplicate(page, &content->items[i]);
    }
}

kmsrules_status kmsrules_duplicates_print(const kmsrules_duplicates *duplicates, bool color, char **text, size_t *size) {
    if (duplicates == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = duplicates->ruleset, .has_color = color};
    const kmsrules_duplicates_content *content = &duplicates->content;
    for (size_t i = 0; i < content->pool_count; i++) {
        kr_page_pool(&page, content->pools[i].host, content->pools[i].application);
        kr_words_say(&page.out, ": ");
        kr_page_number(&page, content->pools[i].count);
        kr_words_say(&page.out, " counted, ");
        kr_page_number(&page, content->pools[i].without);
        kr_words_say(&page.out, " with one CMID for each name\n");
    }
    if (content->item_count == 0) kr_words_say(&page.out, "No duplicates.\n");
    say_duplicates(&page, content, true);
    say_duplicates(&page, content, false);
    kr_page_gaps(&page, &content->gaps);
    kr_page_evidence_end(&page, content->as_of);
    return kr_page_finish(&page, text, size);
}
