/* Every minimal set of updates of one state. In: a state. Out: remedies kept. */
#include "ask/remedy_state.h"

/* Whether the hosts asked about would do with these keys and the updates added to `state`. */
static bool suffices_on(struct kr_state *state, uint32_t first_host, uint32_t host_count, const kmsrules_id *assigned, struct kr_slot *slots) {
    struct kr_remedying *of = state->of;
    if (!kr_remedying_assemble(of, first_host, host_count, assigned, slots)) return false;
    if (state->updating.knowledge != &of->known) kr_knowledge_set_added(&of->known, kr_added(state->updating.knowledge), kr_added_count(state->updating.knowledge));
    return kr_slots_unserved(of->ruleset, slots, host_count * of->applications.count, &of->known.facts) == KR_NONE;
}

/* ---- The least ---- */

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
        while (is_one && of->hosts.items[first] != state->updating.slots[0].host) first++;
        memcpy(assigned, state->assigned, count * sizeof *assigned);
        assigned[i] = KR_NONE;
        is_needless = suffices_on(state, first, is_one ? 1 : of->hosts.count, assigned, slots);
    }
    kr_memory_free(slots);
    kr_memory_free(assigned);
    return is_needless;
}

/* ---- Earlier updates of the same line, and the groups that need the later one ---- */

/* The next best group after `last` (KR_NONE: the best) of a slot that does. */
static uint32_t next_choice(const struct kr_state *state, const struct kr_slot *slot, uint32_t last) {
    uint32_t best = KR_NONE;
    for (uint32_t i = 0; i < slot->count; i++) {
        if (i == last || !kr_holding_does(state->of->ruleset, slot, i, &state->updating.knowledge->facts)) continue;
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
    return kr_group_cost(state->of, state->updating.slots[slot].holdings[holding].group);
}

static void enter_slot(const struct kr_state *state, struct choice *choice, uint32_t slot, uint64_t cost) {
    choice->groups[slot] = KR_NONE;
    choice->first[slot] = next_choice(state, &state->updating.slots[slot], KR_NONE);
    choice->costs[slot] = cost;
}

/* Turns to the next group of a slot; UINT64_MAX when there is none, else the cost up to here. */
static uint64_t turn_slot(const struct kr_state *state, struct choice *choice, uint32_t slot) {
    uint32_t next = choice->groups[slot] == KR_NONE ? choice->first[slot] : next_choice(state, &state->updating.slots[slot], choice->groups[slot]);
    if (next == KR_NONE || !kr_effort_spend(&state->of->effort, 1 + state->updating.cost / state->updating.slot_count)) return UINT64_MAX;
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
        } else if (slot + 1 < state->updating.slot_count) {
            enter_slot(state, choice, ++slot, cost);
        } else if (!kr_updating_has_exchange(&state->updating, choice->groups)) {
            memcpy(choice->best, choice->groups, state->updating.slot_count * sizeof *choice->best);
            choice->best_cost = cost;
        }
    }
}

static bool choose_and_keep(struct kr_state *state) {
    uint32_t *groups = kr_memory_take(3 * (size_t)state->updating.slot_count, sizeof *groups);
    uint64_t *costs = kr_memory_take(state->updating.slot_count, sizeof *costs);
    bool has_memory = groups != NULL && costs != NULL;
    if (has_memory) {
        struct choice choice = {groups, groups + state->updating.slot_count, groups + 2 * (size_t)state->updating.slot_count, costs, UINT64_MAX};
        choose_groups(state, &choice);
        has_memory = choice.best_cost == UINT64_MAX || kr_state_keep(state, choice.best);
    }
    kr_memory_free(groups);
    kr_memory_free(costs);
    return has_memory;
}

static bool consider(void *context) {
    struct kr_state *state = context;
    bool has_memory = true;
    if (!kr_updating_spend(&state->updating, 1 + kr_added_count(state->updating.knowledge))) return true;
    if (kr_updating_is_needless(&state->updating) || has_needless_change(state, &has_memory) || !has_memory) return has_memory;
    if (state->of->ranked_count == KR_REMEDY_LIMIT) state->of->effort.is_exhausted = true;
    if (!kr_updating_spend(&state->updating, 1)) return true;
    return choose_and_keep(state);
}

bool kr_state_search(struct kr_state *state) {
    state->updating.ruleset = state->of->ruleset;
    state->updating.effort = &state->of->effort;
    state->updating.room = &state->of->room;
    state->updating.visit = consider;
    state->updating.context = state;
    return kr_updating_run(&state->updating);
}
