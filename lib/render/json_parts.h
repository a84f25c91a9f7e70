/* What several JSON documents have in common. In: what was asked and decided. Out: members and values, as docs/schemas/ describes them. */
#ifndef KR_JSON_PARTS_H
#define KR_JSON_PARTS_H

#include "ask/answer.h"
#include "render/json_writer.h"

/* NULL for KR_NONE. */
const char *kr_edition_id(const struct kmsrules_ruleset *ruleset, kmsrules_id edition);
const char *kr_group_id(const struct kmsrules_ruleset *ruleset, kmsrules_id group);

void kr_json_ruleset(struct kr_json *json, const kmsrules_revision *revision); /* the member "ruleset" */
void kr_json_question(struct kr_json *json, const struct kmsrules_ruleset *ruleset, const struct kr_asked_question *asked); /* the member "question" */
void kr_json_source(struct kr_json *json, const kmsrules_source *source); /* one object */
void kr_json_place_member(struct kr_json *json, const char *name, kmsrules_place at); /* "rules/windows.xml:12:3" */
/* Their ids, as a list. */
void kr_json_sources_member(struct kr_json *json, const char *name, const struct kmsrules_ruleset *ruleset, const kmsrules_id *sources, size_t count);
void kr_json_updates_member(struct kr_json *json, const char *name, const struct kmsrules_ruleset *ruleset, const kmsrules_id *updates, size_t count);
void kr_json_notes(struct kr_json *json, const kmsrules_answer *answer); /* the member "notes" */

#endif
