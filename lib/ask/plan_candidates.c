/* What each host with each key group would cover, and with which updates. In: hosts, owned groups, products. Out: candidates. */
#include <string.h>

#include "ask/authority.h"
#include "ask/plan.h"

enum {
    ROW_SET_LIMIT = 10, /* different sets of rows that the products of one pair wait for; the built-in tables have three */
    LEAST_LIMIT = 256   /* sets of equally few updates for one union of them */
};

/* One pair being looked at: which rows each product waits for. */
struct offer {
    struct kr_planning *planning;
    struct kr_pair pair;
    kmsrules_id application;
    uint32_t *row_sets;  /* [product] its place among `sets`; KR_NONE: it cannot be served */
    struct kr_ids *sets; /* different sets of open rows */
    uint32_t set_count;
    struct kr_knowledge knowledge;
    kmsrules_id *least; /* sets of updates found for one union of rows, each of least_size */
    size_t least_size, least_count, least_capacity, most_wanted;
};

static bool is_owned(const struct kr_planning *planning, kmsrules_id group) { return planning->owned == NULL || kr_bit(planning->owned, group); }

static bool is_same_set(struct kr_ids a, struct kr_ids b) { return a.count == b.count && (a.count == 0 || memcmp(a.items, b.items, a.count * sizeof *a.items) == 0); }

/* The place of the set that `rows` hold, added when it is new; KR_NONE when out of memory. */
static uint32_t place_of(struct offer *offer, struct kr_ids rows) {
    uint32_t place = 0;
    while (place < offer->set_count && !is_same_set(offer->sets[place], rows)) place++;
    if (place < offer->set_count) return place;
    uint32_t *copy = kr_arena_take(&offer->planning->scratch, rows.count, sizeof *copy);
    if (copy == NULL) return KR_NONE;
    if (rows.count > 0) memcpy(copy, rows.items, rows.count * sizeof *copy);
    offer->sets[offer->set_count++] = (struct kr_ids){copy, rows.count};
    return place;
}

/* Sorts the products by the rows they wait for; false when out of memory. */
static bool place_products(struct offer *offer) {
    struct kr_planning *planning = offer->planning;
    uint32_t *rows = kr_arena_take(&planning->scratch, offer->pair.demand_count, sizeof *rows);
    offer->set_count = 0;
    for (uint32_t i = 0; rows != NULL && i < planning->product_count; i++) {
        const struct kr_planned *product = &planning->products[i];
        offer->row_sets[i] = KR_NONE;
        if (product->application != offer->application || !kr_pair_is_possible(&offer->pair, offer->application, product->editions)) continue;
        uint32_t count = kr_pair_open_rows(&offer->pair, offer->application, product->editions, &planning->facts, rows);
        offer->row_sets[i] = place_of(offer, (struct kr_ids){rows, count});
        if (offer->row_sets[i] == KR_NONE) return false;
    }
    return rows != NULL;
}

/* ---- The fewest updates for some of the row sets ---- */

/* In whatever order; none is there twice. */
static bool is_same_choice(struct kr_ids a, struct kr_ids b) {
    for (uint32_t i = 0; i < b.count; i++) {
        uint32_t j = 0;
        while (j < a.count && a.items[j] != b.items[i]) j++;
        if (j == a.count) return false;
    }
    return a.count == b.count;
}

struct least_search {
    struct offer *offer;
    struct kr_updating updating;
};

static bool keep_least(void *context) {
    static const uint32_t only[] = {0};
    struct least_search *search = context;
    struct offer *offer = search->offer;
    struct kr_ids added = {kr_added(&offer->knowledge), (uint32_t)kr_added_count(&offer->knowledge)};
    if (kr_updating_has_exchange(&search->updating, only)) return true;
    if (added.count < offer->least_size) offer->least_count = 0;
    offer->least_size = offer->most_wanted = added.count;
    for (uint32_t i = 0; i < added.count; i++) {
        void *items = offer->least;
        if (!kr_memory_reserve(&items, &offer->least_capacity, offer->least_count * added.count + i, sizeof *offer->least)) return false;
        offer->least = items;
        offer->least[offer->least_count * added.count + i] = added.items[i];
    }
    if (++offer->least_count < LEAST_LIMIT) return true;
    offer->planning->effort.is_complete = false;
    offer->most_wanted = added.count - 1; /* never of no updates, of which there is one set */
    return true;
}

static bool find_least(struct offer *offer, struct kr_ids rows) {
    struct kr_holding holding = {offer->pair.group, rows.items, rows.count};
    struct kr_slot slot = {offer->pair.host, offer->application, &holding, 1};
    struct least_search search = {.offer = offer};
    search.updating = (struct kr_updating){.ruleset = offer->planning->ruleset, .knowledge = &offer->knowledge, .slots = &slot, .slot_count = 1,
                                           .effort = &offer->planning->effort, .room = &offer->planning->room, .visit = keep_least, .context = &search, .most = &offer->most_wanted};
    offer->least_size = offer->most_wanted = SIZE_MAX;
    offer->least_count = 0;
    kr_knowledge_set_added(&offer->knowledge, NULL, 0);
    return kr_updating_run(&search.updating);
}

/* ---- Candidates ---- */

static bool are_met(const struct offer *offer, struct kr_ids rows) {
    struct kr_holding holding = {offer->pair.group, rows.items, rows.count};
    struct kr_slot slot = {offer->pair.host, offer->application, &holding, 1};
    return kr_holding_does(offer->planning->ruleset, &slot, 0, &offer->knowledge.facts);
}

