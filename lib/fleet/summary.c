/* Everything about a fleet in one record: products, open requirements and what settles them, key groups, thresholds. In: the tallies and judgements. Out: the summary. */
#include <stdlib.h>
#include <string.h>

#include "ask/decide.h"
#include "fleet/fleet.h"

/* ---- Products ------------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_status list_products(kmsrules_fleet *fleet, kmsrules_fleet_summary *summary) {
    kmsrules_fleet_product *products = kr_arena_take(&fleet->summary_arena, fleet->product_count, sizeof *products);
    if (products == NULL) return KMSRULES_NO_MEMORY;
    for (uint32_t i = 0; i < fleet->product_count; i++) {
        const struct kr_tally *tally = &fleet->tallies[i];
        if (tally->rows == 0) continue;
        kmsrules_status status = kr_fleet_judge(fleet, i);
        if (status != KMSRULES_OK) return status;
        struct kr_asked asked = kr_fleet_asked(fleet, i);
        products[summary->product_count++] = (kmsrules_fleet_product){asked.kind, asked.id, tally->rows, tally->machines, &tally->judgement};
        summary->rows[tally->judgement.verdict] += tally->rows;
    }
    summary->rows[KMSRULES_NO_VERDICT] = fleet->unrecognised_rows;
    summary->products = products;
    return KMSRULES_OK;
}

/* ---- Requirements --------------------------------------------------------------------------------------------------------------------------- */

static bool is_same(const kmsrules_requirement *a, const kmsrules_requirement *b) {
    return a->any_of_count == b->any_of_count && memcmp(a->any_of, b->any_of, a->any_of_count * sizeof *a->any_of) == 0;
}

struct need_list {
    kmsrules_fleet_need *items;
    size_t count, capacity;
};

static bool add_need(kmsrules_fleet *fleet, struct need_list *needs, const kmsrules_requirement *requirement, uint64_t rows) {
    size_t i = 0;
    while (i < needs->count && !is_same(&needs->items[i].requirement, requirement)) i++;
    if (i == needs->count) {
        void *items = needs->items;
        kmsrules_id *any_of = kr_arena_take(&fleet->summary_arena, requirement->any_of_count, sizeof *any_of);
        if (any_of == NULL || !kr_memory_reserve(&items, &needs->capacity, needs->count, sizeof *needs->items)) return false;
        memcpy(any_of, requirement->any_of, requirement->any_of_count * sizeof *any_of);
        needs->items = items;
        needs->items[needs->count] = (kmsrules_fleet_need){.requirement = *requirement};
        needs->items[needs->count++].requirement.any_of = any_of;
    }
    needs->items[i].rows += rows;
    return true;
}

/* The open requirements of one product, each once whatever the number of its editions and hosts. */
static bool add_needs_of(kmsrules_fleet *fleet, const kmsrules_answer *answer, uint64_t rows, struct need_list *needs) {
    struct need_list own = {NULL, 0, 0};
    bool has_memory = true;
    for (size_t i = 0; i < answer->host_count; i++)
        for (size_t j = 0; j < answer->hosts[i].edition_count; j++)
            for (size_t k = 0; k < answer->hosts[i].editions[j].check_count; k++) {
                const kmsrules_check *check = &answer->hosts[i].editions[j].checks[k];
                for (size_t l = 0; l < check->requirement_count && has_memory; l++) has_memory = add_need(fleet, &own, &check->requirements[l], 0);
            }
    for (size_t i = 0; i < own.count && has_memory; i++) has_memory = add_need(fleet, needs, &own.items[i].requirement, rows);
    kr_memory_free(own.items);
    return has_memory;
}

/* Most rows first; equal ones as they were found. */
static void sort_needs(struct need_list *needs) {
    for (size_t i = 1; i < needs->count; i++) {
        kmsrules_fleet_need need = needs->items[i];
        size_t place = i;
        for (; place > 0 && needs->items[place - 1].rows < need.rows; place--) needs->items[place] = needs->items[place - 1];
        needs->items[place] = need;
    }
}

