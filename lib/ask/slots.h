/* What has to hold a key group, and whether one does. In: hosts, applications, editions, facts. Out: for each host and application the groups that do
 * once some rows are met. Decides with the cells and outcomes of decide.h alone. */
#ifndef KR_SLOTS_H
#define KR_SLOTS_H

#include "ask/decide.h"

#define KR_ADDED_LIMIT 32 /* updates that may be added to what is known */

/* A key group that does once these rows (requires) are met. */
struct kr_holding {
    kmsrules_id group;
    const uint32_t *rows;
    uint32_t row_count;
};

/* One host and application. */
struct kr_slot {
    kmsrules_id host, application;
    const struct kr_holding *holdings;
    uint32_t count;
};

/* What is known of a host, and the updates added to that. Counts are left out: no update or key changes them. */
struct kr_knowledge {
    kmsrules_facts facts; /* reads `updates` */
    kmsrules_id *updates; /* room for KR_ADDED_LIMIT more than were given */
    size_t given_count;
};

bool kr_knowledge_start(struct kr_knowledge *knowledge, struct kr_arena *arena, kmsrules_facts facts); /* false when out of memory */
void kr_knowledge_set_added(struct kr_knowledge *knowledge, const kmsrules_id *updates, size_t count);
static inline size_t kr_added_count(const struct kr_knowledge *knowledge) { return knowledge->facts.update_count - knowledge->given_count; }
static inline kmsrules_id *kr_added(const struct kr_knowledge *knowledge) { return knowledge->updates + knowledge->given_count; }

/* Everything but the updates holds for the editions of the application, and no row says that no update exists. */
bool kr_pair_is_possible(const struct kr_pair *pair, kmsrules_id application, struct kr_ids editions);
/* The rows about the editions of the application that are not known to be met, in room for pair->demand_count of them; how many. */
uint32_t kr_pair_open_rows(const struct kr_pair *pair, kmsrules_id application, struct kr_ids editions, const kmsrules_facts *facts, uint32_t *rows);

/* Of these groups the ones of the application that the host can hold and that cover its editions, with the rows not known to be met; false when out of memory. */
bool kr_slot_fill(struct kr_slot *slot, const struct kmsrules_ruleset *ruleset, struct kr_arena *arena, struct kr_ids groups, struct kr_ids editions,
                  const kmsrules_facts *facts);

/* The first row of a holding that is not met; KR_NONE: the group does. */
uint32_t kr_holding_open_row(const struct kmsrules_ruleset *ruleset, const struct kr_slot *slot, uint32_t holding, const kmsrules_facts *facts);
bool kr_holding_does(const struct kmsrules_ruleset *ruleset, const struct kr_slot *slot, uint32_t holding, const kmsrules_facts *facts);
/* The first slot none of whose groups does; KR_NONE: all are served. */
uint32_t kr_slots_unserved(const struct kmsrules_ruleset *ruleset, const struct kr_slot *slots, uint32_t count, const kmsrules_facts *facts);

#endif
