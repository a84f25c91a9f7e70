/* A plan written out: placements with their reasons, what stays uncovered, what one host could do instead. In: solutions. Out: records in the plan's arena. */
#include "ask/plan.h"

#include <stdlib.h>

#include "ask/authority.h"

struct writing {
    struct kr_planning *planning;
    kmsrules_plan_content *content;
};

static bool is_covered_by(const struct kr_candidate *candidate, uint32_t product) { return kr_bit(candidate->covers, product); }

static kmsrules_planned record_of(const struct kr_planned *product) {
    return (kmsrules_planned){.kind = product->asked.kind, .id = product->asked.id, .machines = product->machines};
}

/* ---- One placement ---- */

/* Whether a lower group, on whatever host, covers the product: it is then no reason for a group as high as this one. */
static bool is_covered_below(const struct kr_planning *planning, const struct kr_candidate *candidate, uint32_t product) {
    for (size_t i = 0; i < planning->candidate_count; i++) {
        const struct kr_candidate *other = &planning->candidates[i];
        if (kr_is_below(planning->ruleset, other->group, candidate->group) && is_covered_by(other, product)) return true;
    }
    return false;
}

static bool is_lowest(const struct kr_planning *planning, kmsrules_id group) {
    for (kmsrules_id other = 0; other < planning->ruleset->group_count; other++)
        if (kr_is_below(planning->ruleset, other, group) && (planning->owned == NULL || kr_bit(planning->owned, other))) return false;
    return true;
}

static bool is_covered_beside(const struct kr_candidate *const *chosen, uint32_t count, uint32_t own, uint32_t product) {
    for (uint32_t i = 0; i < count; i++)
        if (i != own && is_covered_by(chosen[i], product)) return true;
    return false;
}

static void add_threshold(const struct kr_planning *planning, const struct kr_candidate *const *chosen, uint32_t count, uint32_t own, kmsrules_kind kind,
                          kmsrules_placement *placement, kmsrules_plan_threshold *thresholds) {
    const struct kr_threshold *rule = &planning->ruleset->thresholds[kind];
    kmsrules_plan_threshold threshold = {.kind = kind, .minimum = rule->minimum};
    bool is_asked = false;
    for (uint32_t i = 0; i < planning->product_count; i++) {
        if (!is_covered_by(chosen[own], i)) continue;
        is_asked = is_asked || planning->products[i].kind == kind;
        if ((rule->counts >> planning->products[i].kind & 1) == 0) continue;
        threshold.possible += planning->products[i].machines;
        if (!is_covered_beside(chosen, count, own, i)) threshold.certain += planning->products[i].machines;
    }
    if (is_asked && rule->row != KR_NONE) thresholds[placement->threshold_count++] = threshold;
}

static bool write_placement(struct writing *writing, const struct kr_candidate *const *chosen, uint32_t count, uint32_t own, kmsrules_placement *placement) {
    struct kr_planning *planning = writing->planning;
    const struct kr_candidate *candidate = chosen[own];
    kmsrules_planned *covers = kr_arena_take(planning->arena, planning->product_count, sizeof *covers);
    kmsrules_planned *because = kr_arena_take(planning->arena, planning->product_count, sizeof *because);
    kmsrules_plan_threshold *thresholds = kr_arena_take(planning->arena, KMSRULES_KIND_COUNT, sizeof *thresholds);
    if (covers == NULL || because == NULL || thresholds == NULL) return false;
    *placement = (kmsrules_placement){.host = candidate->host, .key_group = candidate->group, .updates = candidate->updates.items,
                                      .update_count = candidate->updates.count, .covers = covers, .because = because, .thresholds = thresholds,
                                      .is_lowest = is_lowest(planning, candidate->group)};
    for (uint32_t i = 0; i < planning->product_count; i++) {
        if (!is_covered_by(candidate, i)) continue;
        bool is_reason = !is_covered_beside(chosen, count, own, i) && !is_covered_below(planning, candidate, i);
        covers[placement->cover_count++] = record_of(&planning->products[i]);
        placement->machines += planning->products[i].machines;
        if (is_reason) because[placement->because_count++] = record_of(&planning->products[i]);
    }
    for (int kind = 0; kind < KMSRULES_KIND_COUNT; kind++) add_threshold(planning, chosen, count, own, (kmsrules_kind)kind, placement, thresholds);
    return true;
}

