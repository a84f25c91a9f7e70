/* Every minimal set of updates of one state. In: a state. Out: remedies kept. */
#include "ask/remedy_state.h"

static bool suffices(const struct kr_state *state) {
    return kr_slots_unserved(state->of->ruleset, state->slots, state->slot_count, &state->knowledge->facts) == KR_NONE;
}

/* Whether the hosts asked about would do with these keys and the updates added to `state`. */
static bool suffices_on(struct kr_state *state, uint32_t first_host, uint32_t host_count, const kmsrules_id *assigned, struct kr_slot *slots) {
    struct kr_remedying *of = state->of;
    if (!kr_remedying_assemble(of, first_host, host_count, assigned, slots)) return false;
    if (state->knowledge != &of->known) kr_knowledge_set_added(&of->known, kr_added(state->knowledge), kr_added_count(state->knowledge));
    return kr_slots_unserved(of->ruleset, slots, host_count * of->applications.count, &of->known.facts) == KR_NONE;
}

/* ---- The least ---- */

/* Takes out the update at `index` and asks again. */
static bool suffices_without(struct kr_state *state, size_t index) {
    kmsrules_facts *facts = &state->knowledge->facts;
    kmsrules_id *updates = kr_added(state->knowledge), taken = updates[index];
    facts->update_count--;
    updates[index] = updates[kr_added_count(state->knowledge)];
    bool is_enough = suffices(state);
    updates[kr_added_count(state->knowledge)] = updates[index];
    updates[index] = taken;
    facts->update_count++;
    return is_enough;
}

static bool has_needless_update(struct kr_state *state) {
    for (size_t i = 0; i < kr_added_count(state->knowledge); i++)
        if (suffices_without(state, i)) return true;
    return false;
}

/* Whether the changes other than updates are needed, each; *has_memory false when out of memory. */
static bool has_needless_change(struct kr_state *state, bool *has_memory) {
    struct kr_remedying *of = state->of;
    uint32_t count = of->applications.count;
    struct kr_slot *slots = kr_memory_take((size_t)of->hosts.count * count, sizeof *slots);
    kmsrules_id *assigned = kr_memory_take(count, sizeof *assigned);
    bool is_needless = false;
    *has_memory = slots != NULL && assigned != NULL;
    if (*has_memory && state->has_host_change) {
        memcpy(assigned, state->assigned, count * sizeof *assigned);
        is_needless = suffices_on(state, 0, of->hosts.count, assigned, slots);
    }
    for (uint32_t i = 0; *has_memory && !is_needless && i < count; i++) {
        if (state->assigned[i] == KR_NONE) continue;
        bool is_one = state->has_host_change; /* learnt: the first slot says which */
        uint32_t first = 0;
        while (is_one && of->hosts.items[first] != state->slots[0].host) first++;
        memcpy(assigned, state->assigned, count * sizeof *assigned);
        assigned[i] = KR_NONE;
        is_needless = suffices_on(state, first, is_one ? 1 : of->hosts.count, assigned, slots);
    }
    kr_memory_free(slots);
    kr_memory_free(assigned);
    return is_needless;
}

/* ---- Earlier updates of the same line, and the groups that need the later one ---- */

static bool is_earlier(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id than) {
    const struct kr_update_order *a = &ruleset->update_orders[update], *b = &ruleset->update_orders[than];
    return a->line != KR_NONE && a->line == b->line && a->order < b->order;
}

/* Whether the groups chosen would do as well with an earlier update in the place of one. */
static bool has_exchange(struct kr_state *state, const uint32_t *chosen) {
    const struct kmsrules_ruleset *ruleset = state->of->ruleset;
    kmsrules_id *updates = kr_added(state->knowledge);
    for (size_t i = 0; i < kr_added_count(state->knowledge); i++) {
        kmsrules_id own = updates[i];
        bool is_exchangeable = false;
        for (uint32_t j = 0; j < state->named.count && !is_exchangeable; j++) {
            if (!is_earlier(ruleset, state->named.items[j], own)) continue;
            updates[i] = state->named.items[j];
            is_exchangeable = true;
            for (uint32_t slot = 0; slot < state->slot_count && is_exchangeable; slot++)
                is_exchangeable = kr_holding_does(ruleset, &state->slots[slot], chosen[slot], &state->knowledge->facts);
        }
        updates[i] = own;
        if (is_exchangeable) return true;
    }
    return false;
}

/* The next best group after `last` (KR_NONE: the best) of a slot that does. */
static uint32_t next_choice(const struct kr_state *state, const struct kr_slot *slot, uint32_t last) {
    uint32_t best = KR_NONE;
    for (uint32_t i = 0; i < slot->count; i++) {
        if (i == last || !kr_holding_does(state->of->ruleset, slot, i, &state->knowledge->facts)) continue;
        if (last != KR_NONE && !kr_is_preferred_group(state->of, slot->holdings[last].group, slot->holdings[i].group)) continue;
        if (best == KR_NONE || kr_is_preferred_group(state->of, slot->holdings[i].group, slot->holdings[best].group)) best = i;
    }
    return best;
}

