/* See evidence.h. */
#include "render/evidence.h"

#include "base/civil.h"
#include "base/guid.h"
#include "render/json_parts.h"
#include "render/words.h"

void kr_json_time_member(struct kr_json *json, const char *name, int64_t time) {
    struct kr_buffer text = {0};
    kr_time_add(&text, time);
    kr_json_name(json, name);
    kr_json_sentence(json, &text);
}

void kr_json_date_member(struct kr_json *json, const char *name, int64_t time) {
    struct kr_buffer text = {0};
    kr_date_add(&text, time);
    kr_json_name(json, name);
    kr_json_sentence(json, &text);
}

void kr_json_guid_member(struct kr_json *json, const char *name, const kmsrules_guid *guid) {
    struct kr_buffer text = {0};
    kr_guid_add(&text, guid);
    kr_json_name(json, name);
    kr_json_sentence(json, &text);
}

void kr_json_evidence_head(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const char *schema, int64_t as_of) {
    kr_json_string_member(json, "schema", schema);
    kr_json_ruleset(json, &ruleset->revision);
    kr_json_time_member(json, "as_of", as_of);
}

const char *kr_application_id(const struct kmsrules_ruleset *ruleset, kmsrules_id application) { return application == KR_NONE ? "office" : ruleset->applications[application].id; }

void kr_page_number(struct kr_page *page, uint64_t number) { kr_buffer_add_number(&page->out, number); }

void kr_page_pool(struct kr_page *page, const char *host, kmsrules_id application) {
    kr_words_say(&page->out, "%", application == KR_NONE ? "Office, one generation" : page->ruleset->applications[application].name);
    if (host != NULL) kr_words_say(&page->out, " on %", host);
}

void kr_page_assumed(struct kr_page *page, uint64_t assumed) {
    if (assumed == 0) return;
    kr_words_say(&page->out, "  ");
    kr_words_number_of(&page->out, assumed, "server");
    kr_words_say(&page->out, " by the minimum alone, which Office has too\n");
}

bool kr_has_gaps(const kmsrules_gaps *gaps) { return gaps->unreadable > 0 || gaps->cut_short > 0 || gaps->is_full; }

void kr_json_gaps(struct kr_json *json, const kmsrules_gaps *gaps) {
    kr_json_count_member(json, "unreadable", (int64_t)gaps->unreadable);
    kr_json_count_member(json, "cut_short", (int64_t)gaps->cut_short);
    kr_json_truth_member(json, "complete", !kr_has_gaps(gaps));
}

void kr_page_gaps(struct kr_page *page, const kmsrules_gaps *gaps) {
    if (!kr_has_gaps(gaps)) return;
    kr_page_heading(page, "Not complete");
    if (gaps->unreadable > 0) kr_words_say(&page->out, "  "), kr_words_number_of(&page->out, gaps->unreadable, "event"), kr_words_say(&page->out, " could not be read\n");
    if (gaps->cut_short > 0) kr_words_say(&page->out, "  "), kr_words_number_of(&page->out, gaps->cut_short, "export"), kr_words_say(&page->out, " could not be read, or not to the end\n");
    if (gaps->is_full) kr_words_say(&page->out, "  a limit was exceeded: more was there than is told here\n");
}

void kr_page_evidence_end(struct kr_page *page, int64_t as_of) {
    kr_words_say(&page->out, "\n");
    kr_words_revision(&page->out, page->ruleset, NULL);
    kr_words_say(&page->out, "; as of ");
    kr_time_add(&page->out, as_of);
    kr_words_say(&page->out, "\n");
}
