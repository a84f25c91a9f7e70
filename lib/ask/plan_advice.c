/* What the tables advise about a plan. In: a plan written out. Out: advice with its row. Decides nothing. */
#include "ask/plan.h"

static bool covers(const kmsrules_placement *placement, const struct kr_planned *product) {
    for (size_t i = 0; i < placement->cover_count; i++)
        if (placement->covers[i].kind == product->asked.kind && placement->covers[i].id == product->asked.id) return true;
    return false;
}

/* Of the first option; the others differ in alike hosts. */
static uint64_t machines_counted(const struct kr_planning *planning, const kmsrules_plan_option *option, unsigned kinds) {
    uint64_t machines = 0;
    for (uint32_t i = 0; i < planning->product_count; i++) {
        bool is_covered = false;
        for (size_t j = 0; j < option->placement_count; j++) is_covered = is_covered || covers(&option->placements[j], &planning->products[i]);
        if (is_covered && (kinds >> planning->products[i].kind & 1) != 0) machines += planning->products[i].machines;
    }
    return machines;
}

/* A product waits for the threshold of its kind on each placement that covers it. */
static bool is_short(const kmsrules_plan_option *option, const struct kr_planned *product) {
    bool is_covered = false;
    for (size_t i = 0; i < option->placement_count; i++) {
        const kmsrules_placement *placement = &option->placements[i];
        if (!covers(placement, product)) continue;
        is_covered = true;
        for (size_t j = 0; j < placement->threshold_count; j++)
            if (placement->thresholds[j].kind == product->kind && placement->thresholds[j].certain >= placement->thresholds[j].minimum) return false;
    }
    return is_covered;
}

static bool names_product(const struct kr_row *row, const struct kr_planned *product) {
    for (uint32_t i = 0; i < product->editions.count; i++)
        if (!kr_ids_hold(row->members, product->editions.items[i])) return false;
    return product->editions.count > 0;
}

/* Products whose threshold is not reached, that need none another way. */
static bool add_ways_without(struct kr_planning *planning, const kmsrules_plan_option *option, const struct kr_row *row, kmsrules_plan_advice *advice) {
    kmsrules_planned *products = kr_arena_take(planning->arena, planning->product_count, sizeof *products);
    if (products == NULL) return false;
    advice->products = products;
    for (uint32_t i = 0; i < planning->product_count; i++) {
        const struct kr_planned *product = &planning->products[i];
        bool is_it = is_short(option, product) && names_product(row, product);
        if (is_it) products[advice->product_count++] = (kmsrules_planned){product->asked.kind, product->asked.id, product->machines};
    }
    return true;
}

static kmsrules_fact fact_of(const struct kr_row *row, uint32_t index) {
    return (kmsrules_fact){.row = index, .at = row->at, .label = row->label, .note = row->note, .sources = row->sources.items, .source_count = row->sources.count};
}

/* False when out of memory; *applies says whether the row has something to say. */
static bool consider_row(struct kr_planning *planning, const kmsrules_plan_content *content, uint32_t index, kmsrules_plan_advice *advice, bool *applies) {
    const struct kr_row *row = &planning->ruleset->rows[index];
    *advice = (kmsrules_plan_advice){.fact = fact_of(row, index)};
    *applies = false;
    if (row->relation == KR_RELATION_SECOND_HOST) {
        advice->kind = KMSRULES_SECOND_HOST;
        advice->machines = machines_counted(planning, &content->options[0], row->counts);
        *applies = content->host_count == 1 && advice->machines > row->above;
    } else if (row->relation == KR_RELATION_WITHOUT_THRESHOLD) {
        advice->kind = KMSRULES_WITHOUT_THRESHOLD;
        if (!add_ways_without(planning, &content->options[0], row, advice)) return false;
        *applies = advice->product_count > 0;
    }
    return true;
}

static bool is_advice(const struct kr_row *row) { return row->relation == KR_RELATION_SECOND_HOST || row->relation == KR_RELATION_WITHOUT_THRESHOLD; }

bool kr_plan_advise(struct kr_planning *planning, kmsrules_plan_content *content) {
    size_t room = 0;
    for (uint32_t i = 0; i < planning->ruleset->row_count; i++) room += is_advice(&planning->ruleset->rows[i]);
    kmsrules_plan_advice *advice = kr_arena_take(planning->arena, room, sizeof *advice);
    if (advice == NULL) return false;
    content->advice = advice;
    for (uint32_t i = 0; content->option_count > 0 && i < planning->ruleset->row_count; i++) {
        bool applies = false;
        if (!is_advice(&planning->ruleset->rows[i])) continue;
        if (!consider_row(planning, content, i, &advice[content->advice_count], &applies)) return false;
        content->advice_count += applies;
    }
    return true;
}
