/* What the search for remedies works on: the question, states of affairs to try, and what was found. Shared by remedy*.c alone. */
#ifndef KR_REMEDY_STATE_H
#define KR_REMEDY_STATE_H

#include "ask/question.h"
#include "ask/updating.h"

enum { KR_REMEDY_LIMIT = 16384 };

/* A remedy with what it is ordered by. */
struct kr_ranked {
    kmsrules_remedy remedy;
    size_t update_count;
    bool has_other_host;
    uint32_t other_keys, authority;
};

struct kr_remedying {
    kmsrules_answer *answer;
    const kmsrules_question *question;
    const struct kmsrules_ruleset *ruleset;
    struct kr_arena scratch;
    struct kr_ids hosts, editions, applications;
    struct kr_slot *stay;   /* [host × application] the keys as they were given; any where none was */
    struct kr_slot *others; /* [host × application] the other groups, where a key was given */
    struct kr_knowledge known, nothing;
    struct kr_update_room room;
    kmsrules_change machines[KMSRULES_KIND_COUNT]; /* in every remedy */
    uint32_t machine_count;
    struct kr_ranked *ranked;
    size_t ranked_count, ranked_capacity;
    struct kr_effort effort;
};

/* One state being searched. */
struct kr_state {
    struct kr_remedying *of;
    struct kr_updating updating;
    kmsrules_change_kind host_change; /* KMSRULES_USE_HOST, KMSRULES_LEARN; else the host stays */
    bool has_host_change;
    const kmsrules_id *assigned; /* [application] the group of a use-key, KR_NONE: none */
};

/* The slots of hosts that were asked about, with some keys exchanged; false where one of them has no group that does. */
bool kr_remedying_assemble(const struct kr_remedying *of, uint32_t first_host, uint32_t host_count, const kmsrules_id *assigned, struct kr_slot *slots);

/* Finds every minimal set of updates under which the state serves all editions, and keeps it where its other changes are needed, too. False when out of memory. */
bool kr_state_search(struct kr_state *state);

/* Writes down the updates added to the state, with the groups chosen for its slots, as a remedy. False when out of memory. */
bool kr_state_keep(struct kr_state *state, const uint32_t *chosen);

/* Costs add up: as few keys as can be besides those given, then as little authority. */
uint64_t kr_group_cost(const struct kr_remedying *of, kmsrules_id group);
/* The cheaper one, then the first declared. */
bool kr_is_preferred_group(const struct kr_remedying *of, kmsrules_id group, kmsrules_id other);

/* Orders what was found, best first, and hands it to the answer. False when out of memory. */
bool kr_remedying_finish(struct kr_remedying *of);

#endif
