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

/* ---- The groups that need the updates as late as they are ---- */

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

/* The best groups, one for each slot, that need the updates as late as they are; false where there are none. Goes through the choices like the wheels of a counter. */
static bool choose_groups(struct kr_state *state, uint32_t *chosen) {
    for (uint32_t i = 0; i < state->updating.slot_count; i++) chosen[i] = next_choice(state, &state->updating.slots[i], KR_NONE);
    while (kr_updating_has_exchange(&state->updating, chosen)) {
        uint32_t wheel = 0;
        if (++state->of->effort.steps > KR_UPDATING_STEP_LIMIT) return false;
        while (wheel < state->updating.slot_count && (chosen[wheel] = next_choice(state, &state->updating.slots[wheel], chosen[wheel])) == KR_NONE) {
            chosen[wheel] = next_choice(state, &state->updating.slots[wheel], KR_NONE);
            wheel++;
        }
        if (wheel == state->updating.slot_count) return false;
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
        while (same < kr_added_count(state->updating.knowledge) && has_update(&found->remedy, kr_added(state->updating.knowledge)[same])) same++;
        if (found->update_count == same && kr_added_count(state->updating.knowledge) == same) return true;
    }
    return false;
}

static bool consider(void *context) {
    struct kr_state *state = context;
    bool has_memory = true;
    if (is_known(state) || kr_updating_is_needless(&state->updating) || has_needless_change(state, &has_memory) || !has_memory) return has_memory;
    if (state->of->ranked_count == KR_REMEDY_LIMIT) {
        state->of->effort.is_complete = false;
        return true;
    }
    uint32_t *chosen = kr_memory_take(state->updating.slot_count, sizeof *chosen);
    if (chosen == NULL) return false;
    has_memory = !choose_groups(state, chosen) || kr_state_keep(state, chosen);
    kr_memory_free(chosen);
    return has_memory;
}

bool kr_state_search(struct kr_state *state) {
    state->first_found = state->of->ranked_count;
    state->updating.ruleset = state->of->ruleset;
    state->updating.effort = &state->of->effort;
    state->updating.visit = consider;
    state->updating.context = state;
    return kr_updating_run(&state->updating, &state->of->scratch);
}
