/* The facts asked about, names resolved. In: names. Out: ids and facts for the decision. */
#ifndef KR_QUESTION_H
#define KR_QUESTION_H

#include "ask/answer.h"

struct kmsrules_question {
    kmsrules_ruleset *ruleset; /* owned */
    struct kr_arena arena;     /* strings */
    struct kr_asked host;
    struct kr_asked *editions;
    size_t edition_count, edition_capacity;
    kmsrules_id *keys;
    size_t key_count, key_capacity;
    kmsrules_id *updates; /* those that the tables know */
    size_t update_count, update_capacity;
    uint64_t *known_updates; /* the same as a bit set */
    const char **update_names; /* all, as given */
    size_t update_name_count, update_name_capacity;
    kmsrules_facts facts; /* `updates` is set by kr_question_facts() */
    const char *host_build, *date;
    bool wants_remedies;
};

/* The host, keys and facts of a question as one of its own, without editions. */
kmsrules_status kr_question_clone(const kmsrules_question *question, kmsrules_question **clone);
/* Replaces the editions by one edition or release, the keys by one group (KR_NONE: none). False when out of memory. */
bool kr_question_set_product(kmsrules_question *question, struct kr_asked product);
bool kr_question_set_key(kmsrules_question *question, kmsrules_id group);
kmsrules_status kr_question_add_update_id(kmsrules_question *question, kmsrules_id update);
kmsrules_facts kr_question_facts(const kmsrules_question *question);
/* What contradicts itself in the facts about this host: OK, WRONG_LINE or BELOW_UPDATE. */
kmsrules_status kr_question_check_build(const kmsrules_question *question, kmsrules_id host);
/* The key given for an application, else the first one given, which then covers nothing of it. At least one was given. */
kmsrules_id kr_question_key_for(const kmsrules_question *question, kmsrules_id application);
/* Two keys of one application. */
bool kr_question_has_two_keys(const kmsrules_question *question);
/* The question as asked, copied into an arena; false when out of memory. */
bool kr_question_copy(const kmsrules_question *question, struct kr_arena *arena, struct kr_asked_question *asked);
/* The single editions asked about, each once, in an arena. A release gives its covered volume editions, else its volume editions, else all. */
bool kr_question_editions(const kmsrules_question *question, struct kr_arena *arena, struct kr_ids *editions);
/* The single hosts asked about: the edition, or the release's host-capable editions, else all of its editions. */
bool kr_question_hosts(const kmsrules_question *question, struct kr_arena *arena, struct kr_ids *hosts);
/* Which editions of a release an edition list takes: `taken` of `edition_count`. */
bool kr_release_takes(const struct kmsrules_ruleset *ruleset, const kmsrules_release *release, kmsrules_id edition);

#endif
