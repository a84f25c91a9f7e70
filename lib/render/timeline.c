/* The course of a machine as JSON (timeline-1) and as text. Decides nothing. */
#include "base/civil.h"
#include "fleet/timeline.h"
#include "render/evidence.h"
#include "render/json_parts.h"

struct origin {
    const kmsrules_id *sources;
    size_t source_count;
    const char *note;
    kmsrules_place at;
};

/* The row behind a moment: what is told of an expiry rather than how long its grace is. */
static struct origin origin_of(const kmsrules_moment *moment) {
    if (moment->expiry != NULL) return (struct origin){moment->expiry->sources, moment->expiry->source_count, moment->expiry->note, moment->expiry->at};
    if (moment->interval != NULL) return (struct origin){moment->interval->sources, moment->interval->source_count, moment->interval->note, moment->interval->at};
    return (struct origin){0};
}

/* ---- JSON ---- */

static void add_builds(struct kr_json *json, const kmsrules_expiry *expiry) {
    struct kr_buffer number = {0};
    kr_json_open_member(json, "builds", "[");
    for (size_t i = 0; expiry != NULL && i < expiry->build_count; i++) {
        kr_buffer_add_number(&number, expiry->builds[i]);
        kr_buffer_add(&number, (struct kr_text){"", 1});
        if (!number.has_failed) kr_json_word(json, number.data);
        else json->out.has_failed = true;
        number.size = 0;
    }
    kr_buffer_free(&number);
    kr_json_close(json, "]");
}

static void add_moment(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_moment *moment, int64_t as_of) {
    struct origin origin = origin_of(moment);
    kr_json_open(json, "{");
    kr_json_string_member(json, "what", kmsrules_moment_text(moment->kind));
    kr_json_date_member(json, "date", moment->time);
    kr_json_time_member(json, "time", moment->time);
    kr_json_truth_member(json, "past", moment->time <= as_of);
    kr_json_count_member(json, "every", moment->every == 0 ? -1 : (int64_t)moment->every);
    kr_json_string_member(json, "expiry", moment->expiry == NULL ? NULL : kmsrules_expiry_text(moment->expiry->kind));
    kr_json_string_member(json, "text", moment->expiry == NULL ? NULL : moment->expiry->text);
    add_builds(json, moment->expiry);
    kr_json_sources_member(json, "sources", ruleset, origin.sources, origin.source_count);
    kr_json_string_member(json, "note", origin.note);
    if (origin.at.file == NULL) kr_json_string_member(json, "at", NULL);
    else kr_json_place_member(json, "at", origin.at);
    kr_json_close(json, "}");
}

static void add_use(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const kmsrules_timeline_content *content) {
    struct kr_buffer words = {0};
    kr_json_open_member(json, "by_kms", "{");
    kr_json_string_member(json, "verdict", kmsrules_verdict_text(content->by_kms));
    kr_words_uses(&words, ruleset, content->edition);
    kr_json_name(json, "text");
    kr_json_sentence(json, &words);
    kr_json_sources_member(json, "sources", ruleset, content->sources, content->source_count);
    kr_json_string_member(json, "note", content->note);
    kr_json_place_member(json, "at", content->at);
    kr_json_close(json, "}");
}

static void add_left_out(struct kr_json *json, unsigned kinds) {
    kr_json_open_member(json, "left_out", "[");
    for (int kind = 0; kind < KMSRULES_MOMENT_COUNT; kind++)
        if ((kinds >> kind & 1) != 0) kr_json_string(json, kmsrules_moment_text((kmsrules_moment_kind)kind));
    kr_json_close(json, "]");
}

