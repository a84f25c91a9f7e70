/* The best sets of candidates that cover all products. In: kinds of candidates, classes of products. Out: every solution of the least cost. Branch and bound:
 * the least covered class is covered in every way; a kind that was tried for it is closed below, so that no solution comes twice. */
#include <string.h>

#include "ask/plan.h"

enum { SOLUTION_LIMIT = 256, DEPTH_LIMIT = 256, WORK_LIMIT = 400000000 /* kinds looked at; on the built-in tables some hundred thousand */ };

struct covering {
    struct kr_planning *planning;
    bool *is_closed;      /* [kind] */
    uint32_t *in_use;     /* [host class × application] how many placements */
    uint32_t *cover_counts; /* [class] how many chosen kinds cover it */
    bool *is_given_up;    /* [class] */
    uint32_t chosen[KR_PLACEMENT_LIMIT];
    uint32_t chosen_count;
    struct kr_plan_cost cost;
    uint64_t most_hosts;
    bool may_give_up; /* a class may stay uncovered */
    size_t depth;
    uint64_t work;
};

static int compare_numbers(uint64_t a, uint64_t b) { return a < b ? -1 : a > b; }

static int compare_costs(const struct kr_plan_cost *a, const struct kr_plan_cost *b) {
    int order = compare_numbers(a->uncovered, b->uncovered);
    if (order == 0) order = compare_numbers(a->hosts, b->hosts);
    if (order == 0) order = compare_numbers(a->updates, b->updates);
    return order != 0 ? order : compare_numbers(a->authority, b->authority);
}

/* ---- Kinds that no best solution needs ---- */

static bool is_part_of(const uint64_t *part, const uint64_t *whole, uint32_t words) {
    for (uint32_t i = 0; i < words; i++)
        if ((part[i] & ~whole[i]) != 0) return false;
    return true;
}

/* The other one could stand in its place and would cost less. With several applications only on the same hosts, which they may share. */
static bool is_beaten(const struct kr_planning *planning, const struct kr_candidate_kind *kind, const struct kr_candidate_kind *other) {
    bool may_stand = other->application == kind->application && (planning->applications.count == 1 || other->host_class == kind->host_class);
    bool costs_less = other->update_count <= kind->update_count && other->authority <= kind->authority &&
                      (other->update_count < kind->update_count || other->authority < kind->authority);
    return may_stand && costs_less && is_part_of(kind->covers, other->covers, planning->class_words);
}

static void close_beaten(struct covering *covering) {
    const struct kr_planning *planning = covering->planning;
    if ((uint64_t)planning->kind_count * planning->kind_count * planning->class_words > WORK_LIMIT / 4) return; /* it would save less than it takes */
    for (uint32_t kind = 0; kind < planning->kind_count; kind++)
        for (uint32_t other = 0; other < planning->kind_count && !covering->is_closed[kind]; other++)
            covering->is_closed[kind] = is_beaten(planning, &planning->kinds[kind], &planning->kinds[other]);
}

/* ---- Choosing ---- */

static uint32_t *in_use(struct covering *covering, const struct kr_candidate_kind *kind) {
    return &covering->in_use[(size_t)kind->host_class * covering->planning->applications.count + kind->application];
}

/* Hosts of one class that its applications take together: each host holds one key per application. */
static uint32_t hosts_of_class(const struct covering *covering, uint32_t host_class) {
    const uint32_t *counts = &covering->in_use[(size_t)host_class * covering->planning->applications.count];
    uint32_t most = 0;
    for (uint32_t i = 0; i < covering->planning->applications.count; i++)
        if (counts[i] > most) most = counts[i];
    return most;
}

static void mark_covered(struct covering *covering, const struct kr_candidate_kind *kind, bool is_chosen) {
    for (uint32_t class = 0; class < covering->planning->class_count; class++) {
        if (!kr_bit(kind->covers, class)) continue;
        if (is_chosen) covering->cover_counts[class]++;
        else covering->cover_counts[class]--;
    }
}

static void choose(struct covering *covering, uint32_t index) {
    const struct kr_candidate_kind *kind = &covering->planning->kinds[index];
    uint32_t before = hosts_of_class(covering, kind->host_class);
    covering->chosen[covering->chosen_count++] = index;
    ++*in_use(covering, kind);
    covering->cost.hosts += hosts_of_class(covering, kind->host_class) - before;
    covering->cost.updates += kind->update_count;
    covering->cost.authority += kind->authority;
    mark_covered(covering, kind, true);
}

