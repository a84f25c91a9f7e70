/* Every minimal set of updates of one state. In: a state. Out: remedies kept. */
#include "ask/remedy_state.h"

/* Counts work; false when there has been too much of it, and nothing more is to be tried. */
static bool spend_steps(struct kr_remedying *of, size_t steps) {
    of->steps += steps;
    if (of->steps > KR_STEP_LIMIT) of->is_exhausted = true;
    if (of->is_exhausted) of->is_complete = false;
    return !of->is_exhausted;
}

/* The same for asking every slot `times` over. */
static bool spend(const struct kr_state *state, size_t times) { return spend_steps(state->of, times * state->cost); }

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

static bool all_do(const struct kr_state *state, const uint32_t *chosen) {
    for (uint32_t i = 0; i < state->slot_count; i++)
        if (!kr_holding_does(state->of->ruleset, &state->slots[i], chosen[i], &state->knowledge->facts)) return false;
    return true;
}

/* Whether the groups chosen would do as well with an earlier update in the place of one. */
static bool has_exchange(struct kr_state *state, const uint32_t *chosen) {
    kmsrules_id *updates = kr_added(state->knowledge);
    for (size_t i = 0; i < kr_added_count(state->knowledge); i++) {
        kmsrules_id own = updates[i];
        bool is_exchangeable = false;
        for (uint32_t j = 0; j < state->named.count && !is_exchangeable; j++) {
            if (!is_earlier(state->of->ruleset, state->named.items[j], own)) continue;
            updates[i] = state->named.items[j];
            is_exchangeable = spend(state, 1) && all_do(state, chosen);
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

/* A choice of groups in the making, one for each slot. */
struct choice {
    uint32_t *groups, *first, *best; /* [slot] tried now; the best of the slot; of the cheapest choice that needs the updates as late as they are */
    uint64_t *costs;                 /* [slot] of the slots before, over that of the best of each */
    uint64_t best_cost;              /* UINT64_MAX: none yet */
};

static uint64_t cost_in(const struct kr_state *state, uint32_t slot, uint32_t holding) {
    return kr_group_cost(state->of, state->slots[slot].holdings[holding].group);
}

static void enter_slot(const struct kr_state *state, struct choice *choice, uint32_t slot, uint64_t cost) {
    choice->groups[slot] = KR_NONE;
    choice->first[slot] = next_choice(state, &state->slots[slot], KR_NONE);
    choice->costs[slot] = cost;
}

/* Turns to the next group of a slot; UINT64_MAX when there is none, else the cost up to here. */
static uint64_t turn_slot(const struct kr_state *state, struct choice *choice, uint32_t slot) {
    uint32_t next = choice->groups[slot] == KR_NONE ? choice->first[slot] : next_choice(state, &state->slots[slot], choice->groups[slot]);
    if (next == KR_NONE || !spend_steps(state->of, 1 + state->cost / state->slot_count)) return UINT64_MAX;
    choice->groups[slot] = next;
    return choice->costs[slot] + cost_in(state, slot, next) - cost_in(state, slot, choice->first[slot]);
}

/* Goes through the groups of each slot, the best first, as long as they cost less than the best choice. */
static void choose_groups(struct kr_state *state, struct choice *choice) {
    uint32_t slot = 0;
    enter_slot(state, choice, 0, 0);
    for (;;) {
        uint64_t cost = turn_slot(state, choice, slot);
        if (cost >= choice->best_cost) {
            if (slot-- == 0) return;
        } else if (slot + 1 < state->slot_count) {
            enter_slot(state, choice, ++slot, cost);
        } else if (!has_exchange(state, choice->groups)) {
            memcpy(choice->best, choice->groups, state->slot_count * sizeof *choice->best);
            choice->best_cost = cost;
        }
    }
}

static bool choose_and_keep(struct kr_state *state) {
    uint32_t *groups = kr_memory_take(3 * (size_t)state->slot_count, sizeof *groups);
    uint64_t *costs = kr_memory_take(state->slot_count, sizeof *costs);
    bool has_memory = groups != NULL && costs != NULL;
    if (has_memory) {
        struct choice choice = {groups, groups + state->slot_count, groups + 2 * (size_t)state->slot_count, costs, UINT64_MAX};
        choose_groups(state, &choice);
        has_memory = choice.best_cost == UINT64_MAX || kr_state_keep(state, choice.best);
    }
    kr_memory_free(groups);
    kr_memory_free(costs);
    return has_memory;
}

static bool consider(struct kr_state *state) {
    bool has_memory = true;
    if (!spend(state, 1 + kr_added_count(state->knowledge))) return true;
    if (has_needless_update(state) || has_needless_change(state, &has_memory) || !has_memory) return has_memory;
    if (state->of->ranked_count == KR_REMEDY_LIMIT) state->of->is_exhausted = true;
    if (!spend(state, 1)) return true;
    return choose_and_keep(state);
}

/* ---- Searching ---- */

static bool extend(struct kr_state *state);

static void allow(struct kr_state *state, kmsrules_id update, bool is_allowed) {
    uint64_t bit = 1ull << (update % 64);
    if (is_allowed) state->of->allowed[update / 64] |= bit;
    else state->of->allowed[update / 64] &= ~bit;
}

/* Tries every set with the update. What is tried after it, where it could have been added, goes without it: so no set is met twice. */
static bool try_with(struct kr_state *state, kmsrules_id update) {
    struct kr_knowledge *knowledge = state->knowledge;
    knowledge->updates[knowledge->facts.update_count++] = update;
    bool has_memory = extend(state);
    knowledge->facts.update_count--;
    allow(state, update, false);
    state->of->excluded[state->excluded_count++] = update;
    return has_memory;
}

/* Adds an update, or a later one that is named anyway. */
static bool try_line(struct kr_state *state, kmsrules_id wanted) {
    const struct kr_ids *named = &state->named;
    for (uint32_t i = 0; i < named->count; i++) {
        bool stands_for = named->items[i] == wanted || is_earlier(state->of->ruleset, wanted, named->items[i]);
        if (stands_for && kr_bit(state->of->allowed, named->items[i]) && !try_with(state, named->items[i])) return false;
    }
    return true;
}

/* Where the members stand among `all`, a bit each. */
static uint64_t places_of(struct kr_ids members, struct kr_ids all) {
    uint64_t places = 0;
    for (uint32_t i = 0; i < members.count; i++)
        for (uint32_t j = 0; j < all.count; j++)
            if (all.items[j] == members.items[i]) places |= 1ull << j;
    return places;
}

/* Adds what brings the state nearer to `wanted`: it, or, when it is there, what it needs first. Each of its prerequisites stands after its own. */
static bool try_update(struct kr_state *state, kmsrules_id host, kmsrules_id wanted) {
    const struct kmsrules_ruleset *ruleset = state->of->ruleset;
    const kmsrules_facts *facts = &state->knowledge->facts;
    const struct kr_update_order *order = &ruleset->update_orders[wanted];
    if (kr_update_own_outcome(ruleset, host, wanted, facts) != KMSRULES_PASS) return try_line(state, wanted);
    uint64_t reached = places_of(order->after_any_of, order->prerequisites);
    for (uint32_t i = order->prerequisites.count; i-- > 0;) {
        kmsrules_id before = order->prerequisites.items[i];
        if ((reached >> i & 1) == 0) continue;
        if (kr_update_own_outcome(ruleset, host, before, facts) == KMSRULES_PASS)
            reached |= places_of(ruleset->update_orders[before].after_any_of, order->prerequisites);
        else if (!try_line(state, before)) return false;
    }
    return true;
}

/* Every way to serve a slot that is not served: for each of its groups, the first row that is open. */
static bool serve(struct kr_state *state, const struct kr_slot *slot) {
    const struct kmsrules_ruleset *ruleset = state->of->ruleset;
    for (uint32_t i = 0; i < slot->count && !state->of->is_exhausted; i++) {
        struct kr_ids any_of = ruleset->rows[kr_holding_open_row(ruleset, slot, i, &state->knowledge->facts)].any_of;
        for (uint32_t j = 0; j < any_of.count; j++)
            if (!try_update(state, slot->host, any_of.items[j])) return false;
    }
    return true;
}

/* Goes on with the first slot that is not served. False when out of memory. */
static bool extend(struct kr_state *state) {
    if (!spend(state, 1)) return true;
    uint32_t open = kr_slots_unserved(state->of->ruleset, state->slots, state->slot_count, &state->knowledge->facts), start = state->excluded_count;
    if (open == KR_NONE) return consider(state);
    if (kr_added_count(state->knowledge) == KR_ADDED_LIMIT) {
        state->of->is_complete = false;
        return true;
    }
    bool has_memory = serve(state, &state->slots[open]);
    while (state->excluded_count > start) allow(state, state->of->excluded[--state->excluded_count], true);
    return has_memory;
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

static void collect_named(struct kr_state *state) {
    struct naming naming = {state->of->allowed, state->of->named, 0};
    for (uint32_t i = 0; i < state->slot_count; i++)
        for (uint32_t j = 0; j < state->slots[i].count; j++) name_those_of(&naming, state->of->ruleset, &state->slots[i].holdings[j]);
    state->named = (struct kr_ids){naming.named, naming.count};
}

/* What deciding each update of a row takes: its prerequisites are looked up among each other. */
static size_t cost_of_holding(const struct kmsrules_ruleset *ruleset, const struct kr_holding *holding) {
    size_t cost = 1;
    for (uint32_t i = 0; i < holding->row_count; i++) {
        struct kr_ids any_of = ruleset->rows[holding->rows[i]].any_of;
        for (uint32_t j = 0; j < any_of.count; j++) {
            size_t before = ruleset->update_orders[any_of.items[j]].prerequisites.count;
            cost += (1 + before) * (1 + before / 8);
        }
    }
    return cost;
}

/* How much there is to look at when every row of every slot is asked. */
static size_t cost_of(const struct kr_state *state) {
    size_t cost = 1;
    for (uint32_t i = 0; i < state->slot_count; i++)
        for (uint32_t j = 0; j < state->slots[i].count; j++) cost += cost_of_holding(state->of->ruleset, &state->slots[i].holdings[j]);
    return cost * (1 + state->knowledge->given_count / 16);
}

bool kr_state_search(struct kr_state *state) {
    state->cost = cost_of(state);
    collect_named(state);
    bool has_memory = extend(state);
    for (uint32_t i = 0; i < state->named.count; i++) allow(state, state->named.items[i], false);
    return has_memory;
}