/* ---- Options ---- */

static const struct kr_candidate *find_candidate(const struct kr_planning *planning, kmsrules_id host, uint32_t kind, uint32_t variant) {
    for (size_t i = 0; i < planning->candidate_count; i++) {
        const struct kr_candidate *candidate = &planning->candidates[i];
        if (candidate->host != host || candidate->kind != kind) continue;
        if (variant-- == 0) return candidate;
    }
    return NULL;
}

/* One way to place a solution, like the wheels of a counter: which of the alike hosts, which of equally many updates. */
struct way {
    uint32_t hosts[KR_PLACEMENT_LIMIT];    /* of the class of placement i; placements of one class turn together, the first of them counts */
    uint32_t variants[KR_PLACEMENT_LIMIT];
};

static uint32_t class_leader(const struct kr_planning *planning, const struct kr_solution *solution, uint32_t placement) {
    uint32_t leader = 0;
    while (planning->kinds[solution->kinds[leader]].host_class != planning->kinds[solution->kinds[placement]].host_class) leader++;
    return leader;
}

static bool turn(const struct kr_planning *planning, const struct kr_solution *solution, struct way *way) {
    for (uint32_t i = 0; i < solution->count; i++) {
        const struct kr_candidate_kind *kind = &planning->kinds[solution->kinds[i]];
        if (++way->variants[i] < kind->variants) return true;
        way->variants[i] = 0;
        if (class_leader(planning, solution, i) != i) continue;
        if (++way->hosts[i] < planning->host_classes[kind->host_class].count) return true;
        way->hosts[i] = 0;
    }
    return false;
}

static bool write_option(struct writing *writing, const struct kr_solution *solution, const struct way *way, kmsrules_plan_option *option) {
    const struct kr_planning *planning = writing->planning;
    const struct kr_candidate *chosen[KR_PLACEMENT_LIMIT];
    kmsrules_placement *placements = kr_arena_take(planning->arena, solution->count, sizeof *placements);
    if (placements == NULL) return false;
    for (uint32_t i = 0; i < solution->count; i++) {
        const struct kr_host_class *class = &planning->host_classes[planning->kinds[solution->kinds[i]].host_class];
        chosen[i] = find_candidate(planning, class->hosts[way->hosts[class_leader(planning, solution, i)]], solution->kinds[i], way->variants[i]);
    }
    for (uint32_t i = 0; i < solution->count; i++)
        if (!write_placement(writing, chosen, solution->count, i, &placements[i])) return false;
    *option = (kmsrules_plan_option){placements, solution->count};
    return true;
}