static void take_back(struct covering *covering) {
    const struct kr_candidate_kind *kind = &covering->planning->kinds[covering->chosen[--covering->chosen_count]];
    uint32_t before = hosts_of_class(covering, kind->host_class);
    --*in_use(covering, kind);
    covering->cost.hosts -= before - hosts_of_class(covering, kind->host_class);
    covering->cost.updates -= kind->update_count;
    covering->cost.authority -= kind->authority;
    mark_covered(covering, kind, false);
}

/* ---- Solutions ---- */

static uint64_t multiply(uint64_t a, uint64_t b) { return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b; }

/* The ways to place what was chosen: on any of the alike hosts, with any of equally many updates. */
static uint64_t count_ways(const struct covering *covering) {
    const struct kr_planning *planning = covering->planning;
    uint64_t ways = 1;
    for (uint32_t class = 0; class < planning->host_class_count; class++)
        if (hosts_of_class(covering, class) > 0) ways = multiply(ways, planning->host_classes[class].count);
    for (uint32_t i = 0; i < covering->chosen_count; i++) ways = multiply(ways, planning->kinds[covering->chosen[i]].variants);
    return ways;
}

/* A product given up is covered by none of the kinds chosen, so that each solution is found once. */
static bool keep(struct covering *covering) {
    struct kr_planning *planning = covering->planning;
    bool is_first = planning->found_count == 0, is_better = is_first || compare_costs(&covering->cost, &planning->cost) < 0;
    if (is_better) planning->solution_count = 0;
    if (is_better) planning->found_count = planning->tie_count = 0;
    planning->cost = covering->cost;
    planning->found_count++;
    uint64_t ways = count_ways(covering);
    planning->tie_count = planning->tie_count > UINT64_MAX - ways ? UINT64_MAX : planning->tie_count + ways;
    if (planning->solution_count == SOLUTION_LIMIT) return true;
    void *items = planning->solutions;
    uint32_t *kinds = kr_arena_take(&planning->scratch, covering->chosen_count, sizeof *kinds);
    if (kinds == NULL || !kr_memory_reserve(&items, &planning->solution_capacity, planning->solution_count, sizeof *planning->solutions)) return false;
    if (covering->chosen_count > 0) memcpy(kinds, covering->chosen, covering->chosen_count * sizeof *kinds);
    planning->solutions = items;
    planning->solutions[planning->solution_count++] = (struct kr_solution){kinds, covering->chosen_count};
    return true;
}

static bool is_too_dear(const struct covering *covering) {
    const struct kr_planning *planning = covering->planning;
    return covering->cost.hosts > covering->most_hosts || (planning->found_count > 0 && compare_costs(&covering->cost, &planning->cost) > 0);
}

static uint32_t count_open_kinds(const struct covering *covering, uint32_t class) {
    uint32_t count = 0;
    for (uint32_t kind = 0; kind < covering->planning->kind_count; kind++)
        count += !covering->is_closed[kind] && kr_bit(covering->planning->kinds[kind].covers, class);
    return count;
}

/* The class to cover next: of the fewest ways; where classes may stay uncovered, of the most machines. KR_NONE: all are settled. */
static uint32_t next_class(const struct covering *covering) {
    const struct kr_planning *planning = covering->planning;
    uint32_t best = KR_NONE, best_count = UINT32_MAX;
    for (uint32_t class = 0; class < planning->class_count; class++) {
        if (covering->cover_counts[class] > 0 || covering->is_given_up[class]) continue;
        if (covering->may_give_up) {
            if (best == KR_NONE || planning->class_machines[class] > planning->class_machines[best]) best = class;
            continue;
        }
        uint32_t count = count_open_kinds(covering, class);
        if (count >= best_count) continue;
        best = class;
        best_count = count;
    }
    return best;
}

/* A class given up must not be covered after all. */
static bool covers_given_up(const struct covering *covering, const struct kr_candidate_kind *kind) {
    for (uint32_t class = 0; covering->may_give_up && class < covering->planning->class_count; class++)
        if (covering->is_given_up[class] && kr_bit(kind->covers, class)) return true;
    return false;
}

static bool cover(struct covering *covering);

static bool cover_with(struct covering *covering, uint32_t kind) {
    bool has_memory = true;
    choose(covering, kind);
    if (!is_too_dear(covering)) has_memory = cover(covering);
    take_back(covering);
    return has_memory;
}

static bool give_up(struct covering *covering, uint32_t class) {
    bool has_memory = true;
    covering->is_given_up[class] = true;
    covering->cost.uncovered += covering->planning->class_machines[class];
    if (!is_too_dear(covering)) has_memory = cover(covering);
    covering->cost.uncovered -= covering->planning->class_machines[class];
    covering->is_given_up[class] = false;
    return has_memory;
}

