/* See slots.h. */
#include "ask/slots.h"

#include <string.h>

bool kr_knowledge_start(struct kr_knowledge *knowledge, struct kr_arena *arena, kmsrules_facts facts) {
    kmsrules_id *updates = kr_arena_take(arena, facts.update_count + KR_ADDED_LIMIT, sizeof *updates);
    if (updates == NULL) return false;
    if (facts.update_count > 0) memcpy(updates, facts.updates, facts.update_count * sizeof *updates);
    facts.updates = updates;
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) facts.machines[kind] = -1;
    *knowledge = (struct kr_knowledge){facts, updates, facts.update_count};
    return true;
}

void kr_knowledge_set_added(struct kr_knowledge *knowledge, const kmsrules_id *updates, size_t count) {
    if (count > 0) memcpy(kr_added(knowledge), updates, count * sizeof *updates);
    knowledge->facts.update_count = knowledge->given_count + count;
}

static bool has_passed(kr_cell cell) { return kr_cell_outcome(cell) == KMSRULES_PASS; }

static bool is_barred(const struct kr_pair *pair, kmsrules_id edition) {
    for (uint32_t i = 0; i < pair->demand_count; i++) {
        const struct kr_row *row = &pair->ruleset->rows[pair->demands[i]];
        if (row->relation == KR_RELATION_CANNOT_SERVE && kr_demand_applies(row, edition)) return true;
    }
    return false;
}

bool kr_pair_is_possible(const struct kr_pair *pair, kmsrules_id application, struct kr_ids editions) {
    if (!has_passed(pair->runs | pair->fits)) return false;
    for (uint32_t i = 0; i < editions.count; i++) {
        kmsrules_id edition = editions.items[i];
        if (pair->ruleset->editions[edition].application != application) continue;
        if (!has_passed(pair->ruleset->uses[edition] | pair->covers[edition]) || is_barred(pair, edition)) return false;
    }
    return true;
}

static bool concerns(const struct kr_pair *pair, const struct kr_row *row, kmsrules_id application, struct kr_ids editions) {
    for (uint32_t i = 0; i < editions.count; i++)
        if (pair->ruleset->editions[editions.items[i]].application == application && kr_demand_applies(row, editions.items[i])) return true;
    return false;
}

static bool is_met(const struct kmsrules_ruleset *ruleset, kmsrules_id host, uint32_t row, const kmsrules_facts *facts) {
    return kr_requirement_outcome(ruleset, host, ruleset->rows[row].any_of, facts) == KMSRULES_PASS;
}

uint32_t kr_pair_open_rows(const struct kr_pair *pair, kmsrules_id application, struct kr_ids editions, const kmsrules_facts *facts, uint32_t *rows) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < pair->demand_count; i++) {
        bool is_asked = concerns(pair, &pair->ruleset->rows[pair->demands[i]], application, editions);
        if (is_asked && !is_met(pair->ruleset, pair->host, pair->demands[i], facts)) rows[count++] = pair->demands[i];
    }
    return count;
}

bool kr_slot_fill(struct kr_slot *slot, const struct kmsrules_ruleset *ruleset, struct kr_arena *arena, struct kr_ids groups, struct kr_ids editions,
                  const kmsrules_facts *facts) {
    struct kr_holding *holdings = kr_arena_take(arena, groups.count, sizeof *holdings);
    if (holdings == NULL) return false;
    slot->holdings = holdings;
    slot->count = 0;
    for (uint32_t i = 0; i < groups.count; i++) {
        if (ruleset->group_applications[groups.items[i]] != slot->application) continue;
        struct kr_pair pair = kr_pair_of(ruleset, slot->host, groups.items[i], slot->application);
        if (!kr_pair_is_possible(&pair, slot->application, editions)) continue;
        uint32_t *rows = kr_arena_take(arena, pair.demand_count, sizeof *rows);
        if (rows == NULL) return false;
        holdings[slot->count++] = (struct kr_holding){pair.group, rows, kr_pair_open_rows(&pair, slot->application, editions, facts, rows)};
    }
    return true;
}

uint32_t kr_holding_open_row(const struct kmsrules_ruleset *ruleset, const struct kr_slot *slot, uint32_t holding, const kmsrules_facts *facts) {
    for (uint32_t i = 0; i < slot->holdings[holding].row_count; i++)
        if (!is_met(ruleset, slot->host, slot->holdings[holding].rows[i], facts)) return slot->holdings[holding].rows[i];
    return KR_NONE;
}

bool kr_holding_does(const struct kmsrules_ruleset *ruleset, const struct kr_slot *slot, uint32_t holding, const kmsrules_facts *facts) {
    return kr_holding_open_row(ruleset, slot, holding, facts) == KR_NONE;
}

static bool is_served(const struct kmsrules_ruleset *ruleset, const struct kr_slot *slot, const kmsrules_facts *facts) {
    for (uint32_t i = 0; i < slot->count; i++)
        if (kr_holding_does(ruleset, slot, i, facts)) return true;
    return false;
}

uint32_t kr_slots_unserved(const struct kmsrules_ruleset *ruleset, const struct kr_slot *slots, uint32_t count, const kmsrules_facts *facts) {
    for (uint32_t i = 0; i < count; i++)
        if (!is_served(ruleset, &slots[i], facts)) return i;
    return KR_NONE;
}
