/* Every way to serve slots by adding updates to what is known. In: slots and knowledge. Out: each sufficient set, visited once while it is added to the knowledge.
 * A set need not be minimal; every minimal one is visited that asks for no later update than its rows do. */
#ifndef KR_UPDATING_H
#define KR_UPDATING_H

#include "ask/slots.h"

#define KR_STEP_LIMIT 20000000 /* updates looked at in all searches of one answer or plan together; the built-in tables take some thousands */

/* What searches that belong together have cost. */
struct kr_effort {
    size_t steps;
    bool is_complete;  /* nothing was given up: by steps, or by more than KR_ADDED_LIMIT updates in a set */
    bool is_exhausted; /* nothing more is tried */
};

/* Counts work; false when there has been too much of it. */
bool kr_effort_spend(struct kr_effort *effort, size_t steps);

/* Room that searches use one after the other. */
struct kr_update_room {
    kmsrules_id *named, *excluded; /* of excluded ones, all sets that hold them have been tried */
    uint64_t *allowed;             /* bit per update: named, and not excluded; none between searches */
};
bool kr_update_room_take(struct kr_update_room *room, const struct kmsrules_ruleset *ruleset, struct kr_arena *arena); /* false when out of memory */

struct kr_updating {
    const struct kmsrules_ruleset *ruleset;
    struct kr_knowledge *knowledge;
    struct kr_slot *slots;
    uint32_t slot_count;
    struct kr_effort *effort;
    struct kr_update_room *room;
    bool (*visit)(void *context); /* false: out of memory, which ends the search */
    void *context;
    const size_t *most;   /* sets of more updates are not wanted, and none that the visits put this number below; NULL: all are */
    struct kr_ids named; /* updates that some row of the slots names, and what they need first */
    size_t cost;         /* steps that asking all slots takes */
    uint32_t excluded_count;
};

/* False when out of memory. */
bool kr_updating_run(struct kr_updating *updating);

/* Counts the work of asking every slot `times` over; false when there has been too much. */
bool kr_updating_spend(const struct kr_updating *updating, size_t times);
/* Whether the slots are served without one of the updates added. */
bool kr_updating_is_needless(struct kr_updating *updating);
/* Whether one of the updates added can be exchanged for an earlier one of its line, and the holdings `chosen`, one for each slot, still do. */
bool kr_updating_has_exchange(struct kr_updating *updating, const uint32_t *chosen);
/* Puts the updates added in the order of the tables, as far as each has what must be there first. */
void kr_updating_order(const struct kr_updating *updating);


#endif