/* Opens again what was closed for a class. */
static void reopen(struct covering *covering, const uint32_t *closed, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) covering->is_closed[closed[i]] = false;
}

/* What a look at the classes still to be covered costs. */
static bool is_spent(struct covering *covering) {
    covering->work += (uint64_t)covering->planning->class_count * (covering->planning->kind_count + 1);
    if (covering->work > WORK_LIMIT) covering->planning->effort.is_complete = false;
    return covering->work > WORK_LIMIT;
}

static bool cover(struct covering *covering) {
    struct kr_planning *planning = covering->planning;
    if (is_spent(covering)) return true;
    uint32_t class = next_class(covering), closed_count = 0;
    bool has_memory = true;
    if (class == KR_NONE) return keep(covering);
    if (covering->chosen_count == KR_PLACEMENT_LIMIT || covering->depth == DEPTH_LIMIT) {
        planning->effort.is_complete = false;
        return true;
    }
    uint32_t *closed = kr_memory_take(planning->kind_count, sizeof *closed);
    if (closed == NULL) return false;
    covering->depth++;
    for (uint32_t kind = 0; has_memory && covering->work <= WORK_LIMIT && kind < planning->kind_count; kind++) {
        if (covering->is_closed[kind] || !kr_bit(planning->kinds[kind].covers, class)) continue;
        if (!covers_given_up(covering, &planning->kinds[kind])) has_memory = cover_with(covering, kind);
        covering->is_closed[kind] = true;
        closed[closed_count++] = kind;
    }
    reopen(covering, closed, closed_count);
    kr_memory_free(closed);
    if (has_memory && covering->may_give_up) has_memory = give_up(covering, class);
    covering->depth--;
    return has_memory;
}

/* ---- What is better than nothing ---- */

static uint64_t machines_gained(const struct covering *covering, const struct kr_candidate_kind *kind) {
    uint64_t machines = 0;
    for (uint32_t class = 0; class < covering->planning->class_count; class++)
        if (covering->cover_counts[class] == 0 && kr_bit(kind->covers, class)) machines += covering->planning->class_machines[class];
    return machines;
}

/* What gains the most machines on the hosts allowed; KR_NONE: nothing gains any. */
static uint32_t greediest(struct covering *covering) {
    uint64_t most = 0;
    uint32_t best = KR_NONE;
    for (uint32_t kind = 0; kind < covering->planning->kind_count; kind++) {
        uint64_t gained = machines_gained(covering, &covering->planning->kinds[kind]);
        if (gained <= most) continue;
        choose(covering, kind);
        bool is_allowed = covering->cost.hosts <= covering->most_hosts;
        take_back(covering);
        if (!is_allowed) continue;
        best = kind;
        most = gained;
    }
    return best;
}

/* A search that was given up before it found anything: one kind after the other. */
static bool cover_greedily(struct covering *covering) {
    for (uint32_t kind; covering->chosen_count < KR_PLACEMENT_LIMIT && (kind = greediest(covering)) != KR_NONE;) choose(covering, kind);
    for (uint32_t class = 0; class < covering->planning->class_count; class++)
        if (covering->cover_counts[class] == 0) covering->cost.uncovered += covering->planning->class_machines[class];
    return keep(covering);
}

/* One host, then two, until all products are covered; else the most that so many hosts can cover. */
static bool search(struct covering *covering) {
    struct kr_planning *planning = covering->planning;
    uint64_t limit = planning->most_hosts < KR_PLACEMENT_LIMIT ? planning->most_hosts : KR_PLACEMENT_LIMIT;
    for (covering->most_hosts = 1; covering->most_hosts <= limit && planning->found_count == 0; covering->most_hosts++)
        if (!cover(covering)) return false;
    if (planning->found_count > 0) return true;
    covering->most_hosts = limit;
    covering->may_give_up = true;
    return cover(covering) && (planning->found_count > 0 || cover_greedily(covering));
}

bool kr_plan_cover(struct kr_planning *planning) {
    struct kr_arena *scratch = &planning->scratch;
    struct covering covering = {.planning = planning,
                                .is_closed = kr_arena_take(scratch, planning->kind_count, sizeof(bool)),
                                .in_use = kr_arena_take(scratch, (size_t)planning->host_class_count * planning->applications.count, sizeof(uint32_t)),
                                .cover_counts = kr_arena_take(scratch, planning->class_count, sizeof(uint32_t)),
                                .is_given_up = kr_arena_take(scratch, planning->class_count, sizeof(bool))};
    if (covering.is_closed == NULL || covering.in_use == NULL || covering.cover_counts == NULL || covering.is_given_up == NULL) return false;
    close_beaten(&covering);
    return planning->class_count == 0 || search(&covering);
}