/* The products that the updates now added let the pair cover. */
static const uint64_t *covered_now(struct offer *offer) {
    struct kr_planning *planning = offer->planning;
    uint64_t *covers = kr_arena_take(&planning->scratch, planning->product_words, sizeof *covers);
    for (uint32_t i = 0; covers != NULL && i < planning->product_count; i++)
        if (offer->row_sets[i] != KR_NONE && are_met(offer, offer->sets[offer->row_sets[i]])) covers[i / 64] |= 1ull << (i % 64);
    return covers;
}

/* As they can be installed. */
static void order_added(struct offer *offer) {
    struct kr_slot slot = {offer->pair.host, offer->application, NULL, 0};
    kr_updating_order(&(struct kr_updating){.ruleset = offer->planning->ruleset, .knowledge = &offer->knowledge, .slots = &slot, .slot_count = 1});
}

static void sort_by_id(kmsrules_id *updates, size_t count) {
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && updates[j] < updates[j - 1]; j--) {
            kmsrules_id moved = updates[j];
            updates[j] = updates[j - 1];
            updates[j - 1] = moved;
        }
}

static bool add_candidate(struct offer *offer, const kmsrules_id *updates, size_t count, size_t first_of_pair) {
    struct kr_planning *planning = offer->planning;
    for (size_t i = first_of_pair; i < planning->candidate_count; i++)
        if (is_same_choice(planning->candidates[i].updates, (struct kr_ids){updates, (uint32_t)count})) return true;
    kr_knowledge_set_added(&offer->knowledge, updates, count);
    const uint64_t *covers = covered_now(offer);
    kmsrules_id *copy = kr_arena_take(planning->arena, count, sizeof *copy), *by_id = kr_arena_take(&planning->scratch, count, sizeof *by_id);
    void *items = planning->candidates;
    if (covers == NULL || copy == NULL || by_id == NULL || !kr_memory_reserve(&items, &planning->candidate_capacity, planning->candidate_count, sizeof *planning->candidates)) return false;
    planning->candidates = items;
    order_added(offer);
    if (count > 0) memcpy(copy, kr_added(&offer->knowledge), count * sizeof *copy);
    if (count > 0) memcpy(by_id, updates, count * sizeof *by_id);
    sort_by_id(by_id, count);
    planning->candidates[planning->candidate_count++] = (struct kr_candidate){.host = offer->pair.host, .group = offer->pair.group, .updates = {copy, (uint32_t)count}, .updates_by_id = by_id,
                                                                              .authority = kr_count_below(planning->ruleset, offer->pair.group), .covers = covers};
    return true;
}

/* The rows of the sets chosen by the bits of `choice`; false when out of memory. */
static bool unite(struct offer *offer, uint32_t choice, struct kr_ids *rows) {
    uint32_t *united = kr_arena_take(&offer->planning->scratch, offer->pair.demand_count, sizeof *united);
    if (united == NULL) return false;
    *rows = (struct kr_ids){united, 0};
    for (uint32_t set = 0; set < offer->set_count; set++) {
        if ((choice >> set & 1) == 0) continue;
        for (uint32_t i = 0; i < offer->sets[set].count; i++) {
            uint32_t known = 0;
            while (known < rows->count && united[known] != offer->sets[set].items[i]) known++;
            if (known == rows->count) united[rows->count++] = offer->sets[set].items[i];
        }
    }
    return true;
}

/* For every choice of products the fewest updates: for every union of their row sets. */
static bool add_candidates(struct offer *offer) {
    size_t first = offer->planning->candidate_count;
    if (offer->set_count > ROW_SET_LIMIT) {
        offer->planning->effort.is_complete = false;
        offer->set_count = ROW_SET_LIMIT;
    }
    for (uint32_t choice = 1; choice < 1u << offer->set_count; choice++) {
        struct kr_ids rows;
        size_t cost = 1 + offer->pair.demand_count + offer->planning->product_count + (offer->planning->candidate_count - first);
        if (!kr_effort_spend(&offer->planning->effort, cost)) break;
        if (!unite(offer, choice, &rows) || !find_least(offer, rows)) return false;
        for (size_t i = 0; i < offer->least_count; i++)
            if (!add_candidate(offer, offer->least + i * offer->least_size, offer->least_size, first)) return false;
    }
    return true;
}

/* ---- Pairs ---- */

static bool consider_pair(struct offer *offer, kmsrules_id host, kmsrules_id group) {
    const struct kmsrules_ruleset *ruleset = offer->planning->ruleset;
    offer->application = ruleset->group_applications[group];
    offer->pair = kr_pair_of(ruleset, host, group, offer->application);
    return place_products(offer) && add_candidates(offer);
}

static bool prepare(struct offer *offer) {
    struct kr_planning *planning = offer->planning;
    offer->row_sets = kr_arena_take(&planning->scratch, planning->product_count, sizeof *offer->row_sets);
    offer->sets = kr_arena_take(&planning->scratch, planning->product_count, sizeof *offer->sets);
    return offer->row_sets != NULL && offer->sets != NULL && kr_update_room_take(&planning->room, planning->ruleset, &planning->scratch) &&
           kr_knowledge_start(&offer->knowledge, &planning->scratch, planning->facts);
}

bool kr_plan_collect_candidates(struct kr_planning *planning) {
    struct offer offer = {.planning = planning};
    bool has_memory = prepare(&offer);
    for (uint32_t i = 0; has_memory && i < planning->hosts.count; i++) {
        struct kr_ids groups = kr_choices_of(planning->ruleset, planning->hosts.items[i]);
        for (uint32_t j = 0; has_memory && j < groups.count; j++)
            if (is_owned(planning, groups.items[j])) has_memory = consider_pair(&offer, planning->hosts.items[i], groups.items[j]);
    }
    kr_memory_free(offer.least);
    return has_memory;
}