static int compare_kinds(const void *left, const void *right) {
    const uint32_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* By host, the newest first, whatever the order they were found in. */
static bool sort_solution(struct kr_planning *planning, struct kr_solution *solution) {
    uint32_t *kinds = kr_arena_take(&planning->scratch, solution->count, sizeof *kinds);
    for (uint32_t i = 0; kinds != NULL && i < solution->count; i++) kinds[i] = solution->kinds[i];
    if (kinds != NULL && solution->count > 1) qsort(kinds, solution->count, sizeof *kinds, compare_kinds);
    solution->kinds = kinds;
    return kinds != NULL;
}

static bool write_options(struct writing *writing) {
    struct kr_planning *planning = writing->planning;
    kmsrules_plan_option *options = kr_arena_take(planning->arena, KR_PLAN_OPTIONS, sizeof *options);
    if (options == NULL) return false;
    writing->content->options = options;
    for (size_t i = 0; i < planning->solution_count && writing->content->option_count < KR_PLAN_OPTIONS; i++) {
        struct way way = {{0}, {0}};
        if (planning->solutions[i].count == 0) continue;
        if (!sort_solution(planning, &planning->solutions[i])) return false;
        do {
            if (!write_option(writing, &planning->solutions[i], &way, &options[writing->content->option_count])) return false;
            writing->content->option_count++;
        } while (writing->content->option_count < KR_PLAN_OPTIONS && turn(planning, &planning->solutions[i], &way));
    }
    writing->content->tie_count = writing->content->option_count > 0 ? planning->tie_count : 0;
    writing->content->host_count = (uint32_t)planning->cost.hosts;
    return true;
}

/* ---- What stays uncovered ---- */

static bool is_by_kms(const struct kr_planning *planning, const struct kr_planned *product) {
    for (uint32_t i = 0; i < product->editions.count; i++)
        if (kr_cell_outcome(planning->ruleset->uses[product->editions.items[i]]) != KMSRULES_PASS) return false;
    return true;
}

static bool is_owned(const struct kr_planning *planning, kmsrules_id group) { return planning->owned == NULL || kr_bit(planning->owned, group); }

/* The best verdict of what is to choose from, with the pair that has it. */
static void note_choice(const struct kr_pair *pair, kmsrules_verdict verdict, kmsrules_uncovered *uncovered) {
    if (verdict >= uncovered->verdict) return;
    uncovered->verdict = verdict;
    uncovered->obstacle = KMSRULES_NOT_DOCUMENTED;
    uncovered->host = pair->host;
    uncovered->key_group = pair->group;
}

/* What is not to choose from and would serve the product: a pair that needs no update, then the one of the least authority, on the newest host. */
static void note_offer(const struct kr_planning *planning, const struct kr_planned *product, const struct kr_pair *pair, kmsrules_uncovered *offered) {
    if (!kr_pair_is_possible(pair, product->application, product->editions)) return;
    kmsrules_verdict verdict = kr_decide_set(pair, KR_NONE, product->editions.items, product->editions.count, &planning->facts);
    bool is_first = offered->key_group == KR_NONE, is_as_good = verdict == offered->verdict;
    bool is_lower = !is_first && kr_count_below(planning->ruleset, pair->group) < kr_count_below(planning->ruleset, offered->key_group);
    if (!is_first && verdict >= offered->verdict && !(is_as_good && is_lower)) return;
    *offered = (kmsrules_uncovered){.product = offered->product, .verdict = verdict, .obstacle = KMSRULES_NOT_TO_CHOOSE, .host = pair->host, .key_group = pair->group};
}

static kmsrules_uncovered find_best(const struct kr_planning *planning, const struct kr_planned *product) {
    kmsrules_uncovered chosen = {.product = record_of(product), .verdict = KMSRULES_NO, .obstacle = KMSRULES_NO_CANDIDATE, .host = KR_NONE, .key_group = KR_NONE};
    kmsrules_uncovered offered = chosen;
    uint32_t hosts_ahead = planning->hosts.count; /* those to choose from, in the same order */
    for (kmsrules_id host = planning->ruleset->edition_count; host-- > 0 && chosen.verdict != KMSRULES_YES;) {
        struct kr_ids groups = kr_choices_of(planning->ruleset, host);
        bool is_to_choose = hosts_ahead > 0 && planning->hosts.items[hosts_ahead - 1] == host;
        if (is_to_choose) hosts_ahead--;
        for (uint32_t i = 0; i < groups.count; i++) {
            if (planning->ruleset->group_applications[groups.items[i]] != product->application) continue;
            struct kr_pair pair = kr_pair_of(planning->ruleset, host, groups.items[i], product->application);
            if (is_to_choose && is_owned(planning, groups.items[i]))
                note_choice(&pair, kr_decide_set(&pair, KR_NONE, product->editions.items, product->editions.count, &planning->facts), &chosen);
            else note_offer(planning, product, &pair, &offered);
        }
    }
    offered.verdict = chosen.verdict;
    return offered.key_group == KR_NONE ? chosen : offered;
}

static kmsrules_uncovered explain_uncovered(const struct kr_planning *planning, const struct kr_planned *product) {
    kmsrules_uncovered uncovered = find_best(planning, product);
    bool is_found = product->class != KR_NONE, is_by_any = is_by_kms(planning, product);
    if (!is_found && is_by_any && uncovered.obstacle != KMSRULES_NOT_DOCUMENTED) return uncovered;
    if (!is_found && is_by_any && uncovered.verdict == KMSRULES_UNDOCUMENTED) return uncovered;
    uncovered.obstacle = is_found && planning->most_hosts < KR_PLACEMENT_LIMIT ? KMSRULES_TOO_FEW_HOSTS : is_by_any ? KMSRULES_NOT_FOUND : KMSRULES_NOT_BY_KMS;
    uncovered.host = uncovered.key_group = KR_NONE;
    return uncovered;
}

static bool is_planned(const struct kr_planning *planning, uint32_t class) {
    if (class == KR_NONE || planning->solution_count == 0) return false;
    for (uint32_t i = 0; i < planning->solutions[0].count; i++)
        if (kr_bit(planning->kinds[planning->solutions[0].kinds[i]].covers, class)) return true;
    return false;
}

static bool write_uncovered(struct writing *writing) {
    const struct kr_planning *planning = writing->planning;
    kmsrules_uncovered *uncovered = kr_arena_take(planning->arena, planning->product_count, sizeof *uncovered);
    if (uncovered == NULL) return false;
    writing->content->uncovered = uncovered;
    for (uint32_t i = 0; i < planning->product_count; i++) {
        const struct kr_planned *product = &planning->products[i];
        if (is_planned(planning, product->class)) writing->content->covered += product->machines;
        else uncovered[writing->content->uncovered_count++] = explain_uncovered(planning, product);
    }
    return true;
}

/* ---- Alternatives ---- */

/* A kind for each application on one class of hosts; KR_NONE where there is none. */
struct alternative {
    uint32_t host_class;
    const uint32_t *kinds; /* [application] */
    uint64_t machines, updates, authority;
};

static uint64_t machines_covered(const struct kr_planning *planning, const struct kr_candidate_kind *kind) {
    uint64_t machines = 0;
    for (uint32_t class = 0; class < planning->class_count; class++)
        if (kr_bit(kind->covers, class)) machines += planning->class_machines[class];
    return machines;
}

/* The most machines, then the fewest updates, then the least authority. */
static uint32_t best_kind(const struct kr_planning *planning, uint32_t host_class, uint32_t application) {
    uint32_t best = KR_NONE;
    for (uint32_t i = 0; i < planning->kind_count; i++) {
        const struct kr_candidate_kind *kind = &planning->kinds[i];
        if (kind->host_class != host_class || kind->application != application) continue;
        if (best == KR_NONE) best = i;
        uint64_t own = machines_covered(planning, kind), most = machines_covered(planning, &planning->kinds[best]);
        const struct kr_candidate_kind *other = &planning->kinds[best];
        bool is_cheaper = kind->update_count != other->update_count ? kind->update_count < other->update_count : kind->authority < other->authority;
        if (own > most || (own == most && is_cheaper)) best = i;
    }
    return best;
}

static int compare_alternatives(const void *left, const void *right) {
    const struct alternative *a = left, *b = right;
    if (a->machines != b->machines) return a->machines > b->machines ? -1 : 1;
    if (a->updates != b->updates) return a->updates < b->updates ? -1 : 1;
    if (a->authority != b->authority) return a->authority < b->authority ? -1 : 1;
    if (a->host_class != b->host_class) return a->host_class < b->host_class ? -1 : 1;
    return a->kinds[0] < b->kinds[0] ? -1 : a->kinds[0] > b->kinds[0];
}

/* `first` for the first application, for each other one the best. */
static bool make_alternative(struct kr_planning *planning, uint32_t host_class, uint32_t first, struct alternative *alternative) {
    uint32_t *kinds = kr_arena_take(&planning->scratch, planning->applications.count, sizeof *kinds);
    if (kinds == NULL) return false;
    *alternative = (struct alternative){.host_class = host_class, .kinds = kinds};
    for (uint32_t i = 0; i < planning->applications.count; i++) {
        kinds[i] = i == 0 ? first : best_kind(planning, host_class, i);
        if (kinds[i] == KR_NONE) continue;
        alternative->machines += machines_covered(planning, &planning->kinds[kinds[i]]);
        alternative->updates += planning->kinds[kinds[i]].update_count;
        alternative->authority += planning->kinds[kinds[i]].authority;
    }
    return true;
}

static bool collect_alternatives(struct kr_planning *planning, struct alternative *alternatives, size_t *count) {
    for (uint32_t class = 0; class < planning->host_class_count; class++) {
        size_t before = *count;
        for (uint32_t kind = 0; kind < planning->kind_count; kind++) {
            if (planning->kinds[kind].host_class != class || planning->kinds[kind].application != 0) continue;
            if (!make_alternative(planning, class, kind, &alternatives[(*count)++])) return false;
        }
        if (*count == before && !make_alternative(planning, class, KR_NONE, &alternatives[(*count)++])) return false;
    }
    if (*count > 1) qsort(alternatives, *count, sizeof *alternatives, compare_alternatives);
    return true;
}

static void add_updates(const struct kr_candidate *candidate, kmsrules_id *updates, size_t *count) {
    for (uint32_t i = 0; i < candidate->updates.count; i++) {
        size_t known = 0;
        while (known < *count && updates[known] != candidate->updates.items[i]) known++;
        if (known == *count) updates[(*count)++] = candidate->updates.items[i];
    }
}

static bool write_alternative(struct writing *writing, const struct alternative *alternative, kmsrules_plan_alternative *record) {
    const struct kr_planning *planning = writing->planning;
    const struct kr_host_class *class = &planning->host_classes[alternative->host_class];
    kmsrules_id *groups = kr_arena_take(planning->arena, planning->applications.count, sizeof *groups);
    kmsrules_id *updates = kr_arena_take(planning->arena, alternative->updates, sizeof *updates);
    kmsrules_planned *uncovered = kr_arena_take(planning->arena, planning->product_count, sizeof *uncovered);
    if (groups == NULL || updates == NULL || uncovered == NULL) return false;
    *record = (kmsrules_plan_alternative){.hosts = class->hosts, .host_count = class->count, .key_groups = groups, .updates = updates,
                                          .machines = alternative->machines, .uncovered = uncovered};
    for (uint32_t i = 0; i < planning->applications.count; i++) {
        if (alternative->kinds[i] == KR_NONE) continue;
        const struct kr_candidate *candidate = find_candidate(planning, class->hosts[0], alternative->kinds[i], 0);
        groups[record->key_group_count++] = candidate->group;
        add_updates(candidate, updates, &record->update_count);
    }
    for (uint32_t i = 0; i < planning->product_count; i++) {
        bool is_covered = false;
        for (uint32_t j = 0; j < planning->applications.count; j++)
            is_covered = is_covered || (alternative->kinds[j] != KR_NONE && planning->products[i].class != KR_NONE &&
                                        kr_bit(planning->kinds[alternative->kinds[j]].covers, planning->products[i].class));
        if (!is_covered) uncovered[record->uncovered_count++] = record_of(&planning->products[i]);
    }
    return true;
}

static bool write_alternatives(struct writing *writing) {
    struct kr_planning *planning = writing->planning;
    struct alternative *alternatives = kr_arena_take(&planning->scratch, (size_t)planning->kind_count + planning->host_class_count, sizeof *alternatives);
    kmsrules_plan_alternative *records = kr_arena_take(planning->arena, KR_PLAN_ALTERNATIVES, sizeof *records);
    size_t count = 0;
    if (alternatives == NULL || records == NULL) return false;
    if (writing->content->host_count != 1 || planning->cost.uncovered > 0) return true;
    if (!collect_alternatives(planning, alternatives, &count)) return false;
    writing->content->alternatives = records;
    writing->content->alternative_total = count;
    for (size_t i = 0; i < count && i < KR_PLAN_ALTERNATIVES; i++)
        if (!write_alternative(writing, &alternatives[i], &records[writing->content->alternative_count++])) return false;
    return true;
}

bool kr_plan_write(struct kr_planning *planning, kmsrules_plan_content *content) {
    struct writing writing = {planning, content};
    bool has_memory = write_options(&writing) && write_uncovered(&writing) && write_alternatives(&writing);
    content->is_optimal = planning->effort.is_complete;
    return has_memory;
}
