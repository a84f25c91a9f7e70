/* Writes remedies down and orders them. In: a state with updates added. Out: remedies, best first. */
#include "ask/remedy_state.h"

#include <stdlib.h>
#include <string.h>

#include "ask/authority.h"

static bool is_given(const kmsrules_question *question, kmsrules_id group) {
    for (size_t i = 0; i < question->key_count; i++)
        if (question->keys[i] == group) return true;
    return false;
}

uint64_t kr_group_cost(const struct kr_remedying *of, kmsrules_id group) {
    uint64_t other = is_given(of->question, group) ? 0 : 1;
    return other << 32 | kr_count_below(of->ruleset, group);
}

bool kr_is_preferred_group(const struct kr_remedying *of, kmsrules_id group, kmsrules_id other) {
    uint64_t own = kr_group_cost(of, group), of_other = kr_group_cost(of, other);
    return own != of_other ? own < of_other : group < other;
}

/* ---- Writing a remedy down ---- */

/* The updates of the state itself keep their order: they are taken away in it. */
static void add_updates(const struct kr_state *state, kmsrules_remedy *remedy, kmsrules_change *changes) {
    kmsrules_id kept[KR_ADDED_LIMIT], *updates = kr_added(state->updating.knowledge);
    size_t count = kr_added_count(state->updating.knowledge);
    memcpy(kept, updates, count * sizeof *kept);
    kr_updating_order(&state->updating);
    for (size_t i = 0; i < count; i++)
        changes[remedy->change_count++] = (kmsrules_change){.kind = KMSRULES_INSTALL_UPDATE, .host = KR_NONE, .key_group = KR_NONE, .update = updates[i],
                                                            .or_later = state->of->ruleset->update_orders[updates[i]].line != KR_NONE};
    memcpy(updates, kept, count * sizeof *kept);
}

/* The groups chosen, one for each application, where all hosts of the state agree. */
static void add_groups(const struct kr_state *state, const uint32_t *chosen, kmsrules_id *groups, kmsrules_remedy *remedy) {
    uint32_t count = state->of->applications.count;
    for (uint32_t i = 0; i < state->updating.slot_count; i++) {
        kmsrules_id group = state->updating.slots[i].holdings[chosen[i]].group;
        if (i < count) groups[i] = group;
        else if (groups[i % count] != group) return;
    }
    remedy->key_groups = groups;
    remedy->key_group_count = count;
}

static void add_changes(const struct kr_state *state, kmsrules_remedy *remedy, kmsrules_change *changes) {
    const struct kr_remedying *of = state->of;
    if (state->has_host_change) {
        bool has_one_key = state->host_change == KMSRULES_USE_HOST && remedy->key_group_count == 1;
        changes[remedy->change_count++] = (kmsrules_change){.kind = state->host_change, .host = remedy->host,
                                                            .key_group = has_one_key ? remedy->key_groups[0] : KR_NONE, .update = KR_NONE};
    }
    for (uint32_t i = 0; i < of->applications.count; i++)
        if (state->assigned[i] != KR_NONE)
            changes[remedy->change_count++] = (kmsrules_change){.kind = KMSRULES_USE_KEY, .host = KR_NONE, .key_group = state->assigned[i], .update = KR_NONE};
    add_updates(state, remedy, changes);
    for (uint32_t i = 0; i < of->machine_count; i++) changes[remedy->change_count++] = of->machines[i];
    remedy->changes = changes;
}

static struct kr_ranked rank(const struct kr_state *state, kmsrules_remedy remedy) {
    struct kr_ranked ranked = {.remedy = remedy, .update_count = kr_added_count(state->updating.knowledge),
                            .has_other_host = state->has_host_change && state->host_change == KMSRULES_USE_HOST};
    for (size_t i = 0; i < remedy.key_group_count; i++) {
        ranked.authority += kr_count_below(state->of->ruleset, remedy.key_groups[i]);
        if (state->of->question->key_count > 0 && !is_given(state->of->question, remedy.key_groups[i])) ranked.other_keys++;
    }
    return ranked;
}

bool kr_state_keep(struct kr_state *state, const uint32_t *chosen) {
    struct kr_remedying *of = state->of;
    struct kr_arena *arena = &of->answer->arena;
    void *items = of->ranked;
    size_t most = 1 + of->applications.count + kr_added_count(state->updating.knowledge) + of->machine_count;
    kmsrules_change *changes = kr_arena_take(arena, most, sizeof *changes);
    kmsrules_id *groups = kr_arena_take(arena, of->applications.count, sizeof *groups);
    if (changes == NULL || groups == NULL || !kr_memory_reserve(&items, &of->ranked_capacity, of->ranked_count, sizeof *of->ranked)) return false;
    of->ranked = items;
    kmsrules_remedy remedy = {.host = state->updating.slot_count == of->applications.count ? state->updating.slots[0].host : KR_NONE};
    add_groups(state, chosen, groups, &remedy);
    add_changes(state, &remedy, changes);
    of->ranked[of->ranked_count++] = rank(state, remedy);
    return true;
}

/* ---- Order ---- */

static int compare_numbers(uint64_t a, uint64_t b) { return a < b ? -1 : a > b; }

/* What is left to tell two remedies apart: their changes, in the order of the tables. */
static int compare_changes(const kmsrules_remedy *a, const kmsrules_remedy *b) {
    int order = compare_numbers(a->host, b->host);
    for (size_t i = 0; order == 0 && i < a->change_count; i++) {
        const kmsrules_change *left = &a->changes[i], *right = &b->changes[i];
        order = compare_numbers((uint64_t)left->kind, (uint64_t)right->kind);
        if (order == 0) order = compare_numbers(left->key_group, right->key_group);
        if (order == 0) order = compare_numbers(left->update, right->update);
    }
    return order;
}

/* Fewest changes, then fewest updates, then the same host, then the same keys, then the least authority. */
static int compare_ranks(const void *left, const void *right) {
    const struct kr_ranked *a = left, *b = right;
    int order = compare_numbers(a->remedy.change_count, b->remedy.change_count);
    if (order == 0) order = compare_numbers(a->update_count, b->update_count);
    if (order == 0) order = compare_numbers(a->has_other_host, b->has_other_host);
    if (order == 0) order = compare_numbers(a->other_keys, b->other_keys);
    if (order == 0) order = compare_numbers(a->authority, b->authority);
    return order != 0 ? order : compare_changes(&a->remedy, &b->remedy);
}

bool kr_remedying_finish(struct kr_remedying *of) {
    kmsrules_remedy *remedies = kr_arena_take(&of->answer->arena, of->ranked_count, sizeof *remedies);
    if (remedies == NULL) return false;
    if (of->ranked_count > 1) qsort(of->ranked, of->ranked_count, sizeof *of->ranked, compare_ranks);
    for (size_t i = 0; i < of->ranked_count; i++) remedies[i] = of->ranked[i].remedy;
    of->answer->remedies = remedies;
    of->answer->remedy_count = of->ranked_count;
    return true;
}
