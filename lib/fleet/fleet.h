/* A fleet: a tally for each edition and each release, and what the host means for it.
 *
 *   tallies   [edition 0 … | release 0 …]      a product is an index into it
 *   keys      [application]                    the group taken for each, KR_NONE: none fits, or the question's own */
#ifndef KR_FLEET_H
#define KR_FLEET_H

#include "ask/question.h"
#include "fleet/names_seen.h"

struct kr_tally {
    uint64_t rows, machines;
    kmsrules_judgement judgement;
    bool is_judged;
};

struct kmsrules_fleet {
    kmsrules_question *question; /* its edition and, without keys given, its key change with every asking */
    struct kr_tally *tallies;
    uint32_t product_count;
    uint64_t unrecognised_rows;
    struct kr_names_seen names;
    kmsrules_id *keys;
    bool keys_are_given, keys_are_settled, has_keys, has_summary;
    struct kr_arena judgements; /* their reasons */
    struct kr_arena summary_arena;
    kmsrules_fleet_summary summary;
};

uint32_t kr_fleet_product(const kmsrules_fleet *fleet, int kind, kmsrules_id id); /* KR_NONE: no such thing */
struct kr_asked kr_fleet_asked(const kmsrules_fleet *fleet, uint32_t product);
kmsrules_id kr_fleet_application(const kmsrules_fleet *fleet, uint32_t product);
/* Asks about one product with a key group (KR_NONE: a free choice; ignored where the question has keys of its own). */
kmsrules_status kr_fleet_ask(kmsrules_fleet *fleet, uint32_t product, kmsrules_id key, kmsrules_answer **answer);
/* Fills `keys` for what was added so far, unless that was done. */
kmsrules_status kr_fleet_choose_keys(kmsrules_fleet *fleet);
kmsrules_status kr_fleet_judge(kmsrules_fleet *fleet, uint32_t product);

/* What each key group would give, over the rows of its application. */
struct kr_key_tally {
    uint64_t rows[KMSRULES_NO_VERDICT];
    bool can_be_held;
};
/* [group], in an arena. */
kmsrules_status kr_fleet_tally_keys(kmsrules_fleet *fleet, struct kr_arena *arena, struct kr_key_tally **tallies);
/* Whether one group serves a fleet better than another: fewer no, then fewer undocumented, then fewer conditional, then higher authority, then declared later. */
bool kr_fleet_is_better(const kmsrules_fleet *fleet, const struct kr_key_tally *tallies, kmsrules_id group, kmsrules_id other);

#endif