/* Whether something else than a missing update denies the product: then no update helps it. */
static bool is_denied_otherwise(const kmsrules_answer *answer) {
    for (size_t i = 0; i < answer->host_count; i++)
        for (size_t j = 0; j < answer->hosts[i].edition_count; j++)
            for (size_t k = 0; k < answer->hosts[i].editions[j].check_count; k++) {
                const kmsrules_check *check = &answer->hosts[i].editions[j].checks[k];
                if (check->outcome == KMSRULES_FAIL && check->code != KMSRULES_KR105) return true;
            }
    return false;
}

static kmsrules_status list_needs(kmsrules_fleet *fleet, kmsrules_fleet_summary *summary) {
    struct need_list needs = {NULL, 0, 0};
    kmsrules_status status = KMSRULES_OK;
    for (size_t i = 0; i < summary->product_count && status == KMSRULES_OK; i++) {
        const kmsrules_fleet_product *product = &summary->products[i];
        uint32_t index = kr_fleet_product(fleet, product->kind, product->id);
        kmsrules_answer *answer = NULL;
        status = kr_fleet_ask(fleet, index, fleet->keys[kr_fleet_application(fleet, index)], &answer);
        if (status == KMSRULES_OK && !is_denied_otherwise(answer) && !add_needs_of(fleet, answer, product->rows, &needs)) status = KMSRULES_NO_MEMORY;
        kmsrules_answer_free(answer);
    }
    sort_needs(&needs);
    kmsrules_fleet_need *items = status == KMSRULES_OK ? kr_arena_take(&fleet->summary_arena, needs.count, sizeof *items) : NULL;
    if (items == NULL && status == KMSRULES_OK) status = KMSRULES_NO_MEMORY;
    if (items != NULL && needs.count > 0) memcpy(items, needs.items, needs.count * sizeof *items);
    kr_memory_free(needs.items);
    summary->needs = items;
    summary->need_count = needs.count;
    return status;
}

/* ---- The fewest updates that settle them ---------------------------------------------------------------------------------------------------- */

enum { MOST_UPDATES = 3, MOST_CANDIDATES = 24 };

struct settling {
    kmsrules_fleet *fleet;
    const kmsrules_fleet_summary *summary;
    kmsrules_id candidates[MOST_CANDIDATES], chosen[MOST_UPDATES];
    size_t candidate_count;
};

static void add_candidate(struct settling *settling, kmsrules_id update) {
    for (size_t i = 0; i < settling->candidate_count; i++)
        if (settling->candidates[i] == update) return;
    if (settling->candidate_count < MOST_CANDIDATES) settling->candidates[settling->candidate_count++] = update;
}

/* Whether every conditional product is a yes once the chosen updates are installed. */
static kmsrules_status try_chosen(struct settling *settling, size_t count, bool *is_settled) {
    kmsrules_fleet with = *settling->fleet; /* the same fleet, another question */
    kmsrules_status status = kr_question_clone(settling->fleet->question, &with.question);
    *is_settled = true;
    for (size_t i = 0; i < count && status == KMSRULES_OK; i++) status = kr_question_add_update_id(with.question, settling->chosen[i]);
    for (size_t i = 0; i < settling->summary->product_count && status == KMSRULES_OK && *is_settled; i++) {
        const kmsrules_fleet_product *product = &settling->summary->products[i];
        if (product->judgement->verdict != KMSRULES_CONDITIONAL) continue;
        uint32_t index = kr_fleet_product(&with, product->kind, product->id);
        kmsrules_answer *answer = NULL;
        status = kr_fleet_ask(&with, index, with.keys[kr_fleet_application(&with, index)], &answer);
        *is_settled = status == KMSRULES_OK && answer->verdict == KMSRULES_YES;
        kmsrules_answer_free(answer);
    }
    if (status != KMSRULES_NO_MEMORY && status != KMSRULES_OK) { /* contradicts the host build: no way to settle it */
        *is_settled = false;
        status = KMSRULES_OK;
    }
    if (with.question != settling->fleet->question) kmsrules_question_free(with.question);
    return status;
}