/* The best groups, one for each slot, that need the updates as late as they are; false where there are none. Goes through the choices like the wheels of a counter. */
static bool choose_groups(struct kr_state *state, uint32_t *chosen) {
    for (uint32_t i = 0; i < state->slot_count; i++) chosen[i] = next_choice(state, &state->slots[i], KR_NONE);
    while (has_exchange(state, chosen)) {
        uint32_t wheel = 0;
        if (++state->of->steps > KR_STEP_LIMIT) return false;
        while (wheel < state->slot_count && (chosen[wheel] = next_choice(state, &state->slots[wheel], chosen[wheel])) == KR_NONE) {
            chosen[wheel] = next_choice(state, &state->slots[wheel], KR_NONE);
            wheel++;
        }
        if (wheel == state->slot_count) return false;
    }
    return true;
}

static bool has_update(const kmsrules_remedy *remedy, kmsrules_id update) {
    for (size_t i = 0; i < remedy->change_count; i++)
        if (remedy->changes[i].kind == KMSRULES_INSTALL_UPDATE && remedy->changes[i].update == update) return true;
    return false;
}

/* The same updates on another way through the rows. */
static bool is_known(const struct kr_state *state) {
    for (size_t i = state->first_found; i < state->of->ranked_count; i++) {
        const struct kr_ranked *found = &state->of->ranked[i];
        size_t same = 0;
        while (same < kr_added_count(state->knowledge) && has_update(&found->remedy, kr_added(state->knowledge)[same])) same++;
        if (found->update_count == same && kr_added_count(state->knowledge) == same) return true;
    }
    return false;
}

static bool consider(struct kr_state *state) {
    bool has_memory = true;
    if (is_known(state) || has_needless_update(state) || has_needless_change(state, &has_memory) || !has_memory) return has_memory;
    if (state->of->ranked_count == KR_REMEDY_LIMIT) {
        state->of->is_complete = false;
        return true;
    }
    uint32_t *chosen = kr_memory_take(state->slot_count, sizeof *chosen);
    if (chosen == NULL) return false;
    has_memory = !choose_groups(state, chosen) || kr_state_keep(state, chosen);
    kr_memory_free(chosen);
    return has_memory;
}

/* ---- Searching ---- */

static bool extend(struct kr_state *state);

/* Whether having `update` is having `wanted`. */
static bool stands_for(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id wanted) {
    return update == wanted || is_earlier(ruleset, wanted, update);
}

/* Adds what brings the state nearer to `wanted`: it, a later one that is named anyway, or, when it is there, what it needs first. */
static bool try_update(struct kr_state *state, kmsrules_id host, kmsrules_id wanted) {
    const struct kmsrules_ruleset *ruleset = state->of->ruleset;
    struct kr_knowledge *knowledge = state->knowledge;
    bool has_memory = true;
    if (kr_update_own_outcome(ruleset, host, wanted, &knowledge->facts) == KMSRULES_PASS) {
        struct kr_ids before = ruleset->update_orders[wanted].after_any_of;
        for (uint32_t i = 0; has_memory && i < before.count; i++) has_memory = try_update(state, host, before.items[i]);
        return has_memory;
    }
    for (uint32_t i = 0; has_memory && i < state->named.count; i++) {
        if (!stands_for(ruleset, state->named.items[i], wanted)) continue;
        knowledge->updates[knowledge->facts.update_count++] = state->named.items[i];
        has_memory = extend(state);
        knowledge->facts.update_count--;
    }
    return has_memory;
}

/* Every way to serve the first slot that is not served: for each of its groups, the first row that is open. False when out of memory. */
static bool extend(struct kr_state *state) {
    const struct kmsrules_ruleset *ruleset = state->of->ruleset;
    const kmsrules_facts *facts = &state->knowledge->facts;
    uint32_t open = kr_slots_unserved(ruleset, state->slots, state->slot_count, facts);
    if (open == KR_NONE) return consider(state);
    if (++state->of->steps > KR_STEP_LIMIT || kr_added_count(state->knowledge) == KR_ADDED_LIMIT) {
        state->of->is_complete = false;
        return true;
    }
    const struct kr_slot *slot = &state->slots[open];
    for (uint32_t i = 0; i < slot->count; i++) {
        struct kr_ids any_of = ruleset->rows[kr_holding_open_row(ruleset, slot, i, facts)].any_of;
        for (uint32_t j = 0; j < any_of.count; j++)
            if (!try_update(state, slot->host, any_of.items[j])) return false;
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

static bool collect_named(struct kr_state *state) {
    const struct kmsrules_ruleset *ruleset = state->of->ruleset;
    struct naming naming = {kr_arena_take(&state->of->scratch, ruleset->update_count / 64 + 1, sizeof(uint64_t)),
                            kr_arena_take(&state->of->scratch, ruleset->update_count, sizeof(kmsrules_id)), 0};
    if (naming.seen == NULL || naming.named == NULL) return false;
    for (uint32_t i = 0; i < state->slot_count; i++)
        for (uint32_t j = 0; j < state->slots[i].count; j++) name_those_of(&naming, ruleset, &state->slots[i].holdings[j]);
    state->named = (struct kr_ids){naming.named, naming.count};
    return true;
}

bool kr_state_search(struct kr_state *state) {
    state->first_found = state->of->ranked_count;
    return collect_named(state) && extend(state);
}
