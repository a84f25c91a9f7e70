/* Placing hosts for a fleet. In: machines by product, hosts and key groups to choose from. Out: every best set of placements.
 *
 *   products ─▶ candidates (host, key group, updates → products covered) ─▶ classes (hosts alike, products alike) ─▶ cover ─▶ placements with their reasons
 *   planner.c   plan_candidates.c                                           plan_classes.c                           plan_cover.c   plan.c */
#ifndef KR_PLAN_H
#define KR_PLAN_H

#include "ask/question.h"
#include "ask/updating.h"

enum { KR_PLAN_OPTIONS = 16, KR_PLAN_ALTERNATIVES = 12, KR_PLACEMENT_LIMIT = 32 };

/* A product of the fleet. */
struct kr_planned {
    struct kr_asked asked;
    uint64_t machines;
    kmsrules_kind kind;
    kmsrules_id application;
    struct kr_ids editions; /* that a release stands for */
    uint32_t class;         /* of products that every candidate covers alike; KR_NONE: none covers it */
};

/* A host that holds a key group, with updates installed besides those known. */
struct kr_candidate {
    kmsrules_id host, group;
    struct kr_ids updates; /* in an order in which they can be installed */
    const kmsrules_id *updates_by_id; /* the same */
    uint32_t authority;     /* groups below */
    const uint64_t *covers; /* bit set over the products */
    uint32_t kind;          /* of alike candidates on alike hosts */
};

/* Candidates that differ only in which of the alike hosts they stand on, and by which of equally many updates. */
struct kr_candidate_kind {
    uint32_t host_class, application; /* its place in `applications` */
    uint32_t update_count, authority;
    const uint64_t *covers; /* bit set over the classes of products */
    uint32_t variants;      /* candidates of this kind on each host of the class */
};

/* Hosts for which the same candidates exist, in the order of declaration. */
struct kr_host_class {
    const kmsrules_id *hosts;
    uint32_t count;
};

/* What a solution costs, the more important first. */
struct kr_plan_cost {
    uint64_t uncovered; /* machines */
    uint64_t hosts, updates, authority;
};

struct kr_solution {
    const uint32_t *kinds; /* of candidates */
    uint32_t count;
};

struct kr_planning {
    const struct kmsrules_ruleset *ruleset;
    struct kr_arena *arena; /* the plan's */
    struct kr_arena scratch;
    struct kr_effort effort;
    struct kr_update_room room;
    kmsrules_facts facts; /* the updates known to be installed */
    struct kr_ids hosts;
    const uint64_t *owned; /* bit set over the groups; NULL: all */
    uint32_t most_hosts;   /* UINT32_MAX: as many as it takes */
    struct kr_planned *products;
    uint32_t product_count, product_words;
    struct kr_ids applications;

    struct kr_candidate *candidates; /* by host, in the order of declaration */
    size_t candidate_count, candidate_capacity;
    struct kr_host_class *host_classes;
    struct kr_candidate_kind *kinds;
    uint32_t host_class_count, kind_count, class_count, class_words;
    uint64_t *class_machines; /* [class] */

    struct kr_solution *solutions; /* the best ones, all of the same cost */
    size_t solution_count, solution_capacity;
    uint64_t found_count, tie_count; /* of solutions, also beyond the ones kept, and of the ways to place them */
    struct kr_plan_cost cost;
};

struct kmsrules_planner {
    kmsrules_ruleset *ruleset;   /* owned */
    kmsrules_question *question; /* its keys are those owned, its updates those known */
    uint64_t *editions, *releases; /* machines of each */
    uint64_t unrecognised, machines; /* all of them */
    struct kr_asked *hosts;
    size_t host_count, host_capacity;
    uint32_t most_hosts;
};

struct kmsrules_plan {
    struct kr_arena arena;
    kmsrules_ruleset *ruleset; /* owned */
    kmsrules_plan_content content;
    const char *date; /* or NULL */
};

/* Each is false when out of memory. */
bool kr_plan_collect_candidates(struct kr_planning *planning);
bool kr_plan_classify(struct kr_planning *planning);
bool kr_plan_cover(struct kr_planning *planning);
bool kr_plan_write(struct kr_planning *planning, kmsrules_plan_content *content);
bool kr_plan_advise(struct kr_planning *planning, kmsrules_plan_content *content);

#endif