/* All sets of `wanted` candidates from the first on, in order. */
static kmsrules_status try_sets(struct settling *settling, size_t first, size_t chosen, size_t wanted, bool *is_settled) {
    if (chosen == wanted) return try_chosen(settling, wanted, is_settled);
    kmsrules_status status = KMSRULES_OK;
    *is_settled = false;
    for (size_t i = first; i < settling->candidate_count && status == KMSRULES_OK && !*is_settled; i++) {
        settling->chosen[chosen] = settling->candidates[i];
        status = try_sets(settling, i + 1, chosen + 1, wanted, is_settled);
    }
    return status;
}

static kmsrules_status list_settling(kmsrules_fleet *fleet, kmsrules_fleet_summary *summary) {
    struct settling settling = {.fleet = fleet, .summary = summary};
    const struct kr_update_order *orders = fleet->question->ruleset->update_orders;
    bool is_settled = false;
    kmsrules_status status = KMSRULES_OK;
    if (summary->rows[KMSRULES_CONDITIONAL] == 0) return KMSRULES_OK;
    for (size_t i = 0; i < summary->need_count; i++)
        for (size_t j = 0; j < summary->needs[i].requirement.any_of_count; j++) add_candidate(&settling, summary->needs[i].requirement.any_of[j]);
    for (size_t i = 0, direct = settling.candidate_count; i < direct; i++)
        for (uint32_t j = 0; j < orders[settling.candidates[i]].prerequisites.count; j++) add_candidate(&settling, orders[settling.candidates[i]].prerequisites.items[j]);
    for (size_t wanted = 1; wanted <= MOST_UPDATES && status == KMSRULES_OK && !is_settled; wanted++) {
        status = try_sets(&settling, 0, 0, wanted, &is_settled);
        if (is_settled) summary->settling_count = wanted;
    }
    kmsrules_id *chosen = kr_arena_take(&fleet->summary_arena, MOST_UPDATES, sizeof *chosen);
    if (chosen == NULL) return KMSRULES_NO_MEMORY;
    memcpy(chosen, settling.chosen, sizeof settling.chosen);
    summary->settling = chosen;
    return status;
}

/* ---- Key groups ----------------------------------------------------------------------------------------------------------------------------- */

static bool is_taken(const kmsrules_fleet *fleet, kmsrules_id group) {
    for (size_t i = 0; fleet->keys_are_given && i < fleet->question->key_count; i++)
        if (fleet->question->keys[i] == group) return true;
    return !fleet->keys_are_given && fleet->keys[fleet->question->ruleset->group_applications[group]] == group;
}

/* Best first within an application, applications in order of declaration. */
static bool comes_before(const kmsrules_fleet *fleet, const struct kr_key_tally *tallies, kmsrules_id group, kmsrules_id other) {
    const uint32_t *applications = fleet->question->ruleset->group_applications;
    return applications[group] != applications[other] ? applications[group] < applications[other] : kr_fleet_is_better(fleet, tallies, group, other);
}

static kmsrules_status list_keys(kmsrules_fleet *fleet, kmsrules_fleet_summary *summary) {
    const struct kmsrules_ruleset *ruleset = fleet->question->ruleset;
    struct kr_key_tally *tallies;
    kmsrules_fleet_key *keys = kr_arena_take(&fleet->summary_arena, ruleset->group_count, sizeof *keys);
    kmsrules_status status = keys == NULL ? KMSRULES_NO_MEMORY : kr_fleet_tally_keys(fleet, &fleet->summary_arena, &tallies);
    if (status != KMSRULES_OK) return status;
    for (kmsrules_id group = 0; group < ruleset->group_count; group++) {
        if (!tallies[group].can_be_held) continue;
        size_t place = summary->key_count++;
        for (; place > 0 && comes_before(fleet, tallies, group, keys[place - 1].key_group); place--) keys[place] = keys[place - 1];
        keys[place] = (kmsrules_fleet_key){.key_group = group, .is_taken = is_taken(fleet, group)};
        memcpy(keys[place].rows, tallies[group].rows, sizeof keys[place].rows);
    }
    summary->keys = keys;
    return KMSRULES_OK;
}

