/* See updating.h. */
#include "ask/updating.h"

#include <string.h>

bool kr_effort_spend(struct kr_effort *effort, size_t steps) {
    effort->steps += steps;
    if (effort->steps > KR_STEP_LIMIT) effort->is_exhausted = true;
    if (effort->is_exhausted) effort->is_complete = false;
    return !effort->is_exhausted;
}

bool kr_updating_spend(const struct kr_updating *updating, size_t times) { return kr_effort_spend(updating->effort, times * updating->cost); }

bool kr_update_room_take(struct kr_update_room *room, const struct kmsrules_ruleset *ruleset, struct kr_arena *arena) {
    size_t count = ruleset->update_count;
    room->named = kr_arena_take(arena, count, sizeof *room->named);
    room->excluded = kr_arena_take(arena, count, sizeof *room->excluded);
    room->allowed = kr_arena_take(arena, count / 64 + 1, sizeof *room->allowed);
    return room->named != NULL && room->excluded != NULL && room->allowed != NULL;
}

static bool suffices(const struct kr_updating *updating) {
    return kr_slots_unserved(updating->ruleset, updating->slots, updating->slot_count, &updating->knowledge->facts) == KR_NONE;
}

/* ---- The least ---- */

/* Takes out the update at `index` and asks again. */
static bool suffices_without(struct kr_updating *updating, size_t index) {
    kmsrules_facts *facts = &updating->knowledge->facts;
    kmsrules_id *updates = kr_added(updating->knowledge), taken = updates[index];
    facts->update_count--;
    updates[index] = updates[kr_added_count(updating->knowledge)];
    bool is_enough = suffices(updating);
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

/* Of the same line, and before the other. */
static bool is_earlier(const struct kmsrules_ruleset *ruleset, kmsrules_id update, kmsrules_id than) {
    const struct kr_update_order *a = &ruleset->update_orders[update], *b = &ruleset->update_orders[than];
    return a->line != KR_NONE && a->line == b->line && a->order < b->order;
}

static bool all_do(const struct kr_updating *updating, const uint32_t *chosen) {
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
            if (!is_earlier(updating->ruleset, updating->named.items[j], own)) continue;
            updates[i] = updating->named.items[j];
            is_exchangeable = kr_updating_spend(updating, 1) && all_do(updating, chosen);
        }
        updates[i] = own;
        if (is_exchangeable) return true;
    }
    return false;
}

/* ---- An order to install them in ---- */

/* Whether an update can be installed where `facts` hold, which name it; a cumulative one brings along what is before it in its line. */
static bool is_in_place(const struct kr_updating *updating, kmsrules_id update, const kmsrules_facts *facts) {
    for (uint32_t i = 0; i < updating->slot_count; i++)
        if (kr_update_outcome(updating->ruleset, updating->slots[i].host, update, facts) != KMSRULES_PASS) return false;
    return true;
}

/* Takes the item at `from` out and puts it in at `to`, which is not behind it. */
static void move_forward(kmsrules_id *items, size_t from, size_t to) {
    kmsrules_id item = items[from];
    for (; from > to; from--) items[from] = items[from - 1];
    items[to] = item;
}

void kr_updating_order(const struct kr_updating *updating) {
    kmsrules_id *updates = kr_added(updating->knowledge);
    size_t count = kr_added_count(updating->knowledge);
    kmsrules_facts facts = updating->knowledge->facts;
    for (size_t i = 1; i < count; i++)
        for (size_t place = i; place > 0 && updates[place - 1] > updates[place]; place--) move_forward(updates, place, place - 1);
    for (size_t i = 0; i < count; i++) {
        facts.update_count = updating->knowledge->given_count + i + 1;
        for (size_t next = i; next < count; next++) {
            kmsrules_id first = updates[i];
            updates[i] = updates[next];
            bool is_next = is_in_place(updating, updates[i], &facts);
            updates[i] = first;
            if (!is_next) continue;
            move_forward(updates, next, i);
            break;
        }
    }
}

/* ---- Every way ---- */

static bool extend(struct kr_updating *updating);

static void allow(struct kr_updating *updating, kmsrules_id update, bool is_allowed) {
    uint64_t bit = 1ull << (update % 64);
    if (is_allowed) updating->room->allowed[update / 64] |= bit;
    else updating->room->allowed[update / 64] &= ~bit;
}

