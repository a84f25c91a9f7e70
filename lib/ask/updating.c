/* See updating.h. */
#include "ask/updating.h"

bool kr_update_is_earlier(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id than) {
    const struct kr_update_order *a = &ruleset->update_orders[update], *b = &ruleset->update_orders[than];
    return a->line != KR_NONE && a->line == b->line && a->order < b->order;
}

bool kr_update_goes_first(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id other) {
    uint32_t depth = ruleset->update_orders[update].prerequisites.count, other_depth = ruleset->update_orders[other].prerequisites.count;
    return depth != other_depth ? depth < other_depth : update < other;
}

static uint32_t unserved(const struct kr_updating *updating) {
    return kr_slots_unserved(updating->ruleset, updating->slots, updating->slot_count, &updating->knowledge->facts);
}

/* ---- The least ---- */

/* Takes out the update at `index` and asks again. */
static bool suffices_without(struct kr_updating *updating, size_t index) {
    kmsrules_facts *facts = &updating->knowledge->facts;
    kmsrules_id *updates = kr_added(updating->knowledge), taken = updates[index];
    facts->update_count--;
    updates[index] = updates[kr_added_count(updating->knowledge)];
    bool is_enough = unserved(updating) == KR_NONE;
    updates[kr_added_count(updating->knowledge)] = updates[index];
    updates[index] = taken;
    facts->update_count++;
    return is_enough;
}

bool kr_updating_is_needless(struct kr_updating *updating) {
    for (size_t i = 0; i < kr_added_count(updating->knowledge); i++)
        if (suffices_without(updating, i)) return true;
    return false;
}

static bool serve_all(const struct kr_updating *updating, const uint32_t *chosen) {
    for (uint32_t i = 0; i < updating->slot_count; i++)
        if (!kr_holding_does(updating->ruleset, &updating->slots[i], chosen[i], &updating->knowledge->facts)) return false;
    return true;
}

bool kr_updating_has_exchange(struct kr_updating *updating, const uint32_t *chosen) {
    kmsrules_id *updates = kr_added(updating->knowledge);
    for (size_t i = 0; i < kr_added_count(updating->knowledge); i++) {
        kmsrules_id own = updates[i];
        bool is_exchangeable = false;
        for (uint32_t j = 0; j < updating->named.count && !is_exchangeable; j++) {
            if (!kr_update_is_earlier(updating->ruleset, updating->named.items[j], own)) continue;
            updates[i] = updating->named.items[j];
            is_exchangeable = serve_all(updating, chosen);
        }
        updates[i] = own;
        if (is_exchangeable) return true;
    }
    return false;
}

/* ---- Every way ---- */

static bool extend(struct kr_updating *updating);

/* Whether having `update` is having `wanted`. */
static bool stands_for(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id wanted) {
    return update == wanted || kr_update_is_earlier(ruleset, wanted, update);
}

/* Adds what brings it nearer to `wanted`: it, a later one that is named anyway, or, when it is there, what it needs first. */
static bool try_update(struct kr_updating *updating, kmsrules_id host, kmsrules_id wanted) {
    const struct kmsrules_ruleset *ruleset = updating->ruleset;
    struct kr_knowledge *knowledge = updating->knowledge;
    bool has_memory = true;
    if (kr_update_own_outcome(ruleset, host, wanted, &knowledge->facts) == KMSRULES_PASS) {
        struct kr_ids before = ruleset->update_orders[wanted].after_any_of;
        for (uint32_t i = 0; has_memory && i < before.count; i++) has_memory = try_update(updating, host, before.items[i]);
        return has_memory;
    }
    for (uint32_t i = 0; has_memory && i < updating->named.count; i++) {
        if (!stands_for(ruleset, updating->named.items[i], wanted)) continue;
        knowledge->updates[knowledge->facts.update_count++] = updating->named.items[i];
        has_memory = extend(updating);
        knowledge->facts.update_count--;
    }
    return has_memory;
}

/* A step looks at the rows of all slots: where they are many it counts for several. */
static size_t weight_of_step(const struct kr_updating *updating) {
    size_t rows = 0;
    for (uint32_t i = 0; i < updating->slot_count; i++)
        for (uint32_t j = 0; j < updating->slots[i].count; j++) rows += updating->slots[i].holdings[j].row_count;
    return 1 + rows / 8;
}