/* ---- Thresholds ----------------------------------------------------------------------------------------------------------------------------- */

static kmsrules_kind kind_of(const kmsrules_fleet *fleet, const kmsrules_fleet_product *product) {
    const struct kmsrules_ruleset *ruleset = fleet->question->ruleset;
    return product->kind == KMSRULES_EDITION ? ruleset->editions[product->id].kind : ruleset->releases[product->id].kind;
}

static void count_machines(const kmsrules_fleet *fleet, const kmsrules_fleet_summary *summary, kmsrules_fleet_threshold *threshold, unsigned counts) {
    for (size_t i = 0; i < summary->product_count; i++) {
        const kmsrules_fleet_product *product = &summary->products[i];
        uint32_t index = kr_fleet_product(fleet, product->kind, product->id);
        bool is_counted = (counts >> kind_of(fleet, product) & 1u) != 0 && kr_fleet_application(fleet, index) == threshold->application;
        if (is_counted && product->judgement->verdict == KMSRULES_YES) threshold->certain += product->machines;
        if (is_counted && product->judgement->verdict != KMSRULES_NO) threshold->possible += product->machines;
    }
}

/* Of each application and kind of which the fleet has machines. */
static bool is_needed(const kmsrules_fleet *fleet, const kmsrules_fleet_summary *summary, kmsrules_id application, int kind) {
    for (size_t i = 0; i < summary->product_count; i++) {
        const kmsrules_fleet_product *product = &summary->products[i];
        if ((int)kind_of(fleet, product) == kind && kr_fleet_application(fleet, kr_fleet_product(fleet, product->kind, product->id)) == application) return true;
    }
    return false;
}

static kmsrules_status list_thresholds(kmsrules_fleet *fleet, kmsrules_fleet_summary *summary) {
    const struct kmsrules_ruleset *ruleset = fleet->question->ruleset;
    kmsrules_fleet_threshold *thresholds = kr_arena_take(&fleet->summary_arena, (size_t)ruleset->application_count * KMSRULES_KIND_COUNT, sizeof *thresholds);
    if (thresholds == NULL) return KMSRULES_NO_MEMORY;
    for (kmsrules_id application = 0; application < ruleset->application_count; application++)
        for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) {
            if (ruleset->thresholds[kind].row == KR_NONE || !is_needed(fleet, summary, application, kind)) continue;
            kmsrules_fleet_threshold *threshold = &thresholds[summary->threshold_count++];
            *threshold = (kmsrules_fleet_threshold){.application = application, .kind = (kmsrules_kind)kind, .minimum = ruleset->thresholds[kind].minimum};
            count_machines(fleet, summary, threshold, ruleset->thresholds[kind].counts);
        }
    summary->thresholds = thresholds;
    return KMSRULES_OK;
}

/* ---- All of it ------------------------------------------------------------------------------------------------------------------------------ */

kmsrules_status kmsrules_fleet_sum_up(kmsrules_fleet *fleet, const kmsrules_fleet_summary **summary) {
    if (fleet == NULL || summary == NULL) return KMSRULES_INVALID_ARGUMENT;
    kmsrules_fleet_summary made = {.names_are_incomplete = fleet->names.is_full};
    kmsrules_status status = KMSRULES_OK;
    if (!fleet->has_summary) {
        kr_arena_free(&fleet->summary_arena);
        status = kr_fleet_choose_keys(fleet);
        if (status == KMSRULES_OK) status = list_products(fleet, &made);
        if (status == KMSRULES_OK) status = list_needs(fleet, &made);
        if (status == KMSRULES_OK) status = list_settling(fleet, &made);
        if (status == KMSRULES_OK) status = list_keys(fleet, &made);
        if (status == KMSRULES_OK) status = list_thresholds(fleet, &made);
        if (status == KMSRULES_OK) fleet->summary = made;
        fleet->has_summary = status == KMSRULES_OK;
    }
    if (status == KMSRULES_OK) *summary = &fleet->summary;
    return status;
}
