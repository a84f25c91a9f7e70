/* Every way to serve slots by adding updates to what is known. In: slots and knowledge. Out: each sufficient set, visited while it is added to the knowledge.
 * A set may be visited twice and need not be minimal; every minimal one is visited that asks for no later update than its rows do. */
#ifndef KR_UPDATING_H
#define KR_UPDATING_H

#include "ask/slots.h"

#define KR_UPDATING_STEP_LIMIT 1000000 /* of all searches of one answer or plan together; on the built-in tables they take some thousands */

/* What searches that belong together have cost. */
struct kr_effort {
    size_t steps;
    bool is_complete; /* none was given up: by steps, or by more than KR_ADDED_LIMIT updates in a set */
};

struct kr_updating {
    const struct kmsrules_ruleset *ruleset;
    struct kr_knowledge *knowledge;
    struct kr_slot *slots;
    uint32_t slot_count;
    struct kr_effort *effort;
    bool (*visit)(void *context); /* false ends the search */
    void *context;
    const size_t *most;   /* sets of more updates are not wanted, and none that the visits put this number below; NULL: all are */
    struct kr_ids named; /* updates that some row of the slots names, and what they need first */
};

/* False when out of memory, or when a visit said so. */
bool kr_updating_run(struct kr_updating *updating, struct kr_arena *arena);

/* Whether the slots are served without one of the updates added. */
bool kr_updating_is_needless(struct kr_updating *updating);

/* Whether one of the updates added can be exchanged for an earlier one of its line, and the holdings `chosen`, one for each slot, still do. */
bool kr_updating_has_exchange(struct kr_updating *updating, const uint32_t *chosen);

/* An order in which updates can be installed: what must be there first comes first. */
bool kr_update_goes_first(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id other);

/* Of the same line, and before the other. */
bool kr_update_is_earlier(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id than);

#endif
