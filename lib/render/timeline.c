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

kmsrules_status kmsrules_timeline_json(const kmsrules_timeline *timeline, char **text, size_t *size) {
    struct kr_json json = {0};
    if (timeline == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    const kmsrules_timeline_content *content = &timeline->content;
    kr_json_open(&json, "{");
    kr_json_evidence_head(&json, timeline->ruleset, "kmsrules/timeline/1", content->as_of);
    kr_json_string_member(&json, "edition", timeline->ruleset->editions[content->edition].id);
    kr_json_count_member(&json, "build", timeline->build == 0 ? -1 : (int64_t)timeline->build);
    kr_json_open_member(&json, "moments", "[");
    for (size_t i = 0; i < content->moment_count; i++) add_moment(&json, timeline->ruleset, &content->moments[i], content->as_of);
    kr_json_close(&json, "]");
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

static void say_moment(struct kr_page *page, const kmsrules_moment *moment) {
    struct origin origin = origin_of(moment);
    kr_words_say(&page->out, "  ");
    kr_time_add(&page->out, moment->time);
    kr_words_say(&page->out, "  ");
    say_what(page, moment);
    kr_words_say(&page->out, "\n");
    if (origin.note != NULL) {
        kr_page_indent(page, 24);
        kr_words_say(&page->out, "note: %\n", origin.note);
    }
    for (size_t i = 0; i < origin.source_count; i++) {
        if (i == 0) kr_page_indent(page, 24);
        kr_words_say(&page->out, i == 0 ? "source: %" : "; %", page->ruleset->sources[origin.sources[i]].title);
    }
    if (origin.source_count > 0) kr_words_say(&page->out, "\n");
}

kmsrules_status kmsrules_timeline_print(const kmsrules_timeline *timeline, bool color, char **text, size_t *size) {
    if (timeline == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = timeline->ruleset, .has_color = color};
    kr_words_say(&page.out, "%, if no renewal succeeds, with the times that a host sets by default:\n", timeline->ruleset->editions[timeline->content.edition].name);
    for (size_t i = 0; i < timeline->content.moment_count; i++) say_moment(&page, &timeline->content.moments[i]);
    kr_page_evidence_end(&page, timeline->content.as_of);
    return kr_page_finish(&page, text, size);
}