/* Every way to serve the first slot that is not served: for each of its groups, the first row that is open. False when out of memory. */
static bool extend(struct kr_updating *updating) {
    const struct kmsrules_ruleset *ruleset = updating->ruleset;
    const kmsrules_facts *facts = &updating->knowledge->facts;
    uint32_t open = unserved(updating);
    size_t added = kr_added_count(updating->knowledge);
    if (updating->most != NULL && added + (open != KR_NONE) > *updating->most) return true;
    updating->effort->steps += weight_of_step(updating);
    if (updating->effort->steps > KR_UPDATING_STEP_LIMIT || (open != KR_NONE && added == KR_ADDED_LIMIT)) {
        updating->effort->is_complete = false;
        return true;
    }
    if (open == KR_NONE) return updating->visit(updating->context);
    const struct kr_slot *slot = &updating->slots[open];
    for (uint32_t i = 0; i < slot->count; i++) {
        struct kr_ids any_of = ruleset->rows[kr_holding_open_row(ruleset, slot, i, facts)].any_of;
        for (uint32_t j = 0; j < any_of.count; j++)
            if (!try_update(updating, slot->host, any_of.items[j])) return false;
    }
    return true;
}

/* ---- Updates that are named ---- */

struct naming {
    uint64_t *seen;
    kmsrules_id *named;
    uint32_t count;
};

static void name_updates(struct naming *naming, struct kr_ids updates) {
    for (uint32_t i = 0; i < updates.count; i++) {
        if (kr_bit(naming->seen, updates.items[i])) continue;
        naming->seen[updates.items[i] / 64] |= 1ull << (updates.items[i] % 64);
        naming->named[naming->count++] = updates.items[i];
    }
}

static void name_those_of(struct naming *naming, const struct kmsrules_ruleset *ruleset, const struct kr_holding *holding) {
    for (uint32_t i = 0; i < holding->row_count; i++) {
        struct kr_ids any_of = ruleset->rows[holding->rows[i]].any_of;
        name_updates(naming, any_of);
        for (uint32_t j = 0; j < any_of.count; j++) name_updates(naming, ruleset->update_orders[any_of.items[j]].prerequisites);
    }
}

/* Each as often as it is named: no less than there are. */
static size_t count_named(const struct kmsrules_ruleset *ruleset, const struct kr_holding *holding) {
    size_t count = 0;
    for (uint32_t i = 0; i < holding->row_count; i++) {
        struct kr_ids any_of = ruleset->rows[holding->rows[i]].any_of;
        for (uint32_t j = 0; j < any_of.count; j++) count += 1 + (size_t)ruleset->update_orders[any_of.items[j]].prerequisites.count;
    }
    return count;
}

static size_t room_for_named(const struct kr_updating *updating) {
    size_t count = 0;
    for (uint32_t i = 0; i < updating->slot_count; i++)
        for (uint32_t j = 0; j < updating->slots[i].count; j++) count += count_named(updating->ruleset, &updating->slots[i].holdings[j]);
    return count < updating->ruleset->update_count ? count : updating->ruleset->update_count;
}

static bool collect_named(struct kr_updating *updating, struct kr_arena *arena) {
    const struct kmsrules_ruleset *ruleset = updating->ruleset;
    struct naming naming = {kr_arena_take(arena, ruleset->update_count / 64 + 1, sizeof(uint64_t)),
                            kr_arena_take(arena, room_for_named(updating), sizeof(kmsrules_id)), 0};
    if (naming.seen == NULL || naming.named == NULL) return false;
    for (uint32_t i = 0; i < updating->slot_count; i++)
        for (uint32_t j = 0; j < updating->slots[i].count; j++) name_those_of(&naming, ruleset, &updating->slots[i].holdings[j]);
    updating->named = (struct kr_ids){naming.named, naming.count};
    return true;
}

bool kr_updating_run(struct kr_updating *updating, struct kr_arena *arena) { return collect_named(updating, arena) && extend(updating); }
