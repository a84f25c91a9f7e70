/* See json_parts.h. */
#include "render/json_parts.h"

#include "render/words.h"

const char *kr_edition_id(const struct kmsrules_ruleset *ruleset, kmsrules_id edition) { return edition == KR_NONE ? NULL : ruleset->editions[edition].id; }

const char *kr_group_id(const struct kmsrules_ruleset *ruleset, kmsrules_id group) { return group == KR_NONE ? NULL : ruleset->groups[group].id; }

void kr_json_ruleset(struct kr_json *json, const kmsrules_revision *revision) {
    kr_json_open_member(json, "ruleset", "{");
    kr_json_string_member(json, "id", revision->id);
    kr_json_string_member(json, "revision", revision->revision);
    kr_json_string_member(json, "fingerprint", revision->fingerprint);
    kr_json_close(json, "}");
}

void kr_json_source(struct kr_json *json, const kmsrules_source *source) {
    kr_json_open(json, "{");
    kr_json_string_member(json, "id", source->id);
    kr_json_string_member(json, "title", source->title);
    kr_json_string_member(json, "locator", source->locator);
    kr_json_string_member(json, "date", source->date);
    kr_json_close(json, "}");
}

void kr_json_place_member(struct kr_json *json, const char *name, kmsrules_place at) {
    struct kr_buffer place = {0};
    kr_words_place(&place, at);
    kr_json_name(json, name);
    kr_json_sentence(json, &place);
}

void kr_json_sources_member(struct kr_json *json, const char *name, const struct kmsrules_ruleset *ruleset, const kmsrules_id *sources, size_t count) {
    kr_json_open_member(json, name, "[");
    for (size_t i = 0; i < count; i++) kr_json_string(json, ruleset->sources[sources[i]].id);
    kr_json_close(json, "]");
}

void kr_json_updates_member(struct kr_json *json, const char *name, const struct kmsrules_ruleset *ruleset, const kmsrules_id *updates, size_t count) {
    kr_json_open_member(json, name, "[");
    for (size_t i = 0; i < count; i++) kr_json_string(json, ruleset->updates[updates[i]].id);
    kr_json_close(json, "]");
}