kmsrules_status kmsrules_timeline_json(const kmsrules_timeline *timeline, char **text, size_t *size) {
    struct kr_json json = {0};
    if (timeline == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    const kmsrules_timeline_content *content = &timeline->content;
    kr_json_open(&json, "{");
    kr_json_evidence_head(&json, timeline->ruleset, "kmsrules/timeline/1", content->as_of);
    kr_json_string_member(&json, "edition", timeline->ruleset->editions[content->edition].id);
    kr_json_count_member(&json, "build", timeline->build == 0 ? -1 : (int64_t)timeline->build);
    add_use(&json, timeline->ruleset, content);
    kr_json_open_member(&json, "moments", "[");
    for (size_t i = 0; i < content->moment_count; i++) add_moment(&json, timeline->ruleset, &content->moments[i], content->as_of);
    kr_json_close(&json, "]");
    add_left_out(&json, content->left_out);
    kr_json_close(&json, "}");
    return kr_json_finish(&json, text, size);
}

/* ---- Text ---- */

static void say_what(struct kr_page *page, const kmsrules_moment *moment) {
    static const char *const texts[KMSRULES_MOMENT_COUNT] = {
        "activated or renewed",
        "renews, and from then on every %",
        "where that fails, asks again every %",
        "no longer counted by a host that it has not asked since",
        "its user is told that the activation ends",
        "the activation ends, unless it was renewed",
        "",
    };
    struct kr_buffer duration = {0};
    if (moment->kind == KMSRULES_MOMENT_EXPIRED) {
        kr_words_say(&page->out, "%", moment->expiry->text);
        return;
    }
    kr_words_duration(&duration, moment->every);
    kr_buffer_add(&duration, (struct kr_text){"", 1});
    if (duration.has_failed) page->out.has_failed = true;
    else kr_words_say(&page->out, texts[moment->kind], duration.data);
    kr_buffer_free(&duration);
}

static void say_origin(struct kr_page *page, struct origin origin, size_t indent) {
    if (origin.note != NULL) {
        kr_page_indent(page, indent);
        kr_words_say(&page->out, "note: %\n", origin.note);
    }
    for (size_t i = 0; i < origin.source_count; i++) {
        if (i == 0) kr_page_indent(page, indent);
        kr_words_say(&page->out, i == 0 ? "source: %" : "; %", page->ruleset->sources[origin.sources[i]].title);
    }
    if (origin.source_count > 0) kr_words_say(&page->out, "\n");
}

static void say_moment(struct kr_page *page, const kmsrules_moment *moment, int64_t as_of) {
    kr_words_say(&page->out, "  ");
    kr_time_add(&page->out, moment->time);
    kr_words_say(&page->out, "  ");
    say_what(page, moment);
    kr_words_say(&page->out, moment->time <= as_of && moment->kind != KMSRULES_MOMENT_SUCCESS ? " (past)\n" : "\n");
    say_origin(page, origin_of(moment), 24);
}

/* Unless KMS activates it, which the course itself says. */
static void say_use(struct kr_page *page, const kmsrules_timeline_content *content) {
    kr_words_say(&page->out, content->by_kms == KMSRULES_NO ? "%: KMS never activates it; there is no renewal and no end to tell of\n  " : "%: it is not known whether KMS activates it\n  ",
                 page->ruleset->editions[content->edition].name);
    kr_words_uses(&page->out, page->ruleset, content->edition);
    kr_words_say(&page->out, "\n");
    say_origin(page, (struct origin){content->sources, content->source_count, content->note, content->at}, 2);
}

static void say_left_out(struct kr_page *page, unsigned kinds) {
    if (kinds == 0) return;
    kr_words_say(&page->out, "Left out, as later than ");
    kr_time_add(&page->out, KR_LAST_TIME);
    for (int kind = 0, count = 0; kind < KMSRULES_MOMENT_COUNT; kind++)
        if ((kinds >> kind & 1) != 0) kr_words_say(&page->out, count++ == 0 ? ": %" : ", %", kmsrules_moment_text((kmsrules_moment_kind)kind));
    kr_words_say(&page->out, "\n");
}

kmsrules_status kmsrules_timeline_print(const kmsrules_timeline *timeline, bool color, char **text, size_t *size) {
    if (timeline == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    const kmsrules_timeline_content *content = &timeline->content;
    struct kr_page page = {.ruleset = timeline->ruleset, .has_color = color};
    if (content->by_kms != KMSRULES_YES) say_use(&page, content);
    if (content->by_kms != KMSRULES_NO)
        kr_words_say(&page.out, "%, if no renewal succeeds, with the times that a host sets by default:\n", timeline->ruleset->editions[content->edition].name);
    for (size_t i = 0; i < content->moment_count; i++) say_moment(&page, &content->moments[i], content->as_of);
    say_left_out(&page, content->left_out);
    kr_page_evidence_end(&page, content->as_of);
    return kr_page_finish(&page, text, size);
}