/* Tries every set with the update. What is tried after it, where it could have been added, goes without it: so no set is met twice. */
static bool try_with(struct kr_updating *updating, kmsrules_id update) {
    struct kr_knowledge *knowledge = updating->knowledge;
    knowledge->updates[knowledge->facts.update_count++] = update;
    bool has_memory = extend(updating);
    knowledge->facts.update_count--;
    allow(updating, update, false);
    updating->room->excluded[updating->excluded_count++] = update;
    return has_memory;
}

/* Adds an update, or a later one that is named anyway. */
static bool try_line(struct kr_updating *updating, kmsrules_id wanted) {
    const struct kr_ids *named = &updating->named;
    for (uint32_t i = 0; i < named->count; i++) {
        bool stands_for = named->items[i] == wanted || is_earlier(updating->ruleset, wanted, named->items[i]);
        if (stands_for && kr_bit(updating->room->allowed, named->items[i]) && !try_with(updating, named->items[i])) return false;
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

/* Adds what brings it nearer to `wanted`: it, or, when it is there, what it needs first. Each of its prerequisites stands after its own. */
static bool try_update(struct kr_updating *updating, kmsrules_id host, kmsrules_id wanted) {
    const struct kmsrules_ruleset *ruleset = updating->ruleset;
    const kmsrules_facts *facts = &updating->knowledge->facts;
    const struct kr_update_order *order = &ruleset->update_orders[wanted];
    if (kr_update_own_outcome(ruleset, host, wanted, facts) != KMSRULES_PASS) return try_line(updating, wanted);
    uint64_t reached = places_of(order->after_any_of, order->prerequisites);
    for (uint32_t i = order->prerequisites.count; i-- > 0;) {
        kmsrules_id before = order->prerequisites.items[i];
        if ((reached >> i & 1) == 0) continue;
        if (kr_update_own_outcome(ruleset, host, before, facts) == KMSRULES_PASS)
            reached |= places_of(ruleset->update_orders[before].after_any_of, order->prerequisites);
        else if (!try_line(updating, before)) return false;
    }
    return true;
}

/* Every way to serve a slot that is not served: for each of its groups, the first row that is open. */
static bool serve(struct kr_updating *updating, const struct kr_slot *slot) {
    const struct kmsrules_ruleset *ruleset = updating->ruleset;
    for (uint32_t i = 0; i < slot->count && !updating->effort->is_exhausted; i++) {
        struct kr_ids any_of = ruleset->rows[kr_holding_open_row(ruleset, slot, i, &updating->knowledge->facts)].any_of;
        for (uint32_t j = 0; j < any_of.count; j++)
            if (!try_update(updating, slot->host, any_of.items[j])) return false;
    }
    return true;
}

/* Goes on with the first slot that is not served. False when out of memory. */
static bool extend(struct kr_updating *updating) {
    if (!kr_updating_spend(updating, 1)) return true;
    uint32_t open = kr_slots_unserved(updating->ruleset, updating->slots, updating->slot_count, &updating->knowledge->facts), start = updating->excluded_count;
    if (updating->most != NULL && kr_added_count(updating->knowledge) + (open != KR_NONE) > *updating->most) return true;
    if (open == KR_NONE) return updating->visit(updating->context);
    if (kr_added_count(updating->knowledge) == KR_ADDED_LIMIT) {
        updating->effort->is_complete = false;
        return true;
    }
    bool has_memory = serve(updating, &updating->slots[open]);
    while (updating->excluded_count > start) allow(updating, updating->room->excluded[--updating->excluded_count], true);
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

static void collect_named(struct kr_updating *updating) {
    struct naming naming = {updating->room->allowed, updating->room->named, 0};
    for (uint32_t i = 0; i < updating->slot_count; i++)
        for (uint32_t j = 0; j < updating->slots[i].count; j++) name_those_of(&naming, updating->ruleset, &updating->slots[i].holdings[j]);
    updating->named = (struct kr_ids){naming.named, naming.count};
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
static size_t cost_of(const struct kr_updating *updating) {
    size_t cost = 1;
    for (uint32_t i = 0; i < updating->slot_count; i++)
        for (uint32_t j = 0; j < updating->slots[i].count; j++) cost += cost_of_holding(updating->ruleset, &updating->slots[i].holdings[j]);
    return cost * (1 + updating->knowledge->given_count / 16);
}

bool kr_updating_run(struct kr_updating *updating) {
    updating->cost = cost_of(updating);
    collect_named(updating);
    bool has_memory = extend(updating);
    for (uint32_t i = 0; i < updating->named.count; i++) allow(updating, updating->named.items[i], false);
    return has_memory;
}
